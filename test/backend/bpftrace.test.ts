import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import { SHIPPED } from "../tracers.js";

const QUERIES = readFileSync(new URL("../fixtures/design-queries.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

function script(
  query: string,
  kernel = "debian13",
  bpftrace = "0.23.2",
  form: "text" | "stream" = "text",
): string {
  const compiled = compile(query, { kernel: bundledKernel(kernel), version: bpftrace, form });
  if (!compiled.script)
    throw new Error(compiled.diagnostics.map((d) => `${d.code}: ${d.message}`).join("; "));
  return compiled.script.text;
}

describe.each(SHIPPED)("$target with bpftrace $bpftrace", ({ target: kernel, bpftrace: version }) => {
  it.each(QUERIES)("%s", async (query) => {
    const name = query.replace(/[^a-z0-9]+/gi, "-").slice(0, 60);
    await expect(script(query, kernel, version)).toMatchFileSnapshot(`../golden/${kernel}/${name}.bt`);
    // What `faultline review` says that a script does not do.
    expect(script(query, kernel, version, "stream")).not.toMatch(
      /\b(?:system|signal|override|cat|join|buf_write|skboutput|write)\(|--unsafe/,
    );
  });
});

describe("scripts", () => {
  it("takes the cheapest provider that gives what is asked", () => {
    expect(script("faults by comm")).toContain("\nsoftware:page-faults:1 {");
    expect(script("faults by address")).toContain("\ntracepoint:exceptions:page_fault_user {");
    expect(script("faults by file")).toContain("\nfexit:handle_mm_fault\n");
    expect(script("faults by file", "debian12", "0.17.0")).toContain("\nkretfunc:handle_mm_fault\n");
    expect(script("faults by comm via kprobe")).toContain("\nkprobe:handle_mm_fault {");
  });

  it("takes the name that the kernel has", () => {
    expect(script("swapin", "debian12", "0.17.0")).toContain("kfunc:swap_readpage");
    expect(script("swapin", "debian13")).toContain("fentry:swap_read_folio");
  });

  it("filters before it walks a stack", () => {
    const text = script('faults by ustack where file ~ "*.so"');
    expect(text.indexOf("$len >= 3")).toBeLessThan(text.indexOf("[ustack]"));
  });

  it("looks inside comm through the task", () => {
    const text = script('faults by pid where comm ~ "*ngin?"');
    expect(text).toMatch(/\$text = \(uint8 \*\)\(\(uint64\)curtask \+ \d+\);/);
    expect(script('faults by pid where comm ~ "ngin*"')).toContain('strncmp(comm, "ngin", 4) == 0');
  });

  it("says what each version can", () => {
    expect(script("brk by requested", "debian12", "0.17.0")).toContain("args->brk");
    expect(script("brk by requested")).toContain("args.brk");
    expect(script("compaction hist(latency)", "sid", "0.27.1")).toContain(
      "if (delete(@compaction_begun, tid)) { }",
    );
    expect(script("compaction hist(latency)")).toContain("delete(@compaction_begun[tid]);");
  });

  it.each([
    'faults by comm where comm == "\\"; system(\\"id\\") //"',
    'faults by comm where comm == "%s%n\\\\" and pid > 1',
    'faults sum(pid) as "*/ BEGIN { system(1) }" by comm',
    'faults show pid as "%s\\n\\"x", comm as "a\\u{202e}b"',
    'uprobe:"/tmp/a b*:c";f" by comm',
  ])("keeps the user's text in its place: %s", (query) => {
    const compiled = compile(query, { version: "0.23.2" });
    const text = compiled.script?.text ?? "";
    // Strings first: what is left is code and comments, in which no quote may stand.
    const bare = text.replace(/"(?:[^"\\\n]|\\.)*"/g, "''");
    const code = bare.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    expect(code).not.toContain("system");
    expect(code).not.toContain('"');
  });

  it("keeps what an interval prints in two sets of maps, in turn", () => {
    const text = script("faults by comm every 1s", "debian13", "0.23.2", "stream");
    expect(text).toMatch(/if \(@turn0 == 0\) \{\n +@faults\[comm\] = count\(\);/);
    expect(text).toMatch(/else \{\n +@faults_in_turn\[comm\] = count\(\);/);
    // What comes while a set is printed and emptied is known by number, with keys and without.
    for (const query of ["faults by comm every 1s", "faults every 1s", "every 1s show count(faults)"])
      expect(script(query, "debian13", "0.23.2", "stream")).toContain("@seen0 = count();");
    expect(script("faults by comm", "debian13", "0.23.2", "stream")).not.toContain("turn");
  });

  it("adds up what is open in the set that is not being printed: the last interval's may not be cleared yet", () => {
    const query = "open allocation max(size) by ustack every 1s";
    const text = script(query, "debian13", "0.23.2", "stream");
    const [, interval = "", end = ""] = /\ninterval:s:1\n([^]*)\nEND\n([^]*)/.exec(text) ?? [];
    expect(interval).toMatch(
      /if \(@turn0 == 0\) \{\n +@turn0 = 1;\n +for \([^]*?@allocation_max_size\[.*\] = max\([^]*?\);/,
    );
    expect(interval).toMatch(
      /else \{\n +@turn0 = 0;\n +for \([^]*?@allocation_max_size_in_turn\[.*\] = max\([^]*?\);[^]*clear\(@allocation_max_size_in_turn\);/,
    );
    expect(end).toMatch(
      /for \([^]*?@allocation_max_size_at_end\[.*\] = max\([^]*?\);[^]*print\(\(-6, 0, nsecs, @turn0\)\);/,
    );
    expect(end).not.toMatch(/print\(@|clear\(@allocation_max_size(_in_turn|_at_end)?\)/);
    const [, ofInterval = "", atEnd = ""] =
      /\ninterval:s:1\n([^]*)\nEND\n([^]*)/.exec(script(query, "debian13", "0.23.2")) ?? [];
    expect(ofInterval).toContain("print(@allocation_max_size);");
    expect(ofInterval).not.toContain("_at_end");
    expect(atEnd).toContain("print(@allocation_max_size_at_end);");
    expect(script("open allocation max(size) by ustack", "debian13", "0.23.2")).not.toContain("_at_end");
  });

  it("prints state maps for what is open where it cannot walk them, and the maps of other results as ever", () => {
    const kernel = bundledKernel("debian12");
    const query = "faults by comm; open allocation max(size) by size every 1s";
    const { script: stream } = compile(query, { kernel, version: "0.17.0", form: "stream" });
    expect(stream?.maps.get("@faults")).toEqual({ holds: "aggregate", result: 0, aggregate: 0 });
    expect(stream?.maps.get("@allocation_begun")).toEqual({
      holds: "state",
      state: "allocation_begun",
      members: [null, "size", "owner_id", "owner_number"],
    });
    expect(stream?.maps.has("@malloc_call_begun")).toBe(false);
    expect(stream?.text).not.toContain("@turn");
  });

  it("limits the map that ranks, and prints the others whole: bpftrace ranks each by its own values", () => {
    const text = script(
      "faults count() as n, max(address) as highest by comm top 3 by n",
      "debian13",
      "0.23.2",
    );
    expect(text).toContain("print(@faults_count, 3);");
    expect(text).toContain("print(@faults_max_address);");
    expect(text).toContain("highest, of all groups\\n");
  });

  it.each([
    ["0.17.0", "256"],
    ["0.23.2", "4096"],
    ["0.27.1", "4096"],
  ])(
    "asks bpftrace %s for a buffer of %s pages, as what it takes by itself loses short bursts",
    (version, pages) => {
      const environment = compile("mmap show comm", { version }).script?.environment;
      expect(environment).toMatchObject({ BPFTRACE_PERF_RB_PAGES: pages });
    },
  );

  it("keeps addresses as numbers, which the kernel's types make pointers in some events of a source", () => {
    const text = script("shm_call count() by address", "sid", "0.27.1");
    const keys = [...text.matchAll(/@shm_call\[(.*)\] = /g)].map(([, key]) => key);
    expect(keys).toEqual(["(uint64)0", "(uint64)args.ret", "$shmdt.1", "(uint64)0"]);
    expect(text).toContain("@shmdt_begun[tid] = (1, (uint64)args.shmaddr);");
    expect(script("malloc_call count() by address", "sid", "0.27.1")).toContain("[retval]");
  });

  it("reads memory once that it needs twice, and what a branch reads only there", () => {
    const places = (query: string): readonly string[] =>
      script(query, "debian13", "0.23.2").match(/\S*f_path\.dentry\S*/g) ?? [];
    expect(places('faults by comm where file ~ "*.so"')).toEqual(["args.vma->vm_file->f_path.dentry;"]);
    expect(script('faults by comm where file ~ "*.so"', "debian13", "0.23.2")).toContain(
      "$dentry->d_name.len",
    );
    expect(script("mmap show file, len", "debian13", "0.23.2")).toMatch(
      /\? "" : str\(.*f_path\.dentry->d_name/,
    );
  });

  it("counts the begins that a full map does not keep, with every version", () => {
    const text = (version: string, form: "text" | "stream" = "stream"): string =>
      script("runqueue hist(latency)", "debian13", version, form);
    const counted =
      /@runqueue_begun\[args(\.|->)pid\] = nsecs;(?: \})?\n +if \(@runqueue_begun\[args\1pid\] == 0\) \{ (?:if \(@full\[0\] < nsecs\) \{ @full\[0\] = nsecs \+ 1000000; \} )?@begins_not_kept\[0\] = count\(\); \}/g;
    // One begin is a wakeup, the other a thread's start.
    for (const version of ["0.17.0", "0.20.0", "0.23.2", "0.27.1"])
      expect(text(version).match(counted)).toHaveLength(2);
    // Where each refusal is a message, a full map is left alone until something is taken out, or for a millisecond.
    for (const version of ["0.23.2", "0.27.1"])
      expect(text(version)).toMatch(
        /if \(@full\[0\] == 0 \|\| @full\[0\] < nsecs \|\| @runqueue_begun\[args\.pid\] != 0\) \{ @runqueue_begun\[[^]*delete\(@runqueue_begun[^]*if \(@full\[0\] != 0\) \{ @full\[0\] = 0; \}/,
      );
    const process = { pid: 42, followed: true };
    expect(
      compile("faults by comm", {
        kernel: bundledKernel("debian12"),
        version: "0.17.0",
        form: "stream",
        process,
      }).script?.text,
    ).toMatch(
      /@followed\[\(uint64\)args->child_pid\] = 1;\n +if \(@followed\[.*\] == 0\) \{ @begins_not_kept\[0\]/,
    );
    expect(text("0.17.0", "text")).not.toContain("begins_not_kept");
  });

  it("says the limits that it is run with: in a block where the version has one, else where it says how to start it", () => {
    const text = (version: string, form: "text" | "stream"): string =>
      compile("faults by comm", { version, form, maxEntries: 99 }).script?.text ?? "";
    for (const form of ["text", "stream"] as const) {
      for (const version of ["0.21.0", "0.23.2", "0.27.1"]) {
        expect(text(version, form)).toMatch(/^#!\/usr\/bin\/env bpftrace\n/);
        expect(text(version, form)).toMatch(
          /\nconfig = \{\n {2}max_map_keys = 99;\n {2}perf_rb_pages = \d+;\n\}\n/,
        );
      }
      const old = text("0.17.0", form);
      expect(old).toMatch(
        /^#!\/usr\/bin\/env -S BPFTRACE_MAP_KEYS_MAX=99 BPFTRACE_PERF_RB_PAGES=256 bpftrace\n/,
      );
      expect(old).not.toContain("config");
    }
    expect(text("0.20.0", "text")).toContain(" * Run it as: BPFTRACE_MAX_MAP_KEYS=99 ");
    expect(text("0.17.0", "stream")).toMatch(
      / \* Faultline runs it as: BPFTRACE_MAP_KEYS_MAX=99 .* bpftrace -f json FILE\n/,
    );
    expect(text("0.27.1", "stream")).toContain(" * Faultline runs it as: bpftrace -f json FILE\n");
  });

  it.each(["0.17.0", "0.23.2", "0.27.1"])(
    "gives the same answers by hand, and says what it leaves out: %s",
    (version) => {
      const text = (query: string): string => compile(query, { version }).script?.text ?? "";
      // What is asked in a unit is not cut: all digits of a power of ten, three of others, and the sign.
      expect(text("syscall show latency in ms, comm")).toContain(
        'printf("%5llu.%06llu %s\\n", $latency / 1000000, $latency % 1000000, comm);',
      );
      expect(text("rss show size in MB")).toMatch(
        /printf\("%s%llu\.%03llu\\n", args(->|\.)size < 0 \? "-" : "", \(uint64\)\(.*\) \/ 1048576, \(uint64\)\(.*\) % 1048576 \* 1000 \/ 1048576\);/,
      );
      // bpftrace prints maps in whole numbers, so they are in the unit that has no fractions.
      const maps = text(
        "syscall sum(latency) in ms, hist(latency) in us, avg(latency) by comm every 1s top 3",
      );
      expect(maps).toContain("sum(latency) (ms), here in ns\\n");
      expect(maps).toMatch(/print\(@syscall_sum_latency, 3\);/);
      expect(maps).toContain("hist(latency) (us), here in ns, of all groups\\n");
      expect(maps).toContain("avg(latency) (ns), averages rounded down, of all groups\\n");
      expect(maps).toMatch(/\nEND\n\{\n {2}printf\("\\n\(partial\)\\n"\);/);
      expect(maps).toMatch(/By hand: at an interval it prints and clears a map/);
      expect(maps).toMatch(/By hand: `top` is of the map whose values rank/);
      expect(text("rss show member")).toContain(
        "By hand: member is a number, which Faultline names: 0 MM_FILEPAGES, 1 MM_ANONPAGES",
      );
      expect(text("mmap show prot")).toContain("By hand: prot is a number, whose bits Faultline names");
      expect(text("faults by ustack")).toMatch(
        /By hand: it has no names for stacks of processes that have ended/,
      );
      expect(text("faults by comm")).not.toContain("By hand");
    },
  );

  it("tests whether a span has begun by what is never 0: the system call `read` has the number 0", () => {
    for (const version of ["0.17.0", "0.23.2", "0.27.1"])
      for (const form of ["text", "stream"] as const) {
        const text = compile("syscall sum(latency), count() by call", { version, form }).script?.text ?? "";
        expect(text).toMatch(/@syscall_begun\[tid\] = \(nsecs, /);
        expect(text).toMatch(/if \(\$syscall\.0 == 0\) \{ return; \}/);
      }
  });

  it("begins with the command, and not with the shell that starts it", () => {
    const text = (version: string, execs?: number): string => {
      const process = { pid: 42, followed: true, ...(execs === undefined ? {} : { execs }) };
      return compile("faults by comm", { version, form: "stream", process }).script?.text ?? "";
    };
    for (const version of ["0.17.0", "0.23.2", "0.27.1"]) {
      expect(text(version)).not.toContain("starting");
      const direct = text(version, 1);
      expect(direct).toContain("BEGIN { @starting[(uint64)42] = 1; }");
      expect(direct).toMatch(
        /tracepoint:task:task_rename\n\/@starting\[\(uint64\)pid\] != 0\/\n\{\n.* - 1;\n {2}if \(@starting\[\(uint64\)pid\] == 0\) \{ @followed\[\(uint64\)pid\] = 1;/,
      );
      // It forks nothing before it is the command.
      expect(direct.match(/sched_process_fork/g)).toHaveLength(1);
      const shell = text(version, 2);
      expect(shell).toContain("BEGIN { @starting[(uint64)42] = 2; }");
      expect(shell).toMatch(/@starting\[\(uint64\)args(?:->|\.)child_pid\] = @starting\[\(uint64\)pid\];/);
      // What comes before the first probe of the query runs before it, too.
      expect(shell.indexOf("task_rename")).toBeLessThan(shell.lastIndexOf("software:page-faults"));
      expect(shell).toMatch(/clear\(@starting\);/);
    }
  });

  it("keeps only this process", () => {
    const compiled = compile("faults by comm", { process: { pid: 42, followed: false } });
    expect(compiled.script?.text).toContain("/pid == 42/");
  });

  it("does not take what bpftrace cannot do", () => {
    const compiled = compile('direct_reclaim by pid where begin.comm ~ "*x*"');
    expect(compiled.diagnostics[0]?.code).toBe("bpftrace-limit");
    expect(compile("faults", { version: "0.16.0" }).diagnostics[0]?.code).toBe("bpftrace-version");
  });

  it("says why a kernel cannot answer", () => {
    const compiled = compile("faults by file", { kernel: bundledKernel("dev") });
    expect(compiled.unavailable).toBe(true);
    expect(compiled.diagnostics[0]?.hint).toContain("kprobe");
  });
});

describe("maps and their types", () => {
  const LAP = `span lap on tid {
    begin tracepoint:syscalls:sys_enter_brk { asked: addr = args.brk }
    end tracepoint:syscalls:sys_enter_brk
  }`;

  it("are known before a record is read where a span ends in the probe that begins it", () => {
    const text = script(`${LAP} lap count() by begin.asked where latency > 1ms`);
    const dead = text.indexOf(
      "if (0 == 1) {\n    // gives @lap_begun its type\n    @lap_begun[tid] = (nsecs, ",
    );
    expect(dead).toBeGreaterThan(0);
    expect(dead).toBeLessThan(text.indexOf("$lap = @lap_begun[tid];"));
  });

  it("are known where two spans each begin at the end of the other", () => {
    const text = script(`
      span one on tid { begin tracepoint:syscalls:sys_enter_brk end tracepoint:syscalls:sys_exit_brk }
      span two on tid { begin tracepoint:syscalls:sys_exit_brk { n: int = args.ret  c: string = comm } end tracepoint:syscalls:sys_enter_brk }
      one hist(latency); two hist(latency), sum(begin.n) by begin.c`);
    expect(text.match(/if \(0 == 1\)/g)).toHaveLength(1);
    expect(text).toContain("@two_begun[tid] = (nsecs, comm, (int64)0);");
  });

  it("need nothing where the begin comes first", () => {
    expect(script("direct_reclaim hist(latency)")).not.toContain("0 == 1");
  });

  it("are those of the struct that the definition declares, also where fentry names the argument", () => {
    const event = (struct: string, member: string): string =>
      `event x { provider kprobe:handle_mm_fault(vma: struct ${struct}) { n: int = vma.${member} } } x sum(n)`;
    const other = event("task_struct", "mm.brk");
    expect(script(other)).toContain("sum(((struct task_struct *)args.vma)->mm->brk)");
    expect(script(other, "debian12", "0.17.0")).toContain("sum(((struct task_struct *)args->vma)->mm->brk)");
  });
});

describe("texts of the program's memory", () => {
  it("are looked at beyond what bpftrace keeps, and counted where that is not enough or nothing is there", () => {
    const text = script('openat_call where file ~ "*target.dat"', "debian13", "0.23.2", "stream");
    expect(text).toMatch(/\$text = \(uint8 \*\)uptr\(\$openat\.1\);/);
    expect(text).toContain("while ($at < 256 && *($text + $at) != 0) {");
    expect(text).toContain("if ($fits == 0 && $at >= 256) { $fits = 2; @texts_too_long = count(); }");
    expect(text).toContain("if (*$text == 0) { @texts_empty_or_not_read = count(); }");
  });

  it.each([
    ["debian13", "0.23.2"],
    ["sid", "0.27.1"],
  ] as const)("neither match nor fail to match where they are too long to tell: %s", (kernel, version) => {
    const asked = (condition: string): string =>
      script(`openat_call where ${condition}`, kernel, version, "stream");
    expect(asked('file ~ "*x*"')).toContain("if ($fits == 1) {");
    expect(asked('file !~ "*x*"')).toContain("if ($fits == 0) {");
    expect(asked('not (file ~ "*x*" and pid > 1)')).toContain("if ($fits == 0 || pid <= 1) {");
    const filter = asked('file !~ "*x" and comm ~ "c*"');
    expect(filter).not.toContain("if ($fits == 1) { return; }");
  });

  it("are searched up to 255 bytes in one walk", () => {
    const old = script('openat_call where file ~ "/a*bc*d?e*.so"', "debian12", "0.17.0");
    expect(old.match(/while \(\$at < 256 /g)).toHaveLength(3);
    expect(old).not.toContain("$len");
    const range = script('openat_call where file ~ "/a*bc*d?e*.so"', "sid", "0.27.1");
    expect(range.match(/for \(\$i : 0\.\.256\)/g)).toHaveLength(1);
    expect(range).toContain("$found == 2 && $len < 256 && $end >= $from + 3");
    // The verifier would follow a number that it knows through all rounds.
    expect(range).toContain("$start = (int64)$text;\n  $end = $start;");
  });

  it("are shown up to 199 bytes by old versions, where the stack of a probe has room", () => {
    const room = (query: string): string | undefined =>
      /BPFTRACE_STRLEN=(\d+)/.exec(script(query, "debian12", "0.17.0", "stream"))?.[1];
    expect(room("openat_call by file")).toBe("200");
    expect(room("openat_call show comm, file")).toBe("200");
    expect(room("faults by comm")).toBeUndefined();
    expect(room("exec by file, cgroup, pid, tid, uid, gid, cpu, comm")).toBeUndefined();
    expect(room('openat_call show comm, file where file == "x"')).toBeUndefined();
    expect(script("openat_call by file", "sid", "0.27.1", "stream")).not.toContain("STRLEN");
  });

  it("are compared with literals longer than what bpftrace keeps", () => {
    const long = "a".repeat(100);
    expect(script(`openat_call where file == "${long}"`)).toContain(
      "*($text + 99) == 97 && *($text + 100) == 0",
    );
    expect(script(`openat_call where file != "${long}"`)).toContain(
      "*($text + 99) != 97 || *($text + 100) != 0",
    );
  });

  it("are compared with bytes that are no UTF-8", () => {
    expect(script('openat_call where file == "bad\\xff\\xfe.so"')).toContain('== "bad\\xff\\xfe.so"');
    expect(script('openat_call where file == "bad\u00ff"')).toContain('== "bad\\xc3\\xbf"');
    expect(script('openat_call where file == "bad\\u{ff}"')).toContain('== "bad\\xc3\\xbf"');
    expect(script('openat_call where file ~ "bad\\xff*"')).toContain('"bad\\xff", 4) == 0');
    expect(script('openat_call where file ~ "*\\xff[\\x80-\\xfe]"')).toMatch(
      /- 2\) == 255 && \*\([^)]*- 1\) >= 128 && \*\([^)]*- 1\) <= 254/,
    );
  });
});
