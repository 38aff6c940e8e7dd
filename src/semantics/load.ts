/** Loads a text with what it imports, and collects the definitions. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import type { Diagnostics } from "../diagnostics/diagnostics.js";
import { parse } from "../syntax/parser/parser.js";
import type { Definition, File, StringLiteral } from "../syntax/tree.js";
import { ImportRefused } from "./import-refused.js";
import { addDefinition, emptyDefinitions, isDefinition, type Definitions, type Library } from "./library.js";
import { MOST_IMPORTS } from "./limits.js";

/** A parsed text, or a part of one that was parsed by itself; the spans in `file` are in `source`. */
export interface LoadedText {
  readonly file: File;
  readonly source: Source;
}

export interface ParsedText extends LoadedText {
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadOptions {
  /** Finds the file that an `import` names; without it no text can be imported. */
  readonly resolveImport?: (path: string, from: Source) => Source | undefined;
  /** Parses a text, in one or several parts. */
  readonly read?: (source: Source) => readonly ParsedText[];
}

/** Loads the text and everything it imports, each once, the text first. */
export function load(source: Source, options: LoadOptions, diagnostics: Diagnostics): LoadedText[] {
  const { read = (text: Source) => [{ ...parse(text), source: text }] } = options;
  const units: LoadedText[] = [];
  const loaded = new Set<string>();
  const visit = (text: Source, path: readonly string[]): void => {
    loaded.add(text.name);
    const parts = read(text);
    for (const part of parts) {
      diagnostics.addAll(part.diagnostics);
      units.push(part);
    }
    for (const { file, source: from } of parts)
      for (const item of file.items) {
        if (item.kind !== "import") continue;
        const found = resolveImport(item.path, from, options, diagnostics);
        if (found === "refused") continue;
        if (!found) {
          diagnostics.error(
            "missing-import",
            from,
            item.path.span,
            `there is no file "${item.path.value}" to import`,
            "the path is relative to the directory of this file",
          );
        } else if ([...path, text.name].includes(found.name)) {
          diagnostics.error(
            "cyclic-import",
            from,
            item.path.span,
            `"${item.path.value}" imports this file in turn`,
            "move what both need into a third file",
          );
        } else if (loaded.has(found.name)) {
          continue;
        } else if (loaded.size >= MOST_IMPORTS) {
          diagnostics.error(
            "too-many",
            from,
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
  { resolveImport }: LoadOptions,
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

export function collectDefinitions(
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
