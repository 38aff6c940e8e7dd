import { describe, expect, it } from "vitest";
import { KernelError } from "../../src/kernel/error.js";
import type { CMember, CType, Kernel } from "../../src/kernel/kernel.js";
import { formatProfile, profileKernel } from "../../src/kernel/profile/core-profile.js";
import { parseProfile } from "../../src/kernel/profile/core-profile-schema.js";
import type { KernelProfile } from "../../src/kernel/profile/core-profile-data.js";
import { recordingKernel } from "../../src/kernel/profile/recorded-kernel.js";
import { everyKind } from "./btf-writer.js";
import { fakeKernel, formatText } from "./fake-files.js";

const source = fakeKernel({
  btf: everyKind().bytes(),
  traceable: "use\nprint\nuntyped\nsplit.isra.0\n",
  formats: {
    "kmem:kmalloc": formatText(
      "kmalloc",
      ["unsigned long gfp_flags", "char comm[8]"],
      '"%s", __print_flags(REC->gfp_flags, "|", {0x40, "__GFP_IO"}, {0x8000000000000000, "TOP"})',
    ),
    "kmem:kfree": formatText("kfree", ["const void * ptr"]),
    "sched:sched_switch": formatText("sched_switch", ["int prev_pid"]),
  },
});

/** As the checker does: the name is compared, and the type taken of the one that matches. */
function member(kernel: Kernel, type: CType, name: string): CMember {
  for (const each of kernel.members(type)) {
    if (each.name === name) return each;
    if (each.name === "" && kernel.members(each.type).some((inner) => inner.name === name))
      return member(kernel, each.type, name);
  }
  throw new Error(`no member ${name}`);
}

function ask(kernel: Kernel): unknown {
  const node = kernel.struct("node") ?? { kind: "void" };
  const name = member(kernel, node, "d_name");
  return {
    use: kernel.function("use")?.parameters.map((p) => [p.name, p.type.kind]),
    returns: kernel.function("use")?.returns,
    untyped: kernel.function("untyped"),
    absent: [
      kernel.function("swap_readpage"),
      kernel.lacks?.("function", "swap_readpage"),
      kernel.lacks?.("function", "use"),
    ],
    split: [kernel.function("split"), kernel.functionGap?.("split"), kernel.lacks?.("function", "split")],
    name: [name.bitOffset, name.type.kind],
    text: member(kernel, name.type, "name").type,
    hash: member(kernel, name.type, "hash_len").type,
    bits: [member(kernel, node, "b").bitOffset, member(kernel, node, "b").bitWidth],
    kmalloc: kernel.tracepoint("kmem", "kmalloc"),
    gone: [
      kernel.tracepoint("thp", "hugepage_update"),
      kernel.lacks?.("tracepoint", "thp:hugepage_update"),
      kernel.lacks?.("tracepoint", "kmem:kfree"),
    ],
    color: kernel.enumeration("color"),
    high: kernel.enumerationWith("HIGH"),
    gfp: [...(kernel.flags("gfp_t") ?? [])],
    printed: kernel.fieldValues?.("kmem", "kmalloc", "gfp_flags"),
    names: kernel.tracepointNames(),
    machine: [kernel.release, kernel.arch, kernel.pageSize, kernel.attach],
  };
}

function recorded(): KernelProfile {
  const recording = recordingKernel(source);
  ask(recording.kernel);
  return recording.profile("bundled");
}

describe("a recorded profile", () => {
  it("answers what was asked as the kernel did", () => {
    const kernel = profileKernel(parseProfile(formatProfile(recorded())));
    expect(kernel.id).toBe("bundled");
    expect(ask(kernel)).toEqual(ask(source));
  });

  it("has only that, and says so", () => {
    const kernel = profileKernel(recorded());
    expect(kernel.complete).toBe(false);
    expect(kernel.function("print")).toBeUndefined();
    expect(kernel.lacks?.("function", "print")).toBe(false);
    expect(kernel.tracepoint("kmem", "kfree")).toBeUndefined();
    expect(kernel.enumeration("wide")).toBeUndefined();
    // Of a struct, only the members that were looked at.
    expect(kernel.members(kernel.struct("node") ?? { kind: "void" }).map((m) => m.name)).toEqual([
      "d_name",
      "b",
    ]);
    expect(kernel.functionNames()).toEqual(["untyped", "use"]);
  });

  it("is the same, whatever the order of the questions", () => {
    const recording = recordingKernel(source);
    for (const question of [
      (k: Kernel) => k.fieldValues?.("kmem", "kmalloc", "gfp_flags"),
      (k: Kernel) => k.lacks?.("function", "split"),
      (k: Kernel) => k.enumerationWith("HIGH"),
      (k: Kernel) => k.function("untyped"),
      ask,
      ask,
    ])
      question(recording.kernel);
    expect(formatProfile(recording.profile("bundled"))).toBe(formatProfile(recorded()));
  });

  it("can be recorded again from itself", () => {
    const again = recordingKernel(profileKernel(recorded()));
    ask(again.kernel);
    expect(formatProfile(again.profile())).toBe(formatProfile(recorded()));
  });

  it("finds no names that every object has", () => {
    const kernel = profileKernel(recorded());
    for (const name of ["constructor", "toString", "__proto__"])
      expect([
        kernel.function(name),
        kernel.struct(name),
        kernel.flags(name),
        kernel.enumeration(name),
        kernel.enumerationWith(name),
      ]).toEqual(Array(5).fill(undefined));
  });
});

describe("a damaged profile", () => {
  const good = JSON.parse(formatProfile(recorded())) as Record<string, unknown>;

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["another version", { version: 9 }, /version is 9/],
    ["no version", { version: undefined }, /version is missing/],
    ["a missing part", { functions: undefined }, /`functions` is missing/],
    ["a wrong kind of thing", { pageSize: "4096" }, /`pageSize` is not a whole number/],
    [
      "a field of another shape",
      { tracepoints: { "a:b": [["x", "int", 4, 0, "round"]] } },
      /`tracepoints\["a:b"\]\[0\]\[4\]` is not one of number/,
    ],
    ["a list where names are looked up", { structs: [1] }, /`structs` is not an object/],
    [
      "too long a member",
      { types: [{ kind: "union", name: "u", members: [["a", 1, 2, 3, 4]] }] },
      /`types\[0\]\.members\[0\]\[4\]` is one too many/,
    ],
    ["a type of no kind", { types: [{ kind: "pointer" }] }, /`types\[0\]\.to` is missing/],
    [
      "a value that is no number",
      { flags: { gfp_t: { A: "0x10" } } },
      /`flags\.gfp_t\.A` is not a whole number/,
    ],
  ])("is refused for %s", (_, change, message) => {
    const text = JSON.stringify({ ...good, ...change });
    expect(() => parseProfile(text)).toThrow(KernelError);
    expect(() => parseProfile(text)).toThrow(message);
  });

  it("is refused when it is something else", () => {
    for (const text of ["", "[]", "null", "7", '"x"', "{}", "{"])
      expect(() => parseProfile(text)).toThrow(KernelError);
  });

  it("with types that lead nowhere or in a circle is found out when they are followed", () => {
    const circle = profileKernel(
      parseProfile(
        JSON.stringify({ ...good, types: [{ kind: "pointer", to: 0 }], structs: { node: 0, far: 99 } }),
      ),
    );
    expect(() => circle.struct("node")).toThrow(KernelError);
    expect(() => circle.struct("far")).toThrow(KernelError);
    expect(() => circle.members({ kind: "struct", name: "node", id: 0 })).toThrow(KernelError);
  });
});
