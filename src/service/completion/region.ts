/** Finds out in what kind of text the cursor is: a query, the body of a definition, its fields, parameters of a tool. */
import type { TokenType } from "chevrotain";
import type { Span } from "../../diagnostics/diagnostic.js";
import { M, W } from "../../syntax/grammar/tokens.js";
import type { Token } from "../../syntax/lexer/docs.js";
import { lex } from "../../syntax/lexer/lexer.js";
import { Reporter } from "../../syntax/parser/reporter.js";

export type Region =
  /** A query, from this offset on; `tool` is what stands before the body of a tool that it is in. */
  | { readonly kind: "query"; readonly start: number; readonly tool?: Span }
  /** Where an item of a file starts. */
  | { readonly kind: "item" }
  | { readonly kind: "header"; readonly of: DefinitionKind; readonly tokens: readonly Token[] }
  /** Where a part of the body of an event or a span starts. */
  | { readonly kind: "body"; readonly of: DefinitionKind; readonly name: string }
  /** The words after `provider`, `begin`, `during` or `end`. */
  | { readonly kind: "trigger"; readonly tokens: readonly Token[] }
  /** A field: the tokens are its own, those of `trigger` are of the source that it belongs to, if it has one. */
  | {
      readonly kind: "field";
      readonly tokens: readonly Token[];
      readonly trigger?: readonly Token[];
      readonly span: string;
    }
  | { readonly kind: "parameter"; readonly tokens: readonly Token[] }
  /** After `when` in a tool. */
  | { readonly kind: "condition"; readonly start: number; readonly tool: Span };

export type DefinitionKind = "event" | "span" | "tool";

/** Returns the tokens of a text; what is wrong in it is not reported. */
export function tokensOf(text: string): readonly Token[] {
  return lex(new Reporter({ name: "", text })).tokens.slice(0, -1);
}

const DEFINITIONS: ReadonlyMap<TokenType, DefinitionKind> = new Map([
  [W.Event, "event"],
  [W.Span, "span"],
  [W.Tool, "tool"],
]);

const TRIGGERS: ReadonlySet<TokenType> = new Set([W.Provider, W.Begin, W.During, W.End]);
const OPENING: ReadonlySet<TokenType> = new Set([M.LParen, M.LSquare, M.LCurly]);
const CLOSING: ReadonlySet<TokenType> = new Set([M.RParen, M.RSquare, M.RCurly]);

const endOf = (token: Token | undefined): number => (token ? (token.endOffset ?? token.startOffset) + 1 : 0);

/** Returns the region at the end of the beginning of a part. */
export function regionAt(tokens: readonly Token[]): Region {
  const [first, second] = tokens;
  const of = first && DEFINITIONS.get(first.tokenType);
  if (of === undefined) return queryFrom(tokens, 0);
  if (second === undefined) return { kind: "header", of, tokens: [] };
  // The brackets that are open, and where the body ended.
  const open: number[] = [];
  for (let i = 2; i < tokens.length; i++) {
    const type = tokens[i]?.tokenType;
    if (type !== undefined && OPENING.has(type)) open.push(i);
    if (type !== undefined && CLOSING.has(type)) {
      open.pop();
      if (type === M.RCurly && open.length === 0) return queryFrom(tokens, i + 1);
    }
  }
  const braces = open.filter((i) => tokens[i]?.tokenType === M.LCurly);
  const [body] = braces;
  if (body === undefined) {
    const [paren] = open;
    if (of === "tool" && paren !== undefined)
      return { kind: "parameter", tokens: lastListItem(tokens, paren) };
    return { kind: "header", of, tokens: tokens.slice(1) };
  }
  const name = second.image;
  if (of !== "tool") return inBody(tokens, braces, of, name);
  return inTool(tokens, braces, { start: first?.startOffset ?? 0, end: tokens[body]?.startOffset ?? 0 });
}

