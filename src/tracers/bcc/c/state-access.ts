/** Looking into state tables, storing in them and taking out of them. */
import type { Typed } from "../../../semantics/typed.js";
import { FOLLOWED, type Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import { atom, c, type Code } from "../../code.js";
import { wide, write } from "./c-expression.js";
import { isSigned } from "../../../types/types.js";
import type { Field } from "../layout/fields.js";
import type { StateTable } from "../layout/state-table.js";
import { assign } from "./assign.js";
import { indented } from "../quoting.js";
import type { Writer } from "./function-writer.js";

type State = Typed & { readonly op: "state" };

/** A pointer to the record of a span that is open; null where none is. */
export function lookUp({ state, key }: Pick<State, "state" | "key">, writer: Writer): string {
  const table = writer.program.state(state);
  const place = tableKey(key, table, writer);
  return writer.once(`${entryOf(table)}${structureOf(key)}`, "entry", (name) =>
    writer.add(`struct ${table.name} *${name} = ${table.name}.lookup(&${place});`),
  );
}

/** A pointer to the mark of a process that the traced command is or started; null where it is none of those. */
export function lookUpFollowed({ pid }: Typed & { readonly op: "followed" }, writer: Writer): string {
  const number = keyVariable([pid], [{ name: "pid", kept: { as: "integer", ctype: "u32" } }], "", writer);
  return writer.once(`entry ${FOLLOWED} ${structureOf(pid)}`, "mine", (name) =>
    writer.add(`u8 *${name} = ${FOLLOWED}.lookup(&${number});`),
  );
}

/** A field of a record; 0 where there is none. */
export function readState(value: State, writer: Writer): Code {
  const { pointer, member } = memberOf(value, writer);
  return writer.isSafe(pointer) ? atom(member) : c.choice(atom(pointer), atom(member), atom(0));
}

/** The pointer to the record, and its member that holds the value. */
export function memberOf(
  value: Pick<State, "state" | "field" | "key">,
  writer: Writer,
): { pointer: string; member: string; field: Field } {
  const pointer = lookUp(value, writer);
  const field = writer.program.stateField(value.state, value.field);
  return { pointer, member: `${pointer}->${field.name}`, field };
}

/** What the writer knows an entry of a table by, before its key. */
export function entryOf(table: StateTable): string {
  return `entry ${table.name} `;
}

export function tableKey(key: readonly Typed[], table: StateTable, writer: Writer): string {
  return keyVariable(key, table.key, `struct ${table.name}_key`, writer);
}

/** A variable that holds a key: the number itself, or a struct of several. */
function keyVariable(
  key: readonly Typed[],
  fields: readonly Field[],
  struct: string,
  writer: Writer,
): string {
  const [only] = key;
  const [field] = fields;
  if (key.length === 1 && only && field?.kept.as === "integer") {
    const { ctype } = field.kept;
    // A variable of that very type needs no second one.
    if (only.op === "common" && ctype === "u32") return write(only, writer).text;
    return writer.once(`key ${ctype} ${structureOf(key)}`, field.name, (name) =>
      writer.add(`${ctype} ${name} = ${wide(only, ctype === "s64", writer).text};`),
    );
  }
  return writer.once(`key ${struct} ${structureOf(key)}`, "key", (name) => {
    const given = fields.map((each, i) => ({ field: each, value: key[i] as Typed }));
    assign(struct, name, given, writer);
  });
}

/** `writeStored`: writes what is done with a record that was stored. */
export function store(
  { state, key, values, stored }: Step & { readonly do: "store" },
  writer: Writer,
  writeStored: (steps: readonly Step[]) => void,
): void {
  const table = writer.program.state(state);
  const place = tableKey(key, table, writer);
  const name = writer.fresh("begun");
  assign(
    `struct ${table.name}`,
    name,
    table.fields.map((field, i) => ({ field, value: values[i] as Typed })),
    writer,
  );
  const full = writer.program.count("FULL_MAP");
  const update = `${table.name}.update(&${place}, &${name})`;
  writer.forget(entryOf(table));
  if (!stored) {
    writer.add(`if (${update})`, `    ${full}`);
    return;
  }
  const then = writer.block(() => {
    const record = writer.once(`${entryOf(table)}${structureOf(key)}`, "record", (own) =>
      writer.add(`struct ${table.name} *${own} = &${name};`),
    );
    writer.tested(record);
    writeStored(stored);
  });
  writer.add(`if (${update}) {`, `    ${full}`, "} else {", indented(then), "}");
}

/** Others may add at the same time, where not only the thread of the span does. */
export function addTo(step: Step & { readonly do: "add" }, writer: Writer): void {
  const { pointer, member } = memberOf(step, writer);
  const more = wide(step.value, isSigned(step.value), writer);
  const line = `__sync_fetch_and_add(&${member}, ${more.text});`;
  writer.add(writer.isSafe(pointer) ? [line] : [`if (${pointer})`, `    ${line}`]);
}

export function remove({ state, key }: Step & { readonly do: "remove" }, writer: Writer): void {
  const table = writer.program.state(state);
  writer.add(`${table.name}.delete(&${tableKey(key, table, writer)});`);
  writer.forget(entryOf(table));
}
