/**
 * Running sums of open spans in the review form: maps that go up and down. Where ages matter, what is young is kept apart
 * by the time of its begin, and moved when it is old enough. Old versions cannot go through a map, and print it as it is.
 */
import type { ResultAggregate } from "../../../plan/plan.js";
import type { RunningResult } from "../../../plan/running.js";
import type { Dialect } from "../versions.js";
import type { MapFills } from "./form.js";
import { keyInBrackets } from "./layout.js";
import { deleteEntry, settledStep, type Change } from "./record-access.js";

const youngOf = (map: string): string => `${map}_young`;

/** Maps that must not be printed when the script ends. */
export function runningTextMaps({ running }: RunningResult, dialect: Dialect): readonly string[] {
  return running.sums.flatMap(({ map }) =>
    running.age && dialect.can("forMap") ? [map, youngOf(map)] : [map],
  );
}

export function changeText(
  { running, group, step, values }: Change,
  dialect: Dialect,
  fills: MapFills,
): readonly string[] {
  const add = (map: string, parts: readonly string[]): string[] => {
    const key = keyInBrackets(parts);
    return running.running.sums.map((sum, i) =>
      fills.note(sum.map, `@${map === "" ? sum.map : youngOf(sum.map)}${key} = sum(${values[i] ?? "0"});`),
    );
  };
  if (!step) return add("", group);
  const { variable, begun, isSettled } = step;
  if (!dialect.can("forMap"))
    return isSettled === undefined
      ? add("", [begun, ...group])
      : [...settledStep(step), ...add("", [variable, ...group])];
  const young = add("young", [begun, ...group]);
  if (isSettled === undefined) return young;
  const block = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
  return [`if (${isSettled}) {`, ...block(add("", group)), "} else {", ...block(young), "}"];
}

/** Statements that bring the maps up to date, and then print them; `print` prints one, with its heading. */
export function printRunning(
  result: RunningResult,
  dialect: Dialect,
  print: (sum: ResultAggregate, note: string) => readonly string[],
): readonly string[] {
  const { sums, age, owner } = result.running;
  const size = result.keys.length + (owner ? 2 : 0);
  const walks = dialect.can("forMap");
  const remove = (map: string, key: readonly string[]): string => deleteEntry(map, key, dialect);
  const moved =
    age && walks
      ? [
          "$now = nsecs;",
          ...sums.flatMap(({ map }) => {
            const all = partsOf(size + 1);
            const group = all.slice(1);
            const key = keyInBrackets(group);
            return [
              `for ($kv : @${youngOf(map)}) {`,
              `  if (${all[0] ?? "$kv.0"} * ${age.step} + ${age.least} <= $now) {`,
              `    @${map}${key} = sum((int64)$kv.1);`,
              `    ${remove(youngOf(map), all)}`,
              "  }",
              "}",
            ];
          }),
        ]
      : [];
  const ended =
    owner && walks
      ? sums.flatMap(({ map }) => {
          const key = partsOf(size);
          const [id = "", number = ""] = key.slice(-2);
          return [`for ($kv : @${map}) { if (@${owner.state}[${id}] != ${number}) { ${remove(map, key)} } }`];
        })
      : [];
  const notes = [
    ...(walks || !age
      ? []
      : [
          `// The first key is when they began, in units of ${age.step} ns from 1. Faultline adds up those of a group until`,
          `// (nsecs - ${age.least}) / ${age.step}, and shows no others.`,
        ]),
    ...(walks || !owner
      ? []
      : ["// Faultline leaves out groups whose last two keys are not in @" + owner.state + "."]),
    "// A group at 0 has nothing open any more.",
  ];
  const printed = sums.flatMap(({ map }, i) => {
    const of = result.aggregates.filter((_, n) => result.running.of[n] === i);
    const [first] = of;
    if (!first) return [];
    const means = of.filter(({ fn }) => fn === "avg").map(({ label }) => label);
    return print(
      { ...first, map },
      means.length > 0 ? `, of which ${means.join(", ")} is the part of one` : "",
    );
  });
  return [...moved, ...ended, ...notes, ...printed];
}

/** The parts of the key of an entry in a walk over a map. */
function partsOf(size: number): readonly string[] {
  return size === 1 ? ["$kv.0"] : Array.from({ length: size }, (_, i) => `$kv.0.${i}`);
}
