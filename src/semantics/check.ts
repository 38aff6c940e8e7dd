/** Checks a whole text: its imports, its definitions, its queries. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Amendments } from "../syntax/amend.js";
import type { Definition, Query } from "../syntax/tree.js";
import { checkQuery, limitedQueries } from "./query/check-query.js";
import type { QueryContext } from "./query/query-context.js";
import { checkAmended, checkTool, NO_ARGUMENTS, type ToolRun } from "./tool/check-tool.js";
import type { FindMissingProbe } from "./context.js";
import { elaborate } from "./source/elaborate.js";
import { layered, type Library } from "./library.js";
import { collectDefinitions, load, type LoadedText, type LoadOptions } from "./load.js";
import type { Sets } from "./sets.js";
import { Shapes } from "./source/shapes.js";
import { fieldsOf } from "./source/source-shape.js";
import { didYouMean } from "../diagnostics/suggest.js";
import type { CheckedQuery } from "./typed.js";

export interface CheckOptions extends Pick<LoadOptions, "resolveImport"> {
  readonly kernel: Kernel;
  readonly library: Library;
  /** Clauses to add to the queries. */
  readonly amendments?: Amendments;
  readonly missingProbe?: FindMissingProbe;
}

export interface CheckedText {
  readonly queries: readonly CheckedQuery[];
  readonly diagnostics: readonly Diagnostic[];
  /** The tools this text defines. */
  readonly tools: readonly string[];
  /** The sets of names that are defined in the text or the library. */
  readonly sets: Sets;
}

/** Checks a text: its queries, and each of its definitions, whether or not a query uses it. */
export function check(source: Source, options: CheckOptions): CheckedText {
  const diagnostics = new Diagnostics();
  const units = load(source, options, diagnostics);
  const own = collectDefinitions(units, diagnostics, options.library);
  const library = layered(own, options.library);
  const shapes = new Shapes(library, options.kernel, diagnostics);
  const root = units[0] as LoadedText;
  const context = contextFor(source, options, diagnostics, shapes);

  for (const { definition, source: text } of [own.sources, own.sets, own.tools].flatMap((all) => [
    ...all.values(),
  ]))
    checkDefinition(definition, { ...context, source: text });
  const written = limitedQueries(
    root.file.items.filter((i): i is Query => i.kind === "query"),
    context,
  );
  const { amendments = {} } = options;
  const isAmended = Object.keys(amendments).length > 0;
  const queries = written.flatMap((q) =>
    isAmended ? checkAmended(q, amendments, source.name, context) : (checkQuery(q, context) ?? []),
  );
  return {
    queries: diagnostics.failed ? [] : queries,
    diagnostics: diagnostics.list,
    tools: [...own.tools.keys()],
    sets: shapes.sets,
  };
}

/** Checks the queries of a tool with the values given for its parameters. */
export function checkToolRun(
  name: string,
  run: ToolRun,
  source: Source | undefined,
  options: CheckOptions,
): CheckedText {
  const diagnostics = new Diagnostics();
  const units = source ? load(source, options, diagnostics) : [];
  const library = layered(collectDefinitions(units, diagnostics, options.library), options.library);
  const shapes = new Shapes(library, options.kernel, diagnostics);
  const found = library.tool(name);
  const nowhere: Source = { name: "command line", text: name };
  if (!found) {
    diagnostics.error(
      "unknown-tool",
      nowhere,
      { start: 0, end: name.length },
      `there is no tool \`${name}\``,
      didYouMean(name, library.toolNames()),
    );
    return { queries: [], diagnostics: diagnostics.list, tools: [], sets: shapes.sets };
  }
  const context = contextFor(found.source, options, diagnostics, shapes);
  const queries = checkTool(found.definition, context, run);
  return {
    queries: diagnostics.failed ? [] : queries,
    diagnostics: diagnostics.list,
    tools: [name],
    sets: shapes.sets,
  };
}

export function contextFor(
  source: Source,
  options: Pick<CheckOptions, "kernel" | "missingProbe">,
  diagnostics: Diagnostics,
  shapes: Shapes,
): QueryContext {
  return {
    source,
    kernel: options.kernel,
    sets: shapes.sets,
    ...(options.missingProbe ? { missingProbe: options.missingProbe } : {}),
    diagnostics,
    shapes,
    constants: new Map(),
    sources: new Map(),
  };
}

/** Checks all of a definition, so that mistakes are reported before a query uses it: a tool with its defaults. */
export function checkDefinition(definition: Definition, context: QueryContext): void {
  switch (definition.kind) {
    case "tool":
      checkTool(definition, context, NO_ARGUMENTS);
      return;
    case "set":
      context.sets.defined(definition.of, definition.name.text);
      return;
    case "event":
    case "span":
    case "union": {
      const shape = context.shapes.named(definition.name.text, context, definition.name.span);
      if (!shape || shape.kind === "probe") return;
      elaborate(shape, new Set(fieldsOf(shape).keys()), { ...context, exhaustive: true });
    }
  }
}
