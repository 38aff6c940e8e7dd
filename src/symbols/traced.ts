/** What is traced, as far as libraries are looked up for it. */
export interface Traced {
  readonly pid?: number;
  /** The executable of the command that is started. */
  readonly program?: string;
  /** The words of that command. */
  readonly words?: readonly string[];
  /** The library used instead of the C library: a name, such as `jemalloc`, or a path; `all`, of every process. */
  readonly library?: string;
  /** With which allocators are built into programs: `je_` of `je_malloc`. */
  readonly prefixes?: readonly string[];
  /** Whether to look for processes that are not seen, as they have another allocator or 32 bits, which takes a while. */
  readonly looksAround?: boolean;
}
