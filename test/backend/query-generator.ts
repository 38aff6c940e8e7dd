/** Well-typed queries by chance, from what the standard library offers on a target; the same seed gives the same ones. */
import { compile, standardLibrary, type Compiled, type Kernel } from "../../src/index.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { Diagnostics } from "../../src/diagnostics/diagnostics.js";
import { Shapes } from "../../src/semantics/source/shapes.js";
import { fieldsOf } from "../../src/semantics/source/source-shape.js";
import type { Type } from "../../src/types/types.js";

interface Named {
  readonly name: string;
  readonly type: Type;
}

interface SourceFields {
  /** As a query names it: `malloc`, `open allocation`. */
  readonly name: string;
  readonly fields: readonly Named[];
}

/** Numbers from 0 up to 1, by the mulberry32 method. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class QueryGenerator {
  private readonly sources: readonly SourceFields[];

  constructor(
    kernel: Kernel,
    private readonly random: () => number,
  ) {
    const library = standardLibrary();
    const diagnostics = new Diagnostics();
    const shapes = new Shapes(library, kernel, diagnostics);
    this.sources = [...library.names()].flatMap((name) => {
      const defined = library.find(name);
      if (!defined) return [];
      const context = shapes.context(defined.source);
      const shape = shapes.named(name, context, defined.definition.name.span);
      if (!shape) return [];
      const fields = [...fieldsOf(shape)].map(([field, { type }]): Named => ({ name: field, type }));
      const source = { name, fields: [...fields, ...COMMON] };
      if (defined.definition.kind !== "span") return [source];
      // What is open has what its begin gave, and an age.
      const known = [...fields, AGE].filter(
        ({ name: field }) => faultsOf(compile(`open ${name} show ${field}`, { kernel })).length === 0,
      );
      return known.length === 0 ? [source] : [source, { name: `open ${name}`, fields: known }];
    });
  }

  /** One query, on one line. */
  next(): string {
    const source = this.pick(this.sources);
    const parts = [source.name];
    const isRows = this.chance(0.3);
    if (isRows)
      parts.push(
        `show ${this.some(source.fields, 4)
          .map((f) => f.name)
          .join(", ")}`,
      );
    else {
      const numbers = source.fields.filter((f) => isNumber(f.type));
      const aggregates = this.chance(0.3) || numbers.length === 0 ? ["count()"] : this.aggregates(numbers);
      parts.push(aggregates.join(", "));
      if (this.chance(0.7)) {
        parts.push(
          `by ${this.some(
            source.fields.filter((f) => f.type.kind !== "c"),
            3,
          )
            .map((f) => f.name)
            .join(", ")}`,
        );
        const ranking = aggregates.find((each) => !/^(hist|stats)/.test(each));
        if (ranking !== undefined && this.chance(0.2)) parts.push(`top 5 by ${ranking}`);
      }
    }
    if (this.chance(0.6)) parts.push(`where ${this.condition(source.fields, 2)}`);
    if (!isRows && this.chance(0.3)) parts.push(`every ${this.pick(["1s", "500ms", "10s"])}`);
    if (this.chance(0.1)) parts.push("for 5s");
    return parts.join(" ");
  }

  private aggregates(numbers: readonly Named[]): string[] {
    const calls = this.some(numbers, 2).map(
      ({ name }) => `${this.pick(["sum", "avg", "min", "max", "stats", "hist"])}(${name})`,
    );
    return this.chance(0.5) ? ["count()", ...calls] : calls;
  }

  private condition(fields: readonly Named[], depth: number): string {
    if (depth > 0 && this.chance(0.4)) {
      const joined = [this.condition(fields, depth - 1), this.condition(fields, depth - 1)];
      return `(${joined.join(this.pick([" and ", " or "]))})`;
    }
    const testable = fields.filter((f) => TESTABLE.has(f.type.kind));
    const { name, type } = this.pick(testable);
    switch (type.kind) {
      case "string":
        if (name === "probe") return "pid != 0";
        if (type.isInet)
          return `${name} ${this.pick(['== "10.0.0.1"', '!= "::1"', 'in ("fe80::1", "10.9.8.7")', '~ "10.1.*"', '!~ "2001:db8:*"'])}`;
        return `${name} ${this.pick(["==", "!=", "~", "!~"])} "${this.pick(["a*", "*.so", "x", "*mid*", "l?b*[a-h]*"])}"`;
      case "bool":
        return this.pick([name, `not ${name}`]);
      case "address":
        return `${name} ${this.pick(["==", "!="])} 0`;
      case "number":
        return `${name} ${this.pick(["<", ">", "<=", ">=", "==", "!="])} ${this.amount(type.unit)}`;
      default:
        return `${name} != 0`;
    }
  }

  private amount(unit: string): string {
    const number = Math.floor(this.random() * 10_000);
    const units: Readonly<Record<string, string>> = { bytes: "B", duration: "us" };
    return `${number}${units[unit] ?? ""}`;
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  /** From one to `most`, each once. */
  private some(from: readonly Named[], most: number): readonly Named[] {
    const taken = new Map<string, Named>();
    const wanted = 1 + Math.floor(this.random() * most);
    for (let i = 0; i < wanted; i++) {
      const field = this.pick(from);
      if (field.type.kind !== "c") taken.set(field.name, field);
    }
    return taken.size > 0 ? [...taken.values()] : [PID];
  }
}

/** What is wrong with a query itself: not that the kernel lacks something, or a tracer cannot do it. */
export function faultsOf({ diagnostics }: Compiled): readonly Diagnostic[] {
  return diagnostics.filter(
    ({ severity, code }) =>
      severity === "error" && !/^unavailable$|^missing-probe$|^kernel-|-limit$/.test(code),
  );
}

const UNSIGNED: Type = { kind: "number", unit: "none", signed: false };
const PID: Named = { name: "pid", type: UNSIGNED };
const AGE: Named = { name: "age", type: { kind: "number", unit: "duration", signed: false } };
const COMMON: readonly Named[] = [
  PID,
  { name: "tid", type: UNSIGNED },
  { name: "cpu", type: UNSIGNED },
  { name: "comm", type: { kind: "string" } },
  { name: "probe", type: { kind: "string" } },
  { name: "ustack", type: { kind: "stack", space: "user" } },
  { name: "kstack", type: { kind: "stack", space: "kernel" } },
];

const TESTABLE: ReadonlySet<string> = new Set(["string", "bool", "address", "number"]);

function isNumber(type: Type): boolean {
  return type.kind === "number" && type.unit !== "timestamp" && type.unit !== "load";
}
