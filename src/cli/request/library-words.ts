/** The names of the standard library with their descriptions. */
import { standardLibrary } from "../../index.js";

export interface Candidate {
  readonly value: string;
  /** A short description. */
  readonly about?: string;
}

const firstLine = (text: string | undefined): { readonly about?: string } =>
  text === undefined ? {} : { about: text.split("\n")[0] ?? "" };

export function toolNames(): readonly Candidate[] {
  const library = standardLibrary();
  return library
    .toolNames()
    .map((value) => ({ value, ...firstLine(library.tool(value)?.definition.doc?.text) }));
}

export function sourceNames(): readonly Candidate[] {
  const library = standardLibrary();
  return library.names().map((value) => ({ value, ...firstLine(library.find(value)?.definition.doc?.text) }));
}
