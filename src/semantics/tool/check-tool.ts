/** Checks tools: assigns values to their parameters, and checks their queries with them. */
import { withHint, write } from "../../diagnostics/advice.js";
import { NAME_OPTIONS } from "../../syntax/name-tests.js";
import { literalOf } from "../../syntax/typed-text.js";
import type { Advice, Diagnostic, Fix, Source, Span } from "../../diagnostics/diagnostic.js";
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import { orList } from "../../diagnostics/suggest.js";
import { amendQuery, withNameTests, type AmendedPiece, type Amendments } from "../../syntax/amend.js";
import { printQuery } from "../../syntax/print/print-expression.js";
import { parse } from "../../syntax/parser/parser.js";
import type {
  Expression,
  NamedSource,
  ProbeSource,
  Query,
  ToolBranch,
  ToolDefinition,
  ToolParameter,
} from "../../syntax/tree.js";
import { checkQuery, limitedQueries } from "../query/check-query.js";
import { constantScope } from "../query/clause-values.js";
import { shapeOf, type QueryContext } from "../query/query-context.js";
import { fieldsOf } from "../source/source-shape.js";
import type { Context, Scope } from "../context.js";
import { checkCondition, checkValue } from "../expression/expressions.js";
import type { CheckedQuery, Typed } from "../typed.js";
import { resolveType } from "../type-names.js";
import { describeType, typeName, type Type } from "../../types/types.js";
import { spellingsFor } from "../../types/unit-spellings.js";
import { UNITS } from "../../types/units.js";

/** The invocation of a tool: the values of its parameters as written. */
export type ToolArguments = Readonly<Record<string, string>>;

export interface ToolRun {
  readonly arguments: ToolArguments;
  /** Clauses to add to its queries. */
  readonly amendments: Amendments;
}

export const NO_ARGUMENTS: ToolRun = { arguments: {}, amendments: {} };

/** The type name of a parameter that is a source: `event: source = faults`. */
export function isSourceParameter(parameter: ToolParameter): boolean {
  return parameter.type.word.text === "source" && parameter.type.of === undefined;
}

export function checkTool(definition: ToolDefinition, context: QueryContext, run: ToolRun): CheckedQuery[] {
  const constants = new Map<string, Typed>();
  const sources = new Map<string, NamedSource | ProbeSource>();
  for (const parameter of definition.parameters) {
    const name = parameter.name.text;
    if (isSourceParameter(parameter)) {
      const source = sourceValue(parameter, run.arguments, context);
      if (source) sources.set(name, source);
    } else {
      const value = parameterValue(parameter, run.arguments, context);
      if (value) constants.set(name, value);
    }
  }
  for (const name of Object.keys(run.arguments))
    if (!definition.parameters.some((p) => p.name.text === name))
      context.diagnostics.error(
        "unknown-option",
        context.source,
        definition.name.span,
        `\`${definition.name.text}\` has no option \`${name}\``,
        definition.parameters.length > 0
          ? `it has ${orList(definition.parameters.map((p) => p.name.text))}`
          : "it has none",
      );
  if (definition.parts.length === 0)
    context.diagnostics.error(
      "empty-tool",
      context.source,
      definition.name.span,
      `\`${definition.name.text}\` has no query`,
    );
  if (definition.parameters.some(({ name: { text } }) => !constants.has(text) && !sources.has(text)))
    return [];
  const within = { ...context, constants, sources };
  const parts = limitedQueries(definition.parts, context);
  return parts.flatMap((part) => checkPart(part, definition, within, run.amendments));
}

function checkPart(
  part: Query | ToolBranch,
  tool: ToolDefinition,
  context: QueryContext,
  amendments: Amendments,
): readonly CheckedQuery[] {
  if (part.kind === "branch") {
    if (!holds(part.condition, context)) return [];
    return limitedQueries(part.queries, context).flatMap((q) => checkPart(q, tool, context, amendments));
  }
  if (Object.keys(amendments).length === 0) return [checkQuery(part, context) ?? []].flat();
  return checkAmended(part, amendments, `${tool.name.text}, as asked for`, context);
}

