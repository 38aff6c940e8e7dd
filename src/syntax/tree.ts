/**
 * The syntax tree: what was written and where, without its meaning. Each node has the span of its text; offsets are
 * into the source the file was parsed from.
 */
import type { Span } from "../diagnostics/diagnostic.js";

interface Node {
  readonly span: Span;
}

/** A name as written. */
export interface Name extends Node {
  readonly kind: "name";
  readonly text: string;
}

// ---------------------------------------------------------------- expressions

/** A number with or without a unit: `4KB` is `{ value: 4, unit: "KB" }`. `text` is the number as written. */
export interface NumberLiteral extends Node {
  readonly kind: "number";
  readonly text: string;
  /** The digits as an exact fraction: `1.5` is 15 / 10. */
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly unit?: string;
}

export interface StringLiteral extends Node {
  readonly kind: "string";
  /** The value, with escapes resolved. */
  readonly value: string;
  /** The text as written, including the quotes. */
  readonly text: string;
}

export interface BooleanLiteral extends Node {
  readonly kind: "boolean";
  readonly value: boolean;
}

export interface MemberExpression extends Node {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: Name;
}

export interface IndexExpression extends Node {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
}

export interface CallExpression extends Node {
  readonly kind: "call";
  readonly callee: Name;
  readonly args: readonly Expression[];
}

export type BinaryOperator =
  | "or" | "and"
  | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" | "has"
  | "+" | "-" | "|" | "^" | "*" | "/" | "%" | "<<" | ">>" | "&"; // prettier-ignore

