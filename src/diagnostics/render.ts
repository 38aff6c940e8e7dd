/** Diagnostics as text: where, the line with what is meant underlined, the cause, a hint. */
import type { Diagnostic } from "./diagnostic.js";

export interface RenderStyle {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

const PLAIN: RenderStyle = { error: (t) => t, warning: (t) => t, faint: (t) => t };

/** Of a long line, as much as a terminal shows around what is meant. */
const WINDOW = 100;

export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: RenderStyle = PLAIN): string {
  return diagnostics.map((d) => renderDiagnostic(d, style)).join("\n");
}

/** Line and column, from 1; columns count characters. */
export function positionOf(text: string, offset: number): { line: number; column: number; start: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(start)].length + 1, start };
}

function renderDiagnostic(d: Diagnostic, style: RenderStyle): string {
  const { text, name } = d.source;
  const start = Math.min(d.span.start, text.length);
  const { line, column, start: lineStart } = positionOf(text, start);
  const newline = text.indexOf("\n", start);
  const lineEnd = newline === -1 ? text.length : newline;
  const paint = d.severity === "error" ? style.error : style.warning;
  const from = Math.max(lineStart, start - WINDOW / 2);
  const to = Math.min(lineEnd, from + WINDOW);
  const shown = `${from > lineStart ? "…" : ""}${visible(text.slice(from, to))}${to < lineEnd ? "…" : ""}`;
  const indent = (from > lineStart ? 1 : 0) + [...visible(text.slice(from, start))].length;
  const marked = Math.max(
    1,
    [...visible(text.slice(start, Math.max(start, Math.min(d.span.end, to))))].length,
  );
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  const lines = [
    `${paint(`${d.severity}:`)} ${visible(d.message)}`,
    style.faint(`${blank}--> ${visible(name)}:${line}:${column}`),
  ];
  const quoted = [
    `${style.faint(`${gutter} |`)} ${shown}`,
    `${style.faint(`${blank} |`)} ${" ".repeat(indent)}${paint("^".repeat(marked))}`,
  ];
  if (d.source.isImported !== true) lines.push(...quoted);
  if (d.hint !== undefined) lines.push(`${style.faint(`${blank} =`)} hint: ${visible(d.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** One character for one, so that the underline stays below; nothing that a terminal would obey. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (c) =>
    c === "\t" ? " " : "\ufffd",
  );
}
