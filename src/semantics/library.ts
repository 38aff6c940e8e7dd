/** Definitions by name: the standard library's, parsed when first asked for, and those of the user's own text. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { parse } from "../syntax/parser.js";
import type { Definition } from "../syntax/tree.js";

export interface Defined {
  readonly definition: Definition;
  readonly source: Source;
}

export interface Library {
  find(name: string): Defined | undefined;
  names(): readonly string[];
}

/** Texts of a library: which file defines which name, so that only what a query uses is parsed. */
export interface LibraryTexts {
  readonly files: readonly Source[];
  /** The position in `files` of the definition of each name. */
  readonly index: Readonly<Record<string, number>>;
}

export class LibraryError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? "the standard library is broken");
  }
}

export function openLibrary(texts: LibraryTexts): Library {
  const parsed = new Map<number, ReadonlyMap<string, Defined>>();
  const definitionsOf = (file: number): ReadonlyMap<string, Defined> => {
    const known = parsed.get(file);
    if (known) return known;
    const source = texts.files[file] as Source;
    const result = parse(source);
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    if (errors.length > 0) throw new LibraryError(errors);
    const definitions = new Map<string, Defined>();
    for (const item of result.file.items)
      if (isDefinition(item)) definitions.set(item.name.text, { definition: item, source });
    parsed.set(file, definitions);
    return definitions;
  };
  return {
    find: (name) => {
      const file = Object.hasOwn(texts.index, name) ? texts.index[name] : undefined;
      return file === undefined ? undefined : definitionsOf(file).get(name);
    },
    names: () => Object.keys(texts.index),
  };
}

export function isDefinition(item: { readonly kind: string }): item is Definition {
  return item.kind === "event" || item.kind === "union" || item.kind === "span" || item.kind === "tool";
}

/** A text's own definitions before those of the library under it. */
export function layered(own: ReadonlyMap<string, Defined>, under: Library): Library {
  return {
    find: (name) => own.get(name) ?? under.find(name),
    names: () => [...own.keys(), ...under.names()],
  };
}
