/** Where the statements of one function are written, and what its variables hold so far. */
import type { ProbePoint } from "../../semantics/typed.js";
import type { Program } from "./program.js";
import { Names } from "./names.js";

export class Writer {
  /** Statements of the block that is being written. */
  lines: string[] = [];
  /** Variables by what they hold. */
  private known = new Map<string, string>();
  /** Pointers that were tested. */
  private safe = new Set<string>();
  private readonly names = new Names();
  private readonly locals = new Map<string, string>();

  constructor(
    readonly program: Program,
    readonly point: ProbePoint,
    /** How the function leaves when an event is not wanted. */
    readonly leave: string,
    /** The context that helpers of the kernel take. */
    readonly context: string,
    /** Which of the probes that a wildcard names it is, where that is known only when it runs. */
    readonly probeNumber: string,
  ) {}

  fresh(stem: string): string {
    return this.names.take(stem);
  }

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  /** A variable that holds `of`: made by `make`, which is given its name, where there is none yet. */
  once(of: string, stem: string, make: (name: string) => void): string {
    const known = this.known.get(of);
    if (known !== undefined) return known;
    const name = this.fresh(stem);
    make(name);
    this.known.set(of, name);
    return name;
  }

  isSafe(pointer: string): boolean {
    return this.safe.has(pointer);
  }

  tested(pointer: string): void {
    this.safe.add(pointer);
  }

  /** Gives a value of the planner a name in C. */
  bind(local: string, name: string): void {
    this.locals.set(local, name);
  }

  local(name: string): string {
    const found = this.locals.get(name);
    if (found === undefined) throw new Error(`${name} has no value here`);
    return found;
  }

  /** The statements of a block; what it learns is forgotten at its end. */
  block(write: () => void): string[] {
    const [lines, known, safe] = [this.lines, new Map(this.known), new Set(this.safe)];
    this.lines = [];
    write();
    const inner = this.lines;
    [this.lines, this.known, this.safe] = [lines, known, safe];
    return inner;
  }
}
