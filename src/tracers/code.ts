/**
 * Expressions of the emitted languages: text with its precedence, so that parentheses
 * follow from the grammar and never from the text.
 */
import { OPPOSITES as COMPARISON_OPPOSITES } from "../semantics/expression/fold.js";

/** The kind of an expression's outermost operator. Each language orders the kinds. */
export type Level =
  | "choice" | "or" | "and" | "not" | "bitOr" | "bitXor" | "bitAnd" | "equality" | "relation" | "shift" | "sum"
  | "product" | "minus" | "prefix" | "negation" | "postfix" | "atom"; // prettier-ignore

export interface Code {
  readonly text: string;
  readonly level: Level;
}

/** A condition and its opposite, so that a negation never precedes a whole condition. */
export interface Test {
  readonly holds: Code;
  readonly fails: Code;
  /** Of a test that may be undecided, in which case it neither holds nor fails: the negations of both. */
  readonly undecided?: { readonly notHolds: Code; readonly notFails: Code };
}

/** What is true where a test does not hold. */
export function missed({ fails, undecided }: Test): Code {
  return undecided?.notHolds ?? fails;
}

const LEVELS = {
  "|": "bitOr",
  "^": "bitXor",
  "&": "bitAnd",
  "==": "equality",
  "!=": "equality",
  is: "equality",
  "is not": "equality",
  "<": "relation",
  "<=": "relation",
  ">": "relation",
  ">=": "relation",
  "<<": "shift",
  ">>": "shift",
  "+": "sum",
  "-": "sum",
  "*": "product",
  "/": "product",
  "%": "product",
} as const satisfies Readonly<Record<string, Level>>;

export type EmittedOperator = keyof typeof LEVELS;

const OPPOSITES = { ...COMPARISON_OPPOSITES, is: "is not", "is not": "is" } as const;

type Comparison = keyof typeof OPPOSITES;

/**
 * Operands that are parenthesized although the grammar does not require it: readers rarely know these precedences, and C
 * compilers warn about most of them (-Wparentheses).
 */
const UNCLEAR: Readonly<Partial<Record<Level, readonly Level[]>>> = {
  choice: ["bitOr", "bitXor", "bitAnd"],
  or: ["and"],
  bitOr: ["negation", "bitXor", "bitAnd", "equality", "relation", "shift", "sum", "product"],
  bitXor: ["negation", "bitAnd", "equality", "relation", "shift", "sum", "product"],
  bitAnd: ["negation", "equality", "relation", "shift", "sum", "product"],
  equality: ["negation", "relation", "bitOr", "bitXor", "bitAnd", "shift"],
  relation: ["negation", "bitOr", "bitXor", "bitAnd", "shift"],
  shift: ["sum", "product"],
};

/** The differences between the languages. */
interface Language {
  /** Lowest precedence first; kinds in one list have the same precedence. */
  readonly order: readonly (readonly Level[])[];
  readonly and: string;
  readonly or: string;
  readonly choice: (condition: string, then: string, otherwise: string) => string;
}

/** Builds expressions of one language. */
export class Notation {
  private readonly ranks: ReadonlyMap<Level, number>;

  constructor(private readonly language: Language) {
    this.ranks = new Map(
      language.order.flatMap((levels, rank) => levels.map((level) => [level, rank] as const)),
    );
  }

  /** `least`: the lowest precedence that needs no parentheses here. */
  at(code: Code, least: Level): string {
    return this.rank(code.level) < this.rank(least) ? `(${code.text})` : code.text;
  }

  /** Operators are left-associative; comparisons cannot be chained. */
  binary(operator: EmittedOperator, left: Code, right: Code): Code {
    const level = LEVELS[operator];
    const isComparison = level === "equality" || level === "relation";
    return {
      text: `${this.operand(left, level, !isComparison)} ${operator} ${this.operand(right, level, false)}`,
      level,
    };
  }

  compare(operator: Comparison, left: Code, right: Code): Test {
    return {
      holds: this.binary(operator, left, right),
      fails: this.binary(OPPOSITES[operator], left, right),
    };
  }

  /** Tests that a number is not 0. */
  isSet(code: Code): Test {
    return this.compare("!=", code, atom(0));
  }

  opposite({ holds, fails, undecided }: Test): Test {
    const opposite = { holds: fails, fails: holds };
    if (!undecided) return opposite;
    const { notHolds, notFails } = undecided;
    return { ...opposite, undecided: { notHolds: notFails, notFails: notHolds } };
  }

