import { hintOf } from "./advice.js";

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

/** Collects diagnostics, so that one run reports several. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  /** The diagnostics so far, by their start. */
  private readonly byStart = new Map<number, Diagnostic[]>();

  error(code: string, source: Source, span: Span, message: string, hint?: string | Advice): void {
    this.add("error", code, source, span, message, hint);
  }

  warning(code: string, source: Source, span: Span, message: string, hint?: string | Advice): void {
    this.add("warning", code, source, span, message, hint);
  }

  note(code: string, source: Source, span: Span, message: string, hint?: string | Advice): void {
    this.add("note", code, source, span, message, hint);
  }

  /** Adds the diagnostics of another stage unchanged. */
  addAll(found: readonly Diagnostic[]): void {
    for (const each of found) this.list.push(each);
  }

  get failed(): boolean {
    return this.list.some((d) => d.severity === "error");
  }

  private add(
    severity: Severity,
    code: string,
    source: Source,
    span: Span,
    message: string,
    hint?: string | Advice,
  ): void {
    // The same mistake may be reported at two places, but only once for each.
    const here = this.byStart.get(span.start) ?? [];
    if (here.some((d) => d.code === code && d.source === source && d.message === message)) return;
    const diagnostic: Diagnostic = {
      severity,
      code,
      message,
      source,
      span,
      ...hintOf(hint),
    };
    here.push(diagnostic);
    this.byStart.set(span.start, here);
    this.list.push(diagnostic);
  }
}
