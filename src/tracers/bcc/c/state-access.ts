/** Looks up, stores and removes records in state tables. */
import type { Typed } from "../../../semantics/typed.js";
import { FOLLOWED, type Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import { atom, c, type Code } from "../../code.js";
import { test, wide, write } from "./c-expression.js";
import { isSigned, UNSIGNED } from "../../../types/types.js";
import { numberType, type Field } from "../layout/fields.js";
import { keyType, kindOf, valueNumber, valueType, type StateTable } from "../layout/state-table.js";
import { assign } from "./assign.js";
import { conditional } from "./conditional.js";
import type { FunctionWriter } from "./function-writer.js";

type State = Typed & { readonly op: "state" };

/** A pointer to the record of an open span; null if there is none. */
export function lookUp({ state, key }: Pick<State, "state" | "key">, writer: FunctionWriter): string {
  const table = writer.program.state(state);
  const only = numberType(table.fields) === undefined ? undefined : table.fields[0];
  const stem = only?.name ?? table.stem;
  return writer.once(recordName(table, state, key), stem, (name) => {
    const place = tableKey(key, state, writer);
    writer.add(`${valueType(table)} *${name} = ${table.name}.lookup(&${place});`);
  });
}

/** Whether there is a record, of which nothing else is needed. */
export function found({ state, key }: Pick<State, "state" | "key">, writer: FunctionWriter): Code {
  return c.call(`${writer.program.state(state).name}.lookup`, atom(`&${tableKey(key, state, writer)}`));
}

/** A pointer to the mark of a followed process; null if the process is not followed. */
export function lookUpFollowed({ pid }: Typed & { readonly op: "followed" }, writer: FunctionWriter): string {
  const number = keyVariable([pid], [{ name: "pid", kept: { as: "integer", ctype: "u32" } }], "", writer);
  return writer.once(`entry ${FOLLOWED} ${structureOf(pid)}`, "mine", (name) =>
    writer.add(`u8 *${name} = ${FOLLOWED}.lookup(&${number});`),
  );
}

/** A field of a record; 0 if there is no record. */
export function readState(value: State, writer: FunctionWriter): Code {
  const { pointer, member } = memberOf(value, writer);
  return writer.isSafe(pointer) ? member : c.choice(atom(pointer), member, atom(0));
}

/** The pointer to the record, and the member that holds the value. */
export function memberOf(
  value: Pick<State, "state" | "field" | "key">,
  writer: FunctionWriter,
): { pointer: string; member: Code; address: string } {
  const pointer = lookUp(value, writer);
  const field = writer.program.stateField(value.state, value.field);
  const isNumber = valueNumber(writer.program.state(value.state).fields) !== undefined;
  if (isNumber) return { pointer, member: c.prefix("*", atom(pointer)), address: pointer };
  const member = c.member(atom(pointer), "->", field.name);
  return { pointer, member, address: c.prefix("&", member).text };
}

/** What the writer knows the record of a span by. */
export function recordName(table: StateTable, state: string, key: readonly Typed[]): string {
  return `${entryOf(table)}${state} ${structureOf(key)}`;
}

/** The prefix by which the writer identifies entries of a table. */
export function entryOf(table: StateTable): string {
  return `entry ${table.name} `;
}

function tableKey(own: readonly Typed[], state: string, writer: FunctionWriter): string {
  const table = writer.program.state(state);
  const kind: Typed = { op: "local", name: kindOf(state), type: UNSIGNED };
  const key = table.kinds.size > 0 ? [...own, kind] : own;
  return keyVariable(key, table.key, keyType(table), writer, `${table.stem}_key`);
}

/** A variable that holds a key: the number itself, or a struct of several. `second`: its name where there is another. */
export function keyVariable(
  key: readonly Typed[],
  fields: readonly Field[],
  type: string,
  writer: FunctionWriter,
  second = "key",
): string {
  const [only] = key;
  const [field] = fields;
  if (numberType(fields) !== undefined && only && field) return numberVariable(only, field, writer);
  return writer.once(`key ${type} ${structureOf(key)}`, writer.isTaken("key") ? second : "key", (name) => {
    const given = fields.map((each, i) => ({ field: each, value: key[i] as Typed }));
    return assign(type, name, given, writer);
  });
}

/** A variable that holds a number as a table keeps it, in a key or as a value. */
export function numberVariable(value: Typed, { name: stem, kept }: Field, writer: FunctionWriter): string {
  if (kept.as !== "integer") throw new Error(`${stem} is not a number`);
  const type = kept.ctype;
  const own = type === "u8" ? test(value, writer).holds : write(value, writer);
  // A variable of that type is used as it is.
  if (writer.isVariable(own, type)) return own.text;
  const code = type === "u8" ? own : wide(value, type === "s64", writer);
  return writer.once(`number ${type} ${structureOf(value)}`, stem, (name) =>
    writer.variable(type, name, code.text),
  );
}

/** `writeStored`: writes what is done with a record that was stored. */
export function store(
  { state, key, values, countsReplaced, stored }: Step & { readonly do: "store" },
  writer: FunctionWriter,
  writeStored: (steps: readonly Step[]) => void,
): void {
  const table = writer.program.state(state);
  const place = tableKey(key, state, writer);
  const name = recordOf(table, values, writer);
  const update = `${table.name}.update(&${place}, &${name})`;
  const insert = `${table.name}.insert(&${place}, &${name})`;
  if (stored) {
    writer.forget(entryOf(table));
    writer.forgetReads(state);
    const failed = writer.fresh("failed");
    writer.add(`int ${failed} = ${countsReplaced ? insert : update};`);
    if (countsReplaced) {
      writer.add(`if (${failed}) {`, `    ${failed} = ${update};`, `    ${replaced(failed, writer)}`, "}");
    } else writer.add(`if (${failed})`, `    ${writer.program.count("FULL_MAP")}`);
    const then = writer.block(() => {
      const record = writer.once(recordName(table, state, key), "record", () => `&${name}`);
      writer.tested(record);
      writeStored(stored);
    });
    writer.add(conditional(`!${failed}`, then));
    return;
  }
  if (countsReplaced) {
    const failed = writer.fresh("failed");
    writer.add(`if (${insert}) {`, `    int ${failed} = ${update};`, `    ${replaced(failed, writer)}`, "}");
  } else writer.add(`if (${update})`, `    ${writer.program.count("FULL_MAP")}`);
  forgetState(state, writer);
}

/** A record is new, or the span that it is of began again; if there is no room for it, the update fails as well. */
function replaced(failed: string, { program }: FunctionWriter): string {
  return program.countEither(failed, "FULL_MAP", "MISSED_END");
}

/** A variable that holds the record. */
function recordOf(table: StateTable, values: readonly Typed[], writer: FunctionWriter): string {
  const [field] = table.fields;
  const [only] = values;
  if (!field || !only) return writer.once("begun", "begun", (name) => writer.variable("u8", name, "1"));
  if (numberType(table.fields) !== undefined) return numberVariable(only, field, writer);
  const given = table.fields.map((each, i) => ({ field: each, value: values[i] as Typed }));
  return assign(valueType(table), writer.fresh("begun"), given, writer);
}

/** Other threads may add at the same time, unless only the thread of the span does. */
export function addTo(step: Step & { readonly do: "add" }, writer: FunctionWriter): void {
  const { pointer, address } = memberOf(step, writer);
  const more = wide(step.value, isSigned(step.value), writer);
  const line = `__sync_fetch_and_add(${address}, ${more.text});`;
  writer.add(writer.isSafe(pointer) ? [line] : [`if (${pointer})`, `    ${line}`]);
}

export function remove({ state, key }: Step & { readonly do: "remove" }, writer: FunctionWriter): void {
  const table = writer.program.state(state);
  writer.add(`${table.name}.delete(&${tableKey(key, state, writer)});`);
  forgetState(state, writer);
}

/** What was looked up and read of a state is not so any more. */
export function forgetState(state: string, writer: FunctionWriter): void {
  writer.forget(entryOf(writer.program.state(state)));
  writer.forgetReads(state);
}
