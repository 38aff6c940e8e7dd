/** Running sums of open spans, as the stream form keeps and prints them: see `tracers/script.ts`. */
import { readingPeriod, type RunningResult } from "../../../plan/running.js";
import { MARKS, type MapRole } from "../../script.js";
import type { RecordMap } from "../records.js";
import type { MapFills } from "./form.js";
import { keyInBrackets } from "./layout.js";
import { settledStep, type Change, type NumberedGroup } from "./record-access.js";
import { inTurn, OTHER_SIDE, turning } from "./turns.js";

/** What was added to the number of spans, whether or not the maps took it. */
const netOf = (result: number): string => `net${result}`;
/** How often the sums have been read. */
const readsOf = (result: number): string => `reads${result}`;

const sidesOf = (result: RunningResult): readonly string[] =>
  readingPeriod(result) === undefined ? [""] : ["", OTHER_SIDE];

/** What the printed maps of a result hold; and those that are not printed. */
export function runningMaps(
  result: RunningResult,
  index: number,
  { group }: RecordMap,
): { readonly roles: ReadonlyMap<string, MapRole>; readonly helpers: readonly string[] } {
  const roles = new Map<string, MapRole>([[`@${netOf(index)}`, { holds: "net", result: index }]]);
  result.running.sums.forEach(({ map }, sum) => {
    for (const side of sidesOf(result))
      roles.set(`@${map}${side}`, {
        holds: "change",
        result: index,
        sum,
        ...(side === "" ? {} : { set: "turn" as const }),
      });
  });
  return {
    roles,
    helpers: [
      ...(group?.result === index ? [group.map] : []),
      ...(printsEach(result) > 1n ? [readsOf(index)] : []),
    ],
  };
}

export function addChange(
  { running, result, group, step, values }: Change,
  fills: MapFills,
): readonly string[] {
  const begun = step && (step.isSettled === undefined ? step.begun : step.variable);
  const parts = [...group, ...(begun === undefined ? [] : [begun])];
  const key = keyInBrackets(parts);
  const add = (side: string): string[] =>
    running.running.sums.map(({ map }, i) =>
      fills.note(map, `@${map}${side}${key} = sum(${values[i] ?? "0"});`),
    );
  return [
    ...(step ? settledStep(step) : []),
    `@${netOf(result)} = sum(${values[0] ?? "0"});`,
    ...(readingPeriod(running) === undefined ? add("") : inTurn(result, add)),
  ];
}

/** Statements that find or make the number of a group; it is 0 if there is no room for it. */
export function numberGroup({ of, number, before, keys }: NumberedGroup): readonly string[] {
  const place = `@${of.map}[${keys.join(", ")}]`;
  return [
    ...before,
    `${number} = ${place};`,
    `if (${number} == 0) {`,
    // No other event has this time on this CPU.
    `  ${place} = nsecs * 4096 + cpu;`,
    `  ${number} = ${place};`,
    `  if (${number} != 0) { print((${[MARKS.group, of.result, number, ...keys].join(", ")})); }`,
    "}",
  ];
}

/** Every how many readings a batch ends; 0: only at the end. */
function printsEach(result: RunningResult): bigint {
  const period = readingPeriod(result);
  if (period === undefined || result.every === undefined) return 0n;
  return result.every / period;
}

/** Prints what was added since the last time. `batch`: the statement that ends a batch. */
export function readSums(result: RunningResult, index: number, batch: string): readonly string[] {
  const each = printsEach(result);
  const read = `print((${MARKS.read}, ${index}));`;
  const owner = result.running.owner ? [`print(@${result.running.owner.state});`] : [];
  const ending = [...owner, batch];
  const reads = `@${readsOf(index)}`;
  const end =
    each === 0n
      ? [read]
      : each === 1n
        ? ending
        : [
            `${reads} = ${reads} + 1;`,
            `if (${reads} % ${each} == 0) {`,
            ...ending.map((line) => `  ${line}`),
            `} else {`,
            `  ${read}`,
            "}",
          ];
  return turning(index, (side) => {
    const names = result.running.sums.map(({ map }) => `${map}${side}`);
    return [...names.map((name) => `print(@${name});`), ...end, ...names.map((name) => `clear(@${name});`)];
  });
}
