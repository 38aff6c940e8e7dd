/** Writes the steps of a probe. */
import type { AggregateUpdate, ChangeStep, Plan, ResultAggregate, Step, StepOf } from "../../../plan/plan.js";
import { MOST_TIMES } from "../../../plan/limits.js";
import { structureOf } from "../../../plan/same.js";
import { purposeText } from "../../../plan/words.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { assign, assignment } from "./assign.js";
import { c } from "../../code.js";
import { test, wide } from "./c-expression.js";
import { isSigned } from "../../../types/types.js";
import { bytesOf, integerType, type Field } from "../layout/fields.js";
import { aggregationOf, type AggregateMembers } from "../aggregates.js";
import {
  groupKeyType,
  groupNumber,
  groupValueType,
  keepsNumber,
  type GroupsLayout,
  type RowsLayout,
  type Slots,
  type Values,
} from "../layout/result-layout.js";
import { addTo, keyVariable, lookUp, numberVariable, remove, store } from "./state-access.js";
import { conditional } from "./conditional.js";
import { cComment, indented } from "../quoting.js";
import type { FunctionWriter } from "./function-writer.js";
import { callHead, callItems, forgetChanged } from "./routine-call.js";
import { stackOf } from "../sharing/shape.js";
import { eachStep, flattened } from "../sharing/routine.js";
import { filled } from "../python/lines.js";

export function writeSteps(steps: readonly Step[], writer: FunctionWriter): void {
  eachStep(steps, writer.program.sharing.calls, {
    call: (call) => {
      writer.add(filled(`${callHead(call, writer)}(`, callItems(call, writer), ");"));
      forgetChanged(call, writer);
      writer.bytes += stackOf(call.routine.body.steps);
    },
    step: (step) => {
      writeStep(step, writer);
    },
  });
}

function writeStep(step: Step, writer: FunctionWriter): void {
  switch (step.do) {
    case "let": {
      const value = wide(step.value, isSigned(step.value), writer);
      const name = writer.fresh(step.name);
      writer.variable(integerType(step.value.type), name, value.text);
      writer.bind(step.name, name);
      return;
    }
    case "when": {
      const { all, then: inner } = flattened(step, writer.program.sharing.calls);
      const condition = c.all(all.map((t) => test(t, writer))).holds.text;
      const then = writer.block(() => {
        for (const each of all) knowTested(each, writer);
        writeSteps(inner, writer);
      });
      if (step.purposes !== undefined) writer.add(`/* ${cComment(purposeText(step.purposes))} */`);
      writer.add(conditional(condition, then));
      return;
    }
    case "times":
      return writeTimes(step, writer);
    case "store":
      return store(step, writer, (changes) => writeSteps(changes, writer));
    case "change":
      return writeChange(step, writer);
    case "add":
      return addTo(step, writer);
    case "unmatched":
      writer.add(writer.program.count("UNMATCHED", wide(step.value, false, writer).text));
      return;
    case "unseen":
      writer.add(writer.program.count("UNSEEN_PROGRAM"));
      return;
    case "remove":
      return remove(step, writer);
    case "aggregate":
      return writeAggregates(step, writer);
    case "emit":
      return writeEvent(step, writer);
  }
}

function writeTimes({ index, count, then }: Step & { readonly do: "times" }, writer: FunctionWriter): void {
  const [most, name] = [writer.fresh("times"), writer.fresh(index)];
  writer.add(
    `u64 ${most} = ${wide(count, false, writer).text};`,
    `if (${most} > ${MOST_TIMES})`,
    `    problems.increment(LEFT_OUT, ${most} - ${MOST_TIMES});`,
  );
  writer.program.count("LEFT_OUT");
  writer.bind(index, name);
  const lines = writer.loop(() => {
    writeSteps(then, writer);
  });
  writer.add(
    "#pragma clang loop unroll(disable)",
    `for (u64 ${name} = 0; ${name} < ${MOST_TIMES} && ${name} < ${most}; ${name}++) {`,
    // Older verifiers do not see that a loop ends which the compiler turned round.
    `    asm volatile("" : "+r"(${name}));`,
    indented(lines),
    "}",
  );
}