/** Checks a query with clauses from the command line added. */
export function checkAmended(
  query: Query,
  asked: Amendments,
  name: string,
  context: QueryContext,
): readonly CheckedQuery[] {
  if (!query.source) refuseFilters(query, asked, name, context);
  const amendments = withNameTests(asked, nameField(query, context));
  const { text, pieces } = amendQuery(query, amendments);
  const source: Source = { name, text };
  const { file, diagnostics: found } = parse(source);
  const diagnostics = new Diagnostics();
  diagnostics.addAll(found);
  const queries = file.items.flatMap((item) =>
    item.kind === "query" ? (checkQuery(item, { ...context, source, diagnostics }) ?? []) : [],
  );
  context.diagnostics.addAll(
    diagnostics.list
      .map((d) => (d.source === source ? atOption(d, pieces, amendments) : d))
      .filter((d) => !context.diagnostics.list.some((known) => isSame(known, d))),
  );
  return queries;
}

/** A diagnostic of a clause from the command line, at its position in the text of the option. */
function atOption(d: Diagnostic, pieces: readonly AmendedPiece[], amendments: Amendments): Diagnostic {
  const piece = pieces.find(({ start, end }) => d.span.start >= start && d.span.end <= end);
  const text = piece && amendments[piece.clause];
  if (!piece || text === undefined) return d;
  const moved = ({ start, end }: Span): Span => {
    const at = (offset: number): number => Math.min(Math.max(offset - piece.given, 0), text.length);
    return { start: at(start), end: at(end) };
  };
  const isInside = ({ span }: Fix): boolean =>
    span.start >= piece.given && span.end <= piece.given + text.length;
  const { hint, advice } = d;
  const fixes = (advice?.fixes ?? []).filter(isInside).map((each) => ({ ...each, span: moved(each.span) }));
  const source: Source = { name: `--${piece.clause}`, text };
  return withHint({ ...d, source }, moved(d.span), advice && fixes.length > 0 ? { ...advice, fixes } : hint);
}

/** Whether two queries of a tool have the same mistake in the clause that both were given. */
function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.source.name === b.source.name &&
    a.source.text === b.source.text &&
    a.code === b.code &&
    a.span.start === b.span.start &&
    a.message === b.message
  );
}

/**
 * Which field has the name of the process. Where a source has a `comm` of its own, its events are about another thread
 * than the one that runs, and of that only this name is known.
 */
function nameField({ source }: Query, context: QueryContext): string {
  const shape = source && shapeOf(source, context);
  return shape && fieldsOf(shape).has("comm") ? "comm" : "process";
}

/** A table over several sources would show all events, since it takes no condition. */
function refuseFilters(query: Query, asked: Amendments, name: string, context: QueryContext): void {
  const filter = ([...NAME_OPTIONS, "where"] as const).find((each) => asked[each] !== undefined);
  if (filter === undefined) return;
  context.diagnostics.error(
    "unfiltered-table",
    { name, text: printQuery(query) },
    { start: 0, end: printQuery(query).length },
    `this table is over several sources, so \`--${filter}\` cannot narrow it`,
    "ask one of its sources by itself, or one process with -p",
  );
}

/** Evaluates the condition of a branch, which depends only on the tool's parameters. */
function holds(condition: Expression, context: QueryContext): boolean {
  const typed = checkCondition(condition, constantScope(context.constants, "`when`"), context);
  return typed.op === "integer" && typed.value !== 0n;
}

const NOTHING: Scope = {
  what: "an option",
  names: () => [],
  lookUp: () => undefined,
  lookUpIn: () => undefined,
};

