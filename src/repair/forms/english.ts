/** A question in plain English, `how many faults per process`, in this language. */
import { sourcesMeant } from "../../semantics/foreign-names.js";
import { scan, type Scanned } from "../scan.js";
import { joined, type ForeignForm } from "./form.js";

/** The words that begin a question. */
const OPENING =
  /^\s*(?:please\s+)?(?:show|list|count|how|which|what|who|top|give|get|trace|find|watch|monitor|display|print|print|number|sum|total|average|avg|mean|max|min|median|p\d+|tell|measure|all|every|any|the|histogram|distribution|rate|plot|draw|graph|largest|biggest)\b/i;

/** The words that say nothing here. */
const EMPTY =
  /\b(?:please|me|the|all|every|any|are|is|there|do|does|did|give|get|trace|find|watch|monitor|display|print|list|tell|measure|what|plot|draw|graph|us|a|an|happen|happened|occur|occurred|made)\b\s*/gi;

/** What stands before the source, and what it is here. */
const HEADS: readonly (readonly [RegExp, string])[] = [
  [/^(?:which|what|who|whose)\s+(\w+)\b.*\b(?:most|largest|biggest|highest|more)\b.*$/i, "by $1 top 10"],
  [/^(?:which|what|whose)\s+(\w+)\b.*$/i, "by $1"],
  [/^who\b.*$/i, "by comm top 10"],
  [/^(?:top|largest|biggest)\s+(\d+)\s+(\w+)\b.*$/i, "by $2 top $1"],
  [/^(?:top|largest|biggest)\s+([a-z]\w*)\b.*$/i, "by $1 top 10"],
  [/^(?:top|largest|biggest)\s+(\d+)$/i, "by comm top $1"],
  [/^(?:how\s+many|count|number)(?:\s+of)?$/i, "count()"],
  [/^how\s+(?:much|big|large).*$/i, "sum"],
  [/^how\s+(?:long|slow|fast).*$/i, "hist(latency)"],
  [/^how\s+often$/i, "rate()"],
  [/^(?:show|list)?$/i, ""],
];

export const ENGLISH: ForeignForm = {
  says: "a query starts with its source, and then says what to count or show, by what, and where",
  recognise: (text, { isSource, sources }) => {
    if (!OPENING.test(text)) return undefined;
    const pieces = scan(text);
    const meant = ({ kind, text: word }: Scanned): string | undefined =>
      kind === "probe" || isSource(word)
        ? word
        : kind === "word"
          ? sourcesMeant(word, sources)[0]
          : undefined;
    const exact = pieces.findIndex(({ kind, text: word }) => kind === "probe" || isSource(word));
    const at = exact >= 0 ? exact : pieces.findLastIndex((piece) => meant(piece) !== undefined);
    const piece = pieces[at];
    if (at < 1 || piece === undefined) return undefined;
    // `page faults` is one name.
    const first = pieces[at - 1];
    const isTwo =
      first?.kind === "word" && sourcesMeant(`${first.text}_${piece.text}`, sources)[0] === meant(piece);
    const from = isTwo && first ? first.start : piece.start;
    const before = text
      .slice(0, from)
      .replace(EMPTY, "")
      .trim()
      .replace(/\s+(?:of|in|for|from|on|by)$/i, "");
    const head = HEADS.find(([pattern]) => pattern.test(before));
    const rest = text
      .slice(piece.end)
      .replace(/^\s+(?:calls?|events?|happen|are there|do)\b/i, "")
      .replace(/[?.!]\s*$/, "");
    return joined(meant(piece), head ? before.replace(...head) : before, rest);
  },
};
