/** Each diagnostic of the checker and the planner: a text that has it, what is underlined, and the hint. */
import { bundledKernel, DEFAULT_KERNEL, type CompileOptions, type Kernel } from "../../src/index.js";
import { CgroupNames } from "../../src/kernel/cgroups/cgroup-names.js";

export interface DiagnosticRow {
  readonly code: string;
  readonly text: string;
  /** What is underlined. */
  readonly at: string;
  /** A part of the hint; there is none when absent. */
  readonly hint?: string;
  readonly options?: CompileOptions;
}

const row = (
  code: string,
  text: string,
  at: string,
  hint?: string,
  options: CompileOptions = {},
): DiagnosticRow => ({ code, text, at, options, ...(hint === undefined ? {} : { hint }) });

const tool = (name: string, values: Readonly<Record<string, string>> = {}): CompileOptions => ({
  tool: { name, arguments: values },
});

const each = (n: number, part: (i: number) => string, between: string): string =>
  Array.from({ length: n }, (_, i) => part(i)).join(between);

/** The default kernel with something that only a running machine has. */
function machine(own: Partial<Kernel>): CompileOptions {
  return { kernel: Object.assign(Object.create(bundledKernel(DEFAULT_KERNEL)) as Kernel, own) };
}

const GROUPED = machine({ cgroups: () => new CgroupNames([{ path: "/lxc/shop", id: 9n }]) });

const GROUPS: readonly DiagnosticRow[] = [
  row("unknown-cgroups", 'faults by comm where cgroup == "/web"', '"/web"', "compile on that machine"),
  row(
    "unknown-cgroup",
    'faults by comm where cgroup == "web"',
    '"web"',
    '`~ "*web*"` is any path with this in it',
    GROUPED,
  ),
  row(
    "unknown-cgroup",
    'faults by comm where container == "shpo"',
    '"shpo"',
    'did you mean `"shop"`?',
    GROUPED,
  ),
  row(
    "unknown-cgroup",
    'faults by comm where pod ~ "0a1b*"',
    '"0a1b*"',
    "`by cgroup` shows the paths",
    GROUPED,
  ),
  row(
    "kernel-no-number",
    "kprobe:do_exit by ns_pid",
    "ns_pid",
    "CONFIG_DEBUG_INFO_BTF",
    machine({ struct: () => undefined }),
  ),
];

const SOURCES: readonly DiagnosticRow[] = [
  row("unknown-source", "fault by comm", "fault", "did you mean `faults`?"),
  row("unknown-source", "every 1s show sum(pid)", "pid", "`faultline list`"),
  row("tool-as-source", "memleak by comm", "memleak", "faultline run memleak"),
  row("no-source", "every 1s show count(1 + 1)", "1 + 1", "sum(compaction.latency)"),
  row("not-a-span", "open faults", "faults", "open allocation"),
  row("open-latency", "open allocation where latency > 1s", "latency", "use `age`"),
  row("open-end", "open direct_reclaim show end.comm", "comm", "the fields of its begin"),
  row("closed-age", "direct_reclaim where age > 1s", "age", "open direct_reclaim"),
  row("unknown-probe-type", "kprob:vfs_read", "kprob", "did you mean `kprobe`?"),
  row("unknown-probe-type", "slab_alloc via slab_cal", "slab_cal", "did you mean `slab_call`"),
  row("no-such-provider", "direct_reclaim via kprobe", "kprobe", "mm_vmscan_direct_reclaim_end"),
  row("no-such-provider", "faults via uprobe", "uprobe", "software:page-faults:1"),
];