  all(tests: readonly Test[]): Test {
    const { and, or } = this.language;
    const every = (of: (test: Test) => Code): Code => this.join("and", and, tests.map(of));
    const some = (of: (test: Test) => Code): Code => this.join("or", or, tests.map(of));
    const all = { holds: every((t) => t.holds), fails: some((t) => t.fails) };
    if (tests.every((t) => !t.undecided)) return all;
    return {
      ...all,
      undecided: { notHolds: some(missed), notFails: every((t) => t.undecided?.notFails ?? t.holds) },
    };
  }

  any(tests: readonly Test[]): Test {
    return this.opposite(this.all(tests.map((t) => this.opposite(t))));
  }

  /** In the order of evaluation. */
  private join(level: "and" | "or", word: string, operands: readonly Code[]): Code {
    const [first, ...others] = operands;
    if (!first) throw new Error("no tests to join");
    if (others.length === 0) return first;
    return { text: operands.map((each) => this.operand(each, level, true)).join(` ${word} `), level };
  }

  /** Two adjacent minus signs would form another operator. */
  minus(operand: Code): Code {
    return { text: `-${this.at(operand, "prefix")}`, level: "minus" };
  }

  /** `!`, `~`, `*`, `&`. */
  prefix(operator: "!" | "~" | "*" | "&", operand: Code): Code {
    const level = operator === "!" ? "negation" : "prefix";
    return { text: `${operator}${this.at(operand, "minus")}`, level };
  }

  /** A conditional expression in C and bpftrace. */
  cast(type: string, operand: Code): Code {
    return { text: `(${type})${this.at(operand, "minus")}`, level: "prefix" };
  }

  /** A conditional expression in Python. */
  not(operand: Code): Code {
    return { text: `not ${this.at(operand, "not")}`, level: "not" };
  }

  call(name: string, ...operands: readonly Code[]): Code {
    return { text: `${name}(${operands.map(({ text }) => text).join(", ")})`, level: "postfix" };
  }

  member(object: Code, access: "." | "->", name: string): Code {
    return { text: `${this.at(object, "postfix")}${access}${name}`, level: "postfix" };
  }

  index(object: Code, ...keys: readonly Code[]): Code {
    return {
      text: `${this.at(object, "postfix")}[${keys.map(({ text }) => text).join(", ")}]`,
      level: "postfix",
    };
  }

  /** A nested conditional is parenthesized, as readers may not know its associativity. */
  choice(condition: Code, then: Code, otherwise: Code): Code {
    const text = this.language.choice(
      this.operand(condition, "choice", false),
      this.operand(then, "choice", false),
      this.operand(otherwise, "choice", false),
    );
    return { text, level: "choice" };
  }

  private operand(code: Code, of: Level, takesSame: boolean): string {
    const rank = this.rank(code.level);
    const isLoose = takesSame ? rank < this.rank(of) : rank <= this.rank(of);
    return isLoose || UNCLEAR[of]?.includes(code.level) === true ? `(${code.text})` : code.text;
  }

  private rank(level: Level): number {
    const rank = this.ranks.get(level);
    if (rank === undefined) throw new Error(`this language has no ${level}`);
    return rank;
  }
}

/** C, and bpftrace, whose expression grammar is that of C in every version. */
export const c = new Notation({
  order: [
    ["choice"],
    ["or"],
    ["and"],
    ["bitOr"],
    ["bitXor"],
    ["bitAnd"],
    ["equality"],
    ["relation"],
    ["shift"],
    ["sum"],
    ["product"],
    ["minus"],
    ["prefix", "negation"],
    ["postfix"],
    ["atom"],
  ],
  and: "&&",
  or: "||",
  choice: (condition, then, otherwise) => `${condition} ? ${then} : ${otherwise}`,
});

export const python = new Notation({
  order: [
    ["choice"],
    ["or"],
    ["and"],
    ["not"],
    ["equality", "relation"],
    ["bitOr"],
    ["bitXor"],
    ["bitAnd"],
    ["shift"],
    ["sum"],
    ["product"],
    ["minus"],
    ["prefix"],
    ["postfix"],
    ["atom"],
  ],
  and: "and",
  or: "or",
  choice: (condition, then, otherwise) => `${then} if ${condition} else ${otherwise}`,
});

/** Code that is never split: a name, or a literal without a sign. */
export function atom(text: string | number | bigint): Code {
  return { text: `${text}`, level: "atom" };
}

/** A decimal literal. */
export function decimal(value: bigint): Code {
  return value < 0n ? { text: `${value}`, level: "minus" } : atom(value);
}

export function hexadecimal(value: bigint): Code {
  return atom(`0x${value.toString(16)}`);
}
