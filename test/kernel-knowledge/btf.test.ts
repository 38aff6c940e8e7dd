import { describe, expect, it, vi } from "vitest";
import { Kind } from "../../src/kernel/btf/btf-data.js";
import { Btf } from "../../src/kernel/btf/btf.js";
import { KernelError } from "../../src/kernel/error.js";
import type { CMember, CType } from "../../src/kernel/kernel.js";
import { BtfWriter, everyKind, type WriterOptions } from "./btf-writer.js";

// Thousands of damaged files are read here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

function structOf(btf: Btf, name: string): CType {
  const found = btf.struct(name);
  if (found === undefined) throw new Error(`no struct ${name}`);
  return found;
}

function memberOf(btf: Btf, type: CType, name: string): CMember {
  const found = btf.members(type).find((m) => m.name === name);
  if (found === undefined) throw new Error(`no member ${name}`);
  return found;
}

describe.each<[string, WriterOptions]>([
  ["little-endian", {}],
  ["big-endian", { littleEndian: false }],
  ["with a longer header", { extraHeader: 8 }],
])("types of every kind, %s", (_, options) => {
  const btf = new Btf(everyKind(options).bytes());

  it("reads a function's prototype", () => {
    const use = btf.function("use");
    expect(use?.parameters.map((p) => [p.name, p.type.kind])).toEqual([
      ["list", "pointer"],
      ["flags", "int"],
      ["small", "int"],
      ["yes", "bool"],
      ["path", "pointer"],
      ["rest", "pointer"],
      ["fn", "pointer"],
      ["ratio", "other"],
    ]);
    expect(use?.returns).toEqual({
      kind: "int",
      bytes: 4,
      signed: false,
      name: "unsigned int",
      typedef: "vm_fault_t",
    });
    expect(use?.parameters[1]?.type).toEqual({
      kind: "int",
      bytes: 4,
      signed: false,
      name: "unsigned int",
      typedef: "gfp_t",
    });
    expect(use?.parameters[2]?.type).toEqual({
      kind: "int",
      bytes: 1,
      signed: false,
      name: "unsigned char",
      typedef: "u8",
    });
    expect(use?.parameters[4]?.type).toEqual({ kind: "pointer", to: { kind: "char", signed: true } });
    expect(use?.parameters[5]?.type).toMatchObject({ to: { kind: "struct", name: "later" } });
    expect(use?.parameters[6]?.type).toEqual({ kind: "pointer", to: { kind: "function" } });
  });

  it("leaves out the dots of a variadic function", () => {
    expect(btf.function("print")).toEqual({
      name: "print",
      parameters: [{ name: "format", type: { kind: "pointer", to: { kind: "char", signed: false } } }],
      returns: { kind: "void" },
    });
  });

  it("knows what is not there, and no part of a name as a name", () => {
    expect(btf.function("us")).toBeUndefined();
    expect(btf.function("se")).toBeUndefined();
    expect(btf.function("")).toBeUndefined();
    expect(btf.function("node")).toBeUndefined();
    expect(btf.struct("use")).toBeUndefined();
    expect(btf.enumeration("nothing")).toBeUndefined();
    expect(btf.enumerationWith("nothing")).toBeUndefined();
    expect(btf.functionNames()).toEqual(["use", "print"]);
  });

  it("follows members, anonymous ones too", () => {
    const node = structOf(btf, "node");
    const name = memberOf(btf, node, "d_name");
    expect(name).toMatchObject({ bitOffset: 64, bitWidth: 0, type: { kind: "struct", name: "qstr" } });
    const [anonymous, text] = btf.members(name.type);
    expect(text).toMatchObject({
      name: "name",
      bitOffset: 64,
      type: { kind: "pointer", to: { kind: "char", signed: false } },
    });
    expect(anonymous).toMatchObject({ name: "", type: { kind: "union", name: "" } });
    const inner = btf.members(anonymous?.type ?? { kind: "void" });
    expect(inner.map((m) => m.name)).toEqual(["", "hash_len"]);
    expect(btf.members(inner[0]?.type ?? { kind: "void" }).map((m) => [m.name, m.bitOffset])).toEqual([
      ["hash", 0],
      ["len", 32],
    ]);
    expect(memberOf(btf, structOf(btf, "list"), "names").type).toEqual({
      kind: "array",
      of: { kind: "char", signed: true },
      length: 8,
    });
    expect(btf.members({ kind: "void" })).toEqual([]);
    expect(btf.members(structOf(btf, "atomic_t")).map((m) => m.name)).toEqual(["counter"]);
  });

  it("reads bit fields, as new and as old compilers describe them", () => {
    const node = structOf(btf, "node");
    expect(memberOf(btf, node, "a")).toMatchObject({ bitOffset: 192, bitWidth: 3 });
    expect(memberOf(btf, node, "b")).toMatchObject({ bitOffset: 195, bitWidth: 5 });
    expect(memberOf(btf, structOf(btf, "list"), "bits")).toMatchObject({ bitOffset: 98, bitWidth: 3 });
  });

  it("reads enums: signed, of 64 bits, anonymous", () => {
    expect(btf.enumeration("color")).toEqual(
      new Map([
        ["RED", 0n],
        ["GREEN", 1n],
        ["BLUE", 2n],
      ]),
    );
    expect(btf.enumerationWith("GREEN")?.get("BLUE")).toBe(2n);
    expect([...(btf.enumerationWith("SECOND") ?? [])]).toEqual([
      ["FIRST", -1n],
      ["SECOND", 7n],
    ]);
    expect(btf.enumeration("old_style")?.get("ALL")).toBe(0xffff_ffffn);
    expect([...(btf.enumeration("wide") ?? [])]).toEqual([
      ["LOW", 1n],
      ["HIGH", 1n << 40n],
    ]);
    expect(btf.enumeration("wide_signed")?.get("MINUS")).toBe(-2n);
    expect(memberOf(btf, structOf(btf, "node"), "shade").type).toEqual({
      kind: "enum",
      name: "color",
      bytes: 4,
      signed: false,
    });
  });
});

