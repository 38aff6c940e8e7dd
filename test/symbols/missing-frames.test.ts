/** What a walk by frame pointers has left out, found from the calls of a program that was compiled here. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { callBefore, EM_AARCH64, EM_X86_64, setsFramePointer, slotOfStub } from "../../src/symbols/calls.js";
import { ElfFile, type ElfSymbol } from "../../src/symbols/elf.js";
import { UserStacks } from "../../src/symbols/user-stacks.js";
import { CALLER } from "../../src/tracers/stack-names.js";
import { compileProgram, hasCompiler } from "./build-elf.js";
import { temporaryFolder } from "../temporary-folder.js";

const SOURCE = `#include <stdlib.h>
#define KEPT __attribute__((noinline))
void *volatile sink;
int (*volatile pointer)(const void *, const void *);
KEPT int leaf(const void *a, const void *b) { sink = (void *)a; __asm__ volatile(""); return b == 0; }
KEPT int mid(int n) { int r = leaf(&n, 0); __asm__ volatile(""); return r + n; }
KEPT int outer(int n) { int r = mid(n); __asm__ volatile(""); return r + n; }
KEPT int through(int n) { int r = pointer(&n, 0); __asm__ volatile(""); return r + n; }
KEPT int outer_through(int n) { int r = through(n); __asm__ volatile(""); return r + n; }
KEPT void sorts(int *all, int n) { qsort(all, n, sizeof *all, leaf); __asm__ volatile(""); }
KEPT __attribute__((optimize("omit-frame-pointer"))) int bare(int n) { int r = pointer(&n, 0); __asm__ volatile(""); return r + n; }
KEPT int again(int n) { int r = n > 1 ? again(n - 1) : leaf(&n, 0); __asm__ volatile(""); return r + n; }
int main(void) { int all[2] = {2, 1}; pointer = leaf; sorts(all, 2); return outer(1) + outer_through(1) + bare(1) + again(2); }
`;

const PID = 2 ** 22 + 1;
const BIAS = 0x5500_0000_0000;
const isX86 = process.arch === "x64";

/** The addresses of a program's functions, and those where their calls return to. */
class Program {
  private readonly symbols: readonly ElfSymbol[];
  private readonly code: Buffer;
  readonly segment: { readonly offset: number; readonly address: number; readonly fileSize: number };

  constructor(readonly path: string) {
    const { symbols, segment } = ElfFile.read(path, (file) => ({
      symbols: file.symbols(),
      segment: file.segments.find(({ executable }) => executable),
    }));
    if (!segment) throw new Error("it has no code");
    this.symbols = symbols;
    this.segment = segment;
    this.code = readFileSync(path);
  }

  at(name: string, offset = 0): string {
    return `0x${(BIAS + this.symbol(name).address + offset).toString(16)}`;
  }

  /** Where the call of another function returns to; without its name, that of a function of a library. */
  after(name: string, callee?: string): string {
    const { address, size } = this.symbol(name);
    const starts = new Set(this.symbols.map((each) => each.address));
    for (let at = address; at + 5 <= address + size; at++) {
      const place = at - this.segment.address + this.segment.offset;
      const target = at + 5 + this.code.readInt32LE(place + 1);
      const isInside = target >= this.segment.address && target < address;
      const isWanted =
        callee === undefined ? isInside && !starts.has(target) : target === this.symbol(callee).address;
      if (this.code[place] === 0xe8 && isWanted) return `0x${(BIAS + at + 5).toString(16)}`;
    }
    throw new Error(`${name} does not call ${callee ?? "a library"}`);
  }

