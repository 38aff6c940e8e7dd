/** What the functions of a program share: helpers, offsets in kernel structs, tables, names. */
import { FOLLOWED, STARTING, type Plan, type Result } from "../../../plan/plan.js";
import { isRunning, readingPeriod } from "../../../plan/running.js";
import { needsProcesses } from "../../../plan/user-stacks.js";
import { tellsMappedCode } from "../../mapped-code.js";
import type { ScriptForm } from "../../script.js";
import { Uses } from "../python/runtime.js";
import { C_NAMES, PROBLEMS, type CHelper, type Problem } from "./c-helpers.js";
import type { BccDialect } from "../versions.js";
import { Names } from "../names.js";
import { resultLayouts, type ResultLayout } from "../layout/result-layout.js";
import type { Field } from "../layout/fields.js";
import type { Routine } from "../sharing/routine.js";
import { shareSteps, type Sharing } from "../sharing/share-steps.js";
import { bodyOf, isOfProcess } from "./body.js";
import { kindOf, stateTables, type StateTable } from "../layout/state-table.js";

/** The problems that helpers count. */
const COUNTED_IN: Readonly<Partial<Record<CHelper, readonly Problem[]>>> = {
  stack_of: ["MISSING_STACK", "COLLIDED_STACK"],
};

export class Program {
  /** The names of functions, tables and structs. */
  readonly names = new Names([...C_NAMES, FOLLOWED, STARTING]);
  readonly helpers = new Set<CHelper>();
  /** The offsets of members in their structs, by the names of constants. */
  readonly offsets = new Map<string, number>();
  /** Functions that match a text against a pattern, by the pattern, in order of first use. */
  readonly patterns = new Map<string, { readonly name: string; readonly text: string }>();
  /** The possible values of the `probe` field; those of wildcards are found when the program runs. */
  readonly probeNames: string[] = [];
  /** What its probes share. */
  readonly sharing: Sharing;
  /** The C functions of shared steps. */
  private readonly routines: ReadonlyMap<Routine, string>;
  readonly states: readonly StateTable[];
  /** The constants for the kinds of spans in shared tables, by the names of local values. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly results: readonly ResultLayout[];
  /** Those that add to running sums, by result. */
  readonly changes = new Map<number, string>();
  /** How many frames the stacks have that are recorded, each with a table of its own; undefined: as many as the kernel takes. */
  readonly stackDepths = new Set<number | undefined>();
  hasElapsed = false;
  /** Whether a function asks which process it runs in. */
  asksProcess = false;
  /** Variables of the kernel that are read. */
  readonly globals = new Set<string>();
  /** What can go wrong in its functions. */
  private readonly problems = new Set<Problem>();
  /** The definitions that its Python uses. */
  readonly uses: Uses;
  /** Whether it reports what code processes map, so that the runner can name stacks. */
  readonly tellsCode: boolean;

  constructor(
    readonly plan: Plan,
    readonly dialect: BccDialect,
    readonly form: ScriptForm,
  ) {
    this.uses = new Uses(form);
    this.tellsCode = tellsMappedCode(plan, form);
    this.sharing = shareSteps(plan, (probe) => bodyOf(probe, this));
    this.states = stateTables(plan, this.sharing.states, this.names);
    this.results = resultLayouts(plan, this.names, (result) => this.takesTurns(result));
    this.kinds = new Map(
      this.states.flatMap(({ kinds }) => [...kinds].map(([state, kind]) => [kindOf(state), kind] as const)),
    );
    this.routines = new Map(this.sharing.routines.map((routine) => [routine, this.names.take(routine.name)]));
  }

  /** Whether the processes that it reports are for what this result shows. */
  tellsCodeOf(result: Result): boolean {
    return this.tellsCode && needsProcesses(result);
  }

  use(helper: CHelper): void {
    this.helpers.add(helper);
    for (const kind of COUNTED_IN[helper] ?? []) this.count(kind);
  }

  /** Returns a C statement that counts a problem. */
  count(kind: Problem, by?: string): string {
    this.problems.add(kind);
    return `problems.increment(${[kind, ...(by === undefined ? [] : [by])].join(", ")});`;
  }

  /** Returns a C statement that counts one problem or, where a condition is not met, another. */
  countEither(condition: string, kind: Problem, other: Problem): string {
    this.problems.add(kind).add(other);
    return `problems.increment(${condition} ? ${kind} : ${other});`;
  }

  /** In the order of their numbers in C. The runner knows the first by its position. */
  get countedProblems(): readonly Problem[] {
    const kinds = Object.keys(PROBLEMS) as Problem[];
    return this.problems.size === 0 || this.form === "stream"
      ? kinds
      : kinds.filter((kind) => this.problems.has(kind));
  }

  get countsProblems(): boolean {
    return this.problems.size > 0;
  }

  /**
   * Whether a result is kept in two sets of entries, so that no event is lost between reading and clearing them. A program
   * that is run by hand clears nothing if it has no interval.
   */
  takesTurns(result: number): boolean {
    const found = this.plan.results[result];
    if (found?.kind !== "groups" && found?.kind !== "line" && !isRunning(found)) return false;
    return this.form === "stream" || readingPeriod(found) !== undefined;
  }

  /** Whether it has the option `--pid`. */
  get takesPid(): boolean {
    return this.form === "text" && !this.plan.process && this.plan.probes.some(isOfProcess);
  }

  /** The only process that is traced, as a Python expression; -1 means all. */
  get pid(): string | undefined {
    if (this.takesPid) return "options.pid or -1";
    const { process } = this.plan;
    return process && !process.followed ? `${process.pid}` : undefined;
  }

  /** The constant for a member's offset. */
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
    const found = this.states.find(({ states }) => states.some((state) => state.name === name));
    if (!found) throw new Error(`there is no state ${name}`);
    return found;
  }

  /** The function that adds to the running sums of a result. */
  changeOf(result: number): string {
    const layout = this.results[result];
    const stem = layout?.kind === "groups" ? layout.name : "sums";
    const known = this.changes.get(result) ?? this.names.take(`change_${stem}`);
    this.changes.set(result, known);
    return known;
  }

  functionOf(routine: Routine): string {
    const name = this.routines.get(routine);
    if (name === undefined) throw new Error(`${routine.name} is not of this program`);
    return name;
  }

  /** The member of a state's table for one of its fields. */
  stateField(state: string, name: string): Field {
    const table = this.state(state);
    const found = table.fields[table.states[0].fields.findIndex((field) => field.name === name)];
    if (!found) throw new Error(`${state} has no field ${name}`);
    return found;
  }
}