it("reads types that do not begin at a multiple of four bytes", () => {
  const bytes = everyKind().bytes();
  const moved = new Uint8Array(bytes.length + 1);
  moved.set(bytes, 1);
  expect(new Btf(moved.subarray(1)).function("use")?.parameters).toHaveLength(8);
});

describe("a module's types", () => {
  const kernel = everyKind();
  const module = new BtfWriter({ base: kernel });
  const int = 1;
  const own = module.struct("own", 4, [["value", int, 0]]);
  module.function("begin", int, [["list", module.pointer(own)]]);
  module.enum("mode", { FAST: 1 });
  const another = new BtfWriter({ base: kernel });
  another.function("use_again", 0, [
    ["thing", another.pointer(another.struct("thing", 8, [["color", 1, 0]]))],
  ]);

  const base = new Btf(kernel.bytes());
  const first = new Btf(module.bytes(), { base, place: 1 });
  const second = new Btf(another.bytes(), { base, place: 2 });

  it("continue the kernel's ids and strings", () => {
    // "list" is a string of the kernel's.
    expect(first.function("begin")?.parameters).toMatchObject([
      { name: "list", type: { to: { kind: "struct", name: "own" } } },
    ]);
    expect(first.members(structOf(first, "own"))).toMatchObject([{ name: "value", type: { name: "int" } }]);
    expect(first.enumerationWith("FAST")?.get("FAST")).toBe(1n);
    expect(base.function("begin")).toBeUndefined();
    expect(first.function("use")).toBeUndefined();
    expect(first.functionNames()).toEqual(["begin"]);
  });

  it("have ids that no other module's types have", () => {
    const a = structOf(first, "own");
    const b = structOf(second, "thing");
    if (a.kind !== "struct" || b.kind !== "struct") throw new Error("not structs");
    expect([Btf.placeOf(a.id), Btf.placeOf(b.id)]).toEqual([1, 2]);
    expect(second.members(b)).toMatchObject([{ name: "color" }]);
    expect(() => second.members(a)).toThrow(KernelError);
  });
});

describe("damaged types", () => {
  /** Asks all there is to ask, as deep as it goes. */
  function readAll(bytes: Uint8Array): void {
    const btf = new Btf(bytes);
    const seen = new Set<number>();
    const walk = (type: CType): void => {
      if (type.kind === "pointer") walk(type.to);
      if (type.kind === "array") walk(type.of);
      if ((type.kind !== "struct" && type.kind !== "union") || seen.has(type.id)) return;
      seen.add(type.id);
      for (const member of btf.members(type)) walk(member.type);
    };
    for (const name of btf.functionNames())
      for (const parameter of btf.function(name)?.parameters ?? []) walk(parameter.type);
    for (const name of ["node", "list", "qstr", "later", "atomic_t"])
      walk(btf.struct(name) ?? { kind: "void" });
    for (const name of ["color", "old_style", "wide", "wide_signed"]) btf.enumeration(name);
    for (const name of ["RED", "SECOND", "HIGH", "nothing"]) btf.enumerationWith(name);
  }

  function onlyKernelErrors(read: () => void): void {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(KernelError);
    }
  }

  const whole = everyKind().bytes();

  it("cut off anywhere, are refused", () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => readAll(whole.subarray(0, length))).toThrow(KernelError);
    expect(() => readAll(whole)).not.toThrow();
  });

  it("with any byte changed, give an answer or a KernelError", () => {
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const bytes = whole.slice();
        bytes[at] = value;
        onlyKernelErrors(() => readAll(bytes));
      }
    }
  });

  it("that lead in a circle, are refused", () => {
    const w = new BtfWriter();
    w.add(Kind.typedef, "a", 2);
    w.add(Kind.typedef, "b", 1);
    w.function("round", 1, []);
    const pointers = new BtfWriter();
    pointers.add(Kind.pointer, "", 2);
    pointers.add(Kind.const, "", 1);
    pointers.function("round", 1, []);
    const arrays = new BtfWriter();
    arrays.array(1, 4);
    arrays.function("round", 1, []);
    for (const circle of [w, pointers, arrays])
      expect(() => new Btf(circle.bytes()).function("round")).toThrow(/circle/);
  });

  it("of a kind that is not known, are named", () => {
    const w = new BtfWriter();
    w.add(27, "new", 0);
    expect(() => new Btf(w.bytes()).function("f")).toThrow(/kind 27.*newer/);
  });

  it("of another format, are refused", () => {
    const version = whole.slice();
    version[2] = 2;
    expect(() => new Btf(version)).toThrow(/version 2/);
    expect(() => new Btf(new TextEncoder().encode("this is some other file, and not BTF"))).toThrow(/magic/);
  });
});