const PROBES: readonly DiagnosticRow[] = [
  row("no-parameters", "tracepoint:sched:sched_switch(x) by comm", "(x)", "it has prev_comm, prev_pid"),
  row("no-parameters", "kretprobe:vfs_read(x) by comm", "(x)", "`retval`"),
  row("unknown-probe", "software:page-fault:1", "page-fault", "page-faults"),
  row(
    "probe-parts",
    "kprobe:handle_mm_fault:x:y",
    "kprobe:handle_mm_fault:x:y",
    "has 3 parts after its type, where 1 can stand",
  ),
  row("bad-probe-count", "software:page-faults:0", "0"),
  row("bad-probe-name", "kprobe:handle$fault", "handle$fault"),
  row("bad-probe-name", 'tracepoint:sched:"sw itch"', '"sw itch"'),
  row("bad-probe-name", 'uprobe:"/bin/a\\"b":main', '"/bin/a\\"b"', "no control characters"),
  row("missing-probe", "kprobe:handle_mm_faul", "kprobe:handle_mm_faul", "`handle_mm_fault`"),
  row(
    "missing-probe",
    "tracepoint:sched:sched_switc",
    "tracepoint:sched:sched_switc",
    "`sched:sched_switch`",
  ),
  row("missing-probe", "tracepoint:nonsense:*", "tracepoint:nonsense:*", "`faultline list probes`"),
  row("missing-probe", "tracepoint:vmscn:*", "tracepoint:vmscn:*", "`vmscan`"),
  row(
    "missing-probe",
    "tracepoint:vmscan:mm_nothing*",
    "tracepoint:vmscan:mm_nothing*",
    "`faultline list probes`",
  ),
  row("missing-probe", "rawtracepoint:sched_switc", "rawtracepoint:sched_switc", "`sched_switch`"),
  row("probe-as-value", "faults by kprobe:vfs_read", "kprobe:vfs_read", "count(…)"),
  row("no-args", "software:page-faults:1 by args.x", "x"),
  row("no-args", "uprobe:/bin/sh:main by args.x", "x", "uprobe:BINARY:FUNCTION(size, …)"),
  row("wildcard-args", "tracepoint:sched:sched_s* by args.x", "x", "name one tracepoint"),
  row("argument-on-stack", "uprobe:/bin/sh:main(a, b, c, d, e, f, g) by g", "g"),
  row("kernel-no-argument", "kprobe:vfs_read by arg5", "arg5"),
  row("kernel-no-argument", "fentry:vfs_read by args.x", "x", "`file`, `buf`, `count` or `pos`"),
  row(
    "kernel-no-argument",
    "tracepoint:sched:sched_switch by args.prev_com",
    "prev_com",
    "did you mean `prev_comm`?",
  ),
];

const TYPES: readonly DiagnosticRow[] = [
  row("kernel-no-member", "kprobe:handle_mm_fault(vma, address, flags) by vma.vm_fil", "vm_fil", "`vm_file`"),
  row("kernel-no-struct", "uprobe:/bin/sh:main(p: struct nosuch) by p", "nosuch"),
  row("kernel-no-set", "uprobe:/bin/sh:main(p: flags nosuch_t) by p", "nosuch_t"),
  row("unknown-type", "uprobe:/bin/sh:main(p: itn) by p", "itn", "did you mean `int`?"),
  row("not-a-struct", "faults by comm.x", "x"),
  row("kernel-no-member", "kprobe:wake_up_new_task(p: struct task_struct) by p.pid.x", "x"),
  row("not-an-array", "faults by pid[1]", "pid[1]"),
  row("index-out-of-range", "kprobe:wake_up_new_task(p: struct task_struct) by p.comm[100]", "p.comm[100]"),
  row("kernel-no-member", "kprobe:wake_up_new_task(p: struct task_struct) by p.se", "p.se", "with `.`"),
];

const NAMES_AND_NUMBERS: readonly DiagnosticRow[] = [
  row("unknown-name", "faults by cmm", "cmm", "did you mean `comm`?"),
  row("unknown-name", "direct_reclaim show begin.reclaimed", "reclaimed", "order, gfp"),
  row("unknown-name", "faults show vma", "vma", "it has address"),
  row("missing-unit", "direct_reclaim show comm where latency > 10", "10", "10ms"),
  row("missing-unit", "faults every 5", "5", "write `5s` or `5ms`"),
  row("unit-mismatch", "malloc sum(size) by comm where size > 10us", "size > 10us"),
  row("unit-mismatch", "malloc sum(size) in ms", "ms", "write `B`, `KB` or `MB`"),
  row("unit-mismatch", "malloc where size > 1m", "size > 1m", "did you mean `1MB`?"),
  row("unknown-unit", "malloc where size > 1QB", "1QB", "did you mean `1B`, `1EB` or `1GB`?"),
  row("unknown-unit", "malloc where size > 4k", "4k", "did you mean `4KB`?"),
  row("unknown-unit", "malloc sum(size) in MQ", "MQ", "did you mean `MB`"),
  row("not-whole", "malloc by comm where size == 1.5B", "1.5B", "smaller unit"),
  row("too-large", "faults where pid == 99999999999999999999", "99999999999999999999"),
  row("nul-in-string", 'faults by comm where comm == "a\\x00b"', '"a\\x00b"'),
];

