/** Definitions by name: the standard library's, parsed when first asked for, and those of the user's own text. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { parse } from "../syntax/parser/parser.js";
import type { Definition, ToolDefinition } from "../syntax/tree.js";

type SourceDefinition = Exclude<Definition, ToolDefinition>;

export interface Defined {
  readonly definition: Definition;
  readonly source: Source;
}

/** A source: an event, a union or a span. */
export interface DefinedSource extends Defined {
  readonly definition: SourceDefinition;
}

export interface DefinedTool extends Defined {
  readonly definition: ToolDefinition;
}

/** Tools have names of their own: `swapin` is a source, and the tool that shows it. */
export interface Library {
  find(name: string): DefinedSource | undefined;
  names(): readonly string[];
  tool(name: string): DefinedTool | undefined;
  toolNames(): readonly string[];
}

/** Texts of a library: which file defines which name, so that only what a query uses is parsed. */
export interface LibraryTexts {
  readonly files: readonly Source[];
  /** The position in `files` of the definition of each source. */
  readonly sources: Readonly<Record<string, number>>;
  /** The same of each tool. */
  readonly tools: Readonly<Record<string, number>>;
}

export class LibraryError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? "the standard library is broken");
  }
}

export function openLibrary(texts: LibraryTexts): Library {
  const parsed = new Map<number, Definitions>();
  const definitionsOf = (file: number): Definitions => {
    const known = parsed.get(file);
    if (known) return known;
    const source = texts.files[file] as Source;
    const result = parse(source);
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    if (errors.length > 0) throw new LibraryError(errors);
    const definitions = emptyDefinitions();
    for (const item of result.file.items) if (isDefinition(item)) addDefinition(definitions, item, source);
    parsed.set(file, definitions);
    return definitions;
  };
  const fileOf = (index: Readonly<Record<string, number>>, name: string): number | undefined =>
    Object.hasOwn(index, name) ? index[name] : undefined;
  return {
    find: (name) => {
      const file = fileOf(texts.sources, name);
      return file === undefined ? undefined : definitionsOf(file).sources.get(name);
    },
    names: () => Object.keys(texts.sources),
    tool: (name) => {
      const file = fileOf(texts.tools, name);
      return file === undefined ? undefined : definitionsOf(file).tools.get(name);
    },
    toolNames: () => Object.keys(texts.tools),
  };
}

/** What a text defines. */
export interface Definitions {
  readonly sources: Map<string, DefinedSource>;
  readonly tools: Map<string, DefinedTool>;
}

export function emptyDefinitions(): Definitions {
  return { sources: new Map(), tools: new Map() };
}

/** False when the name is taken; the first one stays. */
export function addDefinition(to: Definitions, definition: Definition, source: Source): boolean {
  const name = definition.name.text;
  if (definition.kind === "tool") {
    if (to.tools.has(name)) return false;
    to.tools.set(name, { definition, source });
  } else {
    if (to.sources.has(name)) return false;
    to.sources.set(name, { definition, source });
  }
  return true;
}

export function isDefinition(item: { readonly kind: string }): item is Definition {
  return item.kind === "event" || item.kind === "union" || item.kind === "span" || item.kind === "tool";
}

/** A text's own definitions before those of the library under it. */
export function layered(own: Definitions, under: Library): Library {
  return {
    find: (name) => own.sources.get(name) ?? under.find(name),
    names: () => [...own.sources.keys(), ...under.names()],
    tool: (name) => own.tools.get(name) ?? under.tool(name),
    toolNames: () => [...own.tools.keys(), ...under.toolNames()],
  };
}