/** What was looked up is there from here on. */
export function knowTested(value: Typed, writer: FunctionWriter): void {
  if (value.op === "begun" && writer.hints.usedStates.has(value.state)) writer.tested(lookUp(value, writer));
}

// ---------------------------------------------------------------- results

function writeAggregates({ result, key, updates }: StepOf<"aggregate">, writer: FunctionWriter): void {
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
    const type = groupValueType(layout);
    const pointer = entry(`${layout.name}_groups`, place(), type, layout, writer);
    const [only] = layout.scalars.values();
    const name = writer.fresh(keepsNumber(layout) ? (only?.name ?? "group") : "group");
    writer.add(`${type} *${name} = ${pointer};`);
    const lines = scalars.flatMap((each) =>
      updateLines(each.aggregate.fn, placesOf(layout, each.at, name), each.value ?? "1"),
    );
    writer.add(whereFound(name, lines, layout, writer));
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
function writeChange({ result, state, key, by }: ChangeStep, writer: FunctionWriter): void {
  const record = lookUp({ state, key }, writer);
  const layout = writer.program.results[result] as GroupsLayout;
  writer.bytes += keyBytes(layout.keys) + 8 * layout.scalars.size;
  const call = `${writer.program.changeOf(result)}(${record}, ${by});`;
  writer.add(writer.isSafe(record) ? [call] : conditional(record, [call]));
}

export function turnFor(result: number, writer: FunctionWriter): string | undefined {
  if (!writer.program.takesTurns(result)) return undefined;
  return writer.once(`turn ${result}`, "turn_now", (name) => writer.add(`u32 ${name} = turn_of(${result});`));
}

/** Statements for an existing entry. An array has all of its entries. */
export function whereFound(
  pointer: string,
  lines: readonly string[],
  { keys }: GroupsLayout,
  writer: FunctionWriter,
): readonly string[] {
  const found = conditional(pointer, lines);
  if (keys.length === 0) return found;
  const full = `    ${writer.program.count("FULL_MAP")}`;
  return found.at(-1) === "}" ? [...found.slice(0, -1), "} else {", full, "}"] : [...found, "else", full];
}

/** Adds a value to a set, if it is not there yet. */
function writeValue(
  { table, value: field }: Values,
  value: Typed,
  place: () => string,
  turn: string | undefined,
  { keys }: GroupsLayout,
  writer: FunctionWriter,
): void {
  const own = [{ field, value }];
  const name = assign(`struct ${table}`, writer.fresh("found"), own, writer, keyBytes(keys));
  if (keys.length > 0) writer.add(`${name}.group = ${place()};`);
  else if (turn !== undefined) writer.add(`${name}.turn = ${turn};`);
  const yes = writer.once("value present", "present", (own) => writer.add(`u8 ${own} = 1;`));
  writer.add(
    `if (!${table}.lookup(&${name}) && ${table}.update(&${name}, &${yes}))`,
    `    ${writer.program.count("FULL_MAP")}`,
  );
}

type PlanGroups = Plan["results"][number] & { readonly kind: "groups" | "line" };

/** Computes a value once that is used more than once. */
function numberOf(value: Typed, writer: FunctionWriter): string {
  if (value.type.kind === "string" || value.type.kind === "stack")
    throw new BackendError("BCC cannot calculate with a text or a stack");
  const type = isSigned(value) ? "s64" : "u64";
  return numberVariable(value, { name: "value", kept: { as: "integer", ctype: type } }, writer);
}

/** The member of a key that says which set of entries it is of. */
const TURN: Field = { name: "turn", kept: { as: "integer", ctype: "u32" } };

/** `turn` is the set of entries being filled, if there are two. */
export function keyOf(
  key: readonly Typed[],
  layout: GroupsLayout,
  turn: string | undefined,
  writer: FunctionWriter,
): string {
  if (key.length === 0)
    return turn ?? writer.once("index 0", "zero", (name) => writer.add(`u32 ${name} = 0;`));
  const type = groupKeyType(layout);
  if (groupNumber(layout) !== undefined) return keyVariable(key, layout.keys, type, writer);
  return writer.once(`group ${layout.name} ${structureOf(key)}`, "key", (name) => {
    const place = assign(
      type,
      name,
      layout.keys.map((field, i) => ({ field, value: key[i] as Typed })),
      writer,
      turn === undefined ? [] : [TURN],
    );
    if (turn !== undefined) writer.add(`${place}.turn = ${turn};`);
    return place;
  });
}

/** The bytes of a key inside another struct, with what stands beside it there. */
function keyBytes(keys: readonly Field[]): number {
  return keys.reduce((sum, field) => sum + bytesOf(field), 16);
}

/** A pointer to the entry, which is created if necessary; null if there is no room. */
export function entry(
  table: string,
  place: string,
  type: string,
  { keys }: GroupsLayout,
  writer: FunctionWriter,
): string {
  if (keys.length === 0) return `${table}.lookup(&${place})`;
  const zero = writer.once(`zero ${type}`, "zero", (name) =>
    writer.add(`${type} ${name} = ${type.startsWith("struct") ? "{}" : "0"};`),
  );
  return `${table}.lookup_or_try_init(&${place}, &${zero})`;
}

function updateLines(fn: ResultAggregate["fn"], members: AggregateMembers, value: string): readonly string[] {
  const { keeps } = aggregationOf(fn);
  return keeps.as === "members" ? keeps.update(members, value) : [];
}

/** The place of an aggregate's numbers, by the pointer to its group. */
export function placesOf(layout: GroupsLayout, aggregate: number, pointer: string): AggregateMembers {
  const { name, count } = layout.scalars.get(aggregate) as AggregateMembers;
  if (keepsNumber(layout)) return { name: `*${pointer}`, count: undefined };
  return { name: `${pointer}->${name}`, count: count === undefined ? undefined : `${pointer}->${count}` };
}

function writeSlot(
  slots: Slots,
  { fn, range }: ResultAggregate,
  value: string,
  place: string | undefined,
  layout: GroupsLayout,
  writer: FunctionWriter,
): void {
  const { keeps } = aggregationOf(fn);
  if (keeps.as !== "slots") return;
  writer.program.use(keeps.helper);
  const number = keeps.slot(value, range);
  const own = writer.fresh("slot");
  const isKeyed = layout.keys.length > 0;
  const room = isKeyed ? writer.room(`struct ${slots.table}`, own, keyBytes(layout.keys)) : undefined;
  const slot = room?.place ?? own;
  const first = place === undefined ? "" : `${place} * ${slots.most} + `;
  if (room) writer.add(room.lines, `${slot}.group = ${place ?? ""};`, `${slot}.number = ${number};`);
  else writer.add(`int ${slot} = ${first}${number};`);
  const pointer = entry(slots.table, slot, "u64", layout, writer);
  const name = writer.fresh("count");
  writer.add(`u64 *${name} = ${pointer};`, whereFound(name, [`*${name} += 1;`], layout, writer));
}

function writeEvent(step: StepOf<"emit">, writer: FunctionWriter): void {
  const { program } = writer;
  const { name, columns } = program.results[step.result] as RowsLayout;
  const lost = program.count("LOST_EVENT");
  if (!program.dialect.can("ringBuffer")) {
    const given = columns.map((field, i) => ({ field, value: step.values[i] as Typed }));
    const event = assign(`struct ${name}`, writer.fresh("row"), given, writer);
    writer.add(
      `if (${name}_buffer.perf_submit(${writer.context}, &${event}, sizeof(${event})))`,
      `    ${lost}`,
    );
    return;
  }
  const event = writer.fresh("row");
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
