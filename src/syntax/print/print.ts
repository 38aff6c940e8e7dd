/** Prints a file in its canonical layout, as Prettier documents; `comments.ts` decides where comments go. */
import type { AstPath, Doc as Layout } from "prettier";
import { doc } from "prettier";
import type { Span } from "../../diagnostics/diagnostic.js";
import { blankLineAfter, isLogical, operandsOf } from "./comments.js";
import {
  printClause,
  printColumn,
  printExpression,
  printSource,
  printString,
  printType,
} from "./print-expression.js";
import { clausesInOrder } from "../clauses.js";
import { precedenceOf } from "../precedence.js";
import type {
  BinaryExpression,
  Clause,
  Doc,
  Expression,
  Item,
  Name,
  ProviderDefinition,
  Query,
  RangeKey,
  SpanDefinition,
  Times,
  SyntaxNode,
  ToolDefinition,
} from "../tree.js";

const { group, hardline, indent, join, line, softline } = doc.builders;

/** Prints the children under a key of the current node; Prettier's own types cannot express a union of nodes. */
type PrintAll = (key: string) => Layout[];
type PrintOne = (key: string) => Layout;

/** Prints a node. `inside`: the comments of a body or a file that holds nothing else. */
export function printNode(path: AstPath<SyntaxNode>, text: string, print: unknown, inside: string[]): Layout {
  const { node } = path;
  const all: PrintAll = (key) => path.map(print as never, key as never);
  const one: PrintOne = (key) => path.call(print as never, key as never);
  const body = (parts: readonly BodyPart[], printed: readonly Layout[], between = ""): Layout =>
    printBody(parts, printed, text, between, inside);
  switch (node.kind) {
    case "file":
      return inside.length > 0
        ? [join(hardline, inside), hardline]
        : printItems(node.items, all("items"), text);
    case "import":
      return `import ${printString(node.path)}`;
    case "event":
      return documented(node.doc, `event ${node.name.text} `, body(node.providers, all("providers")));
    case "union":
      return documented(
        node.doc,
        group([
          `event ${node.name.text} ${node.outermost ? "outermost " : ""}= `,
          indent(join([line, "| "], all("members"))),
        ]),
      );
    case "span": {
      const parts = [...node.begin, ...node.during, ...node.end, ...node.fields];
      const printed = [...all("begin"), ...all("during"), ...all("end"), ...all("fields")];
      const keys = node.keys.map((key) => printKey(key, node.range)).join(", ");
      return documented(node.doc, `span ${node.name.text} on ${keys} `, body(parts, printed));
    }
    case "tool":
      return printTool(node, all, printToolParts(node.parts, all("parts"), text, inside));
    case "set":
      return documented(node.doc, `${node.of} ${node.name.text} `, body(node.members, all("members")));
    case "setMember":
      return documented(node.doc, `${node.name.text} = ${printExpression(node.value)}`);
    case "branch":
      return [`when ${printExpression(node.condition)} `, body(node.queries, all("queries"), ";")];
    case "member of union":
      return `${node.name.text}${node.optional ? "?" : ""}`;
    case "toolParameter": {
      const value = node.value === undefined ? "" : ` = ${printExpression(node.value)}`;
      return documented(node.doc, `${node.name.text}: ${printType(node.type)}${value}`);
    }
    case "provider": {
      const { parent } = path;
      const word = parent?.kind === "span" ? sideOf(parent, node) : "provider";
      const empty = node.fields.length === 0 && inside.length === 0;
      return printProvider(node, word, one, empty ? undefined : body(node.fields, all("fields")));
    }
    case "field":
      return documented(
        node.doc,
        group([`${node.name.text}: ${printType(node.type)} = `, indent(one("value"))]),
      );
    case "query":
      return printClauses(node, all("clauses"));
    case "column":
      return printColumn(node);
    case "show":
    case "aggregates":
    case "by":
    case "where":
    case "every":
    case "top":
    case "for":
    case "via":
      return printParts(node, all, one);
    case "binary":
      return isLogical(node) ? printLogical(path, node, print) : printExpression(node);
    case "parenthesized":
      return isLogical(node.inner) ? group(["(", indent(one("inner")), ")"]) : printExpression(node);
    case "boolean":
    case "call":
    case "conditional":
    case "in":
    case "index":
    case "member":
    case "name":
    case "number":
    case "probe":
    case "string":
    case "unary":
      return printExpression(node);
    case "namedSource":
    case "probeSource":
      return printSource(node);
    case "doc":
    case "parameter":
    case "part":
    case "probeSpec":
    case "type":
    case "viaProvider":
      throw new Error(`a ${node.kind} is printed with what it belongs to`);
  }
}

function documented(doc: Doc | undefined, ...layout: Layout[]): Layout {
  if (doc === undefined) return layout;
  const lines = doc.text.split("\n").map((text) => (text === "" ? "///" : `/// ${text}`));
  return [join(hardline, lines), hardline, ...layout];
}

// ---------------------------------------------------------------- files and bodies

function isDefinition(item: Item): boolean {
  return item.kind !== "query" && item.kind !== "import";
}

/** Prints the items of a file: a `;` after a query if anything follows, blank lines around a definition. */
function printItems(items: readonly Item[], printed: readonly Layout[], text: string): Layout {
  const layout: Layout[] = [];
  items.forEach((item, i) => {
    layout.push(printed[i] ?? "");
    const next = items[i + 1];
    if (next === undefined) return;
    if (item.kind === "query") layout.push(";");
    layout.push(hardline);
    const air =
      isDefinition(item) || isDefinition(next) || (item.kind === "import") !== (next.kind === "import");
    if (air || blankLineAfter(text, item.span.end)) layout.push(hardline);
  });
  return layout.length === 0 ? "" : [layout, hardline];
}

