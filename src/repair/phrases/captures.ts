/** What a pattern can capture, each kind by a function that says where it ends. */
import { isAggregateFunction } from "../../aggregates/aggregates.js";
import { CLAUSE_WORDS } from "../../syntax/clauses.js";
import { aggregatesMeant, isKnownField } from "../../semantics/foreign-names.js";
import { afterBracket, type Scanned } from "../scan.js";
import type { Vocabulary } from "../vocabulary.js";
import { countNamed, durationOf } from "./durations.js";

export interface Captured {
  readonly text: string;
  readonly pieces: readonly Scanned[];
}

type PhraseCapture = (pieces: readonly Scanned[], at: number, vocabulary: Vocabulary) => number | undefined;

/** The words of other languages at which a list or a condition before them ends. */
const ENDING_WORDS: readonly string[] = [
  "group", "grouped", "groupby", "order", "ordered", "sort", "sorted", "rank", "ranked", "having", "limit", "filter",
  "offset", "fetch", "head", "last", "since", "until", "during", "per", "each", "using", "desc", "asc", "descending",
  "ascending", "if", "when", "select", "from",
]; // prettier-ignore

const ENDS: ReadonlySet<string> = new Set([...CLAUSE_WORDS, ...ENDING_WORDS]);

/** The words that stand between values and are none. */
const OPERATORS: ReadonlySet<string> = new Set([
  "and", "or", "not", "in", "has", "as", "is", "like", "between", "contains", "matches", "equals",
]); // prettier-ignore

function isEnd(piece: Scanned | undefined): boolean {
  if (piece === undefined) return true;
  if (piece.kind === "word") return ENDS.has(piece.text.toLowerCase());
  return piece.kind === "mark" && /^[;|})\]]$/.test(piece.text);
}

/** A value: a name with what is called or followed, a number, a text, or something in parentheses. */
const value: PhraseCapture = (pieces, at) => {
  const first = pieces[at];
  if (first === undefined || isEnd(first)) return undefined;
  if (first.kind === "number" || first.kind === "string" || first.kind === "clock") return at + 1;
  if (first.kind === "mark") return first.text === "(" ? afterBracket(pieces, at) : undefined;
  if (first.kind !== "word" || OPERATORS.has(first.text.toLowerCase())) return undefined;
  let end = at + 1;
  for (;;) {
    const text = pieces[end]?.text;
    const touches = pieces[end]?.start === pieces[end - 1]?.end;
    if ((text === "." || text === "->") && pieces[end + 1]?.kind === "word") end += 2;
    else if ((text === "(" || text === "[") && touches) {
      const after = afterBracket(pieces, end);
      if (after === undefined) return undefined;
      end = after;
    } else return end;
  }
};

/** Everything up to the next clause; brackets are passed whole. */
const rest: PhraseCapture = (pieces, at) => {
  let end = at;
  while (!isEnd(pieces[end])) {
    const isOpening = /^[([{]$/.test(pieces[end]?.text ?? "") && pieces[end]?.kind === "mark";
    const after = isOpening ? afterBracket(pieces, end) : end + 1;
    if (after === undefined) return undefined;
    end = after;
  }
  return end === at ? undefined : end;
};

const ofKind =
  (...kinds: readonly Scanned["kind"][]): PhraseCapture =>
  (pieces, at) =>
    kinds.includes((pieces[at] as Scanned).kind) ? at + 1 : undefined;

const word: PhraseCapture = (pieces, at) => {
  const piece = pieces[at] as Scanned;
  return piece.kind === "word" && !isEnd(piece) && !OPERATORS.has(piece.text.toLowerCase())
    ? at + 1
    : undefined;
};

export const CAPTURES = {
  value,
  list: rest,
  condition: rest,
  number: ofKind("number"),
  string: ofKind("string"),
  pattern: ofKind("pattern"),
  clock: ofKind("clock"),
  probe: ofKind("probe"),
  word,
  /** A number in a word. */
  numeral: (pieces, at) => (countNamed((pieces[at] as Scanned).text) === undefined ? undefined : at + 1),
  /** The first word of a comparison in another language. */
  comparison: (pieces, at) =>
    /^(?:is|isnt|isn't|like|ilike|contains|includes|starts|startswith|ends|endswith|between|matches|equals|exceeds|gt|lt|ge|le|eq|ne)$/i.test(
      (pieces[at] as Scanned).text,
    )
      ? at + 1
      : undefined,
  operator: (pieces, at) =>
    /^(?:==?|!=|<>|<=?|>=?|!?~|=~|in|has)$/.test((pieces[at] as Scanned).text) ? at + 1 : undefined,
  /** A text in quotes, or a bare word that is meant as one. */
  text: (pieces, at, vocabulary) =>
    ofKind("string", "pattern")(pieces, at, vocabulary) ?? word(pieces, at, vocabulary),
  /** A number with a unit that touches it. */
  amount: (pieces, at) =>
    /^\d[\d_.]*[A-Za-z\u00b5]+$/.test((pieces[at] as Scanned).text) ? at + 1 : undefined,
  /** A name that the source has, in whatever word. */
  field: (pieces, at, vocabulary) => {
    const piece = pieces[at] as Scanned;
    if (piece.kind !== "word" || isEnd(piece)) return undefined;
    return vocabulary.fields.has(piece.text) || isKnownField(piece.text) ? at + 1 : undefined;
  },
  source: (pieces, at, vocabulary) => {
    const piece = pieces[at] as Scanned;
    if (piece.kind === "probe") return at + 1;
    return piece.kind === "word" && vocabulary.isSource(piece.text) ? at + 1 : undefined;
  },
  /** An aggregate, in whatever word. */
  aggregate: (pieces, at) => {
    const { kind, text } = pieces[at] as Scanned;
    return kind === "word" && (isAggregateFunction(text) || aggregatesMeant(text).length > 0)
      ? at + 1
      : undefined;
  },
  duration: (pieces, at) => durationOf(pieces, at)?.end,
} satisfies Readonly<Record<string, PhraseCapture>>;

export type CaptureKind = keyof typeof CAPTURES;
