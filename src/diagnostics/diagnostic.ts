/** Where something stands in a text: offsets in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text that was given to the compiler, and the name it is reported under. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Another file, which this one names: its lines are not shown, whoever may have written them. */
  readonly isImported?: boolean;
}

export type Severity = "error" | "warning" | "note";

/** One finding about a query, in the user's words. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, for tests and editors: `unknown-field`, `unit-mismatch`, … */
  readonly code: string;
  readonly message: string;
  readonly source: Source;
  readonly span: Span;
  /** What to write instead, or what to do next. */
  readonly hint?: string;
}

/** Collects findings, so that one run reports several. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  /** What was told of a place, by where it is. */
  private readonly told = new Map<number, Diagnostic[]>();

  error(code: string, source: Source, span: Span, message: string, hint?: string): void {
    this.add("error", code, source, span, message, hint);
  }

  warning(code: string, source: Source, span: Span, message: string, hint?: string): void {
    this.add("warning", code, source, span, message, hint);
  }

  note(code: string, source: Source, span: Span, message: string, hint?: string): void {
    this.add("note", code, source, span, message, hint);
  }

  /** What another stage found, told as it told it. */
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
    hint?: string,
  ): void {
    // The same name used twice is one mistake at two places; the very same place is told once.
    const here = this.told.get(span.start) ?? [];
    if (here.some((d) => d.code === code && d.source === source && d.message === message)) return;
    const diagnostic: Diagnostic = {
      severity,
      code,
      message,
      source,
      span,
      ...(hint === undefined ? {} : { hint }),
    };
    here.push(diagnostic);
    this.told.set(span.start, here);
    this.list.push(diagnostic);
  }
}