  private symbol(name: string): ElfSymbol {
    const found = this.symbols.find((each) => each.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }
}

describe.skipIf(!hasCompiler || !isX86)("frames that a walk has left out", () => {
  const program = new Program(compileProgram(temporaryFolder(), "calls", SOURCE));

  function named(
    stack: readonly string[],
    depth?: number,
  ): { readonly text: string; readonly notes: readonly string[] } {
    const stacks = new UserStacks(PID);
    try {
      const { address, fileSize } = program.segment;
      stacks.report({
        what: "program",
        pid: PID,
        name: basename(program.path),
        inode: statSync(program.path).ino,
        start: address + BIAS,
        end: address + BIAS + fileSize,
        base: 0,
        root: { inode: 2, device: 0 },
      });
      for (let at = dirname(program.path); at !== "/"; at = dirname(at))
        stacks.report({ what: "directory", pid: PID, name: basename(at) });
      const text = stacks.name(stack.join("\n"), PID, depth).replace(/\+\d+/g, "");
      return { text, notes: stacks.notes() };
    } finally {
      stacks.close();
    }
  }
  const inFile = (...names: readonly string[]): string =>
    names.map((name) => (name.startsWith("[") ? name : `${name} [calls]`)).join("\n");

  it("are put in where the call names them", () => {
    const { text, notes } = named([
      program.at("leaf", 4),
      program.after("outer", "mid"),
      program.after("main", "outer"),
    ]);
    expect(text).toBe(inFile("leaf", "mid", "outer", "main"));
    expect(notes).toEqual([]);
  });

  it("are not put in where nothing is missing", () => {
    const whole = [
      program.at("leaf", 4),
      program.after("mid", "leaf"),
      program.after("outer", "mid"),
      program.after("main", "outer"),
    ];
    expect(named(whole)).toEqual({ text: inFile("leaf", "mid", "outer", "main"), notes: [] });
  });

  it("leave a gap where the function that is put in does not call the next one itself", () => {
    const { text, notes } = named([
      program.at("leaf", 4),
      program.after("outer_through", "through"),
      program.after("main", "outer_through"),
    ]);
    expect(text).toBe(inFile("leaf", "[gap]", "through", "outer_through", "main"));
    expect(notes).toEqual([expect.stringMatching(/^1 stack is without .*\[gap\].*-fno-omit-frame-pointer/)]);
  });

  it("have the name by which a function of a library was called", () => {
    const { text } = named([program.at("leaf", 4), program.after("sorts"), program.after("main", "sorts")]);
    expect(text).toBe(["leaf [calls]", "[gap]", "qsort", "sorts [calls]", "main [calls]"].join("\n"));
  });

  it("leave a gap below a function without a frame pointer", () => {
    const { text } = named([
      program.at("bare", 12),
      program.after("outer", "mid"),
      program.after("main", "outer"),
    ]);
    expect(text).toBe(inFile("bare", "[gap]", "mid", "outer", "main"));
  });

  it("are the caller, once, and every turn of a recursion", () => {
    const [entry, inner, outer] = [
      program.at("leaf"),
      program.after("again", "leaf"),
      program.after("again", "again"),
    ];
    const main = program.after("main", "again");
    const caller = `${CALLER}${inner}`;
    expect(named([entry, caller, outer, main]).text).toBe(inFile("leaf", "again", "again", "main"));
    // Not at an instruction where kernels look for a caller: both are on the stack.
    const inside = [program.at("again", 4), `${CALLER}${outer}`, outer, main];
    expect(named(inside).text).toBe(inFile("again", "again", "again", "main"));
  });

  it("are told where one or two frames are all that is known", () => {
    const { notes } = named([program.at("leaf", 4)]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^1 stack is of one or two frames, and cut off, in calls: .*-fno-omit-frame-pointer/,
      ),
    ]);
    expect(named([program.at("main", 4)]).notes).toEqual([]);
    expect(named([program.at("leaf", 4)], 1).notes).toEqual([]);
    expect(named([program.at("leaf", 4), program.after("mid", "leaf")], 2).notes).toEqual([]);
  });
});

describe("machine code", () => {
  const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(" ", "").padStart(14, "9"), "hex");

  it.each([
    ["e8 10 00 00 00", { to: "address", address: 0x1010 }],
    ["ff 15 f0 ff ff ff", { to: "slot", slot: 0xff0 }],
    ["ff d0", { to: "unknown" }],
    ["41 ff d4", { to: "unknown" }],
    ["ff 53 08", { to: "unknown" }],
    ["ff 14 c5 00 10 00 00", { to: "unknown" }],
    ["ff 94 24 80 00 00 00", { to: "unknown" }],
    ["c3", undefined],
    ["ff e0", undefined],
    ["48 89 e5", undefined],
  ])("before a return address: %s", (text, call) => {
    expect(callBefore(bytes(text), 0x1000, EM_X86_64)).toEqual(call);
  });

  it("of arm64 calls by its own offsets", () => {
    const call = Buffer.alloc(7);
    call.writeUInt32LE(0x97ff_ffff, 3);
    expect(callBefore(call, 0x1004, EM_AARCH64)).toEqual({ to: "address", address: 0xffc });
    call.writeUInt32LE(0xd63f_0000, 3);
    expect(callBefore(call, 0x1004, EM_AARCH64)).toEqual({ to: "unknown" });
    call.writeUInt32LE(0xd65f_03c0, 3);
    expect(callBefore(call, 0x1004, EM_AARCH64)).toBeUndefined();
  });

  it("of linkage tables jumps through a slot", () => {
    const stub = Buffer.from("f30f1efaff2510000000", "hex");
    expect(slotOfStub(stub, 0x1000, EM_X86_64)).toBe(0x101a);
    expect(slotOfStub(stub.subarray(4), 0x1000, EM_X86_64)).toBe(0x1016);
    expect(slotOfStub(Buffer.from("5548", "hex"), 0x1000, EM_X86_64)).toBeUndefined();
  });

  it("sets up a frame pointer or not", () => {
    expect(setsFramePointer(Buffer.from("554889e5c3", "hex"), EM_X86_64)).toBe(true);
    expect(setsFramePointer(Buffer.from("4883ec08c3", "hex"), EM_X86_64)).toBe(false);
    expect(setsFramePointer(Buffer.alloc(8), EM_AARCH64)).toBeUndefined();
  });
});
