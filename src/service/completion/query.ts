/** What may come next in a query. */
import { AGGREGATE_NAMES, definitionOf, isAggregateFunction } from "../../aggregates/aggregates.js";
import { isClauseWord } from "../../syntax/clauses.js";
import { M, NumberToken, W } from "../../syntax/grammar/tokens.js";
import type { Token } from "../../syntax/lexer/docs.js";
import { nextWords } from "../../syntax/parser/parser.js";
import type { ToolDefinition } from "../../syntax/tree.js";
import { INT, DURATION, type Type } from "../../types/types.js";
import { UNIT_SPELLINGS } from "../../types/unit-spellings.js";
import { UNITS } from "../../types/units.js";
import { fieldsOf, type SourceShape } from "../../semantics/source/source-shape.js";
import { parseExpression, parseSource, placeOf, typedAt, type QueryPlace } from "../scopes.js";
import type { Analysis } from "../workspace.js";
import {
  aggregateOffers,
  fieldOffers,
  functionOffers,
  memberOffers,
  PROBE_TYPE_NAMES,
  probeTypeOffers,
  sourceOffers,
  valueOffers,
} from "./names.js";
import { distinct, NO_OFFERS, offers, type Offer } from "./offer.js";
import { tokensOf } from "./region.js";

/** A query that is being written, up to the word at the cursor. */
interface Draft {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
  readonly clause: string | undefined;
  /** The name before the innermost open bracket. */
  readonly callee: string | undefined;
  readonly isOpenBracket: boolean;
  readonly place: QueryPlace;
  readonly analysis: Analysis;
}

/** The most tokens of a query to complete, since computing what may follow is slow in long ones. */
const MOST_TOKENS = 500;

/** `text`: the query up to the word at the cursor; `word`: what of that is typed, if it is a number. */
export function queryOffers(
  text: string,
  number: string,
  analysis: Analysis,
  tool: ToolDefinition | undefined,
): readonly Offer[] {
  const draft = draftOf(text, analysis, tool);
  if (draft.tokens.length > MOST_TOKENS) return NO_OFFERS;
  const last = draft.tokens.at(-1);
  if (last?.tokenType === M.Dot) return membersAt(draft, analysis, tool);
  if (number !== "") return numberOffers(number, draft);
  const next = nextWords(text);
  const named = next.names.flatMap((rules) => namesIn(rules, draft));
  const tested = testedType(draft, next.keywords);
  const words = new Set(
    next.keywords.filter(
      (word) =>
        isOffered(word, draft) &&
        (tested === undefined ? !isAfterTest(word, draft) : isOperatorFor(word, tested)),
    ),
  );
  const tests = tested ? offers(operatorsFor(tested), "operator") : NO_OFFERS;
  return distinct([...tests, ...ranked(named, offers(words, "keyword"), draft), ...marks(draft)]);
}

function draftOf(text: string, analysis: Analysis, tool: ToolDefinition | undefined): Draft {
  const tokens = tokensOf(text);
  const words = tokens.map(({ image }) => image);
  const open: number[] = [];
  tokens.forEach(({ tokenType }, i) => {
    if (tokenType === M.LParen) open.push(i);
    if (tokenType === M.RParen) open.pop();
  });
  const bracket = open.at(-1);
  const isOpen = words[0] === "open" && words.length > 1;
  const source = parseSource(sourceText(text, tokens.slice(isOpen ? 1 : 0)));
  return {
    text,
    tokens,
    words,
    clause: words.findLast(isClauseWord),
    callee: bracket === undefined ? undefined : words[bracket - 1],
    isOpenBracket: bracket !== undefined,
    place: placeOf(source, isOpen, analysis, tool),
    analysis,
  };
}

/** The source at the beginning of the tokens, with the names of its arguments. */
function sourceText(text: string, tokens: readonly Token[]): string {
  const [first, second] = tokens;
  if (first === undefined) return "";
  const close =
    second?.tokenType === M.LParen ? tokens.find(({ tokenType }) => tokenType === M.RParen) : undefined;
  return text.slice(first.startOffset, (close ?? first).startOffset + (close ?? first).image.length);
}

