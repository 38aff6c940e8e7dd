/** Renders diagnostics as text: the position, the cause, the underlined line, and a hint. */
import { andMore } from "../few.js";
import { append } from "../lists.js";
import type { Diagnostic, Severity, Source } from "./diagnostic.js";

export interface RenderStyle {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

const PLAIN: RenderStyle = { error: (t) => t, warning: (t) => t, faint: (t) => t };

/** The number of characters shown of a long line. */
const WINDOW = 100;

/** The limit on diagnostics shown; the rest are often consequences of the first. */
export const MOST_SHOWN = 20;

/** Renders the most important diagnostics, errors first; `and 9,979 more` stands for the rest. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: RenderStyle = PLAIN): string {
  const places = new LineIndex();
  const { shown, more } = mostImportant(diagnostics);
  return [
    ...shown.map((d) => renderDiagnostic(d, places, style)),
    ...(more === undefined ? [] : [`${style.faint(more)}\n`]),
  ].join("\n");
}

/** Renders messages and hints in one line, without positions. */
export function summarizeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const { shown, more } = mostImportant(diagnostics);
  const messages = shown.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
  return [...messages, ...(more === undefined ? [] : [more])].join("; ");
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

function mostImportant(diagnostics: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly more: string | undefined;
} {
  const sorted = [...diagnostics].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const rest = sorted.length - MOST_SHOWN;
  return {
    shown: sorted.slice(0, MOST_SHOWN),
    more: rest > 0 ? andMore(rest) : undefined,
  };
}

interface Position {
  /** The line number, from 1. */
  readonly line: number;
  /** The column in characters, from 1. */
  readonly column: number;
  /** The offset of the line's start; `end` is that of its end. */
  readonly start: number;
  readonly end: number;
}

/** Converts offsets to positions. The lines of a text are located only once for all diagnostics. */
class LineIndex {
  private readonly starts = new Map<Source, readonly number[]>();

  at(source: Source, offset: number): Position {
    const starts = this.startsOf(source);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    const start = starts[low] ?? 0;
    const next = starts[low + 1];
    return {
      line: low + 1,
      column: length(source.text.slice(start, offset)) + 1,
      start,
      end: next === undefined ? source.text.length : next - 1,
    };
  }

  private startsOf(source: Source): readonly number[] {
    const known = this.starts.get(source);
    if (known) return known;
    const starts = [0];
    for (let at = source.text.indexOf("\n"); at !== -1; at = source.text.indexOf("\n", at + 1))
      starts.push(at + 1);
    this.starts.set(source, starts);
    return starts;
  }
}

function renderDiagnostic(d: Diagnostic, places: LineIndex, style: RenderStyle): string {
  const { text, name } = d.source;
  const start = Math.min(d.span.start, text.length);
  const { line, column, start: lineStart, end: lineEnd } = places.at(d.source, start);
  const paint = d.severity === "error" ? style.error : style.warning;
  const from = Math.max(lineStart, start - WINDOW / 2);
  const to = Math.min(lineEnd, from + WINDOW);
  const shown = `${from > lineStart ? "…" : ""}${visible(text.slice(from, to))}${to < lineEnd ? "…" : ""}`;
  const indent = (from > lineStart ? 1 : 0) + length(visible(text.slice(from, start)));
  const marked = Math.max(1, length(visible(text.slice(start, Math.max(start, Math.min(d.span.end, to))))));
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
  if (d.source.isImported !== true) append(lines, quoted);
  if (d.hint !== undefined) lines.push(`${style.faint(`${blank} =`)} hint: ${visible(d.hint)}`);
  if (d.corrected !== undefined && !d.corrected.trim().includes("\n"))
    lines.push(`${style.faint(`${blank} =`)} so: ${visible(rewritten(d.source.name, d.corrected.trim()))}`);
  return `${lines.join("\n")}\n`;
}

/** A corrected text as it is given: that of an option in quotes behind it. */
function rewritten(name: string, text: string): string {
  if (!name.startsWith("--")) return text;
  return `${name} ${/^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`}`;
}

/** Returns the length in characters, not in UTF-16 code units. */
function length(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) {
        pairs++;
        i++;
      }
    }
  }
  return text.length - pairs;
}

/** Replaces control characters one for one, so that the underline stays aligned and the terminal is not affected. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (c) =>
    c === "\t" ? " " : "\ufffd",
  );
}