const EXPRESSIONS: readonly DiagnosticRow[] = [
  row("not-a-condition", "faults by comm where pid", "pid", "!= 0"),
  row("never-true", "faults where 1 == 2", "1 == 2"),
  row("type-mismatch", "faults where comm == 1", "comm == 1", "double quotes"),
  row("unknown-name", "faults where comm == bash", "bash", 'did you mean `"bash"`?'),
  row("not-ordered", 'faults where comm < "a"', 'comm < "a"', "`==`, `!=` or `~`"),
  row("not-a-string", 'faults where pid ~ "a*"', "pid"),
  row("not-a-pattern", "faults by comm where comm ~ pid", "pid"),
  row(
    "never-matches",
    'faults where comm == "a-name-of-a-program"',
    '"a-name-of-a-program"',
    'write `comm == "a-name-of-a-pro"`',
  ),
  row("bad-address", 'tcp_connect where remote == "10.0.0.300"', '"10.0.0.300"', '"fe80::1"'),
  row("bad-address", "tcp_connect where remote == local", "local", '`== "10.0.0.1"`'),
  row("bad-address", 'tcp_connect where remote ~ "10.1*"', '"10.1*"', 'write `"10.1.*"`'),
  row("bad-address", 'tcp_connect where remote ~ "*.1"', '"*.1"', '"10.1.*"'),
  row(
    "bad-address",
    "tracepoint:sock:inet_sock_set_state by args.family == 2 ? inet(args.daddr) : inet(args.daddr_v6) as remote",
    "args.family == 2 ? inet(args.daddr) : inet(args.daddr_v6)",
    "`daddr_v6`",
  ),
  row(
    "field-type",
    "event e { provider tracepoint:sock:inet_sock_set_state { x: string = inet(args.daddr) } }",
    "inet(args.daddr)",
    "declare the field `inet`",
  ),
  row("only-shown", "faults where cmdline == 7", "cmdline == 7", "test `exe`"),
  row("only-shown", "faults distinct(cmdline)", "distinct(cmdline)", "by cmdline"),
  row("unknown-member", 'faults where cmdline == "x"', '"x"', "test `exe`"),
  row("unknown-member", "faults where uid == postgres", "postgres", "`getent passwd postgres`"),
  row("unknown-member", 'faults where gid == "www-data"', '"www-data"', "`getent group www-data`"),
  row("unknown-member", 'block_io where disk == "vda"', '"vda"', "`lsblk`"),
  row("unknown-member", 'faults where uid ~ "post*"', '"post*"', "its number"),
  row("unfiltered-table", "every 1s show count(faults)", "every 1s show count(faults)", "-p", {
    amendments: { comm: "nginx" },
  }),
  row("glob-compared", 'mmap where file == "*.so"', '"*.so"', "`~`"),
  row("glob-compared", 'mmap where file in ("*.so", "x")', '"*.so"', '`(file ~ "*.so" or file == "x")`'),
  row("regex-as-glob", 'mmap where file ~ "so$"', '"so$"', 'write `"*so"`'),
  row("regex-as-glob", 'mmap where file ~ "a(b|c)+"', '"a(b|c)+"', "a pattern is a glob"),
  row("bad-pattern", 'faults by comm where comm ~ "[a"', '"[a"', "`\\\\[`"),
  row("bad-pattern", 'faults by comm where comm ~ "[\\xff-a]"', '"[\\xff-a]"', "`\\\\[`"),
  row("bad-pattern", 'faults by comm where comm ~ "[é]"', '"[é]"', "`\\\\[`"),
  row("long-text", `openat_call where file == "${"x".repeat(256)}"`, `"${"x".repeat(256)}"`, "its beginning"),
  row("divide-by-zero", "faults by 1 / 0", "0"),
  row("shift-range", "faults by pid << 64 as k", "64"),
  row("unknown-function", "faults by st(comm)", "st", "did you mean `str`?"),
  row("argument-count", "kprobe:vfs_read by str(arg0, 1)", "str(arg0, 1)"),
  row("stack-depth", "faults by ustack(0)", "0", "write `ustack(5)`"),
  row("unknown-flag", "mmap by comm where flags has MAP_ANONYMOS", "MAP_ANONYMOS", "MAP_ANONYMOUS"),
  row("not-a-flag", "mmap by comm where flags has 1 + 1", "1 + 1"),
  row("not-flags", "faults where comm has X", "comm"),
  row("empty-flag", "mmap where prot has PROT_NONE", "PROT_NONE", "== PROT_NONE"),
  row("unknown-member", "rss where member == MM_ANON", "MM_ANON", "did you mean `MM_ANONPAGES`?"),
];

