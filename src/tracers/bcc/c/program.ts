/** What all functions of a program share: the helpers they call, where the kernel keeps things, tables, names. */
import type { Plan, Result } from "../../../plan/plan.js";
import { FOLLOWED } from "../../../plan/plan.js";
import { hasUserStacks } from "../../../plan/user-stacks.js";
import { C_NAMES, type CHelper } from "./c-helpers.js";
import type { Dialect } from "../versions.js";
import { Names } from "../names.js";
import { resultLayouts, type ResultLayout } from "../layout/result-layout.js";
import type { Field } from "../layout/fields.js";
import { stateTables, type StateTable } from "../layout/state-table.js";

export class Program {
  /** Of functions, tables and structs. */
  readonly names = new Names([...C_NAMES, FOLLOWED]);
  readonly helpers = new Set<CHelper>();
  /** Where a member is in its struct, by the name of a constant. */
  readonly offsets = new Map<string, number>();
  /** Functions that test a text against a pattern, by the pattern; in the order they are first used. */
  readonly patterns = new Map<string, { readonly name: string; readonly text: string }>();
  /** What the `probe` field of an event can be; those of wildcards are found when the program runs. */
  readonly probeNames: string[] = [];
  readonly states: readonly StateTable[];
  readonly results: readonly ResultLayout[];
  /** Whether a stack is taken anywhere. */
  hasStacks = false;
  hasElapsed = false;
  /** Variables of the kernel that are read. */
  readonly globals = new Set<string>();

  constructor(
    readonly plan: Plan,
    readonly dialect: Dialect,
    /** Whether it tells what code processes map, so that the runner can name stacks. */
    readonly tellsCode: boolean,
  ) {
    this.states = stateTables(plan, this.names);
    this.results = resultLayouts(plan, this.names);
  }

  /** Whether what it tells of code is for stacks of this result. */
  tellsCodeOf(result: Result): boolean {
    return this.tellsCode && hasUserStacks(result);
  }

  use(helper: CHelper): void {
    this.helpers.add(helper);
  }

  /** The constant for a member's place. */
  offset(struct: string, path: readonly string[], bytes: number): string {
    const stem = [struct === "" ? "unnamed" : struct, ...path]
      .join("__")
      .replace(/[^A-Za-z0-9_]/g, "_")
      .toUpperCase();
    let name = stem;
    for (let n = 2; (this.offsets.get(name) ?? bytes) !== bytes; n++) name = `${stem}_${n}`;
    this.offsets.set(name, bytes);
    return name;
  }

  state(name: string): StateTable {
    const found = this.states.find(({ state }) => state.name === name);
    if (!found) throw new Error(`there is no state ${name}`);
    return found;
  }

  /** The member of a state's table that one of its fields is. */
  stateField(state: string, name: string): Field {
    const table = this.state(state);
    const found = table.fields[table.state.fields.findIndex((field) => field.name === name)];
    if (!found) throw new Error(`${state} has no field ${name}`);
    return found;
  }
}
