/** The records of spans as BCC tables: each record is a struct. */
import { allSteps } from "../../../plan/needs.js";
import type { Plan, SpanState, StepOf } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import { fieldOf, numberType, type Field } from "./fields.js";
import type { Names } from "../names.js";

export interface StateTable {
  /** The name of the table, and of the struct of its values if they are one. */
  readonly name: string;
  readonly state: SpanState;
  readonly key: readonly Field[];
  /** The members of the struct, in the order of the state's fields. */
  readonly fields: readonly Field[];
}

/** The C type of a table's values: a struct, or a number if there is only one value or none. */
export function valueType({ name, fields }: StateTable): string {
  return valueNumber(fields) ?? `struct ${name}`;
}

/** The type of values that are not structs. */
export function valueNumber(fields: StateTable["fields"]): string | undefined {
  return fields.length === 0 ? "u8" : numberType(fields);
}

/** The C type of a table's keys. */
export function keyType({ name, key }: StateTable): string {
  return numberType(key) ?? `struct ${name}_key`;
}

export function stateTables(plan: Plan, names: Names): readonly StateTable[] {
  const stores = allSteps(plan.probes).filter((step): step is StepOf<"store"> => step.do === "store");
  return plan.states.map((state) => {
    const own = stores.filter((store) => store.state === state.name);
    return {
      name: names.take(state.name),
      state,
      key: members(
        state.key,
        own.map(({ key }) => key),
      ),
      fields: members(
        state.fields,
        own.map(({ values }) => values),
      ),
    };
  });
}

/** `values` are the values assigned to them, for each place where that is done. */
function members(
  named: readonly { readonly name: string }[],
  values: readonly (readonly Typed[])[],
): readonly Field[] {
  const taken = new Set<string>();
  return named.map(({ name }, i) =>
    fieldOf(name, values.map((each) => each[i] as Typed) as [Typed, ...Typed[]], taken),
  );
}
