import { describe, expect, it } from "vitest";
import { attachOf, type AttachEvidence } from "../../src/kernel/attach.js";
import { BtfWriter, everyKind } from "./btf-writer.js";
import { fakeKernel, formatText } from "./fake-files.js";

const btf = everyKind().bytes();

describe("functions", () => {
  const traceable =
    "print\nvanished.isra.0\nwithout_types\nfrom_module [zram]\n__ftrace_invalid_address___12\n";

  it("are those that can be probed, where the kernel lists them", () => {
    const kernel = fakeKernel({ btf, traceable });
    expect(kernel.function("print")?.parameters).toHaveLength(1);
    expect(kernel.function("use")).toBeUndefined();
    expect(kernel.functionGap("use")).toMatch(/cannot be probed/);
    expect(kernel.functionGap("vanished")).toMatch(/only vanished\.isra\.0/);
    expect(kernel.functionGap("print")).toBeUndefined();
    expect(kernel.functionGap("never_heard_of")).toBeUndefined();
    expect(kernel.functionNames()).toEqual(["print", "vanished.isra.0", "without_types", "from_module"]);
    expect([kernel.lacks("function", "use"), kernel.lacks("function", "print")]).toEqual([true, false]);
  });

  it("without types can be probed all the same", () => {
    const kernel = fakeKernel({ btf, traceable });
    expect(kernel.function("without_types")).toEqual({
      name: "without_types",
      parameters: [],
      returns: { kind: "void" },
      untyped: true,
    });
    expect(kernel.function("from_module")).toMatchObject({ module: "zram", untyped: true });
  });

  it("of a module have the module's types", () => {
    const module = new BtfWriter({ base: everyKind() });
    module.function("from_module", 0, [["count", 1]]);
    const kernel = fakeKernel({ btf, traceable, modules: { zram: module.bytes() } });
    expect(kernel.function("from_module")).toMatchObject({
      module: "zram",
      parameters: [{ name: "count", type: { name: "int" } }],
    });
  });

  it("come from the types, then from the symbols, where no list can be read", () => {
    const symbols =
      "ffffffff81000000 T use\nffffffff81000010 t helper\nffffffff81000020 D jiffies\nffffffffc0000000 t in_module\t[zram]\n";
    const kernel = fakeKernel({ btf, symbols });
    expect(kernel.function("use")?.parameters).toHaveLength(8);
    expect(kernel.function("helper")).toMatchObject({ untyped: true });
    expect(kernel.function("in_module")).toMatchObject({ untyped: true, module: "zram" });
    expect(kernel.function("jiffies")).toBeUndefined();
    expect(fakeKernel({ symbols }).functionNames()).toEqual(["use", "helper", "in_module"]);
    expect(fakeKernel({ btf }).functionNames()).toEqual(["use", "print"]);
  });

  it("are not known where nothing tells of them", () => {
    const kernel = fakeKernel();
    expect([kernel.function("use"), kernel.lacks("function", "use"), kernel.functionNames()]).toEqual([
      undefined,
      false,
      [],
    ]);
  });
});