function given(parameter: ToolParameter, values: ToolArguments): string | undefined {
  const name = parameter.name.text;
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function missing(parameter: ToolParameter, context: Context): undefined {
  context.diagnostics.error(
    "missing-option",
    context.source,
    parameter.span,
    `\`${parameter.name.text}\` must be given: it has no default`,
  );
  return undefined;
}

function parameterValue(
  parameter: ToolParameter,
  values: ToolArguments,
  context: Context,
): Typed | undefined {
  const name = parameter.name.text;
  const type = resolveType(parameter.type, context);
  const text = given(parameter, values);
  if (text !== undefined) return parseParameter(name, text, type, context);
  if (!parameter.value) return missing(parameter, context);
  const typed = checkValue(parameter.value, NOTHING, context);
  return fitParameter(name, typed, type, context, parameter.value.span);
}

/** Parses a value as the language does, by wrapping it in a minimal query. */
function parseOption(name: string, text: string, around: (text: string) => string): Query | undefined {
  const { file, diagnostics } = parse({ name: optionName(name), text: around(text) });
  const [query, ...more] = file.items;
  return diagnostics.length === 0 && more.length === 0 && query?.kind === "query" ? query : undefined;
}

/** Parses a source as in a query: a name or a probe. */
function sourceValue(
  parameter: ToolParameter,
  values: ToolArguments,
  context: Context,
): NamedSource | ProbeSource | undefined {
  const name = parameter.name.text;
  const text = given(parameter, values);
  if (text !== undefined) {
    const query = parseOption(name, text, (t) => t);
    if (query?.source && query.clauses.length === 0 && !query.open) return query.source;
    context.diagnostics.error(
      "bad-option",
      { name: optionName(name), text },
      { start: 0, end: text.length },
      `\`${text}\` is not a source`,
      `${optionName(name)} takes a name such as \`faults\`, or a probe such as \`kprobe:vfs_read\``,
    );
    return undefined;
  }
  const { value } = parameter;
  if (!value) return missing(parameter, context);
  if (value.kind === "name") return { kind: "namedSource", span: value.span, name: value };
  if (value.kind === "probe")
    return { kind: "probeSource", span: value.span, probe: value.probe, parameters: [] };
  context.diagnostics.error(
    "bad-option",
    context.source,
    value.span,
    `\`${name}\` is a source, and this is not one`,
  );
  return undefined;
}

/** Parses a value from the command line: `1s`, `4KB`, `nginx`. */
export function parseParameter(name: string, text: string, type: Type, context: Context): Typed | undefined {
  const source: Source = { name: optionName(name), text };
  const whole: Span = { start: 0, end: text.length };
  const within = { ...context, source };
  const isText = type.kind === "string";
  const query = parseOption(name, isText ? literalOf(text) : text, (t) => `x where ${t}`);
  const clause = query?.clauses[0];
  const literals = isText ? ["string"] : ["number", "boolean"];
  const isLiteral = clause?.kind === "where" && literals.includes(clause.condition.kind);
  if (!isLiteral || query?.clauses.length !== 1) {
    within.diagnostics.error(
      "bad-option",
      source,
      whole,
      `\`${text}\` is not ${describeType(type)}`,
      isText
        ? `${optionName(name)} takes a text as a query has it in quotes: \`\\\\\` is a backslash, \`\\xff\` a byte`
        : `${optionName(name)} takes \`${typeName(type)}\``,
    );
    return undefined;
  }
  const diagnostics = new Diagnostics();
  const typed = checkValue(clause.condition, NOTHING, { ...within, diagnostics });
  for (const d of diagnostics.list)
    within.diagnostics.error(d.code, source, whole, d.message, atWhole(d, whole));
  return fitParameter(name, typed, type, within, whole);
}

function fitParameter(
  name: string,
  typed: Typed,
  type: Type,
  context: Context,
  span: Span,
): Typed | undefined {
  if (typed.type.kind === "error" || type.kind === "error") return undefined;
  if (typed.op === "string" && type.kind === "string") return typed;
  const zero = typed.op === "integer" && typed.value === 0n;
  const same =
    typed.type.kind === type.kind &&
    (typed.type.kind !== "number" ||
      (type.kind === "number" &&
        (typed.type.unit === type.unit ||
          (typed.type.unit === "none" && (zero || UNITS[type.unit].acceptsBare)))));
  if (typed.op === "integer" && same) return { ...typed, type };
  const isPlain = typed.type.kind === "number" && typed.type.unit === "none";
  context.diagnostics.error(
    "bad-option",
    context.source,
    span,
    `\`${name}\` is ${describeType(type)}, and this is ${describeType(typed.type)}`,
    isPlain && type.kind === "number" && typed.op === "integer"
      ? // What people give to a tool is seldom as short as what a query measures.
        write(span, [...spellingsFor(type.unit, String(typed.value))].reverse())
      : undefined,
  );
  return undefined;
}

/** The option of a parameter: `--min-age`. */
function optionName(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** What is offered for a value that was read as a part of a query. */
function atWhole({ advice, hint }: Diagnostic, span: Span): Advice | string | undefined {
  return advice ? { ...advice, fixes: advice.fixes.map((fix) => ({ ...fix, span })) } : hint;
}
