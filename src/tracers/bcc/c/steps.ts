/** What a probe does, step by step. */
import type { AggregateUpdate, Plan, ResultAggregate, Step } from "../../../plan/plan.js";
import { changeValues, groupValues, isRunning, ofRecord, stepValue } from "../../../plan/running.js";
import { structureOf } from "../../../plan/same.js";
import { purposeText } from "../../../plan/words.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { assign, assignment } from "./assign.js";
import { c } from "../../code.js";
import { test, wide } from "./c-expression.js";
import { isSigned } from "../../../types/types.js";
import { integerType } from "../layout/fields.js";
import { aggregationOf, type Members } from "../aggregates.js";
import type { GroupsLayout, RowsLayout, Slots, Values } from "../layout/result-layout.js";
import { addTo, lookUp, remove, store } from "./state-access.js";
import { cComment, indented } from "../quoting.js";
import type { Writer } from "./function-writer.js";

type Of<Kind extends Step["do"]> = Step & { readonly do: Kind };

export function writeSteps(steps: readonly Step[], writer: Writer): void {
  for (const step of steps) writeStep(step, writer);
}

function writeStep(step: Step, writer: Writer): void {
  switch (step.do) {
    case "let": {
      const value = wide(step.value, isSigned(step.value), writer);
      const name = writer.fresh(step.name);
      writer.add(`${integerType(step.value.type)} ${name} = ${value.text};`);
      writer.bind(step.name, name);
      return;
    }
    case "when": {
      const condition = c.all(step.all.map((t) => test(t, writer))).holds.text;
      const then = writer.block(() => {
        for (const each of step.all) knowTested(each, writer);
        writeSteps(step.then, writer);
      });
      if (step.purposes !== undefined) writer.add(`/* ${cComment(purposeText(step.purposes))} */`);
      writer.add(`if (${condition}) {`, indented(then), "}");
      return;
    }
    case "store":
      return store(step, writer, (changes) => writeSteps(changes, writer));
    case "change":
      return writeChange(step, writer);
    case "add":
      return addTo(step, writer);
    case "remove":
      return remove(step, writer);
    case "aggregate":
      return writeAggregates(step, writer);
    case "emit":
      return writeEvent(step, writer);
  }
}

/** What was looked up is there from here on. */
export function knowTested(value: Typed, writer: Writer): void {
  if (value.op === "begun") writer.tested(lookUp(value, writer));
}

// ---------------------------------------------------------------- results

function writeAggregates({ result, key, updates }: Of<"aggregate">, writer: Writer): void {
  const layout = writer.program.results[result] as GroupsLayout;
  const aggregates = (writer.program.plan.results[result] as PlanGroups).aggregates;
  const isNumber = ({ aggregate }: AggregateUpdate): boolean =>
    layout.scalars.has(aggregate) || layout.histograms.has(aggregate);
  const values = updates.filter(isNumber).map(({ aggregate, value }) => ({
    at: aggregate,
    aggregate: aggregates[aggregate] as ResultAggregate,
    value: value && numberOf(value, writer),
  }));
  const turn = turnFor(result, writer);
  const place = (): string => keyOf(key, layout, turn, writer);
  const scalars = values.filter((each) => layout.scalars.has(each.at));
  if (scalars.length > 0) {
    const name = writer.fresh("group");
    writer.add(
      `struct ${layout.name}_value *${name} = ${entry(`${layout.name}_groups`, place(), `struct ${layout.name}_value`, layout, writer)};`,
    );
    const lines = scalars.flatMap((each) =>
      updateLines(each.aggregate.fn, layout.scalars.get(each.at) as Members, name, each.value ?? "1"),
    );
    const full = writer.program.count("FULL_MAP");
    const [only] = lines;
    if (lines.length === 1 && only !== undefined)
      writer.add(`if (${name})`, `    ${only}`, "else", `    ${full}`);
    else writer.add(`if (${name}) {`, indented(lines), "} else {", `    ${full}`, "}");
  }
  for (const each of values) {
    const slots = layout.histograms.get(each.at);
    if (!slots) continue;
    const isFirst = layout.keys.length === 0 && turn === undefined;
    writeSlot(slots, each.aggregate, each.value ?? "0", isFirst ? undefined : place(), layout, writer);
  }
  for (const { aggregate, value } of updates) {
    const kept = layout.values.get(aggregate);
    if (kept && value) writeValue(kept, value, place, turn, layout, writer);
  }
}

/** Adds to running sums, or takes off. */
function writeChange(step: Of<"change">, writer: Writer): void {
  const result = writer.program.plan.results[step.result];
  if (!isRunning(result)) throw new Error(`the result ${step.result} has no running sums`);
  const layout = writer.program.results[step.result] as GroupsLayout;
  const begun = stepValue(result, step);
  const key = [...groupValues(result), ...(begun ? [begun] : [])].map((value) => ofRecord(value, step.key));
  const values = changeValues(result, step).map(
    (value) => wide(ofRecord(value, step.key), true, writer).text,
  );
  const turn = turnFor(step.result, writer);
  const place = keyOf(key, layout, turn, writer);
  const name = writer.fresh("group");
  const type = `struct ${layout.name}_value`;
  writer.add(
    `${type} *${name} = ${entry(`${layout.name}_groups`, place, type, layout, writer)};`,
    `if (${name}) {`,
    indented([...layout.scalars].map(([i, sum]) => `${name}->${sum.name} += ${values[i] ?? "0"};`)),
    "} else {",
    `    ${writer.program.count("FULL_MAP")}`,
    "}",
  );
}

