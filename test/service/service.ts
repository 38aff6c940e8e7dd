/** A workspace of texts with a cursor, which is written `‸`. */
import { bundledKernel, standardLibrary } from "../../src/index.js";
import { complete } from "../../src/service/completion/complete.js";
import type { Offer } from "../../src/service/completion/offer.js";
import { Workspace, type Analysis } from "../../src/service/workspace.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";

export const CURSOR = "‸";

/** All of Debian 13's kernel, as a server for an editor has it. */
const kernel = openProfile("profiles/debian13.profile").kernel;

export function workspace(files: Readonly<Record<string, string>> = {}): Workspace {
  return new Workspace({
    kernel,
    library: standardLibrary(),
    resolveImport: (path) => {
      const text = files[path];
      return text === undefined ? undefined : { name: path, text };
    },
  });
}

export const smallWorkspace = (): Workspace =>
  new Workspace({ kernel: bundledKernel("debian13"), library: standardLibrary() });

/** Analyses a text with a cursor. */
export function atCursor(
  marked: string,
  files: Readonly<Record<string, string>> = {},
): { readonly analysis: Analysis; readonly offset: number; readonly text: string } {
  const offset = marked.indexOf(CURSOR);
  const text = marked.replace(CURSOR, "");
  return { analysis: workspace(files).analyse({ name: "mine.fl", text }), offset, text };
}

export function offersAt(marked: string, files?: Readonly<Record<string, string>>): readonly Offer[] {
  const { analysis, offset } = atCursor(marked, files);
  return complete(analysis, offset).offers;
}
