/** Loops over the events that one event of a probe stands for. */
import { MOST_TIMES } from "../../../plan/limits.js";
import { append } from "../../../lists.js";
import { allSteps, partsOf, valuesOf } from "../../../plan/needs.js";
import type { Plan, Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import type { Typed } from "../../../semantics/typed.js";
import { c } from "../../code.js";
import type { Dialect } from "../versions.js";
import { write } from "./bpftrace-expression.js";
import type { ResultWriter } from "./result-writer.js";
import type { RecordWriter } from "./record-access.js";

/** Its keys are the numbers below `MOST_TIMES`. */
export const NUMBERS = "numbers";

/**
 * Versions that can walk a map but no range walk one of numbers: the kernel's verifier looks at the body of such a loop
 * once, while it would follow each round of a `while`, and give up.
 */
export function walksNumbers(plan: Plan, dialect: Dialect): boolean {
  const hasTimes = allSteps(plan.probes).some((step) => step.do === "times");
  return hasTimes && dialect.can("forMap") && !dialect.can("forRange");
}

/** Fills the map of numbers, eight a round, as a version unrolls 100 rounds at most. */
export function fillNumbers(): readonly string[] {
  const many = 8;
  const stores = Array.from({ length: many }, (_, i) => `@${NUMBERS}[$i${i === 0 ? "" : ` + ${i}`}] = 1;`);
  return [
    "$i = (uint64)0;",
    `unroll(${MOST_TIMES / many}) {`,
    `  ${stores.slice(0, many / 2).join(" ")}`,
    `  ${stores.slice(many / 2).join(" ")}`,
    `  $i = $i + ${many};`,
    "}",
  ];
}

/** `body`: writes the statements of a round. */
export function timesLines(
  step: Step & { readonly do: "times" },
  writer: RecordWriter,
  writers: ResultWriter,
  body: () => readonly string[],
): readonly string[] {
  const { dialect } = writer;
  const index = writer.local(step.index);
  const count = writer.fresh("times");
  const most = writers.mostTimes;
  const given = c.cast("uint64", write(step.count, writer)).text;
  const prelude = writer.prelude.splice(0);
  if (dialect.can("forMap")) append(prelude, holdArguments(step, writer));
  const then = writer.once.loop(body).map((line) => `  ${line}`);
  delete writer.held;
  const start = [...prelude, `${count} = ${given};`, ...writers.beyondTimes(count)];
  if (dialect.can("forRange"))
    return [
      ...start,
      `if (${count} > ${most}) { ${count} = ${most}; }`,
      `for (${index} : 0..${count}) {`,
      ...then,
      "}",
    ];
  if (dialect.can("forMap"))
    return [
      ...start,
      `for ($number : @${NUMBERS}) {`,
      `  ${index} = (uint64)$number.0;`,
      `  if (${index} < ${count}) {`,
      ...then.map((line) => `  ${line}`),
      "  }",
      "}",
    ];
  return [
    ...start,
    `${index} = (uint64)0;`,
    `while (${index} < ${most} && ${index} < ${count}) {`,
    ...then,
    `  ${index} = ${index} + 1;`,
    "}",
  ];
}

/** The body of a `for` is a function of its own, which has no arguments of the probe: variables have them. */
function holdArguments(step: Step & { readonly do: "times" }, writer: RecordWriter): readonly string[] {
  const held = new Map<string, string>();
  const lines: string[] = [];
  for (const value of step.then.flatMap(valuesOf).flatMap(partsOf)) {
    const id = structureOf(value);
    if (!isOfContext(value) || held.has(id)) continue;
    const code = write(value, writer).text;
    const name = writer.fresh("name" in value ? (value.name ?? "argument") : "argument");
    held.set(id, name);
    // Where it is used more than once, it is read into a variable of its own.
    append(lines, writer.prelude.splice(0));
    lines.push(`${name} = ${code};`);
  }
  writer.held = held;
  return lines;
}

function isOfContext(value: Typed): boolean {
  return (
    ["argument", "returnValue", "tracepointArgument"].includes(value.op) ||
    (value.op === "common" && ["probe", "ustack", "kstack"].includes(value.name))
  );
}
