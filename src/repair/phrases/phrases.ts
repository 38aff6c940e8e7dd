/** All phrases, in the order in which they are tried. */
import { CLAUSES } from "./clauses.js";
import { COLUMNS } from "./columns.js";
import { CONDITIONS } from "./conditions.js";
import type { Phrase } from "./phrase.js";

export const PHRASES: readonly Phrase[] = [...CONDITIONS, ...COLUMNS, ...CLAUSES];
