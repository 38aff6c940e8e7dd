/**
 * Limits on the parts of a text. bpftrace 0.17 loaded scripts at these limits on a kernel, and twice as much of
 * some was refused; more would not be readable, and would make every later stage slow.
 */

/** Keys, aggregates or columns in a clause. A BPF stack has 512 bytes, so 64 keys of 8 do not fit. */
export const MOST_COLUMNS = 32;
/** Queries in a text or a tool; the verifier refuses a program of 100 at one probe. */
export const MOST_QUERIES = 64;
/** Values in a list: `in (…)`. */
export const MOST_CHOICES = 1000;
/** Names in a set. */
export const MOST_MEMBERS = 1000;
/** Pieces of a pattern between its stars: each is a loop of its own. */
export const MOST_PIECES = 32;
/** Bytes in a pattern, the same as in a file name. */
export const MOST_PATTERN_BYTES = 255;
/** Probes and sources that a source consists of, directly or indirectly; all may be attached at once. */
export const MOST_PARTS = 256;
/** Levels of sources defined by other sources. */
export const DEEPEST_SOURCE = 64;
/** Texts imported directly or indirectly. */
export const MOST_IMPORTS = 256;
