/** What is reported about a text. */

/** A range in a text: offsets in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text given to the compiler, with its name for reports. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Whether it was imported by another text; its lines are then not shown, because it may belong to another user. */
  readonly isImported?: boolean;
}

export type Severity = "error" | "warning" | "note";

/** A change of the text: what stands at the span is replaced. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

/** A hint that offers texts to write. `repair/` keeps those that compile when they are followed. */
export interface Advice {
  /** The hint, with `{}` where the offered texts belong. */
  readonly says: string;
  /** What to write, the best first. */
  readonly fixes: readonly Fix[];
  /** The hint where none of them compiles. */
  readonly otherwise?: string;
}

/** An error, warning or note about a text. */
export interface Diagnostic {
  readonly severity: Severity;
  /** A stable identifier for tests and editors: `unknown-field`, `unit-mismatch`, … */
  readonly code: string;
  readonly message: string;
  readonly source: Source;
  readonly span: Span;
  /** A suggestion of what to write instead, or what to do next. */
  readonly hint?: string;
  /** What the hint offers to write. */
  readonly advice?: Advice;
  /** The first of what the hint offers, for an editor to apply. */
  readonly fix?: Fix;
  /** The whole text, if following the hints makes it compile. */
  readonly corrected?: string;
}
