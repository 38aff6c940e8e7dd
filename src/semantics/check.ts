/** Checks a whole text: its imports, its definitions, its queries. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import type { Kernel } from "../kernel/kernel.js";
import { parse } from "../syntax/parser/parser.js";
import type { Amendments } from "../syntax/amend.js";
import type { Definition, File, Query, StringLiteral } from "../syntax/tree.js";
import { checkQuery, limitedQueries } from "./query/check-query.js";
import type { QueryContext } from "./query/query-context.js";
import { checkAmended, checkTool, NO_ARGUMENTS, type ToolRun } from "./tool/check-tool.js";
import type { Context, FindMissingProbe } from "./context.js";
import { elaborate } from "./source/elaborate.js";
import {
  addDefinition,
  emptyDefinitions,
  isDefinition,
  layered,
  type Definitions,
  type Library,
} from "./library.js";
import { MOST_IMPORTS } from "./limits.js";
import type { Sets } from "./sets.js";
import { Shapes } from "./source/shapes.js";
import { fieldsOf, type SourceShape } from "./source/source-shape.js";
import { didYouMean } from "../diagnostics/suggest.js";
import { ImportRefused } from "./import-refused.js";
import type { CheckedQuery } from "./typed.js";

export interface CheckOptions {
  readonly kernel: Kernel;
  readonly library: Library;
  /** Finds the file that an `import` names; without it no text can be imported. */
  readonly resolveImport?: (path: string, from: Source) => Source | undefined;
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

interface LoadedText {
  readonly file: File;
  readonly source: Source;
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

  for (const { definition, source: text } of own.sources.values()) {
    const within = { ...context, source: text };
    checkDefinition(shapes.named(definition.name.text, within, definition.name.span), within);
  }
  for (const { definition } of own.sets.values()) shapes.sets.defined(definition.of, definition.name.text);
  for (const { definition, source: text } of own.tools.values())
    checkTool(definition, { ...context, source: text }, NO_ARGUMENTS);
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

function contextFor(
  source: Source,
  options: CheckOptions,
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

/** Loads the text and everything it imports, each once, the text first. */
function load(source: Source, options: CheckOptions, diagnostics: Diagnostics): LoadedText[] {
  const units: LoadedText[] = [];
  const visit = (text: Source, path: readonly string[]): void => {
    const parsed = parse(text);
    diagnostics.addAll(parsed.diagnostics);
    units.push({ file: parsed.file, source: text });
    for (const item of parsed.file.items) {
      if (item.kind !== "import") continue;
      const found = resolveImport(item.path, text, options, diagnostics);
      if (found === "refused") continue;
      if (!found) {
        diagnostics.error(
          "missing-import",
          text,
          item.path.span,
          `there is no file "${item.path.value}" to import`,
          "the path is relative to the directory of this file",
        );
      } else if ([...path, text.name].includes(found.name)) {
        diagnostics.error(
          "cyclic-import",
          text,
          item.path.span,
          `"${item.path.value}" imports this file in turn`,
          "move what both need into a third file",
        );
      } else if (units.some((u) => u.source.name === found.name)) {
        continue;
      } else if (units.length >= MOST_IMPORTS) {
        diagnostics.error(
          "too-many",
          text,
          item.path.span,
          `more than ${MOST_IMPORTS} files are imported`,
          "join some of them",
        );
        return;
      } else {
        visit({ ...found, isImported: true }, [...path, text.name]);
      }
    }
  };
  visit(source, []);
  return units;
}

/** Accepts only files meant for Faultline, since the importing file may have been written by someone else. */
function resolveImport(
  { value, span }: StringLiteral,
  from: Source,
  { resolveImport }: CheckOptions,
  diagnostics: Diagnostics,
): Source | undefined | "refused" {
  if (!value.endsWith(".fl")) {
    const what = "only files that end in `.fl` are imported";
    diagnostics.error("bad-import", from, span, what, 'as in `import "definitions.fl"`');
    return "refused";
  }
  try {
    return resolveImport?.(value, from);
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error;
    diagnostics.error("bad-import", from, span, `"${value}" cannot be imported: ${error.message}`);
    return "refused";
  }
}

function collectDefinitions(
  units: readonly LoadedText[],
  diagnostics: Diagnostics,
  library: Library,
): Definitions {
  const own = emptyDefinitions();
  for (const { file, source } of units) {
    for (const item of file.items) {
      if (!isDefinition(item)) continue;
      const name = item.name.text;
      if (!addDefinition(own, item, source))
        diagnostics.error("duplicate-definition", source, item.name.span, `\`${name}\` is defined twice`);
      if (finder(item, library)(name))
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

/** How a library finds what has the kind of a definition. */
function finder({ kind }: Definition, library: Library): (name: string) => unknown {
  if (kind === "tool") return library.tool;
  return kind === "set" ? library.set : library.find;
}

/** Elaborates all fields of a definition, so that mistakes are reported before a query uses it. */
function checkDefinition(shape: SourceShape | undefined, context: Context): void {
  if (!shape || shape.kind === "probe") return;
  elaborate(shape, new Set(fieldsOf(shape).keys()), { ...context, exhaustive: true });
}
