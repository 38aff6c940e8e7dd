/** Collects the diagnostics of a run. */
import { hintOf } from "./advice.js";
import type { Advice, Diagnostic, Severity, Source, Span } from "./diagnostic.js";

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