/** Whether the tokens end in a whole value, after which an operator may come. */
function endsInValue({ tokens, clause, callee }: Draft): boolean {
  const last = tokens.at(-1);
  if (last === undefined || (clause === undefined && callee === undefined)) return false;
  const { tokenType: type, image } = last;
  if (type === M.RParen || type === NumberToken || image.startsWith('"')) return true;
  return /^\w/.test(image) && !isClauseWord(image) && !OPERATOR_WORDS.has(image);
}

const OPERATOR_WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "has", "in", "as", "open"]);

/** Returns the names that are valid in the innermost of the rules. */
function namesIn(rules: readonly string[], draft: Draft): readonly Offer[] {
  const { clause, words, place, analysis } = draft;
  switch (rules.at(-1) ?? "") {
    case "source":
      if (words.length === 0)
        return [...sourceOffers(analysis.library), ...parameterSources(place), ...probeTypeOffers()];
      return sourceOffers(analysis.library, true);
    case "unit":
      return clause === "where" ? NO_OFFERS : unitOffers(draft);
    case "via":
      return viaOffers(place.shape);
    case "call":
      return words.includes("show") ? NO_OFFERS : aggregatesFor(place.shape);
    case "primary":
      return valuesIn(rules, draft);
    default:
      return NO_OFFERS;
  }
}

/** The parameters of a tool that stand for sources. */
function parameterSources({ context }: QueryPlace): readonly Offer[] {
  return offers(context.sources.keys(), "parameter", () => "source");
}

/** Returns what is valid as a value within the rules. */
function valuesIn(rules: readonly string[], draft: Draft): readonly Offer[] {
  const { words, place, analysis, clause, callee } = draft;
  if (rules.includes("every") || rules.includes("for"))
    return words.at(-1) === "every" || words.at(-1) === "for"
      ? offers(["1s", "10s", "1m"], "value")
      : NO_OFFERS;
  if (rules.includes("top")) {
    if (words.at(-1) === "by") return aggregateOffers();
    return words.at(-1) === "top" ? offers(["10", "20"], "value") : NO_OFFERS;
  }
  const isArgument = rules.includes("values");
  if (rules.includes("aggregates") && !isArgument) return aggregatesFor(place.shape);
  // The columns of a table over several sources are aggregates of sources.
  if (rules.includes("table")) return isArgument ? sourceOffers(analysis.library) : aggregateOffers();
  const compared = comparison(draft);
  if (compared) {
    const { type, operator } = compared;
    const values = valueOffers(type, operator, place);
    if (operator === "has" || operator === "in (") return values;
    return [...values, ...fieldOffers(place, { like: type })];
  }
  if (isArgument && callee !== undefined && isAggregateFunction(callee)) {
    const { takes } = definitionOf(callee);
    if (takes === "nothing") return NO_OFFERS;
    return fieldOffers(place, takes === "anything" ? "key" : "amount");
  }
  const wanted = clause === "by" ? "key" : clause === "show" ? "column" : "condition";
  return [...fieldOffers(place, wanted), ...functionOffers()];
}

interface WrittenComparison {
  readonly type: Type;
  readonly operator: string;
}

const COMPARISONS: ReadonlySet<string> = new Set([
  "==", "!=", "<", "<=", ">", ">=", "~", "!~", "has", "+", "-",
]); // prettier-ignore

