/** An example for each row of the language reference, which a test compiles. The rows themselves come from the code. */
import type { AggregateFunction } from "../../src/aggregates/aggregates.js";
import type { ClauseWord } from "../../src/syntax/clauses.js";
import type { BinaryOperator } from "../../src/syntax/tree.js";
import type { DEFINITION_PARTS, DEFINITION_WORDS } from "../../src/syntax/words.js";
import type { Unit } from "../../src/types/units.js";

export const CLAUSE_EXAMPLES: Readonly<Record<ClauseWord, string>> = {
  show: "mmap show time, comm, len in KB, prot",
  by: "brk by ustack, comm",
  where: 'malloc sum(size) where size > 4KB and comm ~ "nginx*"',
  every: "faults by comm every 1s",
  top: "malloc sum(size) as total, count() by comm top 10 by total",
  for: "faults by comm for 30s",
  via: "faults by comm via kprobe",
};

export const AGGREGATE_EXAMPLES: Readonly<Record<AggregateFunction, string>> = {
  count: "faults count() by comm",
  sum: "heap_growth sum(bytes) in MB by comm",
  avg: "malloc avg(size) by comm",
  min: "direct_reclaim min(latency) in us",
  max: "direct_reclaim max(latency) by comm",
  stats: "direct_reclaim stats(latency) by comm",
  hist: "compaction hist(latency)",
  lhist: "malloc lhist(size, 0B, 4KB, 512B)",
  rate: "malloc rate(size) by comm every 1s",
  distinct: "faults distinct(address / 4KB) by comm",
  p50: "block_io p50(latency) by disk",
  p90: "block_io p90(latency) by disk",
  p95: "block_io p95(latency) by disk",
  p99: "block_io p99(latency), count() by disk",
};

export const FUNCTION_EXAMPLES: Readonly<Record<string, string>> = {
  global: 'oomkill show victim, global("total_swapcache_pages")',
  str: "kprobe:do_sys_openat2(dfd, filename) by str(filename)",
  addr: "kprobe:do_sys_openat2(dfd, filename) show addr(filename)",
  hash: "open allocation sum(size) by ustack where hash(address) % 10 == 0",
  user_word: 'uprobe:"/usr/bin/app":parse(text) by user_word(text)',
  int32: "kprobe:do_sys_openat2(dfd) by int32(dfd)",
  inet: "kprobe:tcp_connect(sk) by inet(sk.__sk_common.skc_daddr)",
  ksym: "tracepoint:kmem:kmalloc sum(args.bytes_alloc) by ksym(args.call_site)",
  usym: "tracepoint:exceptions:page_fault_user by usym(args.ip)",
  ustack: "faults by ustack(5)",
  kstack: "page_alloc by kstack(3)",
};

/**
 * The meaning of each operator, and an example. `-` and `~` are each two operators: the keys of those in front of a value have a
 * blank behind them.
 */
export const OPERATOR_EXAMPLES: Readonly<
  Record<BinaryOperator | "not" | "- " | "~ " | "in", readonly [meaning: string, example: string]>
> = {
  or: ["one of two conditions, or both", 'faults by comm where comm == "nginx" or uid == 0'],
  and: ["both conditions", "malloc by comm where size > 4KB and size < 1MB"],
  not: ["the opposite of a condition", "faults by comm where not (pid == 1 or uid == 0)"],
  "==": ["equal", 'faults by pid where comm == "postgres"'],
  "!=": ["not equal", "syscall by call where result != 0"],
  "<": ["less", "malloc by comm where size < 16B"],
  "<=": ["less or equal", "malloc by comm where size <= 16B"],
  ">": ["greater", "compaction by comm where latency > 1ms"],
  ">=": ["greater or equal", "direct_reclaim by comm where latency >= 10ms"],
  "~": ["matches a pattern: `*`, `?`, `[...]`", 'faults by comm, ustack where file ~ "*.so"'],
  "!~": ["does not match it", 'faults by comm where comm !~ "kworker*"'],
  has: ["all of these flags are set", "mmap sum(len) by comm where flags has MAP_ANONYMOUS"],
  in: ["one of a list; `not in` none of it", 'faults by comm where comm in ("nginx", "postgres")'],
  "+": ["sum", "kmalloc sum(allocated + 8B) by kind"],
  "-": ["difference", "kmalloc sum(allocated - size) by kind"],
  "|": ["bits of either; of names of flags, all of them", "tracepoint:kmem:kmalloc by args.gfp_flags | 1"],
  "^": ["bits of one and not of both", "kprobe:handle_mm_fault(vma, address, flags) by flags ^ 1"],
  "*": ["product", "page_alloc sum(pages * 4) by comm"],
  "/": ["quotient, without its fraction", "malloc by size / 4KB"],
  "%": ["remainder", "faults by address % 4KB"],
  "<<": ["bits to the left", "page_alloc by 1 << order"],
  ">>": ["bits to the right", "faults by address >> 21"],
  "&": ["bits of both", "kprobe:handle_mm_fault(vma, address, flags) by flags & 0xff"],
  "- ": ["the number below zero", "syscall by call where result == -ENOENT"],
  "~ ": ["all bits the other way", "kprobe:handle_mm_fault(vma, address, flags) by flags & ~1"],
};