interface BodyPart {
  readonly span: Span;
}

/** Prints one part a line, keeping at most one of the author's blank lines. */
function printBody(
  parts: readonly BodyPart[],
  printed: readonly Layout[],
  text: string,
  between: string,
  inside: string[],
): Layout {
  if (parts.length === 0 && inside.length === 0) return "{}";
  if (parts.length === 0) return ["{", indent([hardline, join(hardline, inside)]), hardline, "}"];
  const layout: Layout[] = [];
  parts.forEach((part, i) => {
    layout.push(hardline, printed[i] ?? "");
    if (i === parts.length - 1) return;
    layout.push(between);
    if (blankLineAfter(text, part.span.end)) layout.push(hardline);
  });
  return ["{", indent(layout), hardline, "}"];
}

function printKey(key: Name, range: RangeKey | undefined): string {
  if (range?.start.text !== key.text) return key.text;
  const { start, size, present } = range;
  return `range(${[start, size, ...(present ? [present] : [])].map(({ text }) => text).join(", ")})`;
}

function sideOf(span: SpanDefinition, provider: ProviderDefinition): string {
  if (span.begin.includes(provider)) return "begin";
  return span.during.includes(provider) ? "during" : "end";
}

function printProvider(
  node: ProviderDefinition,
  word: string,
  one: PrintOne,
  body: Layout | undefined,
): Layout {
  const layout: Layout[] = [];
  if (node.condition !== undefined) layout.push(line, group(["where ", indent(one("condition"))]));
  if (node.rate !== undefined) layout.push(line, `rate ${node.rate.text}`);
  if (node.unattributed) layout.push(line, "unattributed");
  if (node.times) layout.push(line, printTimes(node.times));
  if (node.repeat) layout.push(line, node.repeat.word);
  if (node.note !== undefined) layout.push(line, `note ${printString(node.note)}`);
  const triggers = [node.trigger, ...(node.more ?? [])].map(printSource);
  const head = group([`${word} `, indent([join([",", line], triggers), ...layout])]);
  return body === undefined ? head : [head, " ", body];
}

function printTimes({ count, index }: Times): string {
  return `times ${printExpression(count)}${index ? ` as ${index.text}` : ""}`;
}

/** Prints the parts of a tool, with a `;` after a query but not after a branch. */
function printToolParts(
  parts: ToolDefinition["parts"],
  printed: readonly Layout[],
  text: string,
  inside: string[],
): Layout {
  const separated = parts.map((part, i) =>
    part.kind === "query" && i < parts.length - 1 ? [printed[i] ?? "", ";"] : (printed[i] ?? ""),
  );
  return printBody(parts, separated, text, "", inside);
}

function printTool(node: ToolDefinition, all: PrintAll, body: Layout): Layout {
  const separated = join([",", line], all("parameters"));
  const parameters =
    node.parameters.length === 0 ? "" : group(["(", indent([softline, separated]), softline, ")"]);
  return documented(node.doc, `tool ${node.name.text}`, parameters, " ", body);
}

// ---------------------------------------------------------------- queries

/** Prints a query on one line, or with each clause on its own line. */
function printClauses(node: Query, printed: readonly Layout[]): Layout {
  const parts = clausesInOrder(node).map((clause) => printed[node.clauses.indexOf(clause)] ?? "");
  if (node.source !== undefined) parts.unshift((node.open ? "open " : "") + printSource(node.source));
  const [first, ...rest] = parts;
  return documented(node.doc, group([first ?? "", indent(rest.map((part) => [line, part]))]));
}

function printParts(clause: Clause, all: PrintAll, one: PrintOne): Layout {
  switch (clause.kind) {
    case "aggregates":
      return group(join([",", line], all("columns")));
    case "show":
      return group(["show", indent([line, join([",", line], all("columns"))])]);
    case "by":
      return group(["by", indent([line, join([",", line], all("keys"))])]);
    case "where":
      return group(["where ", indent(one("condition"))]);
    case "every":
    case "for":
    case "top":
    case "via":
      return printClause(clause);
  }
}

/** Prints a chain, `a and b and c`, which breaks at every operator or at none. */
function printLogical(path: AstPath<SyntaxNode>, chain: BinaryExpression, print: unknown): Layout {
  const power = precedenceOf(chain.operator);
  const operands = operandsOf(chain);
  const last = operands.length - 1;
  return operands.map((operand, i) => {
    // The chain leans to the left, so the path to operand i is a number of `left` keys.
    const keys = [...Array<string>(i === 0 ? last : last - i).fill("left"), ...(i === 0 ? [] : ["right"])];
    const printed = (path.call as (print: unknown, ...keys: string[]) => Layout).call(path, print, ...keys);
    const text = printOperand(operand, printed, i === 0 ? power : power + 1);
    return i === 0 ? text : [line, `${chain.operator} `, text];
  });
}

/** Prints an operand, with parentheses if it binds more weakly, as in trees that were not parsed. */
function printOperand(operand: Expression, printed: Layout, least: number): Layout {
  if (operand.kind === "conditional") return ["(", printed, ")"];
  if (!isLogical(operand)) return printed;
  return precedenceOf(operand.operator) < least ? group(["(", indent(printed), ")"]) : group(indent(printed));
}