/** What the value at the cursor is compared with. */
function comparison(draft: Draft): WrittenComparison | undefined {
  const { tokens, words } = draft;
  let at = tokens.length - 1;
  // In a list the subject is before `in (`; in a set of flags before `has`.
  while (at >= 0 && (words[at] === "|" || words[at] === ",") && /^[\w"]/.test(words[at - 1] ?? "")) at -= 2;
  const isList = words[at] === "(" && words[at - 1] === "in";
  if (isList) at = words[at - 2] === "not" ? at - 2 : at - 1;
  const operator = isList ? "in (" : words[at];
  if (operator === undefined || (!isList && !COMPARISONS.has(operator))) return undefined;
  const type = typeBefore(at, draft);
  return type && { type, operator };
}

/** The type of the operand that ends before this token. */
function typeBefore(at: number, { tokens, text, place }: Draft): Type | undefined {
  let depth = 0;
  let start = at;
  while (start > 0) {
    const { tokenType: type, image } = tokens[start - 1] as Token;
    if (type === M.RParen || type === M.RSquare) depth++;
    if (type === M.LParen || type === M.LSquare) depth--;
    if (depth < 0) break;
    if (depth === 0 && (BORDERS.has(image) || isClauseWord(image) || type === M.Comma)) break;
    // Two words in a row are a source and its first aggregate.
    if (depth === 0 && isValueWord(image) && isValueWord(tokens[start]?.image ?? "")) break;
    start--;
  }
  const end = tokens[at]?.startOffset ?? text.length;
  const expression = parseExpression(text.slice(tokens[start]?.startOffset ?? 0, end));
  if (!expression) return undefined;
  if (expression.kind === "call" && isAggregateFunction(expression.callee.text)) {
    const [argument] = expression.args;
    const value = argument && typedAt(argument, place);
    // What is not known may be in any unit.
    if (argument && (value === undefined || value.type.kind === "error")) return undefined;
    const unit = value?.type.kind === "number" ? value.type.unit : "none";
    return definitionOf(expression.callee.text).typeOf({ unit, signed: false });
  }
  return typedAt(expression, place)?.type;
}

const BORDERS: ReadonlySet<string> = new Set([
  "and", "or", "not", "?", ":", "==", "!=", "<", "<=", ">", ">=", "~", "!~",
]); // prettier-ignore

const isValueWord = (image: string): boolean => /^\w/.test(image) && !OPERATOR_WORDS.has(image);

/** Units after `in`: those of the column before it. */
function unitOffers(draft: Draft): readonly Offer[] {
  const at = draft.tokens.findLastIndex(({ tokenType }) => tokenType === W.In);
  const type = typeBefore(at, draft);
  if (type !== undefined && "unit" in type) return offers(Object.keys(UNITS[type.unit].spellings), "unit");
  return offers(UNIT_SPELLINGS, "unit");
}

/** A number that is being written, in the units that fit. */
function numberOffers(number: string, draft: Draft): readonly Offer[] {
  const digits = /^[\d_.]+/.exec(number)?.[0] ?? "";
  if (digits === "") return NO_OFFERS;
  const isDuration = ["every", "for"].includes(draft.words.at(-1) ?? "");
  const type = isDuration ? DURATION : draft.words.at(-1) === "top" ? INT : comparison(draft)?.type;
  const spellings =
    type === undefined ? UNIT_SPELLINGS : "unit" in type ? Object.keys(UNITS[type.unit].spellings) : [];
  return offers(
    spellings.map((unit) => `${digits}${unit}`),
    "value",
  );
}

/** The types of probes, first those of the source. */
function viaOffers(shape: SourceShape | undefined): readonly Offer[] {
  const own = shape ? typesIn(shape) : [];
  return offers(new Set([...own, ...PROBE_TYPE_NAMES]), "probe", (label) =>
    own.includes(label) ? "a provider of this source" : undefined,
  );
}

function typesIn(shape: SourceShape): readonly string[] {
  switch (shape.kind) {
    case "probe":
      return [shape.point.type];
    case "union":
      return shape.members.flatMap((member) => typesIn(member.shape));
    case "event":
    case "span": {
      const providers =
        shape.kind === "event" ? shape.providers : [...shape.begin, ...shape.during, ...shape.end];
      return providers.flatMap(({ trigger }) =>
        trigger.kind === "probe" ? [trigger.point.type] : typesIn(trigger.shape),
      );
    }
  }
}

/** Aggregates, those first that fit the fields of the source. */
function aggregatesFor(shape: SourceShape | undefined): readonly Offer[] {
  const units = [...(shape ? fieldsOf(shape).values() : [])].flatMap(({ type }) =>
    type.kind === "number" && UNITS[type.unit].isAmount ? [type.unit] : [],
  );
  const first = units.includes("duration")
    ? ["hist", "stats", "count", "max"]
    : units.length > 0
      ? ["sum", "count", "hist", "avg"]
      : ["count", "rate"];
  return aggregateOffers([...new Set([...first, ...AGGREGATE_NAMES])]);
}

/** The members of what is before the dot. */
function membersAt(draft: Draft, analysis: Analysis, tool: ToolDefinition | undefined): readonly Offer[] {
  const chain = /((?:[A-Za-z_]\w*(?:\[[^\][]*\])?\.)*[A-Za-z_]\w*(?:\[[^\][]*\])?)\.$/.exec(draft.text)?.[1];
  if (chain === undefined) return NO_OFFERS;
  const expression = parseExpression(chain);
  // In a table, what is before the dot is a source.
  if (draft.place.shape === undefined && expression?.kind === "name")
    return fieldOffers(placeOf(parseSource(chain), false, analysis, tool), "amount");
  return memberOffers(chain, expression && typedAt(expression, draft.place), draft.place);
}

/** Removes clauses that are already present, and operators that apply only to conditions. */
function isOffered(word: string, { words, clause, isOpenBracket }: Draft): boolean {
  const last = words.at(-1);
  if (isClauseWord(word) && words.length === 0) return word === "every";
  if (isClauseWord(word))
    return !isOpenBracket && (!words.includes(word) || (word === "by" && clause === "top" && last !== "by"));
  if (word === "open") return words.length === 0;
  if (word === "as" || word === "in")
    return clause === undefined || HAVE_COLUMNS.includes(clause) || clause === "where";
  return clause === "where" || word === "header";
}

/** Clauses whose values may have a unit and a label. */
const HAVE_COLUMNS: readonly string[] = ["show", "by"];

/** The most aggregates before the clauses. */
const FIRST_AGGREGATES = 4;

function ranked(names: readonly Offer[], keywords: readonly Offer[], draft: Draft): readonly Offer[] {
  const clauses = keywords.filter(({ label }) => isClauseWord(label));
  const others = keywords.filter(({ label }) => !isClauseWord(label));
  if (names.every(({ kind }) => kind === "aggregate")) {
    const usual = clauses.filter(({ label }) => ["by", "where", "show"].includes(label));
    return [
      ...names.slice(0, FIRST_AGGREGATES),
      ...usual,
      ...names.slice(FIRST_AGGREGATES),
      ...clauses,
      ...others,
    ];
  }
  if (draft.tokens.length === 0) return [...names.slice(0, 8), ...keywords, ...names.slice(8)];
  // After a whole value the next clause is usual, and before one a name.
  return endsInValue(draft) ? [...others, ...clauses, ...names] : [...names, ...others, ...clauses];
}

/** The type of a value in a condition that is not compared with anything yet. */
function testedType(draft: Draft, keywords: readonly string[]): Type | undefined {
  const isCondition = draft.clause === "where" && keywords.includes("and") && endsInValue(draft);
  return isCondition && !isWholeTest(draft) ? typeBefore(draft.tokens.length, draft) : undefined;
}

/** Whether a word may follow a value of this type in a condition. */
function isOperatorFor(word: string, type: Type): boolean {
  if (word === "and" || word === "or" || isClauseWord(word)) return type.kind === "bool";
  if (word === "has") return type.kind === "flags" || (type.kind === "number" && type.unit === "none");
  return true;
}

/** The marks that may follow a whole value. */
function marks(draft: Draft): readonly Offer[] {
  if (!endsInValue(draft)) return NO_OFFERS;
  const { clause, isOpenBracket, callee } = draft;
  const close = isOpenBracket ? offers([")"], "operator") : NO_OFFERS;
  const isList = isOpenBracket ? callee !== undefined : clause === "by" || clause === "show";
  return [...close, ...(isList ? offers([","], "operator") : NO_OFFERS)];
}

/** Whether a word would compare what is compared already. */
function isAfterTest(word: string, draft: Draft): boolean {
  return ["has", "in", "not"].includes(word) && endsInValue(draft) && isWholeTest(draft);
}

/** Whether a comparison has been written since the last `and`, `or` or the start. */
function isWholeTest({ tokens, words }: Draft): boolean {
  const start = tokens.findLastIndex(({ image }) => ["and", "or", "not", "where", "("].includes(image));
  return words.slice(start + 1).some((word) => COMPARISONS.has(word) || word === "in");
}

function operatorsFor(type: Type): readonly string[] {
  switch (type.kind) {
    case "number":
      return [">", "<", ">=", "<=", "==", "!="];
    case "string":
      return ["==", "~", "!=", "!~"];
    case "enum":
      return ["==", "!=", "~", "!~"];
    case "flags":
      return ["has", "==", "!="];
    case "address":
    case "symbol":
      return ["==", "!="];
    case "bool":
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stack":
    case "stats":
      return [];
  }
}
