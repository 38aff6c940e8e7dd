/**
 * How much of each thing a text may have. What is here was loaded by bpftrace 0.17 on a kernel, and twice as much of
 * some of it was refused there; more would be read by nobody, and makes every later stage slow.
 */

/** Of a clause: keys, aggregates, or columns. A program's stack has 512 bytes, and 64 keys of 8 do not fit. */
export const MOST_COLUMNS = 32;
/** Of a text, or of a tool; a program of 100 at one place is refused. */
export const MOST_QUERIES = 64;
/** Of a list: `in (…)`. */
export const MOST_CHOICES = 1000;
/** Of a pattern: each is a loop of its own. */
export const MOST_PIECES = 32;
/** Of a pattern, and of a name in a file system. */
export const MOST_PATTERN_BYTES = 255;
/** Probes that a source comes to, with those of the sources it is made of; each may be attached at once. */
export const MOST_PARTS = 256;
/** Sources of sources of sources … */
export const DEEPEST_SOURCE = 64;
/** Texts that import each other. */
export const MOST_IMPORTS = 256;
