import { describe, expect, it } from "vitest";
import { compile, type CompileOptions } from "../../src/index.js";

/** The command, without its notes. */
function oneliner(query: string, options: CompileOptions = {}): string {
  const { script, diagnostics } = compile(query, { to: "bcc-oneliner", ...options });
  if (!script) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message} ${d.hint ?? ""}`).join("; "));
  expect(
    script.text
      .split("\n")
      .slice(1)
      .every((line) => line === "" || line.startsWith("# ")),
  ).toBe(true);
  return script.text.split("\n")[0] ?? "";
}

const only = { process: { pid: 42, followed: false } } as const;

describe("the one-liners of the chapter", () => {
  it.each([
    ["brk by ustack, comm", "stackcount -U t:syscalls:sys_enter_brk"],
    ["user_faults by ustack, comm", "stackcount -U t:exceptions:page_fault_user"],
    ["tracepoint:vmscan:* by probe", "funccount 't:vmscan:*'"],
    ["kprobe:hugepage_madvise show probe, pid", "trace hugepage_madvise"],
    ["migrate", "funccount t:migrate:mm_migrate_pages"],
    ["tracepoint:compaction:mm_compaction_begin show time", "trace t:compaction:mm_compaction_begin"],
  ])("%s", (query, command) => expect(oneliner(query)).toBe(command));
});

describe("other tools", () => {
  it.each([
    ["kprobe:do_brk_flags by kstack every 5s for 20s", "stackcount -K -i 5 -d 20 do_brk_flags"],
    ["brk by ustack, kstack, pid", "stackcount -P t:syscalls:sys_enter_brk"],
    ["malloc count()", "funccount c:malloc"],
    ["malloc hist(size)", "argdist -H 'p:c:malloc(u64 a):u64:a'"],
    ["malloc hist((size + 1) / 2)", "argdist -H 'p:c:malloc(u64 a):u64:(a + 1) / 2'"],
    [
      "malloc hist(size) where (size > 4KB or size == 0) and not (pid < 2 or uid == 7)",
      "argdist -H 'p:c:malloc(u64 a):u64:a:$pid >= 2 && $uid != 7 && (a > 4096 || a == 0)'",
    ],
    ["malloc hist(size) where size > 4KB", "argdist -H 'p:c:malloc(u64 a):u64:a:a > 4096'"],
    ["brk count() by requested", "argdist -C 't:syscalls:sys_enter_brk():u64:args->brk'"],
    [
      "span f on tid { begin kprobe:do_brk_flags  end kretprobe:do_brk_flags }\nf hist(latency)",
      "funclatency do_brk_flags",
    ],
    [
      "mmap show pid, len, flags where len > 1MB",
      `trace 't:syscalls:sys_enter_mmap (args->len > 1048576) "len=%lu flags=0x%lx", args->len, args->flags'`,
    ],
    ["brk show comm, ustack", "trace -U t:syscalls:sys_enter_brk"],
    ["block_io hist(latency) by disk", "biolatency -D"],
    ["queued_block_io hist(latency)", "biolatency -Q"],
    ["direct_reclaim show time, comm, pid, latency, reclaimed", "drsnoop"],
    ["oomkill show time, victim, pages", "oomkill"],
    ["swapin by comm, pid every 1s", "swapin"],
  ])("%s", (query, command) => expect(oneliner(query)).toBe(command));

  it("follows the allocations of one process", () => {
    expect(
      oneliner("open allocation sum(size), count() by ustack where age > 10s every 5s top 20", only),
    ).toBe("memleak -p 42 -o 10000 -T 20 5");
    expect(oneliner("open allocation count() by ustack where size >= 4KB and age >= 0s", only)).toBe(
      "memleak -p 42 -z 4096 -o 0",
    );
    expect(oneliner("brk by ustack", only)).toBe("stackcount -U -p 42 t:syscalls:sys_enter_brk");
  });

  it("notes what differs", () => {
    const text = compile("brk by ustack, comm", { to: "bcc-oneliner" }).script?.text;
    expect(text).toContain("\n# it adds all processes together");
  });

  it.each([
    ["faults by ustack", /software events/],
    ["faults by comm", /does not group by comm/],
    ["brk by ustack, requested", /does not group by|just this/],
    ["brk by ustack where requested != 0", /has no conditions/],
    ["open allocation sum(size), count() by ustack", /in one process/],
    // The tool has no quotes for this one.
    ['brk show pid where comm == "a\\"b"', /cannot test this condition/],
    ["open compaction show age, comm", /allocations alone/],
    ['every 1s show count(brk) as "B", count(migrate) as "M"', /in one line/],
    ["shrink_slab hist(latency) by shrinker", /none of BCC's tools/],
  ])("says why none fits: %s", (query, why) => {
    const { script, diagnostics } = compile(query, { to: "bcc-oneliner" });
    expect(script?.text).toBeUndefined();
    expect(diagnostics[0]?.message).toMatch(why);
  });

  it("quotes for the shell", () => {
    expect(oneliner(`uprobe:"/tmp/a'b c":f count()`)).toBe(`funccount '/tmp/a'\\''b c:f'`);
  });
});
