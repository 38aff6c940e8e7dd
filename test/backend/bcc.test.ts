import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bundledKernel, compile, type CompileOptions } from "../../src/index.js";
import { RUNTIME_LINE } from "../../src/tracers/bcc/emit.js";
import { SHIPPED } from "../tracers.js";
import { hasPython, pythonErrors } from "./python.js";

const QUERIES = readFileSync(new URL("../fixtures/design-queries.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

function program(query: string, kernel = "debian13", options: CompileOptions = {}): string {
  const compiled = compile(query, { kernel: bundledKernel(kernel), to: "bcc", ...options });
  if (!compiled.script)
    throw new Error(compiled.diagnostics.map((d) => `${d.code}: ${d.message}`).join("; "));
  return compiled.script.text;
}

/** The C text of a program. */
function cText(query: string, kernel = "debian13", options: CompileOptions = {}): string {
  return /PROGRAM = r"""\n([\s\S]*?)\n"""/.exec(program(query, kernel, options))?.[1] ?? "";
}

/** The query's own part of a program: its C text and its Python, without what every program has. */
function ownPart(text: string): string {
  expect(text.split(RUNTIME_LINE)).toHaveLength(2);
  return text.slice(0, text.indexOf(RUNTIME_LINE));
}

const withoutTarget = (text: string): string => text.replace(/^Compiled by Faultline for .*$/m, "");

describe.each(SHIPPED)("$target with BCC $bcc", ({ target: kernel, bcc }) => {
  it.each(QUERIES)("%s", async (query) => {
    const text = ownPart(program(query, kernel, { version: bcc }));
    const file = `../golden/bcc/${kernel}/${query.replace(/[^a-z0-9]+/gi, "-").slice(0, 60)}.py`;
    // The same query gives the same program.
    expect(ownPart(program(query, kernel, { version: bcc }))).toBe(text);
    // One file is enough where two targets have the same.
    const other = SHIPPED.find(({ target }) => target === "debian13");
    const isSame =
      kernel === "sid" &&
      withoutTarget(ownPart(program(query, "debian13", { version: other?.bcc ?? bcc }))) ===
        withoutTarget(text);
    if (isSame) expect(existsSync(new URL(file, import.meta.url)), "a file that nothing needs").toBe(false);
    else await expect(text).toMatchFileSnapshot(file);
  });

  it.skipIf(!hasPython).each(["text", "stream"] as const)(
    "is Python that a linter finds nothing in, in lines that can be read: %s",
    (form) => {
      const programs = QUERIES.map((query) => program(query, kernel, { version: bcc, form }));
      expect(pythonErrors(programs)).toBe("");
      const python = programs.map((text) => text.replace(/r"""[\s\S]*?\n"""/, ""));
      expect(python.flatMap((text) => text.split("\n")).filter((line) => line.length > 100)).toEqual([]);
    },
  );
});

describe("BCC programs", () => {
  it("keeps what is added up during an open span beside what is of its begin", () => {
    const text = program("open kswapd_run sum(reclaimed) by nid where reclaimed > 4KB");
    expect(text).toContain("__sync_fetch_and_add(&kswapd_run->reclaimed, ");
    expect(text).toMatch(/for record in records\.values\(\):\n +if .*record\.reclaimed \* 4096/);
    expect(text).toContain("group = groups.setdefault((record.nid,), [0])");
    if (hasPython) expect(pythonErrors([text])).toBe("");
  });

  it("takes the probes that the planner chose", () => {
    expect(cText("faults by file")).toContain("\nKRETFUNC_PROBE(handle_mm_fault)\n");
    expect(cText("faults by address")).toContain("\nTRACEPOINT_PROBE(exceptions, page_fault_user)\n");
    expect(program("faults by comm")).toContain("ev_config=PerfSWConfig.PAGE_FAULTS");
    expect(program("malloc")).toContain('bpf.attach_uprobe(name=b"c", sym=b"malloc"');
    expect(program("kprobe:hugepage_madvise")).toContain('bpf.attach_kprobe(event=b"hugepage_madvise"');
    expect(cText("swapin", "debian12")).toContain("KFUNC_PROBE(swap_readpage)");
  });

  it("filters before it takes a stack", () => {
    const text = cText('faults by ustack where file ~ "*.so"');
    expect(text.indexOf("matches_so(")).toBeGreaterThan(0);
    expect(text.lastIndexOf("matches_so(")).toBeLessThan(text.lastIndexOf("stack_of("));
  });

  it("keeps what is stored together in one table", () => {
    const text = cText("open allocation sum(size), count() by ustack");
    const [members = ""] = /struct allocation_begun \{[^}]*\}/.exec(text) ?? [];
    for (const member of ["s32 ustack;", "u32 ustack_pid;", " size;"]) expect(members).toContain(member);
    expect(text.match(/^BPF_F_TABLE\("hash", .*, allocation_begun,/gm)).toHaveLength(1);
  });

  it("keeps one record of realloc, whose old block ends and whose new one begins at its return", () => {
    const text = cText("open allocation sum(size) by size");
    // All calls of which one may be made within another have one table.
    expect(text.match(/^BPF_HASH\(.*call/gm)).toHaveLength(1);
    expect(text).toMatch(/^BPF_HASH\(calls, u32, struct calls, /m);
    expect(text).toMatch(/^int on_realloc\([^}]* return begin_call\(ctx, 129, PT_REGS_PARM1\(ctx\), /m);
  });

  it("searches a text without a jump a byte", () => {
    const text = cText('faults by comm where file ~ "*touch*[!a-c]x*"');
    const [rounds = "no loop"] = /for \(u32 i = start;.*?\n {8}\}/s.exec(text) ?? [];
    expect(rounds).not.toMatch(/\bif \(|\?/);
  });

  it("refuses more searches than the kernel's verifier would follow, and takes what it does", () => {
    const many = (count: number): string =>
      `file_open by comm where ${Array.from({ length: count }, (_, i) => `file ~ "*a${i}*"`).join(" or ")}`;
    expect(cText(many(32))).toContain("matches_a31");
    const { diagnostics } = compile(`${many(33)}`, { kernel: bundledKernel("debian13"), to: "bcc" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["bcc-limit"]);
    expect(diagnostics[0]?.message).toContain("these conditions have 33");
  });

  it("moves what does not fit on the stack of a probe into space of its own", () => {
    const results = "exec distinct(file), hist(pid) by file, comm";
    expect(cText("exec by file, comm")).toContain("struct exec_key key = {};");
    const text = cText(`${results}; exec by file, comm; exec distinct(file) by file`);
    expect(text).toContain(
      "BPF_PERCPU_ARRAY(on_sched_process_exec_space, struct on_sched_process_exec_scratch, 1);",
    );
    expect(text.slice(text.indexOf("TRACEPOINT_PROBE"))).not.toMatch(/^ {4}struct \w+ \w+( =|;)/m);
  });

  it("reads as much of a text as it compares, and counts what is longer or not there", () => {
    const text = cText('openat_call where file ~ "*target.dat"');
    expect(text).toContain("char text[257] = {};");
    expect(text).toMatch(/if \(read < 0\)\n {8}problems\.increment\(UNREAD_TEXT\);/);
    expect(text).toMatch(
      /if \(length > 255\) \{\n {8}matched = -1;\n {8}problems\.increment\(CUT_TEXT\);\n {4}\}\n {4}if \(matched > 0\)/,
    );
    const long = cText(`openat_call where file == "${"a".repeat(100)}"`);
    expect(long).toContain("if (length != 100)");
    expect(cText("openat_call by file")).toMatch(
      /int kept = bpf_probe_read_user_str\([^\n]*;\n +if \(kept < 0\)\n +problems\.increment\(UNREAD_TEXT\);/,
    );
  });

  it("neither matches a text nor fails to where it is too long to tell", () => {
    const tested = (condition: string): string => cText(`openat_call where ${condition}`);
    expect(tested('file !~ "*x*"')).toMatch(
      /if \(!matched && length > 255\) \{\n {8}matched = -1;[^}]*\}\n {4}if \(!matched\)/,
    );
    expect(tested('file ~ "/a*x"')).toContain("if (length > 255 && text[0] == '/' && text[1] == 'a') {");
    expect(tested('not (file ~ "*x*" and pid > 1)')).toContain("!matched || ");
    expect(cText('faults by comm where file ~ "*x*"')).not.toContain("CUT_TEXT");
  });

  it("shows texts up to 263 bytes, as far as the kernel takes such a key, and counts what is cut", () => {
    expect(cText("openat_call by file, comm")).toContain("char file[264];");
    expect(cText("openat_call show file")).toContain("char file[264];");
    expect(cText("openat_call by file")).toMatch(/is_cut\([^\n]*\n +problems\.increment\(CUT_SHOWN\);/);
    expect(cText("openat_call by file as a, file as b")).toContain("char a[208];");
  });

  it("compares bytes that are no UTF-8", () => {
    expect(cText('openat_call where file == "b\\xff\\xfe"')).toMatch(
      /\[0\] == 'b' && \w+\[1\] == \(char\)255 && \w+\[2\] == \(char\)254 && !/,
    );
    expect(cText('openat_call where file ~ "*[a-\\xff]"')).toContain(
      "(tail[0] < 'a' || tail[0] > 127) && (tail[0] < (char)128 || tail[0] > (char)255)",
    );
  });

  it("fails where a pattern stands for no probe when it runs", () => {
    for (const query of [
      "tracepoint:vmscan:* by probe",
      "tracepoint:vmscan:*",
      "kprobe:vfs_*",
      "uprobe:libc:mall*",
    ])
      expect(program(query)).toMatch(/matching\(BPF\.get_\w+\([^\n]*, "\w+:/);
  });

  it("counts what another thread on the CPU would write over, at a user function", () => {
    const keys = "comm, pid, tid, cpu, uid";
    const text = cText(
      `uprobe:libc:malloc(n) distinct(comm), hist(n) by ${keys}; uprobe:libc:malloc(n) distinct(n), hist(n) by gid, ${keys}; uprobe:libc:malloc(n) distinct(n), hist(n) by cgroup, ${keys} where n > 10`,
    );
    expect(text).toContain("if (scratch->busy) {\n        problems.increment(BUSY_CPU);\n        return 0;");
    expect(text).toMatch(/leave:\n {4}scratch->busy = 0;\n {4}return 0;\n\}$/);
  });

  it("reads the text at an address of the program that the begin of a span kept", () => {
    const span = (begin: string, end: string): string => `
      span s on tid { begin ${begin} { name: addr = addr(args.filename) } end ${end} { r: int = args.ret } f: string = str(begin.name) }
      s by f`;
    const text = cText(span("tracepoint:syscalls:sys_enter_openat", "tracepoint:syscalls:sys_exit_openat"));
    expect(text).toMatch(/bpf_probe_read_user_str\(&key\.f, sizeof\(key\.f\), \(void \*\)[^\n]*(entry|name)/);
  });

  it("looks again into a table that has changed", () => {
    // The end of one span is the begin of the next: what was looked up before is not what is there.
    const text = cText(
      "span lap on tid { begin tracepoint:syscalls:sys_enter_brk { asked: addr = args.brk }  end tracepoint:syscalls:sys_enter_brk }\nlap count() by begin.asked",
    );
    const body = text.slice(text.indexOf("TRACEPOINT_PROBE"));
    expect(body.indexOf(".delete(")).toBeLessThan(body.indexOf(".update("));
    expect(body.match(/\.lookup\(/g)?.length).toBeGreaterThanOrEqual(1);
  });

  it("counts on each CPU, and makes histograms in the kernel", () => {
    const text = cText("malloc hist(size), sum(size) by comm");
    expect(text).toContain("BPF_PERCPU_HASH(malloc_hist_size_groups, struct malloc_hist_size_key");
    expect(text).toContain("BPF_PERCPU_HASH(malloc_hist_size_slots, struct malloc_hist_size_slots, u64");
    expect(cText("compaction hist(latency)")).toContain(
      "BPF_PERCPU_ARRAY(compaction_hist_latency_slots, u64, 66);",
    );
  });

  it("fills one set of entries of a result while the other is read", () => {
    const query = "malloc count(), hist(size) by comm every 1s; brk count(), hist(pid) every 2s";
    for (const form of ["text", "stream"] as const) {
      const text = program(query, "debian13", { form });
      expect(text).toContain("BPF_ARRAY(turns, u32, 2);");
      expect(text).toContain("u32 turn_now = turn_of(1);");
      expect(text).toContain("int slot = turn_now * 66 + log2_slot(value);");
      expect(text).toContain('due = take(bpf["malloc_hist_size_slots"], lambda key: key.group.turn == turn)');
    }
    expect(cText("mmap show time, len")).not.toContain("turns");
    // A column of that name is another one.
    expect(program("malloc count() by size as turn every 1s")).toContain("u64 turn_;");
  });

  it("has one set of entries where a person reads a program that prints once", () => {
    const query = "malloc count(), hist(size) by comm; brk count(), hist(pid)";
    const text = program(query);
    expect(text).not.toMatch(/\bturn|json/);
    expect(text).toContain("int slot = log2_slot(value);");
    expect(text).toContain("struct malloc_count_key { char comm[16]; };");
    expect(program(query, "debian13", { form: "stream" })).toContain("BPF_ARRAY(turns, u32, 2);");
  });

  it("ranks groups that lack a value, because one of several tables was full", () => {
    expect(program("malloc min(size), hist(size) by comm")).toContain("-rank(row[1][0])");
  });

  it("is as long as what it does", () => {
    const lines = (query: string): number => program(query).split("\n").length - 1;
    expect(lines("faults by comm")).toBeLessThanOrEqual(130);
  });

  const MEMLEAK =
    "open allocation sum(size), count() by ustack where age >= 500ms every 5s top 10 by sum(size)";

  it.each(["text", "stream"] as const)("writes once what several probes do: %s", (form) => {
    const text = program(MEMLEAK, "debian13", { form });
    const counts = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    // Nine functions return a block; six of them differ in the register of its size alone.
    expect(counts(/allocation_begun\.update\(/g)).toBe(1);
    expect(counts(/ begin_allocation\(/g)).toBe(4);
    // Taking an allocation off running sums is long enough to be shared; forgetting one is not.
    expect(counts(/allocation_begun\.delete\(/g)).toBe(form === "text" ? 2 : 1);
    expect(text).toContain(
      "int on_valloc(struct pt_regs *ctx) { return begin_call(ctx, 136, 0, PT_REGS_PARM1(ctx)); }\n",
    );
    expect(counts(/^int on_\w+_return\(.*\{ return begin_allocation\w*\(ctx, .*\); \}$/gm)).toBe(8);
    if (form === "text") expect(text.split("\n").length - 1).toBeLessThanOrEqual(400);
  });

  it("keeps the variables at user functions off the CPU's stack, where the kernel has one for each", () => {
    const counts = (query: string, kernel: "debian13" | "sid"): number =>
      program(query, kernel, { form: "stream" }).match(/own_stack\(ctx\);/g)?.length ?? 0;
    expect(counts("malloc sum(size) by ustack", "sid")).toBe(1);
    // Three functions that several probes call, and two probes that call none of them.
    expect(counts(MEMLEAK, "sid")).toBe(5);
    expect(counts(MEMLEAK, "debian13")).toBe(0);
    expect(counts("brk by ustack via tracepoint", "sid")).toBe(0);
  });

  it("jumps after eight bytes of a long text, which the compiler may compare at once", () => {
    const reads = (text: string): number =>
      cText(`openat_call by comm where file == "${text}"`).match(/\(\(volatile char \*\)\w+\)\[(?:8|16)\]/g)
        ?.length ?? 0;
    expect(["/etc/passwd", "/etc/password", "/usr/lib/os-release"].map(reads)).toEqual([0, 1, 2]);
    expect(cText('openat_call by comm where file ~ "*/os-release.backup"')).toContain(
      "((volatile char *)tail)[8]",
    );
  });

  it("keeps calls in one table, and what is shown while it is open in another", () => {
    const text = cText(MEMLEAK);
    expect(text).toContain("struct calls { u64 call; u64 time; u64 old_or_place; u64 size; };");
    // What is shown while it is open is read by itself.
    expect(text).toContain("struct allocation_begun_key, struct allocation_begun, allocation_begun, ");
  });

  it("shares steps by what they do, whatever the spans are called", () => {
    const span = (name: string, register: number): string =>
      `span ${name}_task on tid { begin uprobe:"/bin/x":${name}(a, b) { weight: int = ${"ab"[register]} } end uretprobe:"/bin/x":${name} { result: addr = retval } }`;
    const names = ["cut", "dig", "mow", "sow", "hoe"];
    const text = cText(
      `${names.map((name, i) => span(name, i % 2)).join("\n")}
event work = ${names.map((name) => `${name}_task`).join(" | ")}
work sum(weight), count() by pid where result != 0`,
    );
    expect(text).toContain("int on_cut(struct pt_regs *ctx)");
    expect(text.match(/\.lookup_or_try_init\(/g)).toHaveLength(1);
    expect(text.match(/return end_task\(ctx, KIND_[A-Z]+\)/g)).toHaveLength(5);
    expect(text.match(/return begin_task\(KIND_/g)).toHaveLength(5);
  });

  it("reads what is open as it is, each record once, and no age is below zero", () => {
    const text = program(MEMLEAK, "debian13");
    expect(text).not.toMatch(/\bturn|running_|change_/);
    expect(text).toMatch(
      /records = \{bytes\(key\): record for key, record in bpf\["allocation_begun"\]\.items\(\)\}\n +now = /,
    );
    expect(text).toContain("if now - record.time < 500000000 or ");
    expect(program(MEMLEAK, "debian13", { form: "stream" })).toContain("change_allocation_count(");
  });

  it("tells which calls are seen alike in one line", () => {
    const [, header = ""] = program(MEMLEAK, "debian13").split('"""');
    expect(header).toContain("free: uprobe:libc:free\n");
    expect(header.replace(/\s+/g, " ")).toContain(
      "valloc_call, pvalloc_call: uprobe:libc:FUNCTION, uretprobe:libc:FUNCTION",
    );
    expect(program("open allocation count(); malloc")).toContain("FUNCTION");
    expect(program("malloc_call")).not.toContain("FUNCTION");
  });

  it("leaves no garbage behind a turn in a key", () => {
    const text = program("faults count() by address, ip every 1s", "debian13");
    expect(text).toContain("struct faults_key { u64 address; u64 ip; u32 turn; };");
    expect(text).toContain("struct faults_key key = {};");
    expect(program("faults count() by address, ip", "debian13")).toContain(
      "struct faults_key key = { .address",
    );
  });

  it("leaves few lines where they are", () => {
    expect(cText("direct_reclaim hist(latency); compaction hist(latency)")).not.toContain("KIND_");
  });

  it("offers as options what each program can be told", () => {
    const options = (query: string): string[] =>
      [...program(query).matchAll(/add_argument\((?:"-\w", )?"--([a-z-]+)"/g)].map(([, name = ""]) => name);
    expect(options("malloc count() by comm")).toEqual(["pid", "duration", "top", "max-entries"]);
    expect(options("malloc count() by comm every 1s")).toEqual(["pid", "interval", "duration", "top", "max-entries"]); // prettier-ignore
    expect(options("mmap show time, len")).toEqual(["pid", "duration", "max-entries"]);
    // The kernel does these in any process: there is none to narrow it to.
    expect(options("runqueue count() by thread_comm")).not.toContain("pid");
    expect(program("runqueue count() by thread_comm")).not.toContain("ONLY_PID");
    // The runner has said it all.
    expect(program("malloc count() by comm", "debian13", { form: "stream" })).not.toMatch(
      /argparse|ONLY_PID/,
    );
  });

  it("says which tool it is of, and what the tool was given", () => {
    const tool = { name: "memleak", arguments: { min_age: "5s" } };
    expect(program("", "debian13", { tool })).toContain(
      "Compiled by Faultline from the tool memleak with min_age = 5s for debian13",
    );
  });

  it("warns of another kernel in the form that is asked for", () => {
    const text = program("faults count() by file");
    expect(text).toContain('    if os.uname().release != "6.12.');
    expect(text).toMatch(/warning\(\s*"warning: structs are read as in Linux 6\.12/);
    const stream = program("faults count() by file", "debian13", { form: "stream" });
    expect(stream).toMatch(/send\(\{"warning": \s*"structs are read as in Linux 6\.12/);
  });

  it("streams through a ring buffer, or on old kernels a perf buffer, and counts what is lost", () => {
    const query = "mmap show time, pid, comm, len";
    expect(cText(query)).toContain("BPF_RINGBUF_OUTPUT(");
    expect(cText(query)).toContain("problems.increment(LOST_EVENT);");
    const kernel = { ...bundledKernel("debian12"), release: "5.4.0-26-amd64" };
    const known = bundledKernel("debian12");
    const old = Object.assign(Object.create(known) as typeof known, { release: kernel.release });
    const text = compile(query, { kernel: old, to: "bcc" }).script?.text ?? "";
    expect(text).toContain("BPF_PERF_OUTPUT(");
    expect(text).toContain("lost_cb=");
    expect(text).toContain("CLOCK_MONOTONIC");
  });

  it("makes a function for each probe of a wildcard only where they are told apart", () => {
    expect(program("tracepoint:vmscan:* by probe")).toContain("= numbered(");
    expect(program("tracepoint:vmscan:* by comm")).not.toContain("PROBES");
  });

  it("reads tracepoints whose types BCC does not know with a struct of its own", () => {
    const text = cText("migrate sum(succeeded)", "debian13");
    expect(text).toMatch(/struct on_mm_migrate_pages_args \{\n {4}u64 common;/);
  });

  it("shows enums and flags by name, and numbers in units", () => {
    const text = program("mmap show len in KB, prot, flags");
    expect(text).toContain('("PROT_READ", 0x1), ');
    expect(text).toContain("in_units(event.len_kb, 1024)");
    expect(text).toContain("flag_names(event.prot, PROT, PROT_ZEROS)");
  });

  it.each([
    ["faults where pid == 7", "if (pid != 7)"],
    ["faults where uid != 0 and cpu < 2", "if (uid == 0)"],
    ["faults where uid != 0 and cpu < 2", "if (cpu >= 2)"],
    ["mmap where len >= 4KB", "if (args->len < 4096)"],
    ["mmap where not (flags has MAP_ANONYMOUS)", "if (args->flags & 0x20)"],
    ["mmap where flags has MAP_ANONYMOUS", "if (!(args->flags & 0x20))"],
    ["mmap where prot has (PROT_READ | PROT_WRITE)", "if ((args->prot & 0x3) != 0x3)"],
    ['faults where comm != "x"', "if (comm[0] == 'x' && !comm[1])"],
    // A narrow number that has a sign is widened with it before it is compared.
    ["mmap where fd < 0", "if ((s64)(s32)args->fd >= 0)"],
  ])("leaves a probe where the filter is not met: %s", (query, line) => {
    expect(cText(query)).toContain(`    ${line}\n        return 0;\n`);
  });

  it("names functions by what happens, and members by the fields they keep", () => {
    const text = cText("open allocation count() by comm");
    expect(text).toMatch(/^int on_malloc\(/m);
    expect(text).toMatch(/^int on_malloc_return\(/m);
    expect(text).toMatch(/struct calls \{ u64 call; u64 time; u64 old_or_place; /);
    expect(cText("profile:hz:99 by comm")).toMatch(/^int on_profile\(/m);
    expect(cText("faults by comm")).toMatch(/^int on_page_faults\(/m);
  });

  it("keeps a single number without a struct", () => {
    const text = program("compaction hist(latency); faults by comm; faults count() by pid");
    expect(text).toContain("BPF_HASH(compaction_begun, u32, u64, MAX_ENTRIES);");
    expect(text).toContain("u64 latency = now - *time;");
    expect(text).toContain("BPF_PERCPU_HASH(faults_groups, struct faults_key, s64, MAX_ENTRIES);");
    expect(text).toContain("BPF_PERCPU_HASH(faults_2_groups, u32, s64, MAX_ENTRIES);");
    expect(text).toContain("group = groups.setdefault((key.value,), [0])");
    expect(text).not.toMatch(/struct \w+_value/);
  });

  it("asks the kernel once for the process and the thread", () => {
    const text = cText("direct_reclaim count() by pid");
    const begin = text.slice(text.indexOf("RAW_TRACEPOINT_PROBE"), text.lastIndexOf("RAW_TRACEPOINT_PROBE"));
    expect(begin.match(/bpf_get_current_pid_tgid/g)).toHaveLength(1);
    expect(begin).toContain("if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)");
  });

  it("tests no process in functions that are attached to one", () => {
    const process = { pid: 42, followed: false };
    expect(cText("malloc by comm", "debian13", { process })).not.toMatch(/pid/);
    expect(cText("malloc by comm")).not.toContain("ONLY_PID");
    expect(program("malloc by comm")).toContain("pid = options.pid or -1");
    // With the processes that it starts there is nothing to attach it to.
    const followed = cText("malloc by comm", "debian13", { process: { pid: 42, followed: true } });
    expect(followed).toContain("if (!mine)");
  });

  it("attaches what ends a span before what begins it, and returns before calls", () => {
    const text = program("open allocation count() by pid");
    const order = ['fn_name=b"on_%s_return" % symbol', 'b"free", b"realloc', 'fn_name=b"on_%s" % symbol'];
    const places = order.map((each) => text.indexOf(each));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("asks no array whether it has an entry that it must have", () => {
    expect(cText("compaction hist(latency), count()")).not.toMatch(/else\n +problems/);
  });

  it("has options for who runs it, and not for what is fixed", () => {
    expect(program("faults by comm")).toContain('"-p", "--pid"');
    const fixed = program("faults by comm", "debian13", { process: { pid: 42, followed: false } });
    expect(fixed).not.toContain('"--pid"');
    expect(fixed).toContain("    if (pid != 42)\n        return 0;\n");
    expect(program("faults by comm every 2s for 10s")).toContain("default=10");
  });

  it("marks the last interval, which is cut short", () => {
    expect(program("faults by comm every 2s")).toMatch(
      /\n {4}write\("\(partial\)"\)\n {4}print_faults\(bpf, options\)/,
    );
    for (const query of ["faults by comm", "open allocation count() by comm every 2s"])
      expect(program(query)).not.toContain("(partial)");
  });

  it("follows what a command starts", () => {
    const text = program("faults by comm", "debian13", { process: { pid: 42, followed: true } });
    expect(text).toContain("int follow_new_process(struct follow_new_process_args *args)");
    expect(text).toContain("followed[followed.Key(42)] = followed.Leaf(1)");
    expect(text).not.toContain("starting");
    const shell = { pid: 42, followed: true, execs: 2 };
    const shelled = program("faults by comm", "debian13", { process: shell });
    expect(shelled).toContain("starting[starting.Key(42)] = starting.Leaf(2)");
    expect(shelled).toMatch(/tp=b"task:task_rename", fn_name=b"follow_command"/);
    expect(shelled).toContain("if (!left || *left == 0 || --*left > 0)");
    expect(shelled).toContain(
      "if (left && starting.update(&child, left))\n        problems.increment(UNTRACED);",
    );
    // A query may have a probe at the same place.
    const forks = cText("fork show child", "debian13", { process: { pid: 42, followed: true } });
    expect(forks.match(/TRACEPOINT_PROBE\(sched, sched_process_fork\)/g)?.length).toBe(1);
  });
});

const HOSTILE = [
  'faults by comm where comm == "\\"; system(\\"id\\") //"',
  'faults by comm where comm == "%s%n\\\\" and pid > 1',
  'faults sum(pid) as "*/ BEGIN { system(1) } /*" by comm',
  'faults sum(pid) as "\\"\\"\\"; import os; os.system(1)" by comm',
  'faults show pid as "%s\\n\\"x", comm as "a\\u{202e}b"',
  'faults show pid as "for", tid as "class", uid as "current", gid as "u64", cpu as "1+1"',
  'uprobe:"/tmp/a b*:c";f" by comm',
  'faults by file where file ~ "*\\\\\\"[a-z\\"]*/*"',
  'malloc by comm where comm ~ "*/*" or comm ~ "\\"\\"\\"*"',
];

describe("text of the user", () => {
  it.each(HOSTILE)("stays in its place: %s", (query) => {
    const compiled = compile(query, { to: "bcc" });
    if (!compiled.script) return expect(compiled.diagnostics[0]?.severity).toBe("error");
    const { text } = compiled.script;
    // Strings and comments taken out, what is left is code.
    const code = text
      .replace(/r"""[\s\S]*?\n"""/g, (c) =>
        c.replace(/\/\*[\s\S]*?\*\//g, "").replace(/"(?:[^"\\\n]|\\.)*"/g, ""),
      )
      .replace(/"""(?:[^\\]|\\[\s\S])*?"""/g, "")
      .replace(/"(?:[^"\\\n]|\\.)*"/g, "");
    expect(code).not.toMatch(/system|202e|\bimport os;/);
  });

  it.skipIf(!hasPython)("leaves Python whole", () => {
    const programs = HOSTILE.flatMap((query) => compile(query, { to: "bcc" }).script?.text ?? []);
    expect(programs.length).toBeGreaterThan(5);
    expect(pythonErrors(programs)).toBe("");
  });
});

describe("what BCC cannot do", () => {
  it.each([
    ['tracepoint:vmscan:* by comm where probe == "tracepoint:vmscan:x"', /wildcard/],
    ['uprobe:"/usr/lib/*":malloc by comm', /the name of one program or library/],
  ])("%s", (query, why) => {
    const { diagnostics, script } = compile(query, { to: "bcc" });
    if (script) throw new Error("it was compiled");
    expect(diagnostics[0]?.message).toMatch(why);
  });

  it("tells of a version that is too old", () => {
    expect(compile("faults", { to: "bcc", version: "0.18.0" }).diagnostics[0]?.code).toBe("bcc-version");
  });
});
