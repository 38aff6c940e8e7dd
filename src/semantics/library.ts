/** Definitions by name: those of the standard library, parsed when first used, and those of the user's text. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { parse } from "../syntax/parser/parser.js";
import type { Definition, SetDefinition, ToolDefinition } from "../syntax/tree.js";

type SourceDefinition = Exclude<Definition, ToolDefinition | SetDefinition>;

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

/** Names for numbers. */
export interface DefinedSet extends Defined {
  readonly definition: SetDefinition;
}

/** Sources, tools and sets have separate namespaces: `swapin` is both a source and the tool that shows it. */
export interface Library {
  find(name: string): DefinedSource | undefined;
  names(): readonly string[];
  tool(name: string): DefinedTool | undefined;
  toolNames(): readonly string[];
  set(name: string): DefinedSet | undefined;
  setNames(): readonly string[];
}

/** The texts of a library with an index of their definitions, so that only the files that a query uses are parsed. */
export interface LibraryTexts {
  readonly files: readonly Source[];
  /** The index in `files` of the definition of each source. */
  readonly sources: Readonly<Record<string, number>>;
  /** The index in `files` of the definition of each tool. */
  readonly tools: Readonly<Record<string, number>>;
  /** The index in `files` of the definition of each set of names. */
  readonly sets: Readonly<Record<string, number>>;
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
  const at = (index: Readonly<Record<string, number>>, name: string): Definitions | undefined => {
    const file = Object.hasOwn(index, name) ? index[name] : undefined;
    return file === undefined ? undefined : definitionsOf(file);
  };
  return {
    find: (name) => at(texts.sources, name)?.sources.get(name),
    names: () => Object.keys(texts.sources),
    tool: (name) => at(texts.tools, name)?.tools.get(name),
    toolNames: () => Object.keys(texts.tools),
    set: (name) => at(texts.sets, name)?.sets.get(name),
    setNames: () => Object.keys(texts.sets),
  };
}

/** The definitions of a text. */
export interface Definitions {
  readonly sources: Map<string, DefinedSource>;
  readonly tools: Map<string, DefinedTool>;
  readonly sets: Map<string, DefinedSet>;
}

export function emptyDefinitions(): Definitions {
  return { sources: new Map(), tools: new Map(), sets: new Map() };
}

/** Adds a definition; returns false, and keeps the first, if the name is already defined. */
export function addDefinition(to: Definitions, definition: Definition, source: Source): boolean {
  const name = definition.name.text;
  if (definition.kind === "tool") {
    if (to.tools.has(name)) return false;
    to.tools.set(name, { definition, source });
  } else if (definition.kind === "set") {
    if (to.sets.has(name)) return false;
    to.sets.set(name, { definition, source });
  } else {
    if (to.sources.has(name)) return false;
    to.sources.set(name, { definition, source });
  }
  return true;
}

export function isDefinition(item: { readonly kind: string }): item is Definition {
  return ["event", "union", "span", "tool", "set"].includes(item.kind);
}

/** Returns a library in which a text's own definitions precede those of another library. */
export function layered(own: Definitions, under: Library): Library {
  return {
    find: (name) => own.sources.get(name) ?? under.find(name),
    names: () => [...own.sources.keys(), ...under.names()],
    tool: (name) => own.tools.get(name) ?? under.tool(name),
    toolNames: () => [...own.tools.keys(), ...under.toolNames()],
    set: (name) => own.sets.get(name) ?? under.set(name),
    setNames: () => [...own.sets.keys(), ...under.setNames()],
  };
}