export interface BinaryExpression extends Node {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface UnaryExpression extends Node {
  readonly kind: "unary";
  readonly operator: "not" | "-" | "~";
  readonly operand: Expression;
}

/** `x in (1, 2)` and `x not in (1, 2)`. */
export interface InExpression extends Node {
  readonly kind: "in";
  readonly negated: boolean;
  readonly subject: Expression;
  readonly choices: readonly Expression[];
}

export interface ConditionalExpression extends Node {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

/** Parentheses, kept so that the printer can preserve the author's. */
export interface ParenthesizedExpression extends Node {
  readonly kind: "parenthesized";
  readonly inner: Expression;
}

/** A raw probe used as an expression: `count(kprobe:vfs_read)`. */
export interface ProbeExpression extends Node {
  readonly kind: "probe";
  readonly probe: ProbeSpec;
}

export type Expression =
  | Name
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | MemberExpression
  | IndexExpression
  | CallExpression
  | BinaryExpression
  | UnaryExpression
  | InExpression
  | ConditionalExpression
  | ParenthesizedExpression
  | ProbeExpression;

// ---------------------------------------------------------------- probes

/** One `:`-separated part of a probe: `vmscan`, `*` or `"/usr/bin/app"`. */
export interface ProbePart extends Node {
  readonly kind: "part";
  readonly value: string;
  readonly quoted: boolean;
}

/** `kprobe:handle_mm_fault`: the type is kept as written (`t` or `tracepoint`). */
export interface ProbeSpec extends Node {
  readonly kind: "probeSpec";
  readonly type: Name;
  readonly parts: readonly ProbePart[];
}

/** A named argument of a function probe, with a type if given: `vma: struct vm_area_struct`. */
export interface ProbeParameter extends Node {
  readonly kind: "parameter";
  readonly name: Name;
  readonly type?: TypeName;
}

/** `int`, `flags gfp_t`, `enum zone_type`, `struct page`. */
export interface TypeName extends Node {
  readonly kind: "type";
  readonly word: Name;
  readonly of?: Name;
}

// ---------------------------------------------------------------- queries

/** An expression with the name and the unit it is shown in: `sum(size) in MB as total`. */
export interface Column extends Node {
  readonly kind: "column";
  readonly expression: Expression;
  readonly unit?: Name;
  readonly alias?: Name | StringLiteral;
}

export interface NamedSource extends Node {
  readonly kind: "namedSource";
  readonly name: Name;
}

export interface ProbeSource extends Node {
  readonly kind: "probeSource";
  readonly probe: ProbeSpec;
  readonly parameters: readonly ProbeParameter[];
}

export type Clause =
  | (Node & { readonly kind: "aggregates"; readonly columns: readonly Column[] })
  | (Node & { readonly kind: "show"; readonly columns: readonly Column[] })
  | (Node & { readonly kind: "by"; readonly keys: readonly Column[] })
  | (Node & { readonly kind: "where"; readonly condition: Expression })
  | (Node & { readonly kind: "every"; readonly interval: Expression; readonly header?: Expression })
  | (Node & { readonly kind: "top"; readonly count: Expression; readonly by?: Expression })
  | (Node & { readonly kind: "for"; readonly duration: Expression })
  | (Node & { readonly kind: "via"; readonly provider: ViaProvider });

/** `via kprobe`, `via tracepoint:exceptions:page_fault_user`. */
export interface ViaProvider extends Node {
  readonly kind: "viaProvider";
  readonly type: Name;
  readonly parts: readonly ProbePart[];
}

export interface Query extends Node {
  readonly kind: "query";
  readonly doc?: Doc;
  /** Whether the query is about spans that have not ended: `open allocation`. */
  readonly open: boolean;
  /** Absent in a table over several sources: `every 1s show …`. */
  readonly source?: NamedSource | ProbeSource;
  readonly clauses: readonly Clause[];
}

// ---------------------------------------------------------------- definitions

/** The `///` lines above a definition, without the slashes. */
export interface Doc extends Node {
  readonly kind: "doc";
  readonly text: string;
}

/** `address: addr = args.address` */
export interface FieldDefinition extends Node {
  readonly kind: "field";
  readonly doc?: Doc;
  readonly name: Name;
  readonly type: TypeName;
  readonly value: Expression;
}

/** What triggers a provider: a probe, or (in spans and unions) another source by name. */
export type Trigger = ProbeSource | NamedSource;

/** `times nr as i`: `i` is the number of each of them, from 0. */
export interface Times extends Node {
  readonly kind: "times";
  readonly count: Expression;
  readonly index?: Name;
}

/** What a `begin` does while its span is open: the first one stands, or the span starts anew. */
export interface Repeat extends Node {
  readonly kind: "repeat";
  readonly word: RepeatWord;
}

export type RepeatWord = "once" | "anew";

export interface ProviderDefinition extends Node {
  readonly kind: "provider";
  readonly trigger: Trigger;
  /** Further triggers, at which the same is done. */
  readonly more?: readonly Trigger[];
  readonly condition?: Expression;
  /** How the events of this provider differ from those of its alternatives. */
  readonly note?: StringLiteral;
  /** The usual number of events per second on a busy machine. */
  readonly rate?: NumberLiteral;
  /** Whether the kernel does this on behalf of others, in whatever process is current. */
  readonly unattributed?: true;
  readonly repeat?: Repeat;
  /** An event of the probe is so many events. */
  readonly times?: Times;
  readonly fields: readonly FieldDefinition[];
}

export interface EventDefinition extends Node {
  readonly kind: "event";
  readonly doc?: Doc;
  readonly name: Name;
  readonly providers: readonly ProviderDefinition[];
}

/** A member of a union; `optional` if a kernel or a library may lack it and the others suffice. */
export interface UnionMember extends Node {
  readonly kind: "member of union";
  readonly name: Name;
  readonly optional: boolean;
}

/** The union of several sources, with the fields they share: `event allocation = malloc | calloc | pvalloc?`. */
export interface UnionDefinition extends Node {
  readonly kind: "union";
  readonly doc?: Doc;
  readonly name: Name;
  /** Of members that are calls, one that is made within another one is not counted. */
  readonly outermost?: true;
  readonly members: readonly UnionMember[];
}

/** A key that stands for more than one place, `range(address, size)`: a span may end in parts. */
export interface RangeKey extends Node {
  readonly kind: "range";
  /** Among the keys. */
  readonly start: Name;
  readonly size: Name;
  /** How much of the range of an end was there; absent: all. */
  readonly present?: Name;
}

export interface SpanDefinition extends Node {
  readonly kind: "span";
  readonly doc?: Doc;
  readonly name: Name;
  readonly keys: readonly Name[];
  readonly range?: RangeKey;
  /** Alternatives, best first, as in an event. */
  readonly begin: readonly ProviderDefinition[];
  /** Events between begin and end, whose fields are added up. */
  readonly during: readonly ProviderDefinition[];
  readonly end: readonly ProviderDefinition[];
  /** Computed when the span ends, from `begin.X` and `end.X`. */
  readonly fields: readonly FieldDefinition[];
}

/** `interval: duration = 1s` */
export interface ToolParameter extends Node {
  readonly kind: "toolParameter";
  readonly doc?: Doc;
  readonly name: Name;
  readonly type: TypeName;
  readonly value?: Expression;
}

/** Queries that run only if a condition on the tool's parameters holds: `when each { … }`. */
export interface ToolBranch extends Node {
  readonly kind: "branch";
  readonly condition: Expression;
  readonly queries: readonly Query[];
}

export interface ToolDefinition extends Node {
  readonly kind: "tool";
  readonly doc?: Doc;
  readonly name: Name;
  readonly parameters: readonly ToolParameter[];
  readonly parts: readonly (Query | ToolBranch)[];
}

/** `RED = 1`, in a set of names. */
export interface SetMember extends Node {
  readonly kind: "setMember";
  readonly doc?: Doc;
  readonly name: Name;
  readonly value: Expression;
}

/** Names for numbers: `enum color { RED = 1 }`, or for bits: `flags style { BOLD = 1 }`. */
export interface SetDefinition extends Node {
  readonly kind: "set";
  readonly doc?: Doc;
  readonly of: "enum" | "flags";
  readonly name: Name;
  readonly members: readonly SetMember[];
}

/** `import "lib.fl"` */
export interface ImportDefinition extends Node {
  readonly kind: "import";
  readonly path: StringLiteral;
}

export type Definition = EventDefinition | UnionDefinition | SpanDefinition | ToolDefinition | SetDefinition;
export type Item = ImportDefinition | Definition | Query;

/** A comment that is not documentation: `// …`, and the `#!` line. */
export interface Comment extends Node {
  readonly kind: "comment";
  readonly text: string;
}

export interface File extends Node {
  readonly kind: "file";
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
}

export type SyntaxNode =
  | File
  | Item
  | Clause
  | Column
  | Expression
  | NamedSource
  | ProbeSource
  | ProbeSpec
  | ProbePart
  | ProbeParameter
  | TypeName
  | FieldDefinition
  | ProviderDefinition
  | ToolParameter
  | ToolBranch
  | SetMember
  | UnionMember
  | ViaProvider
  | Doc;
