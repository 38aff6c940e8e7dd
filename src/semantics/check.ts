/** Checks a whole text: its imports, its definitions, its queries. */
import { Diagnostics, type Diagnostic, type Source, type Span } from "../diagnostics/diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { parse } from "../syntax/parser.js";
import type { File, Query, ToolDefinition, ToolParameter } from "../syntax/tree.js";
import { checkQuery, type Constants, type QueryContext } from "./check-query.js";
import type { Context } from "./context.js";
import { elaborate } from "./elaborate.js";
import { checkValue } from "./expressions.js";
import { isDefinition, layered, type Defined, type Library } from "./library.js";
import { fieldsOf, Shapes, type Shape } from "./shapes.js";
import { orList, didYouMean } from "../diagnostics/suggest.js";
import type { CheckedQuery, Typed } from "./typed.js";
import { resolveType } from "./type-names.js";
import { describeType, typeName, type Type } from "./types.js";

export interface CheckOptions {
  readonly kernel: Kernel;
  readonly library: Library;
  /** Finds what an `import` names; a text may import nothing where this is left out. */
  readonly resolveImport?: (path: string, from: Source) => Source | undefined;
}

/** What a tool is run with: the values of its parameters as they were written. */
export type ToolArguments = Readonly<Record<string, string>>;

export interface CheckedText {
  readonly queries: readonly CheckedQuery[];
  readonly diagnostics: readonly Diagnostic[];
  /** The tools this text defines. */
  readonly tools: readonly string[];
}

interface Unit {
  readonly file: File;
  readonly source: Source;
}

/** Checks a text with its own queries; each of its definitions is checked whether or not a query uses it. */
export function check(source: Source, options: CheckOptions): CheckedText {
  const diagnostics = new Diagnostics();
  const units = load(source, options, diagnostics);
  const own = collectDefinitions(units, diagnostics, options.library);
  const library = layered(own, options.library);
  const shapes = new Shapes(library, options.kernel, diagnostics);
  const root = units[0] as Unit;
  const context = contextFor(source, options, diagnostics, shapes, new Map());

  for (const { definition, source: text } of own.values()) {
    const within = { ...context, source: text };
    if (definition.kind === "tool") checkTool(definition, within, {});
    else checkDefinition(shapes.named(definition.name.text, within, definition.name.span), within);
  }
  const written = root.file.items.filter((i): i is Query => i.kind === "query");
  const queries = written.flatMap((q) => checkQuery(q, context) ?? []);
  return {
    queries: diagnostics.failed ? [] : queries,
    diagnostics: diagnostics.list,
    tools: [...own.values()].flatMap((d) => (d.definition.kind === "tool" ? [d.definition.name.text] : [])),
  };
}

/** Checks the queries of a tool with the values given for its parameters. */
export function checkToolRun(
  name: string,
  values: ToolArguments,
  source: Source | undefined,
  options: CheckOptions,
): CheckedText {
  const diagnostics = new Diagnostics();
  const units = source ? load(source, options, diagnostics) : [];
  const library = layered(collectDefinitions(units, diagnostics, options.library), options.library);
  const shapes = new Shapes(library, options.kernel, diagnostics);
  const found = library.find(name);
  const nowhere: Source = { name: "command line", text: name };
  if (found?.definition.kind !== "tool") {
    const tools = library.names().filter((n) => library.find(n)?.definition.kind === "tool");
    diagnostics.error(
      "unknown-tool",
      nowhere,
      { start: 0, end: name.length },
      `there is no tool \`${name}\``,
      didYouMean(name, tools),
    );
    return { queries: [], diagnostics: diagnostics.list, tools: [] };
  }
  const context = contextFor(found.source, options, diagnostics, shapes, new Map());
  const queries = checkTool(found.definition, context, values);
  return { queries: diagnostics.failed ? [] : queries, diagnostics: diagnostics.list, tools: [name] };
}

function contextFor(
  source: Source,
  options: CheckOptions,
  diagnostics: Diagnostics,
  shapes: Shapes,
  constants: Constants,
): QueryContext {
  return { source, kernel: options.kernel, diagnostics, shapes, constants };
}

/** The text and all that it imports, each once, the text first. */
function load(source: Source, options: CheckOptions, diagnostics: Diagnostics): Unit[] {
  const units: Unit[] = [];
  const visit = (text: Source, path: readonly string[]): void => {
    const parsed = parse(text);
    diagnostics.list.push(...parsed.diagnostics);
    units.push({ file: parsed.file, source: text });
    for (const item of parsed.file.items) {
      if (item.kind !== "import") continue;
      const found = options.resolveImport?.(item.path.value, text);
      if (!found) {
        diagnostics.error(
          "missing-import",
          text,
          item.path.span,
          `there is no file "${item.path.value}" to import`,
          "the path is from the folder of this file",
        );
      } else if ([...path, text.name].includes(found.name)) {
        diagnostics.error(
          "cyclic-import",
          text,
          item.path.span,
          `"${item.path.value}" imports this file in turn`,
          "move what both need into a third file",
        );
      } else if (!units.some((u) => u.source.name === found.name)) {
        visit(found, [...path, text.name]);
      }
    }
  };
  visit(source, []);
  return units;
}

