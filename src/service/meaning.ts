/** What a word of a text stands for, and where that is defined. */
import { AGGREGATE_NAMES } from "../aggregates/aggregates.js";
import type { Source, Span } from "../diagnostics/diagnostic.js";
import { setOf } from "../semantics/expression/named-values.js";
import { takenBy } from "../semantics/expression/functions.js";
import { isCommon } from "../semantics/source/probe-scope.js";
import { isSourceParameter } from "../semantics/tool/check-tool.js";
import type {
  Definition,
  Expression,
  Name,
  NamedSource,
  ProbeSource,
  ProviderDefinition,
  Query,
  ToolDefinition,
} from "../syntax/tree.js";
import type { Type } from "../types/types.js";
import { lookUpUnit } from "../types/unit-spellings.js";
import { isFromPart, type PlacedPart } from "./parts.js";
import { placeOf, typedAt, type QueryPlace } from "./scopes.js";
import { pathTo, type TreeNode } from "./walk.js";
import type { Analysis } from "./workspace.js";

/** A place in a text: of this workspace, of an imported file or of the library. */
export interface SourceLocation {
  readonly source: Source;
  /** Within the source. */
  readonly span: Span;
}

export type Meaning =
  | { readonly kind: "source" | "tool"; readonly name: string }
  /** `of`: the source that has it; absent for a field of the probe itself. */
  | { readonly kind: "field"; readonly name: string; readonly of?: string; readonly type?: Type }
  | { readonly kind: "parameter"; readonly name: string; readonly tool: string; readonly type?: Type }
  | { readonly kind: "aggregate" | "function" | "unit"; readonly name: string }
  | { readonly kind: "member"; readonly name: string; readonly set: string; readonly value: bigint }
  | { readonly kind: "title"; readonly name: string; readonly query: Query }
  | { readonly kind: "import"; readonly name: string };

export interface FoundMeaning {
  readonly meaning: Meaning;
  /** The word, in the whole text. */
  readonly span: Span;
}

/** Returns what the word at the offset means; undefined if it is no word with a meaning. */
export function meaningAt(analysis: Analysis, offset: number): FoundMeaning | undefined {
  const part = analysis.parts.findLast((each) => isFromPart(each, offset));
  if (!part) return undefined;
  const path = pathTo(part.file, offset - part.start);
  const node = path.at(-1);
  const meaning = node && meaningOf(node, path.slice(0, -1), analysis);
  return meaning && { meaning, span: placed(node.span, part) };
}

const placed = ({ start, end }: Span, part: Pick<PlacedPart, "start">): Span => ({
  start: start + part.start,
  end: end + part.start,
});

type Ancestors = readonly TreeNode[];

const nearest = <K extends TreeNode["kind"]>(
  path: Ancestors,
  kind: K,
): (TreeNode & { readonly kind: K }) | undefined =>
  path.findLast((node): node is TreeNode & { readonly kind: K } => node.kind === kind);

/** Returns the meaning of a node below these ancestors. */
export function meaningOf(node: TreeNode, path: Ancestors, analysis: Analysis): Meaning | undefined {
  const parent = path.at(-1);
  if (node.kind === "string")
    return parent?.kind === "import" ? { kind: "import", name: node.value } : undefined;
  if (node.kind === "number")
    return node.unit === undefined || !lookUpUnit(node.unit) ? undefined : { kind: "unit", name: node.unit };
  if (node.kind !== "name" || !parent) return undefined;
  const name = node.text;
  const tool = nearest(path, "tool");
  switch (parent.kind) {
    case "event":
    case "union":
      return { kind: "source", name };
    case "span":
      return parent.name === node ? { kind: "source", name } : fieldOf(name, parent.name.text, analysis);
    case "tool":
      return { kind: "tool", name };
    case "member of union":
      return { kind: "source", name };
    // Names for numbers: what uses them is not followed yet.
    case "set":
    case "setMember":
      return undefined;
    case "namedSource":
      return parameterNamed(name, tool, analysis) ?? { kind: "source", name };
    case "field": {
      const owner = path.findLast(isSource);
      return parent.name === node && owner ? fieldOf(name, owner.name.text, analysis) : undefined;
    }
    case "toolParameter":
      return parent.name === node ? parameterNamed(name, tool, analysis) : undefined;
    case "column": {
      const query = nearest(path, "query");
      if (parent.unit === node) return { kind: "unit", name };
      if (parent.alias === node && query) return { kind: "title", name, query };
      break;
    }
    case "call":
      if (parent.callee !== node) break;
      if ((AGGREGATE_NAMES as readonly string[]).includes(name)) return { kind: "aggregate", name };
      return takenBy(name) === undefined ? undefined : { kind: "function", name };
    case "aggregates":
    case "binary":
    case "boolean":
    case "branch":
    case "by":
    case "comment":
    case "conditional":
    case "doc":
    case "every":
    case "file":
    case "for":
    case "import":
    case "in":
    case "index":
    case "member":
    case "name":
    case "number":
    case "parameter":
    case "parenthesized":
    case "part":
    case "probe":
    case "probeSource":
    case "probeSpec":
    case "provider":
    case "query":
    case "range":
    case "repeat":
    case "show":
    case "string":
    case "times":
    case "top":
    case "type":
    case "unary":
    case "via":
    case "viaProvider":
    case "where":
      break;
  }
  return inExpression(node, parent, path, analysis);
}

