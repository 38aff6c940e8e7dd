/** What the tests of this stage share: examples, comparison of trees, and a random source that repeats. */
import { parse } from "../../src/syntax/parser/parser.js";
import { clausesInOrder } from "../../src/syntax/clauses.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import type { Clause, Expression, File, Query } from "../../src/syntax/tree.js";

/** The queries of the language's description, as written there. */
export const QUERIES: readonly string[] = `
faults
faults by comm, pid
faults by comm, ustack where file ~ "*.so"
faults count() by file top 10 for 30s
faults show time, pid, comm, address, file where comm == "postgres"
brk by ustack, comm
heap_growth sum(bytes), count() by comm every 1s
mmap show time, pid, comm, len in KB, prot, flags, file
mmap sum(len) by comm where flags has MAP_ANONYMOUS
malloc hist(size) by comm where size > 4KB
malloc sum(size) as total, count() by ustack top 20 by total
open allocation sum(size), count() by ustack where age > 10s every 5s
direct_reclaim show time, comm, pid, latency in ms, reclaimed where latency > 1ms
direct_reclaim stats(latency), hist(latency) by comm
shrink_slab hist(latency), sum(latency) by shrinker
compaction hist(latency)
swapin by comm, pid every 1s
swap_residency hist(latency)
rss show time, pid, comm, member, size in MB where size > 100MB
oomkill show time, pid, comm, victim, victim_pid, pages
huge_faults by comm, pid
migrate
tracepoint:vmscan:* by probe
kprobe:hugepage_madvise show probe, pid
tracepoint:compaction:mm_compaction_begin show time
kprobe:handle_mm_fault(vma, address, flags) hist(address) where flags has FAULT_FLAG_WRITE
uprobe:"/usr/bin/app":parse by ustack
every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD"
faults via tracepoint:exceptions:page_fault_user by size / 4KB, pid in pages as p
faults by comm where pid in (1, 2) and not (uid == 0 or gid not in (3)) every 1s header 20 top 5 by count()
software:page-faults:1 by comm where a[0].b.c ~ "x[ab]?*" and b !~ "y" ? true : -1 < ~2
`.trim().split("\n"); // prettier-ignore

export const DEFINITIONS = `import "lib.fl"

/// Page faults, of user and kernel code.
event faults {
  provider software:page-faults:1 { }
  provider tracepoint:exceptions:page_fault_user { address: addr = args.address  ip: addr = args.ip }
  provider kprobe:handle_mm_fault(vma, address: u64, flags) where flags has FAULT_FLAG_USER and pid != 0 rate 10_000 note "user only" {
    address: addr = address
    /// Whether it was a write.
    write: bool = flags has FAULT_FLAG_WRITE

    file: string = vma.vm_file.f_path.dentry.d_name.name
  }
}
/// A page read back from swap, in the process that waits for it.
event swapin {
  provider kprobe:swap_read_folio      // 6.6 and later
  provider kprobe:swap_readpage        // before
}
event allocation = malloc | calloc? | realloc
event block outermost = malloc | calloc?
/// Direct reclaim: a process that frees memory itself because there is none.
span direct_reclaim on tid {
  begin tracepoint:vmscan:mm_vmscan_direct_reclaim_begin { order: int = args.order  gfp: flags gfp_t = args.gfp_flags }
  end   tracepoint:vmscan:mm_vmscan_direct_reclaim_end   { reclaimed: pages = args.nr_reclaimed }
  during tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { scanned: pages = args.nr_scanned }
  rate: int = end.reclaimed / 2
}
span life on pid, address { begin malloc where size > 0 once begin calloc anew end free unattributed note "freed" }
/// Time in the VM scanner, a line a second.
tool vmscan(interval: duration = 1s, header_every: int = 20, each: bool = false) {
  when each and not false { open life show age; compaction }
  every interval header header_every show sum(shrink_slab.latency) in ms as "S-SLABms";
  /// The rest.
  faults by comm
}
`;

/** Numbers from 0 up to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function read(text: string): { file: File; diagnostics: Diagnostic[] } {
  return parse({ name: "test", text });
}

export function readFile(text: string): File {
  const { file, diagnostics } = read(text);
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${first.code}: ${first.message}\n${text}`);
  return file;
}

export function readQuery(text: string): Query {
  const [item] = readFile(text).items;
  if (item?.kind !== "query") throw new Error("not a query");
  return item;
}

export function clause<K extends Clause["kind"]>(text: string, kind: K): Extract<Clause, { kind: K }> {
  const found = readQuery(text).clauses.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found as Extract<Clause, { kind: K }>;
}

export function expression(text: string): Expression {
  return clause(`x where ${text}`, "where").condition;
}

/** Every operation in parentheses of its own: what binds to what, at a glance. */
export function shape(node: Expression): string {
  switch (node.kind) {
    case "name":
    case "number":
    case "string":
      return node.text;
    case "boolean":
      return String(node.value);
    case "member":
      return `${shape(node.object)}.${node.name.text}`;
    case "index":
      return `${shape(node.object)}[${shape(node.index)}]`;
    case "call":
      return `${node.callee.text}(${node.args.map(shape).join(", ")})`;
    case "binary":
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
    case "unary":
      return `(${node.operator} ${shape(node.operand)})`;
    case "in":
      return `(${shape(node.subject)} ${node.negated ? "not in" : "in"} [${node.choices.map(shape).join(", ")}])`;
    case "conditional":
      return `(${shape(node.condition)} ? ${shape(node.then)} : ${shape(node.otherwise)})`;
    case "parenthesized":
      return shape(node.inner);
    case "probe":
      return [node.probe.type.text, ...node.probe.parts.map((part) => part.value)].join(":");
  }
}

/** What the tree means: no places, no comments, no parentheses that only group, clauses in one order. */
export function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning);
  if (typeof node === "bigint") return `${node}n`;
  if (typeof node !== "object" || node === null) return node;
  const record = node as Record<string, unknown>;
  if (record["kind"] === "parenthesized") return meaning(record["inner"]);
  const entries = Object.entries(record).filter(([key]) => key !== "span" && key !== "comments");
  const result = Object.fromEntries(entries.map(([key, value]) => [key, meaning(value)]));
  if (record["kind"] === "query") result["clauses"] = meaning(clausesInOrder(record as unknown as Query));
  return result;
}
