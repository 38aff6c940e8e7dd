/** Completes a query that is being typed, by the language service. */
import { bundledKernel, DEFAULT_KERNEL, standardLibrary } from "../../index.js";
import { fieldsOfSource } from "../../repair/vocabulary.js";
import { COMMON_FIELDS } from "../../semantics/typed.js";
import { complete } from "../../service/completion/complete.js";
import type { OfferKind } from "../../service/completion/offer.js";
import { Workspace } from "../../service/workspace.js";
import { typeName } from "../../types/types.js";
import type { Candidate } from "./library-words.js";

export interface QueryCompletion {
  /** The text before the word to complete. */
  readonly before: string;
  readonly words: readonly Candidate[];
}

/** What a shell completes: it would quote marks, and values are for the user to choose. */
const WORDS: ReadonlySet<OfferKind> = new Set([
  "aggregate", "field", "keyword", "member", "probe", "source", "unit",
]); // prettier-ignore

/** The longest text to complete: longer ones would have to be waited for. */
const LONGEST = 20_000;

/** Returns candidates for the word at the end of `text`; not all of them need be valid there. */
export function completeQuery(text: string): QueryCompletion {
  if (text.length > LONGEST) return { before: text, words: [] };
  // The fields follow from the definitions; their types are those of a typical kernel.
  const workspace = new Workspace({ kernel: bundledKernel(DEFAULT_KERNEL), library: standardLibrary() });
  const { span, offers } = complete(workspace.analyse({ name: "query", text }), text.length);
  return {
    before: text.slice(0, span.start),
    words: offers
      .filter(({ kind }) => WORDS.has(kind))
      .map(({ label, detail }) => ({ value: label, ...(detail === undefined ? {} : { about: detail }) })),
  };
}

/** Returns the fields of a library source and the common fields. */
export function fields(source: string): readonly Candidate[] {
  const own = fieldsOfSource(source, standardLibrary(), bundledKernel(DEFAULT_KERNEL));
  return [
    ...[...own].map(([value, { type, doc }]) => ({
      value,
      about: doc === undefined ? typeName(type) : `${typeName(type)}: ${doc}`,
    })),
    ...COMMON_FIELDS.map((value) => ({ value })),
  ];
}
