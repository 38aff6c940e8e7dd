/**
 * What a probe reads more than once, and reads once for that: records of spans, stacks, memory of the program, numbers
 * in a PID namespace. It is read into a variable, where it is first asked for.
 */
import type { CType } from "../../../kernel/kernel.js";
import { operandsOf, valuesOf } from "../../../plan/needs.js";
import type { PlanProbe, Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import type { Typed } from "../../../semantics/typed.js";
import { atom, type Code } from "../../code.js";

/** What a variable holds: the record of a state under a key, or a value. */
export type Read =
  | (Typed & { readonly op: "userWord" | "register" | "common" | "member" | "element" | "arithmetic" })
  | { readonly state: string; readonly key: readonly Typed[] };

export class ReadOnce {
  /** Variables that may be used here, by what they hold. */
  private known = new Map<string, { readonly name: string; readonly state: string | undefined }>();

  constructor(private readonly uses: ReadonlyMap<string, number>) {}

  /** `read`, or the variable that has it; `keep` makes one, and returns its name. */
  value(of: Read, read: Code, keep: () => string): Code {
    const id = idOf(of);
    const found = this.known.get(id);
    if (found) return atom(found.name);
    if ((this.uses.get(id) ?? 0) < 2) return read;
    const name = keep();
    this.known.set(id, { name, state: "state" in of ? of.state : undefined });
    return atom(name);
  }

  /** The records of a state are others from here on. */
  forget(state: string): void {
    for (const [id, known] of this.known) if (known.state === state) this.known.delete(id);
  }

  /** What is written in a loop: another round may have changed what was read before it. */
  loop<T>(write: () => T): T {
    const outer = this.known;
    this.known = new Map();
    const written = write();
    this.known = new Map([...outer].filter(([, { state }]) => state === undefined));
    return written;
  }

  /** What is written in a block; its variables end with it. */
  block<T>(write: () => T): T {
    const outer = this.known;
    this.known = new Map(outer);
    const written = write();
    const inner = this.known;
    // What the block stored or removed is not known after it either.
    this.known = new Map([...outer].filter(([id]) => inner.has(id)));
    return written;
  }
}

/** How often a probe reads what it might keep. */
export function usesIn({ filter, steps }: Pick<PlanProbe, "filter" | "steps">): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const count = (id: string, times = 1): void => void uses.set(id, (uses.get(id) ?? 0) + times);
  const countIn = (value: Typed, times = 1, isConditional = false): void => {
    const read = readOf(value);
    // What one of two branches reads may not be there for the other.
    const isWhole = isMemory(value) || value.op === "arithmetic";
    if (read && !(isConditional && isWhole)) count(idOf(read), times);
    // What is read again comes from its variable, and what it is reached through is not read for that.
    if (read && isWhole && (uses.get(idOf(read)) ?? 0) > times) return;
    for (const part of operandsOf(value)) {
      // The length of a text is read where the text is searched.
      if (value.op === "text" && part === value.length) continue;
      countIn(part, times, isConditional || (value.op === "choose" && part !== value.condition));
    }
    if (value.op === "glob" && value.subject.op === "text" && value.subject.length)
      countIn(value.subject.length, times, isConditional);
  };
  const countStep = (step: Step): void => {
    if (step.do === "when") {
      for (const test of step.all) countIn(test);
      step.then.forEach(countStep);
      return;
    }
    if (step.do === "times") {
      countIn(step.count);
      step.then.forEach(countStep);
      return;
    }
    // Each aggregate has the key anew, and a sum is written with all that stands beside it.
    if (step.do === "aggregate") for (const key of step.key) countIn(key, step.updates.length);
    if (step.do === "add" || step.do === "change") count(idOf(step), 2);
    if (step.do === "store") {
      step.stored?.forEach(countStep);
      // The entry of the map is written where it is stored, and where it is looked at whether it was.
      for (const key of step.key) if (hasChoices(key)) countIn(key);
    }
    const keys = step.do === "aggregate" ? step.key : [];
    for (const value of valuesOf(step)) if (!keys.includes(value)) countIn(value);
  };
  for (const test of filter) countIn(test);
  steps.forEach(countStep);
  return uses;
}

function readOf(value: Typed): Read | undefined {
  if (value.op === "state" || value.op === "begun" || value.op === "userWord" || value.op === "register")
    return value;
  if (value.op === "common") return value.type.kind === "stack" ? value : undefined;
  if (value.op === "arithmetic") return hasChoices(value) ? value : undefined;
  return isMemory(value) && SCALARS.includes(value.ctype.kind) ? value : undefined;
}

/** Whether a value is worked out from choices, each of which is a branch of the program. */
export function hasChoices(value: Typed): boolean {
  return (
    value.op === "arithmetic" && operandsOf(value).some((part) => part.op === "choose" || hasChoices(part))
  );
}

function isMemory(value: Typed): value is Typed & { readonly op: "member" | "element" } {
  return value.op === "member" || value.op === "element";
}

/** What a variable can hold; a struct or an array is part of the memory around it. */
const SCALARS: readonly CType["kind"][] = ["int", "bool", "char", "enum", "pointer"];

function idOf(read: Read): string {
  return "state" in read ? `${read.state} ${structureOf(read.key)}` : structureOf(read);
}
