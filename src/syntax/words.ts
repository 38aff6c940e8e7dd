/** The words of the language, as used by the tokens, the editor grammars, completion and the EBNF. */
import { CLAUSE_WORDS } from "./clauses.js";

/** Words that operate on values. */
export const OPERATOR_WORDS = ["in", "has", "and", "or", "not"] as const;

export const CONSTANT_WORDS = ["true", "false"] as const;

/** Words of queries that may also name a source or a field where that is not ambiguous. */
const FREE_QUERY_WORDS = ["header", "open"] as const;

/** The words that start a definition. */
export const DEFINITION_WORDS = ["event", "span", "tool", "import", "enum", "flags"] as const;

/** The other words of definitions. */
export const DEFINITION_PARTS = [
  "provider", "begin", "during", "end", "on", "range", "note", "rate", "unattributed", "once", "anew", "times", "when",
  "outermost",
] as const; // prettier-ignore

/** The words of a type that are followed by the name of a kernel type: `flags gfp_t`. */
export const TYPE_PREFIXES = ["flags", "enum", "struct"] as const;

/** The reserved words: as names they would make queries ambiguous. */
export const RESERVED_WORDS = [...CLAUSE_WORDS, "as", ...OPERATOR_WORDS, ...CONSTANT_WORDS] as const;

/** The words that can also be names. */
export const FREE_WORDS = [...FREE_QUERY_WORDS, ...DEFINITION_WORDS, ...DEFINITION_PARTS, "struct"] as const;

/** The words of queries that editors highlight. */
export const QUERY_WORDS: readonly string[] = [...CLAUSE_WORDS, "as", ...FREE_QUERY_WORDS];

/** The types of probes, before the first `:`, as bpftrace spells them, including short forms. */
export const PROBE_TYPES: readonly string[] = [
  "tracepoint", "t", "rawtracepoint", "rt", "kprobe", "k", "kretprobe", "kr",
  "fentry", "f", "fexit", "fr", "kfunc", "kretfunc", "uprobe", "u", "uretprobe", "ur", "usdt", "U",
  "software", "s", "hardware", "h", "profile", "p", "interval", "i", "watchpoint", "w", "iter",
]; // prettier-ignore
