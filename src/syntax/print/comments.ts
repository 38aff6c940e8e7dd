/**
 * Decides which node a comment belongs to, so that it stays with its subject when the layout changes.
 * Each decision must survive printing and parsing again: the second layout equals the first.
 */
import { CLAUSE_KINDS, clausesInOrder } from "../clauses.js";
import type {
  BinaryExpression,
  Clause,
  Column,
  Comment,
  Expression,
  File,
  Item,
  Query,
  SyntaxNode,
} from "../tree.js";

/** A comment with its neighbours, as passed by Prettier, if there are any. */
export interface PlacedComment extends Comment {
  readonly enclosingNode?: SyntaxNode;
  readonly precedingNode?: SyntaxNode;
  readonly followingNode?: SyntaxNode;
}

export type AttachComment = (node: SyntaxNode, side: "leading" | "trailing" | "dangling") => void;

export function isLogical(expression: SyntaxNode): expression is BinaryExpression {
  return expression.kind === "binary" && (expression.operator === "and" || expression.operator === "or");
}

/** Returns the operands of a chain, `a and b and c`, without recursion: a long chain is a high tree. */
export function operandsOf(chain: BinaryExpression): Expression[] {
  const operands: Expression[] = [];
  let left: Expression = chain;
  while (left.kind === "binary" && left.operator === chain.operator) {
    operands.push(left.right);
    left = left.left;
  }
  return [...operands, left].reverse();
}

/** Returns the children that comments may belong to, in the order of the text. */
export function commentedChildren(node: SyntaxNode): SyntaxNode[] {
  switch (node.kind) {
    case "file":
      return [...node.items];
    case "event":
      return [...node.providers];
    case "union":
    case "set":
      return [...node.members];
    case "span":
      return [...node.begin, ...node.during, ...node.end, ...node.fields].sort(
        (a, b) => a.span.start - b.span.start,
      );
    case "provider":
      return [...logical(node.condition), ...node.fields];
    case "field":
      return logical(node.value);
    case "tool":
      return [...node.parameters, ...node.parts];
    case "branch":
      return [...node.queries];
    case "query":
      return [...node.clauses];
    case "show":
    case "aggregates":
      return [...node.columns];
    case "by":
      return [...node.keys];
    case "where":
      return [node.condition];
    case "binary":
      return isLogical(node) ? operandsOf(node) : [];
    case "parenthesized":
      return logical(node.inner);
    case "boolean":
    case "call":
    case "column":
    case "conditional":
    case "doc":
    case "every":
    case "for":
    case "import":
    case "in":
    case "index":
    case "member of union":
    case "member":
    case "name":
    case "namedSource":
    case "number":
    case "parameter":
    case "part":
    case "probe":
    case "probeSource":
    case "probeSpec":
    case "setMember":
    case "string":
    case "toolParameter":
    case "top":
    case "type":
    case "unary":
    case "via":
    case "viaProvider":
      return [];
  }
}

function logical(expression: Expression | undefined): SyntaxNode[] {
  if (expression === undefined) return [];
  const broken = expression.kind === "parenthesized" ? expression.inner : expression;
  return isLogical(broken) ? [expression] : [];
}

/** Places a comment that Prettier's own rules would misplace. Returns whether it has been placed. */
export function placeComment(
  comment: PlacedComment,
  text: string,
  file: File,
  ownLine: boolean,
  place: AttachComment,
): boolean {
  const { enclosingNode: around, precedingNode: before, followingNode: after } = comment;
  if (around === undefined) return !ownLine && placeBehindClause(before, comment, text, place);
  switch (around.kind) {
    case "binary":
      // After the left operand, never between the operator and the right one.
      if (before === undefined) return hoist(comment, file, place);
      place(before, "trailing");
      return true;
    case "event":
    case "span":
    case "provider":
    case "set":
    case "tool":
      if (around.kind === "tool" && !ownLine && placeBehindClause(before, comment, text, place)) return true;
      return placeInDefinition(comment, around, text, ownLine, place);
    case "query":
      if (after !== undefined && (before === undefined || ownLine)) {
        place(leadOf(after, file), "leading");
        return true;
      }
      if (before === undefined) return hoist(comment, file, place);
      // A comment after the clause printed last would become the comment of the whole query.
      place(before, before === clausesInOrder(around).at(-1) ? "leading" : "trailing");
      return true;
    case "show":
    case "by":
    case "aggregates":
      return before === undefined && after === undefined ? hoist(comment, file, place) : false;
    case "union":
      if (before === undefined) return hoist(comment, file, place);
      place(before, "trailing");
      return true;
    case "boolean":
    case "branch":
    case "call":
    case "column":
    case "conditional":
    case "doc":
    case "every":
    case "field":
    case "file":
    case "for":
    case "import":
    case "in":
    case "index":
    case "member of union":
    case "member":
    case "name":
    case "namedSource":
    case "number":
    case "parameter":
    case "parenthesized":
    case "part":
    case "probe":
    case "probeSource":
    case "probeSpec":
    case "setMember":
    case "string":
    case "toolParameter":
    case "top":
    case "type":
    case "unary":
    case "via":
    case "viaProvider":
    case "where":
      return hoist(comment, file, place);
  }
}