describe("tracepoints", () => {
  const formats = {
    "kmem:kmalloc": formatText(
      "kmalloc",
      ["unsigned long gfp_flags"],
      '"%s", __print_flags(REC->gfp_flags, "|", {(unsigned long)(( gfp_t)0x40u), "__GFP_IO"})',
    ),
    "a:broken": "name: broken\nformat:\n\tfield:what is this\n",
  };
  const kernel = fakeKernel({ btf, formats });

  it("have the fields of their format", () => {
    expect(kernel.tracepoint("kmem", "kmalloc")?.fields.map((f) => f.name)).toEqual(["gfp_flags"]);
    expect(kernel.tracepoint("kmem", "kfree")).toBeUndefined();
    expect(kernel.lacks("tracepoint", "kmem:kfree")).toBe(true);
    expect(fakeKernel().lacks("tracepoint", "kmem:kfree")).toBe(false);
    expect(kernel.tracepointNames()).toEqual(["kmem:kmalloc", "a:broken"]);
  });

  it("give the bits of gfp_t", () => {
    expect(kernel.flags("gfp_t")).toEqual(new Map([["__GFP_IO", 0x40n]]));
    expect(kernel.flags("nothing")).toBeUndefined();
    const types = new BtfWriter();
    types.enum("", { ___GFP_DMA_BIT: 0, ___GFP_ZERO_BIT: 8, ___GFP_UNUSED_BIT: 9, ___GFP_LAST_BIT: 10 });
    expect(fakeKernel({ btf: types.bytes() }).flags("gfp_t")).toEqual(
      new Map([
        ["__GFP_DMA", 1n],
        ["__GFP_ZERO", 0x100n],
      ]),
    );
  });

  it("that cannot be read are a gap, not an end", () => {
    expect(kernel.tracepoint("a", "broken")).toBeUndefined();
    expect(kernel.gaps).toEqual([expect.stringMatching(/broken/)]);
  });

  it("are never looked for outside their directory", () => {
    const asked: string[] = [];
    const formatsAsked = new Proxy<Record<string, string>>(
      {},
      { get: (_, name) => void asked.push(String(name)) },
    );
    const watched = fakeKernel({ formats: formatsAsked });
    expect(watched.tracepoint("..", "..")).toBeUndefined();
    expect(watched.tracepoint("a/b", "c")).toBeUndefined();
    expect(watched.tracepoint("kmem", "../../x")).toBeUndefined();
    expect(watched.tracepoint("kmem", "a:b")).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

it("damaged types leave the rest of the kernel", () => {
  const kernel = fakeKernel({ btf: btf.subarray(0, 200), formats: { "a:b": formatText("b", ["int x"]) } });
  expect(kernel.struct("node")).toBeUndefined();
  expect(kernel.members({ kind: "struct", name: "node", id: 1 })).toEqual([]);
  expect(kernel.tracepoint("a", "b")?.fields).toHaveLength(1);
  expect(kernel.complete).toBe(false);
  expect(kernel.gaps).toEqual([expect.stringMatching(/damaged BTF/)]);
});

it("a damaged module leaves the other types", () => {
  const kernel = fakeKernel({ btf, modules: { bad: Uint8Array.of(1, 2, 3) } });
  expect(kernel.struct("nowhere")).toBeUndefined();
  expect(kernel.struct("node")).toBeDefined();
  expect(kernel.gaps).toEqual([expect.stringMatching(/^module bad: /)]);
});

describe("what can be attached", () => {
  const all: AttachEvidence = {
    btf: true,
    tracepoints: true,
    kprobeInterface: true,
    uprobeInterface: true,
    functionList: "readable",
    config: "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\nCONFIG_BPF_JIT=y\nCONFIG_BPF_SYSCALL=y\n",
    hasSymbol: () => false,
  };
  const everything = { kprobe: true, fentry: true, uprobe: true, tracepoint: true };

  it.each<[string, Partial<AttachEvidence>, object]>([
    ["all of it", {}, everything],
    [
      "a locked-down kernel lets nobody attach to functions",
      { functionList: "denied" },
      { ...everything, kprobe: false, fentry: false },
    ],
    ["fentry needs types", { btf: false }, { ...everything, fentry: false }],
    ["fentry needs ftrace", { functionList: "absent" }, { ...everything, fentry: false }],
    [
      "fentry needs direct calls",
      { config: "# CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS is not set\n" },
      { ...everything, fentry: false },
    ],
    [
      "symbols tell of them where the configuration does not",
      { config: undefined, hasSymbol: () => true },
      everything,
    ],
    ["kprobes need their interface", { kprobeInterface: false }, { ...everything, kprobe: false }],
  ])("%s", (_, change, expected) => {
    expect(attachOf({ ...all, ...change })).toEqual(expected);
  });
});
