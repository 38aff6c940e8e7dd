/** Writes down what is looked up in a library, to know when an answer is outdated. */
import type { DefinedSet, DefinedSource, DefinedTool, Library } from "../semantics/library.js";

/** What was looked up in the library. */
export interface Lookups {
  readonly sources: ReadonlyMap<string, DefinedSource | undefined>;
  readonly tools: ReadonlyMap<string, DefinedTool | undefined>;
  readonly sets: ReadonlyMap<string, DefinedSet | undefined>;
  /** The names, if they were listed. */
  readonly names: string | undefined;
}

export function namesOf(library: Library): string {
  return [...library.names(), "", ...library.toolNames(), "", ...library.setNames()].join(" ");
}

/** Whether all that was looked up is still the same. */
export function isCurrent(
  { sources, tools, sets, names }: Lookups,
  library: Library,
  now: () => string,
): boolean {
  for (const [name, found] of sources) if (library.find(name)?.definition !== found?.definition) return false;
  for (const [name, found] of tools) if (library.tool(name)?.definition !== found?.definition) return false;
  for (const [name, found] of sets) if (library.set(name)?.definition !== found?.definition) return false;
  return names === undefined || names === now();
}

/** A library that writes down what is looked up. */
export function observed(library: Library): { readonly library: Library; readonly lookups: () => Lookups } {
  const sources = new Map<string, DefinedSource | undefined>();
  const tools = new Map<string, DefinedTool | undefined>();
  const sets = new Map<string, DefinedSet | undefined>();
  let names: string | undefined;
  return {
    library: {
      find: (name) => {
        const found = library.find(name);
        sources.set(name, found);
        return found;
      },
      tool: (name) => {
        const found = library.tool(name);
        tools.set(name, found);
        return found;
      },
      set: (name) => {
        const found = library.set(name);
        sets.set(name, found);
        return found;
      },
      setNames: () => {
        names ??= namesOf(library);
        return library.setNames();
      },
      names: () => {
        names ??= namesOf(library);
        return library.names();
      },
      toolNames: () => {
        names ??= namesOf(library);
        return library.toolNames();
      },
    },
    lookups: () => ({ sources, tools, sets, names }),
  };
}