const COLUMNS: readonly DiagnosticRow[] = [
  row("unknown-aggregate", "malloc summ(size)", "summ", "did you mean `sum`?"),
  row("not-an-aggregate", "malloc count(), size", "size", "put `show` before the columns"),
  row("not-an-aggregate", "every 1s show faults", "faults", "`count(faults)`"),
  row("misplaced-aggregate", "malloc by size where sum(size) > 1KB", "sum(size)", "a column of its own"),
  row("aggregate-in-show", "faults show count()", "count()", "leave the word"),
  row("aggregate-as-key", "faults by count()", "count()", "before `by`"),
  row("argument-count", "faults count(pid)", "count(pid)", "use `where`"),
  row("argument-count", "malloc hist(size, 10)", "hist(size, 10)", "write `hist(size)`; `lhist("),
  row("argument-count", "malloc distinct(pid, tid)", "distinct(pid, tid)", "write `distinct(pid)`"),
  row("unknown-name", "faults by comm, count", "count", "before `by`"),
  row("argument-count", "malloc sum()", "sum()", "write `sum(size)`"),
  row("argument-count", "malloc lhist(size, 0)", "lhist(size, 0)", "lhist(latency, 0ms, 100ms, 5ms)"),
  row("argument-count", "every 1s show sum()", "sum()", "sum(compaction.latency)"),
  row("argument-count", "every 1s show count(malloc.size)", "malloc.size", "`count(malloc)`"),
  row("not-measurable", "faults sum(comm)", "sum(comm)", "group by it"),
  row("rate-of-open", "open allocation rate()", "rate()", "count()"),
  row("not-one-number", "every 1s show hist(malloc.size)", "hist(malloc.size)", "after a `;`"),
  row("bad-range", "malloc lhist(size, 0, 100KB, 3KB)", "lhist(size, 0, 100KB, 3KB)"),
  row("empty-name", 'faults by comm as ""', '""'),
  row("not-utf8", 'faults by comm as "n\\xff"', '"n\\xff"', "`\\u{ff}`"),
  row("not-utf8", 'faults count() as "n\\xff" by comm', '"n\\xff"', "`\\u{ff}`"),
  row("duplicate-column", "faults show pid, pid", "pid", "… as NAME"),
  row("key-without-end", "faults by time", "time", "elapsed / 1s"),
  row(
    "too-many",
    `faults by ${each(33, (i) => `pid + ${i} as k${i}`, ", ")}`,
    "pid + 32 as k32",
    "split the query",
  ),
];

const CLAUSES: readonly DiagnosticRow[] = [
  row("top-without-by", "faults top 3", "top 3", "for example `by comm top 3`"),
  row("unknown-rank", "faults by comm top 3 by comm", "comm", "`by comm` before `top`"),
  row("unrankable", "malloc hist(size) by comm top 3", "top 3", "add a count()"),
  row("not-a-count", "faults by comm top 0", "0", "`top 10`"),
  row("not-a-duration", "faults by comm every 1KB", "1KB", "`every 1s`"),
  row("too-short", "faults every 10us", "10us"),
  row("too-long", "faults every 100000h", "100000h"),
  row("misplaced-header", "faults every 1s header 5", "5", "leave it out"),
  row("clash-with-show", "faults show pid by comm", "by comm", "leave out `show`"),
  row("clash-with-table", "every 1s show count(faults) by comm", "by comm", "after a `;`"),
];

