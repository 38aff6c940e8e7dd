/** Looking into state tables, storing in them and taking out of them. */
import type { Typed } from "../../../semantics/typed.js";
import { FOLLOWED } from "../../../plan/plan.js";
import { atom, c, type Code } from "../../code.js";
import { wide, write } from "./c-expression.js";
import type { Field } from "../layout/fields.js";
import { structure, type StateTable } from "../layout/state-table.js";
import { assign } from "./assign.js";
import type { Writer } from "./function-writer.js";

type State = Typed & { readonly op: "state" };

/** A pointer to the entry; null where there is none. */
export function lookUp({ map, key }: Pick<State, "map" | "key">, writer: Writer): string {
  if (map === FOLLOWED) {
    const pid = keyVariable(key, [{ name: "pid", kept: { as: "integer", ctype: "u32" } }], "", writer);
    return writer.once(`entry ${FOLLOWED} ${structure(key)}`, "mine", (name) =>
      writer.add(`u8 *${name} = ${FOLLOWED}.lookup(&${pid});`),
    );
  }
  const table = writer.program.state(map);
  const place = tableKey(key, table, writer);
  return writer.once(`${entryOf(table)}${structure(key)}`, "entry", (name) =>
    writer.add(`struct ${table.name} *${name} = ${table.name}.lookup(&${place});`),
  );
}

/** What an entry holds; 0 where there is none. */
export function readState(value: State, writer: Writer): Code {
  const { pointer, member } = memberOf(value, writer);
  return writer.isSafe(pointer) ? atom(member) : c.choice(atom(pointer), atom(member), atom(0));
}

/** The member of the table's values that a map of the plan is. */
export function keptIn({ map }: Pick<State, "map">, writer: Writer): Field {
  return writer.program.state(map).fields.find((f) => f.map === map) as Field;
}

/** The pointer to the entry, and its member that holds the value. */
export function memberOf(value: State, writer: Writer): { pointer: string; member: string; field: Field } {
  const pointer = lookUp(value, writer);
  const field = keptIn(value, writer);
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
    return writer.once(`key ${ctype} ${structure(key)}`, field.name, (name) =>
      writer.add(`${ctype} ${name} = ${wide(only, ctype === "s64", writer).text};`),
    );
  }
  return writer.once(`key ${struct} ${structure(key)}`, "place", (name) => {
    const given = fields.map((each, i) => ({ field: each, value: key[i] as Typed }));
    assign(struct, name, given, writer);
  });
}

export function store(
  table: StateTable,
  key: readonly Typed[],
  values: ReadonlyMap<string, Typed>,
  writer: Writer,
): void {
  writer.program.use("problem");
  const place = tableKey(key, table, writer);
  const name = writer.fresh("begun");
  const given = table.fields.flatMap((field) => {
    const value = values.get(field.map);
    return value ? [{ field, value }] : [];
  });
  assign(`struct ${table.name}`, name, given, writer);
  writer.add(`if (${table.name}.update(&${place}, &${name}))`, "    problem(FULL_MAP);");
  writer.forget(entryOf(table));
}
