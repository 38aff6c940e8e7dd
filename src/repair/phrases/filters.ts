/** How a captured text is changed before it stands in a replacement. None is returned where it cannot be. */
import { AGGREGATE_NAMES, isAggregateFunction } from "../../aggregates/aggregates.js";
import { globOf, likeGlobOf } from "../../semantics/expression/foreign-patterns.js";
import { aggregatesMeant, fieldsMeant } from "../../semantics/foreign-names.js";
import { quoteText } from "../../types/text.js";
import type { Vocabulary } from "../vocabulary.js";
import type { Captured } from "./captures.js";
import { countNamed, durationOf } from "./durations.js";

type Filter = (captured: Captured, vocabulary: Vocabulary) => readonly string[];

/** Returns a text without its quotes or slashes. */
function bare(text: string): string {
  return /^(["'`\u201c\u2018/]).*["'`\u201d\u2019/]i?$/s.test(text)
    ? text.slice(1, text.endsWith("i") ? -2 : -1)
    : text;
}

const quoted = (text: string | undefined): readonly string[] => (text === undefined ? [] : [quoteText(text)]);

const onText =
  (change: (text: string) => string | undefined): Filter =>
  ({ text }) =>
    quoted(change(bare(text)));

/** The percentile that is nearest: `0.99` and `99` are p99. */
export function percentileNear(text: string): string {
  const number = Number(text);
  const percent = number <= 1 ? number * 100 : number;
  const away = (name: string): number => Math.abs(Number(name.slice(1)) - percent);
  const [nearest = ""] = AGGREGATE_NAMES.filter((name) => /^p\d+$/.test(name)).sort(
    (a, b) => away(a) - away(b),
  );
  return nearest;
}

export const FILTERS = {
  quoted: onText((text) => text),
  contains: onText((text) => `*${text}*`),
  prefix: onText((text) => `${text}*`),
  suffix: onText((text) => `*${text}`),
  /** A pattern of SQL's `like`. */
  like: onText(likeGlobOf),
  /** A regular expression. */
  glob: onText(globOf),
  duration: ({ pieces }) => [durationOf(pieces, 0)?.text].filter((text) => text !== undefined),
  /** The field that is meant. */
  field: ({ text }, { fields }) => (fields.has(text) ? [text] : fieldsMeant(text, undefined)),
  /** `ten` is 10. */
  number: ({ text }) => [countNamed(text)].filter((count) => count !== undefined),
  /** The aggregate that is meant. */
  ours: ({ text }) => (isAggregateFunction(text) ? [text] : aggregatesMeant(text)),
  /** What groups are ranked by: `count` is `count()`. */
  rank: ({ text }, { measures }) => {
    const [, name = "", args] = /^(\w+)\s*(?:\((.*)\))?$/s.exec(text) ?? [];
    const meant = isAggregateFunction(name) ? [name] : aggregatesMeant(name);
    if (args !== undefined && args.trim() !== "*") return meant.map((fn) => `${fn}(${args})`);
    return meant.flatMap((fn) => [`${fn}()`, ...measures.map((field) => `${fn}(${field})`)]);
  },
  /** `(comm and pid)` is `comm, pid`. */
  keys: ({ text }) => {
    const changed = text
      .trim()
      .replace(/^[([{](.*)[)\]}]$/s, "$1")
      .replace(/^(?:each|the|every)\s+/i, "")
      .replace(/\s*(?:,\s*(?:and|by)\b|\b(?:and|then|by)\b|&&?|;)\s*/gi, ", ")
      .replace(/[,\s]+$/, "");
    return [changed];
  },
  percentile: ({ text }) => [percentileNear(text)],
} satisfies Readonly<Record<string, Filter>>;

export type FilterName = keyof typeof FILTERS;
