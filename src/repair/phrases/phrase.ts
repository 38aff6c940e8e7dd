/**
 * A phrase of another language and what it is in ours, as a row of a table.
 *
 * A pattern is a sequence of elements between blanks: a word or mark, `a|b` for one of several, `<kind>` or
 * `<name:kind>` for what is captured, and a `?` behind what may be missing. A replacement repeats what was captured,
 * `<name>`, possibly changed by a filter: `<name|glob>`.
 */
import type { Scanned } from "../scan.js";
import { CAPTURES, type CaptureKind, type Captured } from "./captures.js";
import { FILTERS, type FilterName } from "./filters.js";
import type { Vocabulary } from "../vocabulary.js";

export interface Phrase {
  readonly written: string;
  /** What to write instead, the likeliest first; the first that compiles is offered. */
  readonly meant: readonly string[];
  /** The cause, with `{}` for what was written. */
  readonly says: string;
  /** The hint, with `{}` for what to write; by default that alone. */
  readonly hint?: string;
}

/** Rows of one cause: pairs of what is written and what is meant. */
export function phrases(
  says: string,
  rows: readonly (readonly [written: string, ...meant: string[]])[],
  hint?: string,
): readonly Phrase[] {
  return rows.map(([written, ...meant]) => ({
    written,
    meant,
    says,
    ...(hint === undefined ? {} : { hint }),
  }));
}

type Element = { readonly optional: boolean } & (
  { readonly words: ReadonlySet<string> } | { readonly name: string; readonly kind: CaptureKind }
);

const compiled = new Map<string, readonly Element[]>();

function elementsOf(pattern: string): readonly Element[] {
  const known = compiled.get(pattern);
  if (known) return known;
  const elements = pattern.split(" ").map((text): Element => {
    const optional = text.length > 1 && text.endsWith("?");
    const bare = optional ? text.slice(0, -1) : text;
    const [, name, kind = name] = /^<(\w+)(?::(\w+))?>$/.exec(bare) ?? [];
    if (name !== undefined && kind !== undefined) {
      if (!Object.hasOwn(CAPTURES, kind))
        throw new Error(`${kind} in \`${pattern}\` is not a kind of capture`);
      return { optional, name, kind: kind as CaptureKind };
    }
    return { optional, words: new Set(/^\|\|?$/.test(bare) ? [bare] : bare.toLowerCase().split("|")) };
  });
  compiled.set(pattern, elements);
  return elements;
}

export interface Match {
  /** The index of the piece behind the match. */
  readonly end: number;
  readonly captured: ReadonlyMap<string, Captured>;
  /** The pieces that are words of the pattern; where there are none, all of them. */
  readonly literal: readonly Scanned[];
}

export function matchPhrase(
  { written }: Phrase,
  pieces: readonly Scanned[],
  at: number,
  text: string,
  vocabulary: Vocabulary,
): Match | undefined {
  return matchFrom(elementsOf(written), 0, pieces, at, text, vocabulary, new Map(), []);
}

function matchFrom(
  elements: readonly Element[],
  from: number,
  pieces: readonly Scanned[],
  at: number,
  text: string,
  vocabulary: Vocabulary,
  captured: ReadonlyMap<string, Captured>,
  literal: readonly Scanned[],
): Match | undefined {
  const element = elements[from];
  if (element === undefined) return { end: at, captured, literal };
  const go = (end: number, found: ReadonlyMap<string, Captured>, words = literal): Match | undefined =>
    matchFrom(elements, from + 1, pieces, end, text, vocabulary, found, words);
  const piece = pieces[at];
  if (piece !== undefined) {
    if ("words" in element) {
      const isWord = piece.kind === "word" || piece.kind === "mark";
      if (isWord && element.words.has(piece.text.toLowerCase())) {
        const match = go(at + 1, captured, [...literal, piece]);
        if (match) return match;
      }
    } else {
      const end = CAPTURES[element.kind](pieces, at, vocabulary);
      if (end !== undefined && end > at) {
        const last = pieces[end - 1] as Scanned;
        const found = { text: text.slice(piece.start, last.end), pieces: pieces.slice(at, end) };
        const match = go(end, new Map([...captured, [element.name, found]]));
        if (match) return match;
      }
    }
  }
  return element.optional ? go(at, captured) : undefined;
}

/** The most texts that one replacement stands for, where it names any of several fields. */
const MOST_TEXTS = 16;

/** Returns the replacements of a match. */
export function replacements(
  { meant }: Phrase,
  { captured }: Match,
  vocabulary: Vocabulary,
): readonly string[] {
  return meant.flatMap((template) => expand(template, captured, vocabulary));
}

function expand(
  template: string,
  captured: ReadonlyMap<string, Captured>,
  vocabulary: Vocabulary,
): readonly string[] {
  const hole = /<(\w+)(?:\|(\w+))?>/.exec(template);
  if (!hole) return [template];
  const [all, name = "", filter] = hole;
  const texts = textsOf(name, filter, captured, vocabulary).slice(0, MOST_TEXTS);
  // The rest has no place of the same name that this text could be taken for.
  const head = template.slice(0, hole.index);
  const tails = expand(template.slice(hole.index + all.length), captured, vocabulary);
  return texts.flatMap((text) => tails.map((tail) => head + text + tail)).slice(0, MOST_TEXTS);
}

function textsOf(
  name: string,
  filter: string | undefined,
  captured: ReadonlyMap<string, Captured>,
  vocabulary: Vocabulary,
): readonly string[] {
  const found = captured.get(name);
  if (name === "measure") return vocabulary.measures;
  if (name === "fields") return [vocabulary.measures.slice(0, 6).join(", ")];
  if (found === undefined) return [];
  if (filter === undefined) return [found.text];
  if (!Object.hasOwn(FILTERS, filter)) throw new Error(`there is no filter ${filter}`);
  return FILTERS[filter as FilterName](found, vocabulary);
}