const isSource = (node: TreeNode): node is Exclude<Definition, ToolDefinition> =>
  node.kind === "event" || node.kind === "span" || node.kind === "union";

function fieldOf(name: string, of: string, analysis: Analysis): Meaning {
  const source = analysis.library.find(of)?.definition.name;
  const place = source && placeOf({ kind: "namedSource", name: source, span: source.span }, false, analysis);
  const type = place?.scope.lookUp(name, place.context, source?.span ?? { start: 0, end: 0 })?.type;
  return { kind: "field", name, of, ...(type ? { type } : {}) };
}

function parameterNamed(
  name: string,
  tool: ToolDefinition | undefined,
  analysis: Analysis,
): Meaning | undefined {
  const parameter = tool?.parameters.find((each) => each.name.text === name);
  if (!tool || !parameter) return undefined;
  const place = placeOf(undefined, false, analysis, tool);
  const type = isSourceParameter(parameter)
    ? undefined
    : place.scope.lookUp(name, place.context, parameter.span)?.type;
  return { kind: "parameter", name, tool: tool.name.text, ...(type ? { type } : {}) };
}

/** A name in an expression: of a query, of a provider or of a field of a span. */
function inExpression(
  node: Name,
  parent: TreeNode,
  path: Ancestors,
  analysis: Analysis,
): Meaning | undefined {
  const name = node.text;
  const query = nearest(path, "query");
  const tool = nearest(path, "tool");
  const parameter = parameterNamed(name, tool, analysis);
  if (parameter && !(parent.kind === "member" && parent.name === node)) return parameter;
  if (query?.source === undefined && query !== undefined) return inTable(node, parent, path, analysis);
  const title = query && titleNamed(name, query, path);
  if (title) return title;
  const place = placeAround(path, analysis);
  if (!place) return undefined;
  const of = place.shape && place.shape.kind !== "probe" ? place.shape.name : undefined;
  const owner = of === undefined ? {} : { of };
  if (parent.kind === "member" && parent.name === node) {
    const type = typedAt(parent, place)?.type;
    const isSide =
      parent.object.kind === "name" && (parent.object.text === "begin" || parent.object.text === "end");
    return { kind: "field", name, ...(isSide ? owner : {}), ...(type ? { type } : {}) };
  }
  const found = place.scope.lookUp(name, place.context, node.span);
  if (found && found.type.kind !== "error")
    return { kind: "field", name, ...(isCommon(name) ? {} : owner), type: found.type };
  return memberNamed(name, node, path, place);
}

/** `top 10 by total`: the name of an aggregate. */
function titleNamed(name: string, query: Query, path: Ancestors): Meaning | undefined {
  if (path.at(-1)?.kind !== "top") return undefined;
  const isTitle = query.clauses.some(
    (clause) =>
      clause.kind === "aggregates" &&
      clause.columns.some(({ alias }) => alias?.kind === "name" && alias.text === name),
  );
  return isTitle ? { kind: "title", name, query } : undefined;
}

/** In a table, names are sources, and their fields follow a dot. */
function inTable(node: Name, parent: TreeNode, path: Ancestors, analysis: Analysis): Meaning | undefined {
  if (parent.kind === "member" && parent.name === node)
    return parent.object.kind === "name" ? fieldOf(node.text, parent.object.text, analysis) : undefined;
  const isArgument = path.some(({ kind }) => kind === "call");
  return isArgument && analysis.library.find(node.text) ? { kind: "source", name: node.text } : undefined;
}

/** A member of the set of what it is compared with. */
function memberNamed(name: string, node: Name, path: Ancestors, place: QueryPlace): Meaning | undefined {
  const test = path.findLast(
    (each) => each.kind === "in" || (each.kind === "binary" && each.operator !== "|"),
  );
  const sides: readonly Expression[] =
    test?.kind === "binary" ? [test.left, test.right] : test?.kind === "in" ? [test.subject] : [];
  for (const side of sides) {
    if (side === node) continue;
    const type = typedAt(side, place)?.type;
    const value = type && setOf(type, place.context)?.get(name);
    if (value !== undefined && type && "of" in type)
      return { kind: "member", name, set: `${type.kind} ${String(type.of)}`, value };
  }
  return undefined;
}

/** The names that may be used below these ancestors. */
export function placeAround(path: Ancestors, analysis: Analysis): QueryPlace | undefined {
  const query = nearest(path, "query");
  if (query) return placeOf(query.source, query.open, analysis, nearest(path, "tool"));
  const provider: ProviderDefinition | undefined = nearest(path, "provider");
  if (provider) return placeOf(provider.trigger, false, analysis);
  const span = nearest(path, "span");
  if (span) return placeOf(asSource(span.name), false, analysis);
  const tool = nearest(path, "tool");
  return tool && placeOf(undefined, false, analysis, tool);
}

function asSource(name: Name): NamedSource | ProbeSource {
  return { kind: "namedSource", name, span: name.span };
}
