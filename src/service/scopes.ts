/** The names that may be used at a place, with their types. */
import { FAILED, type Scope } from "../semantics/context.js";
import { checkExpression } from "../semantics/expression/expressions.js";
import { shapeOf, type QueryContext } from "../semantics/query/query-context.js";
import { sourceScope } from "../semantics/source/elaborate.js";
import type { SourceShape } from "../semantics/source/source-shape.js";
import { resolveType } from "../semantics/type-names.js";
import { isSourceParameter } from "../semantics/tool/check-tool.js";
import type { Typed } from "../semantics/typed.js";
import { parse } from "../syntax/parser/parser.js";
import type { Expression, NamedSource, ProbeSource, ToolDefinition } from "../syntax/tree.js";
import type { Analysis } from "./workspace.js";

export interface QueryPlace {
  readonly scope: Scope;
  readonly context: QueryContext;
  /** The source that the names are of. */
  readonly shape?: SourceShape;
}

/** Where no source is known, only the parameters of a tool may be used. */
const NO_NAMES: Scope = {
  what: "this place",
  names: () => [],
  lookUp: () => undefined,
  lookUpIn: () => undefined,
};

/** Returns the names of a source, and the parameters of the tool that the query is in. */
export function placeOf(
  source: NamedSource | ProbeSource | undefined,
  open: boolean,
  analysis: Analysis,
  tool?: ToolDefinition,
): QueryPlace {
  const context = contextIn(analysis, tool);
  const shape = source && shapeOf(source, context);
  const scope = shape ? sourceScope(shape, context, open) : NO_NAMES;
  return { scope: withParameters(scope, tool, context), context, ...(shape ? { shape } : {}) };
}

function contextIn(analysis: Analysis, tool: ToolDefinition | undefined): QueryContext {
  const context = analysis.quiet({ name: "", text: "" });
  const sources = new Map<string, NamedSource | ProbeSource>();
  for (const parameter of tool?.parameters ?? []) {
    const { value, name } = parameter;
    if (!isSourceParameter(parameter) || value === undefined) continue;
    if (value.kind === "name") sources.set(name.text, { kind: "namedSource", name: value, span: value.span });
    if (value.kind === "probe")
      sources.set(name.text, { kind: "probeSource", probe: value.probe, parameters: [], span: value.span });
  }
  return { ...context, sources };
}

function withParameters(scope: Scope, tool: ToolDefinition | undefined, context: QueryContext): Scope {
  const parameters = (tool?.parameters ?? []).filter((parameter) => !isSourceParameter(parameter));
  if (parameters.length === 0) return scope;
  const find = (name: string): Typed | undefined => {
    const parameter = parameters.find((each) => each.name.text === name);
    return parameter && { op: "local", name, type: resolveType(parameter.type, context) };
  };
  return {
    ...scope,
    names: () => [...parameters.map(({ name }) => name.text), ...scope.names()],
    lookUp: (name, within, span) => find(name) ?? scope.lookUp(name, within, span),
  };
}

/** Types an expression; undefined if it has none at this place. */
export function typedAt(expression: Expression, { scope, context }: QueryPlace): Typed | undefined {
  const typed = checkExpression(expression, scope, context);
  return typed === FAILED || typed.type.kind === "error" ? undefined : typed;
}

/** Parses what stands before an operator. */
export function parseExpression(text: string): Expression | undefined {
  const [item] = parse({ name: "", text: `faults where ${text}` }).file.items;
  if (item?.kind !== "query") return undefined;
  const where = item.clauses.find((clause) => clause.kind === "where");
  return where?.condition;
}

/** Parses the source at the beginning of a text. */
export function parseSource(text: string): NamedSource | ProbeSource | undefined {
  const [item] = parse({ name: "", text }).file.items;
  return item?.kind === "query" ? item.source : undefined;
}
