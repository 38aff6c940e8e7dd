/** Completion: what may be written at an offset of a text. */
import { DEFINITION_WORDS } from "../../syntax/words.js";
import { parse } from "../../syntax/parser/parser.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import type { ToolDefinition } from "../../syntax/tree.js";
import { isFromPart } from "../parts.js";
import type { Analysis } from "../workspace.js";
import { definitionOffers } from "./definition.js";
import { probeOffers } from "./names.js";
import { NO_OFFERS, offers, type Completion, type Offer } from "./offer.js";
import { queryOffers } from "./query.js";
import { regionAt, tokensOf } from "./region.js";

/** A probe that is being written, a number with its unit, or a name. */
const WORD = /(?:\b[A-Za-z]+:[\w:*?[\]./-]*|\d[\w.]*|[A-Za-z_]\w*)$/;

/** What may stand before a word that begins. */
const BEFORE_WORD = /(?:^|[\s,(+*/%<>=!~;.:{}|&^-])$/;

export function complete(analysis: Analysis, offset: number): Completion {
  const { text } = analysis.source;
  const part = analysis.parts.findLast((each) => isFromPart(each, offset));
  const start = part?.start ?? 0;
  const head = text.slice(start, offset);
  const word = wordBefore(head);
  const before = head.slice(0, head.length - word.length);
  const span = { start: offset - word.length, end: offset };
  const line = before.slice(before.lastIndexOf("\n") + 1);
  // Nothing is offered inside a text or a comment, or directly after another word.
  if (isQuoted(line) || !BEFORE_WORD.test(before)) return { span, offers: NO_OFFERS };
  const all = word.includes(":") ? probeOffers(word, analysis.kernel) : offersAt(before, word, analysis);
  const lower = word.toLowerCase();
  const exact = all.filter(({ label }) => label.startsWith(word));
  const others = all.filter(({ label }) => !label.startsWith(word) && label.toLowerCase().startsWith(lower));
  return { span, offers: [...exact, ...others] };
}

function wordBefore(head: string): string {
  const found = WORD.exec(head.slice(-400))?.[0] ?? "";
  // The type before a colon in a definition is no probe: `size:bytes`.
  if (!found.includes(":") || PROBE_START.test(found)) return found;
  return found.slice(found.lastIndexOf(":") + 1);
}

const PROBE_START =
  /^(?:tracepoint|t|rawtracepoint|rt|kprobe|k|kretprobe|kr|fentry|f|fexit|fr|software|s|hardware|h):/;

/** Whether the end of the line is in a text or a comment. */
function isQuoted(line: string): boolean {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return bare.includes("//") || (bare.match(/"/g)?.length ?? 0) % 2 === 1;
}

function offersAt(before: string, word: string, analysis: Analysis): readonly Offer[] {
  const region = regionAt(tokensOf(before));
  const number = /^\d/.test(word) ? word : "";
  switch (region.kind) {
    case "item": {
      const definitions = offers(DEFINITION_WORDS, "keyword");
      return [...queryOffers("", number, analysis, undefined), ...definitions];
    }
    case "query":
      return queryOffers(before.slice(region.start), number, analysis, toolOf(region.tool, before));
    case "condition":
      return queryOffers(
        `faults where ${before.slice(region.start)}`,
        number,
        analysis,
        toolOf(region.tool, before),
      ).filter(
        ({ kind }) => kind === "parameter" || kind === "value" || kind === "operator" || kind === "member",
      );
    case "header":
    case "body":
    case "trigger":
    case "field":
    case "parameter":
      return definitionOffers(region, before, analysis);
  }
}

/** The tool whose body is being written, by what stands before it. */
function toolOf(head: Span | undefined, before: string): ToolDefinition | undefined {
  if (head === undefined) return undefined;
  const { file } = parse({ name: "", text: `${before.slice(head.start, head.end)}{ faults }` });
  return file.items.find((item) => item.kind === "tool");
}