/** The last query or item after this token. */
function queryFrom(tokens: readonly Token[], from: number): Region {
  const rest = tokens.slice(from);
  const last = rest.findLastIndex(({ tokenType }) => tokenType === M.Semicolon);
  const own = rest.slice(last + 1);
  if (own.length === 0) return { kind: "item" };
  return { kind: "query", start: own[0]?.startOffset ?? 0 };
}

function inTool(tokens: readonly Token[], braces: readonly number[], tool: Span): Region {
  const innermost = braces.at(-1) ?? 0;
  const last = tokens.findLastIndex(
    ({ tokenType }, i) =>
      i >= innermost && (tokenType === M.Semicolon || tokenType === M.LCurly || tokenType === M.RCurly),
  );
  const next = tokens[last + 1];
  if (next?.tokenType === W.When) return { kind: "condition", start: endOf(next), tool };
  return { kind: "query", start: next?.startOffset ?? endOf(tokens.at(-1)), tool };
}

function inBody(
  tokens: readonly Token[],
  braces: readonly number[],
  of: DefinitionKind,
  name: string,
): Region {
  const [body = 0, fields] = braces;
  const span = of === "span" ? name : "";
  const from = fields ?? body;
  const inside = tokens.slice(from + 1);
  const trigger = triggerBefore(tokens, fields ?? tokens.length, body);
  const start = lastFieldStart(inside);
  if (fields !== undefined) {
    const own = start === undefined ? inside.slice(inside.length) : inside.slice(start);
    return { kind: "field", tokens: own, span, ...(trigger ? { trigger } : {}) };
  }
  // The last part of the body that is begun: a field of a span, or a trigger.
  const lastClosed = inside.findLastIndex(({ tokenType }) => tokenType === M.RCurly);
  const isTrigger =
    trigger && (tokens.indexOf(trigger[0] as Token) > from + 1 + lastClosed || lastClosed < 0);
  if (
    start !== undefined &&
    start > lastClosed &&
    (!isTrigger || start > inside.indexOf(trigger[0] as Token))
  )
    return { kind: "field", tokens: inside.slice(start), span };
  if (isTrigger) return { kind: "trigger", tokens: trigger };
  return { kind: "body", of, name };
}

/** The words from the last `provider`, `begin`, `during` or `end` on, without that word. */
function triggerBefore(tokens: readonly Token[], end: number, body: number): readonly Token[] | undefined {
  const at = tokens.findLastIndex(
    ({ tokenType }, i) =>
      i > body &&
      i < end &&
      TRIGGERS.has(tokenType) &&
      tokens[i - 1]?.tokenType !== M.Dot &&
      tokens[i + 1]?.tokenType !== M.Dot &&
      tokens[i + 1]?.tokenType !== M.Colon,
  );
  return at < 0 ? undefined : tokens.slice(at + 1, end);
}

/** The index of the last `name:` outside of brackets and choices. */
function lastFieldStart(tokens: readonly Token[]): number | undefined {
  let depth = 0;
  let choices = 0;
  let found: number | undefined;
  tokens.forEach(({ tokenType }, i) => {
    if (OPENING.has(tokenType)) depth++;
    else if (CLOSING.has(tokenType)) depth--;
    else if (tokenType === M.Question) choices++;
    else if (tokenType === M.Colon && depth === 0) {
      if (choices > 0) choices--;
      else found = i - 1;
    }
  });
  return found;
}

/** The tokens of the last item of a list that is open at this bracket. */
function lastListItem(tokens: readonly Token[], bracket: number): readonly Token[] {
  const inside = tokens.slice(bracket + 1);
  let depth = 0;
  let start = 0;
  inside.forEach(({ tokenType }, i) => {
    if (OPENING.has(tokenType)) depth++;
    else if (CLOSING.has(tokenType)) depth--;
    else if (tokenType === M.Comma && depth === 0) start = i + 1;
  });
  return inside.slice(start);
}