/** Places a comment after the last line of a query of several lines: it belongs to that clause, wherever the clause goes. */
function placeBehindClause(
  before: SyntaxNode | undefined,
  comment: Comment,
  text: string,
  place: AttachComment,
): boolean {
  if (before?.kind !== "query") return false;
  const last = before.clauses[before.clauses.length - 1];
  if (last === undefined || last === clausesInOrder(before).at(-1)) return false;
  if (!text.slice(before.span.start, last.span.start).includes("\n")) return false;
  if (/[;\n]/.test(text.slice(before.span.end, comment.span.start))) return false;
  place(last, "trailing");
  return true;
}

/** Places a comment of a definition: with its neighbours inside the braces; from the head, above the definition. */
function placeInDefinition(
  comment: PlacedComment,
  around: SyntaxNode,
  text: string,
  ownLine: boolean,
  place: AttachComment,
): boolean {
  const { precedingNode: before, followingNode: after } = comment;
  const inBody = braceBetween(text, around.span.start, comment.span.start);
  if (!inBody) {
    if (after?.kind === "toolParameter" && (ownLine || before === undefined)) place(after, "leading");
    else if (before?.kind === "toolParameter") place(before, "trailing");
    else place(around, "leading");
    return true;
  }
  const neighbour =
    before !== undefined && braceBetween(text, before.span.end, comment.span.start) ? undefined : before;
  if (neighbour !== undefined) return false;
  if (after !== undefined) place(after, "leading");
  else place(around, "dangling");
  return true;
}

/** Whether a `{` outside comments and strings is between the two offsets. */
function braceBetween(text: string, from: number, to: number): boolean {
  let quoted = false;
  for (let i = from; i < to; i++) {
    const character = text[i];
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") return true;
    else if (character === "/" && text[i + 1] === "/") {
      while (i < to && text[i] !== "\n") i++;
    }
  }
  return false;
}

/** Moves a comment from inside an unbreakable node to above the next larger node that has its own line. */
function hoist(comment: Comment, file: File, place: AttachComment): boolean {
  let node: SyntaxNode = file;
  let found: SyntaxNode | undefined;
  for (;;) {
    const inner: SyntaxNode | undefined = commentedChildren(node).find(
      ({ span }) => span.start <= comment.span.start && comment.span.end <= span.end,
    );
    if (inner === undefined) break;
    if (standsAlone(inner)) found = inner;
    node = inner;
  }
  if (found === undefined) return false;
  place(leadOf(found, file), "leading");
  return true;
}

function standsAlone({ kind }: SyntaxNode): boolean {
  return STANDING_ALONE.includes(kind);
}

const STANDING_ALONE: readonly SyntaxNode["kind"][] = [
  "import", "event", "union", "span", "tool", "toolParameter", "branch", "provider", "field", "set", "setMember", "query", "column",
  ...CLAUSE_KINDS,
]; // prettier-ignore

/** Returns the outermost node that starts at the same place, since a comment would be printed there anyway. */
function leadOf(node: SyntaxNode, file: File): SyntaxNode {
  for (const item of file.items) {
    for (const query of queriesOf(item)) {
      const lead = leadInQuery(node, query.clauses, clausesInOrder(query)[0], query.source === undefined);
      if (lead === "query") return query;
      if (lead !== undefined) return lead;
    }
  }
  return node;
}

function queriesOf(item: Item): readonly Query[] {
  if (item.kind === "query") return [item];
  if (item.kind !== "tool") return [];
  return item.parts.flatMap((part) => (part.kind === "branch" ? part.queries : [part]));
}

function leadInQuery(
  node: SyntaxNode,
  clauses: readonly Clause[],
  first: Clause | undefined,
  sourceless: boolean,
): SyntaxNode | "query" | undefined {
  for (const clause of clauses) {
    const isFirstColumn = clause.kind === "aggregates" && clause.columns[0] === (node as Column);
    if (clause !== node && !isFirstColumn) continue;
    return sourceless && clause === first ? "query" : clause;
  }
  return undefined;
}

/** Whether the author left an empty line after `end`, ignoring separators and a comment. */
export function blankLineAfter(text: string, end: number): boolean {
  let i = end;
  while (i < text.length && " \t,;".includes(text.charAt(i))) i++;
  if (text.startsWith("//", i)) while (i < text.length && text[i] !== "\n") i++;
  if (text[i] !== "\n") return false;
  i++;
  while (i < text.length && " \t".includes(text.charAt(i))) i++;
  return text[i] === "\n";
}