function collectDefinitions(
  units: readonly Unit[],
  diagnostics: Diagnostics,
  library: Library,
): Map<string, Defined> {
  const own = new Map<string, Defined>();
  for (const { file, source } of units) {
    for (const item of file.items) {
      if (!isDefinition(item)) continue;
      const name = item.name.text;
      if (own.has(name))
        diagnostics.error("duplicate-definition", source, item.name.span, `\`${name}\` is defined twice`);
      else own.set(name, { definition: item, source });
      if (library.find(name))
        diagnostics.note(
          "hides-library",
          source,
          item.name.span,
          `this \`${name}\` is used in place of the standard library's`,
        );
    }
  }
  return own;
}

/** All fields of a definition, so that a mistake is told before a query meets it. */
function checkDefinition(shape: Shape | undefined, context: Context): void {
  if (!shape || shape.kind === "probe") return;
  elaborate(shape, new Set(fieldsOf(shape).keys()), { ...context, exhaustive: true });
}

function checkTool(definition: ToolDefinition, context: QueryContext, values: ToolArguments): CheckedQuery[] {
  const constants = new Map<string, Typed>();
  for (const parameter of definition.parameters) {
    const value = parameterValue(parameter, values, context);
    if (value) constants.set(parameter.name.text, value);
  }
  for (const name of Object.keys(values))
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
  if (definition.queries.length === 0)
    context.diagnostics.error(
      "empty-tool",
      context.source,
      definition.name.span,
      `\`${definition.name.text}\` has no query`,
    );
  if (definition.parameters.some((p) => !constants.has(p.name.text))) return [];
  return definition.queries.flatMap((q) => checkQuery(q, { ...context, constants }) ?? []);
}

function parameterValue(
  parameter: ToolParameter,
  values: ToolArguments,
  context: QueryContext,
): Typed | undefined {
  const name = parameter.name.text;
  const type = resolveType(parameter.type, context);
  const given = Object.hasOwn(values, name) ? values[name] : undefined;
  if (given !== undefined) return parseParameter(name, given, type, context);
  if (!parameter.value) {
    context.diagnostics.error(
      "missing-option",
      context.source,
      parameter.span,
      `\`${name}\` must be given: it has no default`,
    );
    return undefined;
  }
  const scope = { what: "a default", names: () => [], lookUp: () => undefined, lookUpIn: () => undefined };
  const typed = checkValue(parameter.value, scope, context);
  return fitParameter(name, typed, type, context, parameter.value.span);
}

/** A value from the command line: `1s`, `4KB`, `nginx`. */
export function parseParameter(name: string, text: string, type: Type, context: Context): Typed | undefined {
  const source: Source = { name: `--${name}`, text };
  const whole: Span = { start: 0, end: text.length };
  const within = { ...context, source };
  if (type.kind === "string") {
    if (!text.includes("\0")) return { op: "string", value: text, type };
    within.diagnostics.error("nul-in-string", source, whole, "a string ends at its first NUL");
    return undefined;
  }
  // The value is read as the language reads it, by parsing the smallest query that holds it.
  const parsed = parse({ name: source.name, text: `x where ${text}` });
  const query = parsed.file.items[0];
  const clause = query?.kind === "query" ? query.clauses[0] : undefined;
  const isLiteral = clause?.kind === "where" && ["number", "boolean"].includes(clause.condition.kind);
  if (parsed.diagnostics.length > 0 || !isLiteral || query?.kind !== "query" || query.clauses.length !== 1) {
    within.diagnostics.error(
      "bad-option",
      source,
      whole,
      `\`${text}\` is not ${describeType(type)}`,
      `--${name} takes \`${typeName(type)}\``,
    );
    return undefined;
  }
  const scope = { what: "an option", names: () => [], lookUp: () => undefined, lookUpIn: () => undefined };
  const diagnostics = new Diagnostics();
  const typed = checkValue(clause.condition, scope, { ...within, diagnostics });
  for (const d of diagnostics.list) within.diagnostics.error(d.code, source, whole, d.message, d.hint);
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
          (typed.type.unit === "none" && (zero || type.unit === "bytes" || type.unit === "pages")))));
  if (typed.op === "integer" && same) return { ...typed, type };
  context.diagnostics.error(
    "bad-option",
    context.source,
    span,
    `\`${name}\` is ${describeType(type)}, and this is ${describeType(typed.type)}`,
  );
  return undefined;
}