/** By the spelling in a definition. */
export const TYPE_EXAMPLES: Readonly<Record<string, string>> = {
  int: "block_io show time, sector",
  uint: "kprobe:vfs_read(file, buf, count: uint) hist(count)",
  duration: "direct_reclaim show time, comm, latency",
  bytes: "kmalloc show time, comm, size",
  pages: "page_alloc show time, comm, pages",
  timestamp: "exit show time, comm",
  load: "oomkill show time, victim, load",
  result: "syscall show time, comm, call, result",
  bool: "faults show time, comm, write",
  string: "faults show time, comm, file",
  inet: "tcp_connect show time, comm, remote",
  addr: "faults show time, comm, address",
  ksym: "kmalloc show time, comm, caller",
  usym: "tracepoint:exceptions:page_fault_user show time, usym(args.ip)",
  ustack: "brk show time, comm, ustack",
  kstack: "page_alloc show time, comm, kstack",
  flags: "mmap show time, comm, prot, flags",
  enum: "rss show time, comm, member, size",
  struct: "kprobe:filemap_fault(vmf: struct vm_fault) by vmf.pgoff",
};

/** With the spelling in place of `UNIT`. */
export const UNIT_EXAMPLES: Readonly<Partial<Record<Unit, string>>> = {
  duration: "direct_reclaim show latency in UNIT where latency > 1UNIT",
  bytes: "malloc sum(size) in UNIT where size > 1UNIT",
  pages: "page_alloc by comm where pages > 1UNIT",
};

/** What the words of definitions say; examples are in the document. */
export const DEFINITION_NOTES: Readonly<
  Record<(typeof DEFINITION_WORDS)[number] | (typeof DEFINITION_PARTS)[number], string>
> = {
  event:
    "something that happens at a moment: `event NAME { provider … }`, or of others: `event NAME = a | b`",
  span: "a begin and an end, joined by keys: `span NAME on tid { begin … end … }`; it has a `latency`",
  tool: "a query with a name and parameters, which are options of the command line",
  import: 'takes another file in: `import "other.fl"`',
  enum: "names for numbers: a field of type `enum NAME` is shown by them, and compared with them",
  flags: "names for bits, likewise",
  provider:
    "a way to see an event; the first that exists on the kernel and gives every field asked for is taken",
  begin: "where a span begins; its fields are `begin.X`",
  during: "what happens between: its numbers are added up while the span is open",
  end: "where a span ends; its fields are `end.X`",
  on: "the keys that join the begin of a span to its end",
  range: "a key that is a piece of memory, which may end in parts",
  note: "a sentence for who reads the script or `faultline explain`: what this provider counts otherwise",
  rate: "about how many events there are a second, by which `faultline explain` estimates what tracing costs",
  unattributed: "the process that runs is not the one that it is about, so `-p` and `-c` do not narrow it",
  once: "a begin that comes while the span is open is left out",
  anew: "a begin that comes while the span is open takes its place, and is not counted as a mistake",
  times: "an event of the probe is so many events: `times N as i`",
  when: "a branch of a tool: `when CONDITION { QUERY }`",
  outermost: "of calls that are made within one another only the outermost is an event",
};
