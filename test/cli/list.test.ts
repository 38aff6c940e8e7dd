import { describe, expect, it } from "vitest";
import { listCommand } from "../../src/cli/commands/list.js";
import { called, NOWHERE } from "./called.js";
import type { Ran } from "./faultline.js";

function listed(
  what: readonly string[],
  kernel = "debian13",
  format: "table" | "json" = "table",
): Promise<Ran> {
  return called(async () => listCommand.action([what], { kernel, format, versions: {} }, NOWHERE));
}

describe("faultline list probes", () => {
  it("shows tracepoints with their fields and types, in order", async () => {
    const { code, out } = await listed(["probes", "vmscan:*reclaim_begin"]);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toEqual([
      "tracepoint:vmscan:mm_vmscan_direct_reclaim_begin(order: int, gfp_flags: unsigned long (flags))",
      "tracepoint:vmscan:mm_vmscan_memcg_reclaim_begin(order: int, gfp_flags: unsigned long (flags))",
      "tracepoint:vmscan:mm_vmscan_memcg_softlimit_reclaim_begin(order: int, gfp_flags: unsigned long (flags))",
      "tracepoint:vmscan:mm_vmscan_node_reclaim_begin(nid: int, order: int, gfp_flags: unsigned long (flags))",
    ]);
  });

  it("reads a captured profile's file", async () => {
    const { out } = await listed(["probes", "handle_mm_fault"], "profiles/debian12.profile");
    expect(out).toBe(
      "kprobe:handle_mm_fault(vma: struct vm_area_struct *, address: long unsigned int, flags: unsigned int, regs: struct pt_regs *)\n",
    );
  });

  it.each([
    ["kretprobe:do_mmap", "kretprobe:do_mmap: long unsigned int\n"],
    ["fexit:vm_munmap", "fexit:vm_munmap(start: long unsigned int, len: long unsigned int): int\n"],
    ["t:vmscan:mm_vmscan_kswapd_sleep", "tracepoint:vmscan:mm_vmscan_kswapd_sleep(nid: int)\n"],
    ["rawtracepoint:mm_vmscan_kswapd_sleep", "rawtracepoint:mm_vmscan_kswapd_sleep\n"],
    ["software:m*-faults", "software:major-faults\nsoftware:minor-faults\n"],
    ["hardware:cache-*", "hardware:cache-misses\nhardware:cache-references\n"],
  ])("takes a probe's type: %s", async (pattern, lines) => {
    expect(await listed(["probes", pattern])).toMatchObject({
      code: 0,
      out: lines,
    });
  });

  it("writes JSON", async () => {
    const { out } = await listed(["probes", "t:vmscan:mm_vmscan_direct_reclaim_begin"], "sid", "json");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      kernel: "sid",
      probes: [
        {
          probe: "tracepoint:vmscan:mm_vmscan_direct_reclaim_begin",
          fields: expect.arrayContaining([
            { name: "order", type: "int" },
            { name: "gfp_flags", type: "unsigned long", names: "flags" },
          ]),
        },
      ],
    });
  });

  it("shows names alone where they are very many", async () => {
    const { code, out, err } = await listed(["probes", "kprobe:*"], "debian12");
    expect(code).toBe(0);
    expect(out.split("\n").length).toBeGreaterThan(10_000);
    expect(out).not.toContain("(");
    expect(err).toContain("so ask for fewer");
  });

  it("says that a kernel has a function, and lets nobody attach to it: exit 3", async () => {
    const { code, out, err } = await listed(["probes", "kprobe:do_mmap"], "dev");
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain("has 1 function like `do_mmap`, and cannot attach kprobe to functions");
  });

  it.each([
    ["vmscn:*", "did you mean `vmscan`?"],
    ["vmscan:mm_vmscan_write_foli", "did you mean `vmscan:mm_vmscan_write_folio`"],
    ["handle_mm_fau", "did you mean `handle_mm_fault`"],
    ["nosuch_*", "matches `nosuch_*`"],
    ["uprobe:libc:mal*", "nm --dynamic"],
    ["[x", "is no pattern"],
  ])("refuses %s", async (pattern, message) => {
    const { code, err } = await listed(["probes", pattern]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each([
    [["probes"], "tens of thousands"],
    [["probes", "a", "b"], "one pattern"],
  ])("refuses %j", async (what, message) => {
    const { code, err } = await listed(what);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("faultline list", () => {
  it("tells in JSON which fields a source has, and its providers on the target", async () => {
    const { out } = await listed(["swapin"], "debian12", "json");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      kernel: "debian12",
      sources: [
        { name: "swapin", kind: "tool" },
        {
          name: "swapin",
          kind: "event",
          fields: [{ name: "entry", type: "int" }],
          providers: [
            // One for each way in which kernels keep the number of pages.
            { provider: "kprobe:swap_read_folio", unavailable: expect.stringContaining("no function") },
            { provider: "kprobe:swap_read_folio", unavailable: expect.stringContaining("no function") },
            { provider: "kprobe:swap_read_folio", unavailable: expect.stringContaining("no function") },
            { provider: "fentry:swap_readpage" },
            { provider: "kprobe:swap_readpage" },
          ],
        },
      ],
    });
  });

  it("marks what the target cannot answer", async () => {
    const { code, out } = await listed(["swap*"], "dev");
    expect(code).toBe(0);
    expect(out).toMatch(/^swapin +event .*\n +not available: .*no kprobes/m);
    // Providers that differ in their conditions alone lack the same.
    expect(out.match(/kprobe:swap_read_folio: [^;)]*/g)).toHaveLength(1);
  });
});