function turnFor(result: number, writer: Writer): string | undefined {
  if (!writer.program.takesTurns(result)) return undefined;
  return writer.once(`turn ${result}`, "turn_now", (name) => writer.add(`u32 ${name} = turn_of(${result});`));
}

/** Keeps a value, if it is not there. */
function writeValue(
  { table, value: field }: Values,
  value: Typed,
  place: () => string,
  turn: string | undefined,
  { keys }: GroupsLayout,
  writer: Writer,
): void {
  const name = writer.fresh("found");
  assign(`struct ${table}`, name, [{ field, value }], writer);
  if (keys.length > 0) writer.add(`${name}.group = ${place()};`);
  else if (turn !== undefined) writer.add(`${name}.turn = ${turn};`);
  const yes = writer.once("value present", "present", (own) => writer.add(`u8 ${own} = 1;`));
  writer.add(
    `if (!${table}.lookup(&${name}) && ${table}.update(&${name}, &${yes}))`,
    `    ${writer.program.count("FULL_MAP")}`,
  );
}

type PlanGroups = Plan["results"][number] & { readonly kind: "groups" | "line" };

/** A value that is used more than once is calculated once. */
function numberOf(value: Typed, writer: Writer): string {
  if (value.type.kind === "string" || value.type.kind === "stack")
    throw new BackendError("BCC cannot calculate with a text or a stack");
  const type = isSigned(value) ? "s64" : "u64";
  if (value.op === "local" && integerType(value.type) === type) return writer.local(value.name);
  return writer.once(`number ${type} ${structureOf(value)}`, "value", (name) =>
    writer.add(`${type} ${name} = ${wide(value, isSigned(value), writer).text};`),
  );
}

/** `turn`: which set of entries is filled, where there are two. */
function keyOf(
  key: readonly Typed[],
  layout: GroupsLayout,
  turn: string | undefined,
  writer: Writer,
): string {
  if (key.length === 0)
    return turn ?? writer.once("index 0", "zero", (name) => writer.add(`u32 ${name} = 0;`));
  return writer.once(`group ${layout.name} ${structureOf(key)}`, "key", (name) => {
    assign(
      `struct ${layout.name}_key`,
      name,
      layout.keys.map((field, i) => ({ field, value: key[i] as Typed })),
      writer,
    );
    if (turn !== undefined) writer.add(`${name}.turn = ${turn};`);
  });
}

/** A pointer to the entry, made if it is not there; null when there is no room. */
function entry(table: string, place: string, type: string, { keys }: GroupsLayout, writer: Writer): string {
  if (keys.length === 0) return `${table}.lookup(&${place})`;
  const zero = writer.once(`zero ${type}`, "zero", (name) =>
    writer.add(`${type} ${name} = ${type === "u64" ? "0" : "{}"};`),
  );
  return `${table}.lookup_or_try_init(&${place}, &${zero})`;
}

/** `pointer`: to the group's struct. */
function updateLines(
  fn: ResultAggregate["fn"],
  { name, count }: Members,
  pointer: string,
  value: string,
): readonly string[] {
  const { keeps } = aggregationOf(fn);
  if (keeps.as !== "members") return [];
  const members = {
    name: `${pointer}->${name}`,
    count: count === undefined ? undefined : `${pointer}->${count}`,
  };
  return keeps.update(members, value);
}

function writeSlot(
  slots: Slots,
  { fn, range }: ResultAggregate,
  value: string,
  place: string | undefined,
  layout: GroupsLayout,
  writer: Writer,
): void {
  const { keeps } = aggregationOf(fn);
  if (keeps.as !== "slots") return;
  writer.program.use(keeps.helper);
  const number = keeps.slot(value, range);
  const slot = writer.fresh("slot");
  const first = place === undefined ? "" : `${place} * ${slots.most} + `;
  if (layout.keys.length === 0) writer.add(`int ${slot} = ${first}${number};`);
  else
    writer.add(
      `struct ${slots.table} ${slot};`,
      `__builtin_memset(&${slot}, 0, sizeof(${slot}));`,
      `${slot}.group = ${place ?? ""};`,
      `${slot}.number = ${number};`,
    );
  const name = writer.fresh("count");
  const pointer = entry(slots.table, slot, "u64", layout, writer);
  writer.add(
    `u64 *${name} = ${pointer};`,
    `if (${name})`,
    `    *${name} += 1;`,
    "else",
    `    ${writer.program.count("FULL_MAP")}`,
  );
}

function writeEvent(step: Of<"emit">, writer: Writer): void {
  const { program } = writer;
  const { name, columns } = program.results[step.result] as RowsLayout;
  const lost = program.count("LOST_EVENT");
  const event = writer.fresh("row");
  if (!program.dialect.can("ringBuffer")) {
    const given = columns.map((field, i) => ({ field, value: step.values[i] as Typed }));
    assign(`struct ${name}`, event, given, writer);
    writer.add(
      `if (${name}_buffer.perf_submit(${writer.context}, &${event}, sizeof(${event})))`,
      `    ${lost}`,
    );
    return;
  }
  const fill = columns.map((field, i) =>
    assignment(field, step.values[i] as Typed, `${event}->${field.name}`, writer),
  );
  writer.add(
    `struct ${name} *${event} = ${name}_buffer.ringbuf_reserve(sizeof(struct ${name}));`,
    `if (${event}) {`,
    indented([...fill.flatMap((each) => each()), `${name}_buffer.ringbuf_submit(${event}, 0);`]),
    "} else {",
    `    ${lost}`,
    "}",
  );
}
