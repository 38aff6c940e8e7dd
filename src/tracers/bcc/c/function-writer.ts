/** Collects the statements of one function, and keeps track of what its variables hold. */
import { structureOf } from "../../../plan/same.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import type { Code } from "../../code.js";
import type { Program } from "./program.js";
import { Names } from "../names.js";
import { append } from "../../../lists.js";

/** How it is written, and the statements that make it. */
interface Room {
  readonly place: string;
  readonly lines: readonly string[];
}

/** What is known of a function before it is written. */
export interface Hints {
  /** The names under which values are stored, by their structure. */
  readonly labels: ReadonlyMap<string, string>;
  readonly readsProcess: boolean;
  /** The states of records that are read, changed, or looked for more than once. */
  readonly usedStates: ReadonlySet<string>;
  /** Whether both the process and the thread are read, which the kernel gives as one number. */
  readonly readsBothIds: boolean;
}

export class FunctionWriter {
  /** Statements of the block that is being written. */
  lines: string[] = [];
  /** Whether values that are used once, of a register, stand where they are used. */
  inlines = false;
  /** Variables by what they hold. */
  private known = new Map<string, string>();
  /** Pointers that were tested. */
  private safe = new Set<string>();
  /** What has been forgotten, for the enclosing blocks too. */
  private readonly dropped = new Set<string>();
  /** What its structs and arrays take. */
  bytes = 0;
  private readonly types = new Map<string, string>();
  private readonly names: Names;
  /** Local values that all functions know. */
  private readonly given: ReadonlyMap<string, string>;
  private readonly locals = new Map<string, string>();

  constructor(
    readonly program: Program,
    readonly point: ProbePoint,
    /** The context to pass to helpers of the kernel. */
    readonly context: string,
    /** The number of the probe among those of a wildcard, as an expression; empty if the probe is known. */
    readonly probeNumber: string,
    readonly hints: Hints,
    /** The members of its scratch space, where it has one: what does not fit on the stack is there. */
    readonly scratch?: string[],
  ) {
    this.names = new Names(scratch ? ["scratch", "only"] : [], program.names);
    this.given = program.kinds;
  }

  /** The name of a value that has none of its own. */
  labelOf(value: Typed): string | undefined {
    return this.hints.labels.get(structureOf(value));
  }

  fresh(stem: string): string {
    return this.names.take(stem);
  }

  isTaken(name: string): boolean {
    return this.names.has(name);
  }

  add(...lines: (string | readonly string[])[]): void {
    append(this.lines, lines.flat());
  }

  /**
   * A variable that holds `of`: made by `make`, which is given its name, where there is none yet. `make` returns how
   * it is written where that is not its name.
   */
  once(of: string, stem: string, make: (name: string) => unknown): string {
    const known = this.known.get(of);
    if (known !== undefined) return known;
    const name = this.fresh(stem);
    const made = make(name);
    const written = typeof made === "string" ? made : name;
    this.known.set(of, written);
    return written;
  }

  /** A struct or an array that is all zero: on the stack, or in the scratch space of the function. */
  room(type: string, name: string, bytes: number, length?: number): Room {
    this.bytes += bytes;
    const member = `${type} ${name}${length === undefined ? "" : `[${length}]`}`;
    if (!this.scratch) return { place: name, lines: [`${member} = {};`] };
    this.scratch.push(`${member};`);
    const place = `scratch->${name}`;
    return { place, lines: [`__builtin_memset(&${place}, 0, sizeof(${place}));`] };
  }

  /** Declares a variable. */
  variable(type: string, name: string, value: string): void {
    this.add(`${type} ${name} = ${value};`);
    this.types.set(name, type);
  }

  /** Whether an expression is just a variable of this type. */
  isVariable({ text, level }: Code, type: string): boolean {
    return level === "atom" && this.types.get(text) === type;
  }

  isSafe(pointer: string): boolean {
    return this.safe.has(pointer);
  }

  tested(pointer: string): void {
    this.safe.add(pointer);
  }

  /** Forgets the variables whose identity begins with this text. */
  forget(of: string): void {
    for (const key of [...this.known.keys()].filter((k) => k.startsWith(of))) this.drop(key);
  }

  /** Forgets what was read from a state. */
  forgetReads(state: string): void {
    const read = JSON.stringify({ state }).slice(1, -1);
    for (const key of [...this.known.keys()].filter((k) => k.includes(read))) this.drop(key);
  }

  private drop(key: string): void {
    this.known.delete(key);
    this.dropped.add(key);
  }

  /** A variable that is given to the function. */
  parameter(type: string, stem: string, of?: string): string {
    const name = this.fresh(stem);
    this.types.set(name, type);
    if (of !== undefined) this.known.set(of, name);
    return name;
  }

  /** Sets the C name of a local value of the plan. */
  bind(local: string, name: string): void {
    // Another part of the probe may have a local of the same name.
    if (this.locals.has(local))
      for (const key of [...this.known.keys()].filter((k) => k.includes('"op":"local"'))) this.drop(key);
    this.locals.set(local, name);
  }

  local(name: string): string {
    const found = this.locals.get(name) ?? this.given.get(name);
    if (found === undefined) throw new Error(`${name} has no value here`);
    return found;
  }

  /** The statements of a loop: another round may have changed what was read before it. */
  loop(write: () => void): string[] {
    const { known, safe } = this;
    [this.known, this.safe] = [new Map(), new Set()];
    const inner = this.block(write);
    for (const key of known.keys())
      if (key.startsWith("entry ") || key.includes('"state"')) known.delete(key);
    [this.known, this.safe] = [known, safe];
    return inner;
  }

  /** Returns the statements of a block, whose variables are forgotten at its end. */
  block(write: () => void): string[] {
    const [lines, known, safe] = [this.lines, new Map(this.known), new Set(this.safe)];
    this.lines = [];
    write();
    const inner = this.lines;
    for (const key of this.dropped) known.delete(key);
    [this.lines, this.known, this.safe] = [lines, known, safe];
    return inner;
  }
}
