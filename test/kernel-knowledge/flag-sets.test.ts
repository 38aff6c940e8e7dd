import { describe, expect, it } from "vitest";
import { describeEnum, describeFlags, namedSets, namedValues } from "../../src/kernel/flags/flag-sets.js";
import type { Kernel, NamedValues } from "../../src/kernel/kernel.js";
import { BtfWriter } from "./btf-writer.js";
import { fakeKernel, formatText } from "./fake-files.js";

const types = new BtfWriter();
types.enum("fault_flag", { FAULT_FLAG_WRITE: 1, FAULT_FLAG_NEW: 0x8000 });
types.enum("", { MM_FILEPAGES: 0, MM_ANONPAGES: 1, MM_NEW: 2, NR_MM_COUNTERS: 3 });
types.enum("migrate_mode", { MIGRATE_ASYNC: 0, MIGRATE_SYNC: 2 });
types.enum("", { VMA_READ_BIT: 0, VMA_SAO_BIT: 24, VMA_ARCH_1_BIT: 24, VMA_SEALED_BIT: 42 });
const gfp =
  '"%s", __print_flags(REC->gfp_flags, "|", {0xcc0, "GFP_KERNEL"}, {0x820, "GFP_ATOMIC"}, {1, "GFP_DMA"}, {1, "__GFP_DMA"}, {0x20, "__GFP_HIGH"}, {0x40, "__GFP_IO"}, {0x80, "__GFP_FS"}, {0x100, "__GFP_ZERO"}, {0x400, "__GFP_DIRECT_RECLAIM"}, {0x800, "__GFP_KSWAPD_RECLAIM"})';
const rich = fakeKernel({
  btf: types.bytes(),
  formats: { "kmem:kmalloc": formatText("kmalloc", ["unsigned long gfp_flags"], gfp) },
});
const poor = fakeKernel();

function flags(name: string, kernel: Kernel = rich): NamedValues {
  const found = namedValues(kernel, "flags", name);
  if (found === undefined) throw new Error(`no flags ${name}`);
  return found;
}

describe("sets of names", () => {
  it("are the kernel's own where it has them", () => {
    expect(flags("fault_flag").get("FAULT_FLAG_NEW")).toBe(0x8000n);
    expect([...(namedValues(rich, "enum", "rss")?.keys() ?? [])]).toEqual([
      "MM_FILEPAGES",
      "MM_ANONPAGES",
      "MM_NEW",
    ]);
    expect([...flags("vm_flags_t")]).toEqual([
      ["VM_READ", 1n],
      ["VM_SEALED", 1n << 42n],
    ]);
    expect(namedValues(rich, "enum", "migrate_mode")?.get("MIGRATE_SYNC")).toBe(2n);
    expect(flags("gfp_t").get("GFP_KERNEL")).toBe(0xcc0n);
  });

  it("are the kernel's interface where it has none", () => {
    expect(flags("fault_flag", poor).get("FAULT_FLAG_WRITE")).toBe(1n);
    expect(namedValues(poor, "enum", "rss_member")?.get("MM_SWAPENTS")).toBe(2n);
    expect(flags("vm_flags", poor).get("VM_HUGEPAGE")).toBe(0x2000_0000n);
    expect(namedValues(poor, "flags", "gfp_t")).toBeUndefined();
    expect(namedValues(poor, "enum", "migrate_mode")).toBeUndefined();
  });

  it("are flags or enums, not both", () => {
    expect(namedValues(rich, "flags", "madvise")).toBeUndefined();
    expect(namedValues(rich, "enum", "prot")).toBeUndefined();
  });

  it("are found by one of their members", () => {
    expect(namedValues(rich, "any", "MAP_PRIVATE")?.get("MAP_SHARED")).toBe(1n);
    expect(namedValues(rich, "any", "GFP_ATOMIC")?.get("GFP_ATOMIC")).toBe(0x820n);
    expect(namedValues(rich, "any", "MIGRATE_ASYNC")?.get("MIGRATE_SYNC")).toBe(2n);
    expect(namedValues(rich, "any", "NOTHING")).toBeUndefined();
  });

  it("have names that are used once, and values no other architecture's", () => {
    const names = namedSets.flatMap((set) => [set.name, ...(set.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    const arm: Kernel = Object.assign(Object.create(poor) as Kernel, { arch: "aarch64" });
    expect(flags("open", arm).get("O_DIRECTORY")).toBe(0x4000n);
    expect(flags("map", arm).has("MAP_32BIT")).toBe(false);
    expect(flags("map", poor).get("MAP_32BIT")).toBe(0x40n);
    const other: Kernel = Object.assign(Object.create(poor) as Kernel, { arch: "sparc64" });
    expect(namedValues(other, "flags", "map")).toBeUndefined();
  });
});

describe("a value in names", () => {
  it.each([
    ["gfp_t", 0xcc0n, "GFP_KERNEL"],
    ["gfp_t", 0xdc0n, "GFP_KERNEL|__GFP_ZERO"],
    // Not GFP_ATOMIC: one of its bits is GFP_KERNEL's already.
    ["gfp_t", 0xce0n, "GFP_KERNEL|__GFP_HIGH"],
    ["gfp_t", 0xc1n, "GFP_DMA|__GFP_IO|__GFP_FS"],
    ["gfp_t", 0x4000_0000n, "0x40000000"],
    ["gfp_t", 0n, "0"],
    ["prot", 0n, "PROT_NONE"],
    ["prot", 5n, "PROT_READ|PROT_EXEC"],
    ["map", 0x22n, "MAP_PRIVATE|MAP_ANONYMOUS"],
    ["map", 0x3n, "MAP_SHARED_VALIDATE"],
    ["map", 0x5404_0022n, "MAP_HUGE_2MB|MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB"],
    ["map", 0x7804_0021n, "MAP_HUGE_1GB|MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB"],
    ["open", 0n, "O_RDONLY"],
    ["open", 0x8_0000n, "O_RDONLY|O_CLOEXEC"],
    ["open", 0x241n, "O_WRONLY|O_CREAT|O_TRUNC"],
    ["open", 0x10_1002n, "O_SYNC|O_RDWR"],
    ["open", 0x1002n, "O_RDWR|O_DSYNC"],
    ["shmget", 0x3b6n, "IPC_CREAT|0666"],
    ["mlock", 0n, "0"],
    ["prot", -1n, "PROT_READ|PROT_WRITE|PROT_EXEC|PROT_SEM|PROT_GROWSDOWN|PROT_GROWSUP|0xfffffffffcfffff0"],
  ])("%s %s is %s", (set, value, text) => {
    expect(describeFlags(flags(set), value, set)).toBe(text);
  });

  it("of an enum is one name, or the number", () => {
    const advice = namedValues(poor, "enum", "madvise") ?? new Map<string, bigint>();
    expect([0n, 14n, 77n].map((value) => describeEnum(advice, value, "madvise"))).toEqual([
      "MADV_NORMAL",
      "MADV_HUGEPAGE",
      undefined,
    ]);
  });
});