const DEFINITIONS: readonly DiagnosticRow[] = [
  row("no-provider", "event e { } e", "e", "name the probe that triggers it"),
  row("duplicate-field", "event e { provider software:cs { x: int = 1 x: int = 2 } } e", "x"),
  row("field-type", "event a { provider software:cs { x: bytes = 1s } }", "1s"),
  row("cyclic-definition", "event a { provider a } a", "a"),
  row("duplicate-definition", "event a { provider software:cs } event a { provider software:cs } a", "a"),
  row("hides-library", "event faults { provider software:cs } faults", "faults"),
  row("empty-set", "enum e { }", "e", "write them"),
  row("duplicate-member", "enum e { A = 1 A = 2 }", "A"),
  row("not-a-constant", "enum e { A = 1s }", "1s", "`1 << 4`"),
  row("not-a-constant", "flags f { A = -1 }", "-1"),
  row("duplicate-definition", "enum a { A = 1 } flags a { B = 1 }", "a"),
  row("hides-library", "enum errno { A = 1 } faults", "errno"),
  row("half-span", "span s on tid { begin kprobe:vfs_read } s", "s", "both a `begin` and an `end`"),
  row(
    "misplaced-repeat",
    "span s on tid { begin kprobe:vfs_read end kretprobe:vfs_read once } s",
    "once",
    "what a begin does",
  ),
  row("misplaced-repeat", "event e { provider kprobe:vfs_read anew } e", "anew", "what a begin does"),
  row(
    "span-key",
    "span s on x { begin kprobe:vfs_read end kretprobe:vfs_read } s",
    "x",
    "every `begin` a field `x`",
  ),
  row(
    "range-field",
    "span s on pid, range(address, comm) { begin kprobe:vfs_read(a) { address: addr = a } end kprobe:vfs_write(a) { address: addr = a } } s",
    "comm",
    "a range starts at an address or a number",
  ),
  row(
    "not-measurable",
    "span s on tid { begin kprobe:vfs_read during kprobe:vfs_write { x: string = comm } end kretprobe:vfs_read } s",
    "x: string = comm",
    "give it a number",
  ),
  row(
    "too-deep",
    `event e0 { provider software:cs } ${each(65, (i) => `event e${i + 1} { provider e${i} }`, " ")} e65`,
    "e64",
    "sources of a lower level",
  ),
];

/** Of what other languages write test/repair/ has more. */
const FOREIGN: readonly DiagnosticRow[] = [
  row("foreign-words", 'faults where comm is "sh"', "is", "write `==`"),
  row("foreign-form", "select * from faults", "select * from faults", "write `faults show time, pid, comm`"),
];

const FILES_AND_TOOLS: readonly DiagnosticRow[] = [
  row("bad-import", 'import "a.txt" faults', '"a.txt"', "definitions.fl"),
  row("missing-import", 'import "a.fl" faults', '"a.fl"', "relative to the directory of this file"),
  row("cyclic-import", 'import "b.fl" faults', '"a.fl"', "a third file", {
    name: "a.fl",
    resolveImport: (path) => ({ name: path, text: 'import "a.fl"' }),
  }),
  row("unknown-tool", "", "memlek", "did you mean `memleak`?", tool("memlek")),
  row("unknown-option", "", "memleak", "it has `min_age`", tool("memleak", { nosuch: "1" })),
  row("bad-option", "", "soon", "--min-age takes", tool("memleak", { min_age: "soon" })),
  row("bad-option", "", "1 2", "a name such as `faults`", tool("stackcount", { event: "1 2" })),
  row("missing-option", "tool t(x: duration) { faults every x }", "x: duration", undefined, tool("t")),
  row("empty-tool", "tool t { }", "t", undefined, tool("t")),
];

export const DIAGNOSTIC_ROWS: readonly DiagnosticRow[] = [
  ...SOURCES,
  ...GROUPS,
  ...PROBES,
  ...TYPES,
  ...NAMES_AND_NUMBERS,
  ...EXPRESSIONS,
  ...COLUMNS,
  ...CLAUSES,
  ...DEFINITIONS,
  ...FOREIGN,
  ...FILES_AND_TOOLS,
];
