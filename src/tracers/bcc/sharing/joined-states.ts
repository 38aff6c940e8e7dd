/** States that are kept in one table, each entry with the kind of its span in the key. */
import { isOpen, openValues } from "../../../plan/columns.js";
import { partsOf } from "../../../plan/needs.js";
import { isRunning } from "../../../plan/running.js";
import type { OpenResult, Plan, SpanState } from "../../../plan/plan.js";

interface Joined {
  readonly members: readonly string[];
  /** What the spans are, in a word or two. */
  readonly stem: string;
}

export class JoinedStates {
  private tables: readonly Joined[] = [];
  private readonly states: ReadonlyMap<string, SpanState>;
  /** What is open is read from a table of its own. */
  private readonly read: ReadonlySet<string>;

  constructor(plan: Plan) {
    this.states = new Map(plan.states.map((state) => [state.name, state]));
    this.read = new Set(plan.results.flatMap((result) => (isOpen(result) ? statesOf(result) : [])));
  }

  /** Equal for states that keep the same. */
  shapeOf(name: string): string {
    const state = this.states.get(name);
    if (!state || this.read.has(name)) return name;
    return JSON.stringify([state.key, state.fields]);
  }

  canJoin(names: readonly string[]): boolean {
    return new Set(names.map((name) => this.shapeOf(name))).size === 1;
  }

  areJoined(names: readonly string[]): boolean {
    return new Set(names.map((name) => this.tableOf(name))).size === 1;
  }

  join(names: readonly string[]): void {
    const all = [...new Set(names.flatMap((name) => this.membersOf(name)))];
    const others = this.tables.filter(({ members }) => !members.some((each) => all.includes(each)));
    const spans = all.map((name) => this.spanOf(name));
    const [first = ""] = spans;
    const end = commonEnd(spans);
    const isFree = end !== "" && others.every(({ stem }) => stem !== end);
    this.tables = [...others, { members: all, stem: isFree ? end : first }];
  }

  /** The first of the states in the same table. */
  tableOf(name: string): string {
    return this.membersOf(name)[0] ?? name;
  }

  /** All states in the same table. */
  membersOf(name: string): readonly string[] {
    return this.joinedOf(name)?.members ?? [name];
  }

  /** What the spans of a table are; of one state, its span. */
  stemOf(name: string): string {
    return this.joinedOf(name)?.stem ?? this.spanOf(name);
  }

  /** What a span is among those of the same table: `malloc` of `malloc_call` among other calls. */
  kindOf(name: string): string {
    const span = this.spanOf(name);
    const end = commonEnd(this.membersOf(name).map((each) => this.spanOf(each)));
    return end === "" ? span : span.slice(0, -end.length - 1);
  }

  private joinedOf(name: string): Joined | undefined {
    return this.tables.find(({ members }) => members.includes(name));
  }

  private spanOf(name: string): string {
    return this.states.get(name)?.span ?? name;
  }
}

/** The states that a result is read from: of the spans, and of what they belong to. */
function statesOf(result: OpenResult): readonly string[] {
  const owner = isRunning(result) ? result.running.owner : undefined;
  return [
    result.state,
    ...(owner ? [owner.state] : []),
    ...openValues(result)
      .flatMap(partsOf)
      .flatMap((part) => (part.op === "state" ? [part.state] : [])),
  ];
}

/** The words that all names end with, and do not consist of: `call` of `malloc_call` and `calloc_call`; empty: none. */
function commonEnd(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => name.split("_"));
  let count = 0;
  const isCommon = (): boolean =>
    others.every((words) => words.length > count + 1 && words.at(-1 - count) === first.at(-1 - count));
  while (count < first.length - 1 && isCommon()) count++;
  return first.slice(first.length - count).join("_");
}
