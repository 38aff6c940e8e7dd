/** What may come next in a definition: its parts, the words of a provider, the fields with their types and values. */
import { namedSets } from "../../kernel/flags/flag-sets.js";
import { M, Probe } from "../../syntax/grammar/tokens.js";
import type { Token } from "../../syntax/lexer/docs.js";
import { SIMPLE_TYPES } from "../../semantics/type-names.js";
import { TYPE_PREFIXES } from "../../syntax/words.js";
import { parseExpression, parseSource, placeOf, typedAt, type QueryPlace } from "../scopes.js";
import type { Analysis } from "../workspace.js";
import {
  fieldOffers,
  functionOffers,
  memberOffers,
  probeTypeOffers,
  sourceOffers,
  valueOffers,
} from "./names.js";
import { NO_OFFERS, offers, type Offer } from "./offer.js";
import type { Region } from "./region.js";

type DefinitionRegion = Exclude<Region, { readonly kind: "query" | "item" | "condition" }>;

const PART_WORDS = { event: ["provider"], span: ["begin", "end", "during"], tool: ["when"] } as const;
const TRAITS = ["where", "note", "rate", "times", "unattributed", "once", "anew"];

/** `text`: the beginning of the part, up to the word at the cursor. */
export function definitionOffers(
  region: DefinitionRegion,
  text: string,
  analysis: Analysis,
): readonly Offer[] {
  switch (region.kind) {
    case "header":
      return headerOffers(region.of, region.tokens);
    case "body":
      return offers(PART_WORDS[region.of], "keyword");
    case "trigger":
      return triggerOffers(region.tokens, text, analysis);
    case "field":
      return fieldPartOffers(region, text, analysis);
    case "parameter": {
      const last = region.tokens.at(-1);
      return last?.tokenType === M.Colon ? [...typeOffers(), ...offers(["source"], "type")] : NO_OFFERS;
    }
  }
}

function headerOffers(of: "event" | "span" | "tool", tokens: readonly Token[]): readonly Offer[] {
  if (tokens.length === 0) return NO_OFFERS;
  if (of === "span") {
    if (tokens.length === 1) return offers(["on"], "keyword");
    const last = tokens.at(-1)?.image;
    return last === "on" || last === "," ? offers(["tid", "pid", "address", "range"], "field") : NO_OFFERS;
  }
  return of === "event" && tokens.length === 1 ? offers(["outermost"], "keyword") : NO_OFFERS;
}

export function typeOffers(): readonly Offer[] {
  return [...offers(Object.keys(SIMPLE_TYPES), "type"), ...offers(TYPE_PREFIXES, "type")];
}

function triggerOffers(tokens: readonly Token[], text: string, analysis: Analysis): readonly Offer[] {
  if (tokens.length === 0) return [...probeTypeOffers(), ...sourceOffers(analysis.library)];
  const where = tokens.findLastIndex(({ image }) => image === "where" || image === "times");
  if (where < 0) return offers(TRAITS, "keyword");
  return expressionOffers(tokens.slice(where + 1), text, placeOfTrigger(tokens, text, analysis));
}

function placeOfTrigger(tokens: readonly Token[], text: string, analysis: Analysis): QueryPlace {
  const [first] = tokens;
  const closed = tokens.findIndex(({ tokenType }) => tokenType === M.RParen);
  const end = tokens[1]?.tokenType === M.LParen && closed > 0 ? tokens[closed] : first;
  const source = first && text.slice(first.startOffset, (end?.endOffset ?? first.startOffset) + 1);
  return placeOf(source === undefined ? undefined : parseSource(source), false, analysis);
}

function fieldPartOffers(
  { tokens, trigger, span }: Region & { readonly kind: "field" },
  text: string,
  analysis: Analysis,
): readonly Offer[] {
  const assign = tokens.findIndex(({ tokenType }) => tokenType === M.Assign);
  if (assign < 0) {
    const last = tokens.at(-1);
    if (last?.tokenType === M.Colon) return typeOffers();
    if (last?.image === "flags" || last?.image === "enum")
      return offers(
        namedSets.filter(({ kind }) => kind === last.image).map(({ name }) => name),
        "type",
      );
    return NO_OFFERS;
  }
  const place = trigger
    ? placeOfTrigger(trigger, text, analysis)
    : placeOf(parseSource(span), false, analysis);
  return expressionOffers(tokens.slice(assign + 1), text, place, trigger?.[0]?.tokenType === Probe);
}

/** `tokens`: what is written of the expression. */
function expressionOffers(
  tokens: readonly Token[],
  text: string,
  place: QueryPlace,
  hasArguments = false,
): readonly Offer[] {
  const last = tokens.at(-1);
  if (last?.tokenType === M.Dot) {
    const chain = /((?:[A-Za-z_]\w*(?:\[[^\][]*\])?\.)*[A-Za-z_]\w*(?:\[[^\][]*\])?)\.$/.exec(text)?.[1];
    const expression = chain === undefined ? undefined : parseExpression(chain);
    return chain === undefined
      ? NO_OFFERS
      : memberOffers(chain, expression && typedAt(expression, place), place);
  }
  if (last?.image === "has" || last?.image === "==" || last?.image === "!=") {
    const subject = parseExpression(
      text.slice(tokens[0]?.startOffset, last.startOffset).replace(/^.*\b(?:and|or|not)\b/s, ""),
    );
    const type = subject && typedAt(subject, place)?.type;
    return type ? valueOffers(type, last.image, place) : NO_OFFERS;
  }
  if (last !== undefined && /[\w)"\]]$/.test(last.image) && !/^(?:and|or|not)$/.test(last.image))
    return offers(["and", "or", "has", "in"], "keyword");
  const sides = place.shape?.kind === "span" ? offers(["begin", "end"], "keyword") : NO_OFFERS;
  const args = hasArguments && place.shape?.kind === "probe" ? offers(["args"], "keyword") : NO_OFFERS;
  return [...args, ...sides, ...fieldOffers(place, "condition"), ...functionOffers()];
}
