/** The records of spans as BCC tables: each record is a struct. */
import { allSteps } from "../../../plan/needs.js";
import type { Plan, SpanState, StepOf } from "../../../plan/plan.js";
import { fieldsOf, numberType, withoutGaps, type Field } from "./fields.js";
import type { JoinedStates } from "../sharing/joined-states.js";
import { Names } from "../names.js";

export interface StateTable {
  /** The name of the table, and of the struct of its values if they are one. */
  readonly name: string;
  /** What its spans are called. */
  readonly stem: string;
  /** Several, where they are kept in one table. */
  readonly states: readonly [SpanState, ...SpanState[]];
  readonly key: readonly Field[];
  /** The members of the struct, in the order of the state's fields. */
  readonly fields: readonly Field[];
  /** For each of several states the constant that stands for it in the key. */
  readonly kinds: ReadonlyMap<string, string>;
}

/** The C type of a table's values: a struct, or a number if there is only one value or none. */
export function valueType({ name, fields }: StateTable): string {
  return valueNumber(fields) ?? `struct ${name}`;
}

/** The type of values that are not structs. */
export function valueNumber(fields: StateTable["fields"]): string | undefined {
  return fields.length === 0 ? "u8" : numberType(fields);
}

/** The member of a value, as Python reads it, that holds a field. */
export function memberOfValue({ fields }: StateTable, field: Field | undefined): string {
  return field === undefined || valueNumber(fields) !== undefined ? "value" : field.name;
}

/** The C type of a table's keys. */
export function keyType({ name, key }: StateTable): string {
  return numberType(key) ?? `struct ${name}_key`;
}

export function stateTables(plan: Plan, joined: JoinedStates, names: Names): readonly StateTable[] {
  const stores = allSteps(plan.probes).filter((step): step is StepOf<"store"> => step.do === "store");
  const kinds = new Names();
  return plan.states.flatMap((state): readonly StateTable[] => {
    if (joined.tableOf(state.name) !== state.name) return [];
    const members = joined.membersOf(state.name);
    const others = plan.states.filter((each) => each !== state && members.includes(each.name));
    const states = [state, ...others] as const;
    const own = stores.filter((store) => members.includes(store.state));
    const key = fieldsOf(
      state.key,
      own.map((store) => store.key),
      { taken: new Set([KIND]) },
    );
    const isJoined = states.length > 1;
    return [
      {
        name: names.take(isJoined ? `${joined.stemOf(state.name)}_begun` : state.name),
        stem: joined.stemOf(state.name),
        states,
        key: withoutGaps(isJoined ? [...key, { name: KIND, kept: { as: "integer", ctype: "u32" } }] : key),
        fields: withoutGaps(
          fieldsOf(
            state.fields,
            own.map(({ values }) => values),
            { taken: new Set([KIND]) },
          ),
        ),
        kinds: new Map(
          isJoined
            ? states.map(({ name }) => [name, `KIND_${kinds.take(joined.kindOf(name)).toUpperCase()}`])
            : [],
        ),
      },
    ];
  });
}

/** By which name the kind of a state is a local value of the functions. */
export function kindOf(state: string): string {
  return `kind of ${state}`;
}

/** The member of a key that says which of several states an entry is of. */
const KIND = "kind";
