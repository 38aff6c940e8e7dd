/** Against the kernel the tests run on, and those of the bundled profiles. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { CMember, CType, Kernel } from "../../src/kernel/kernel.js";
import { openLiveKernel } from "../../src/kernel/live/live-kernel.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";

// Thousands of formats are read here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const profiles = fileURLToPath(new URL("../../profiles", import.meta.url));
const kernels = readdirSync(profiles)
  .filter((name) => name.endsWith(".profile"))
  .map((name): [string, () => Kernel] => [name, () => openProfile(join(profiles, name)).kernel]);
if (existsSync("/sys/kernel/btf/vmlinux")) kernels.unshift(["live", openLiveKernel]);

function member(kernel: Kernel, struct: CType, name: string): CMember | undefined {
  for (const each of kernel.members(struct)) {
    if (each.name === name) return each;
    const inner = each.name === "" ? member(kernel, each.type, name) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

describe.each(kernels)("a real kernel: %s", (_, open) => {
  const kernel = open();

  it("describes handle_mm_fault", () => {
    const found = kernel.function("handle_mm_fault");
    expect(found?.parameters.slice(0, 3).map((p) => p.name)).toEqual(["vma", "address", "flags"]);
    expect(found?.returns).toMatchObject({ kind: "int", typedef: "vm_fault_t" });
  });

  it("leads from a mapping to its file's name", () => {
    let type = kernel.struct("vm_area_struct") ?? { kind: "void" };
    for (const name of ["vm_file", "f_path", "dentry", "d_name", "name"]) {
      const found = member(kernel, type, name)?.type;
      expect(found, name).toBeDefined();
      type = found?.kind === "pointer" ? found.to : (found ?? { kind: "void" });
    }
    expect(type).toEqual({ kind: "char", signed: false });
    const length = member(kernel, kernel.struct("qstr") ?? { kind: "void" }, "len");
    expect(length).toMatchObject({ bitOffset: 32, type: { kind: "int", bytes: 4, typedef: "u32" } });
  });

  it("names its enums", () => {
    expect(kernel.enumeration("fault_flag")?.get("FAULT_FLAG_WRITE")).toBe(1n);
    expect(kernel.enumerationWith("MM_ANONPAGES")?.get("MM_FILEPAGES")).toBe(0n);
  });

  it("reads every type without complaint", () => {
    for (const name of ["task_struct", "mm_struct", "page", "folio", "file", "request", "sk_buff"]) {
      expect(kernel.members(kernel.struct(name) ?? { kind: "void" }).length, name).toBeGreaterThan(0);
    }
    expect(kernel.functionNames().length).toBeGreaterThan(10_000);
    expect(kernel.gaps?.filter((gap) => /damaged|module/.test(gap)) ?? []).toEqual([]);
  });

  it("reads every tracepoint without complaint", ({ skip }) => {
    const names = kernel.tracepointNames();
    if (names.length === 0) skip();
    // A few have no format file: ftrace's own.
    const unread = names.filter(
      (name) => kernel.tracepoint(...(name.split(":") as [string, string])) === undefined,
    );
    expect(unread.length).toBeLessThan(names.length / 100);
    expect(kernel.gaps?.filter((gap) => gap.startsWith("tracepoint")) ?? []).toEqual([]);
    expect(kernel.tracepoint("sched", "sched_switch")?.fields.map((f) => f.name)).toContain("prev_pid");
    expect(kernel.lacks?.("tracepoint", "vmscan:mm_vmscan_writepage")).toBe(true);
    // Reclaim and I/O and file systems allowed: the same on every kernel so far.
    expect(kernel.flags("gfp_t")?.get("GFP_KERNEL")).toBe(0xcc0n);
  });
});
