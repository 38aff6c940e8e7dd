/** ELF files: made here, compiled here, and damaged. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findDebugFile } from "../../src/symbols/debug-file.js";
import { ElfError, ElfFile } from "../../src/symbols/elf.js";
import { FunctionTable } from "../../src/symbols/function-table.js";
import { buildElf, compileProgram, hasCompiler, TOUCH } from "./build-elf.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();

function written(bytes: Uint8Array): string {
  const path = join(directory, "file");
  writeFileSync(path, bytes);
  return path;
}

function symbolsOf(path: string): string[] {
  return ElfFile.read(path, (file) => file.symbols().map(({ name }) => name));
}

const SYMBOLS = [
  { name: "first", address: 0x401000, size: 16 },
  { name: "größer", address: 0x401010, size: 0x20, local: true },
  { name: "data", address: 0x401100, size: 8, type: 1 },
  { name: "elsewhere", address: 0, size: 0, section: 0 },
  { name: "assembler", address: 0x401200, size: 0, type: 0 },
];

describe.each([
  ["64-bit, little-endian", { wide: true, little: true }],
  ["64-bit, big-endian", { wide: true, little: false }],
  ["32-bit, little-endian", { wide: false, little: true }],
  ["32-bit, big-endian", { wide: false, little: false }],
])("a file of %s", (_, shape) => {
  it("has its functions and its segments", () => {
    ElfFile.read(written(buildElf(shape, SYMBOLS)), (file) => {
      expect(file.symbols()).toEqual([
        { name: "first", address: 0x401000, size: 16, isLocal: false },
        { name: "größer", address: 0x401010, size: 0x20, isLocal: true },
        { name: "assembler", address: 0x401200, size: 0, isLocal: false },
      ]);
      expect(file.segments).toMatchObject([
        { offset: 0x1000, address: 0x401000, fileSize: 0x1000, executable: true },
      ]);
      expect(file.hasSymbolTable).toBe(true);
      expect(file.buildId).toBeUndefined();
      expect(file.interpreter).toBeUndefined();
    });
  });

  it("has those for the dynamic linker where it is stripped", () => {
    ElfFile.read(written(buildElf(shape, SYMBOLS, ".dynsym")), (file) => {
      expect(file.hasSymbolTable).toBe(false);
      expect(file.symbols()).toHaveLength(3);
    });
  });
});

describe("a file that is damaged", () => {
  const whole = buildElf({ wide: true, little: true }, SYMBOLS);
  const readAll = (bytes: Uint8Array): unknown => {
    try {
      return ElfFile.read(written(bytes), (file) => [
        file.symbols(),
        file.buildId,
        file.debugLink,
        file.interpreter,
      ]);
    } catch (error) {
      if (error instanceof ElfError || error instanceof RangeError) return undefined;
      throw error;
    }
  };

  it("is refused where it is cut", () => {
    for (const length of [0, 3, 15, 40, 63, 100, 0x1100, 0x2010, whole.length - 1])
      expect(readAll(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
  });

  it("never brings the reader down, whatever byte is wrong", () => {
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48271) % 0x7fffffff) % below;
    let read = 0;
    for (let i = 0; i < 500; i++) {
      const bytes = Buffer.from(whole);
      // The headers and tables: code is not looked at.
      for (let n = 0; n < 3; n++) {
        const at = random(200);
        bytes[at < 120 ? at : 0x2000 + random(whole.length - 0x2000)] = random(256);
      }
      if (readAll(bytes) !== undefined) read++;
    }
    // Most bytes are of no matter, so that some were read after all.
    expect(read).toBeGreaterThan(50);
  });

  it("is not a file at all", () => {
    expect(() => ElfFile.read(directory, () => 0)).toThrow("it is a directory");
    expect(() => ElfFile.read(join(directory, "missing"), () => 0)).toThrow(ElfError);
    expect(() => ElfFile.read(written(Buffer.alloc(100)), () => 0)).toThrow("not an ELF file");
  });
});

describe("functions by address", () => {
  const table = new FunctionTable([
    { name: "__libc_malloc", address: 0x100, size: 0x40, isLocal: false },
    { name: "malloc", address: 0x100, size: 0x40, isLocal: false },
    { name: "mall", address: 0x100, size: 0x40, isLocal: true },
    { name: "outer", address: 0x200, size: 0x100, isLocal: true },
    { name: "inner", address: 0x210, size: 0x10, isLocal: true },
    { name: "unsized", address: 0x400, size: 0, isLocal: false },
  ]);

  it.each([
    [0x100, "malloc", 0],
    [0x13f, "malloc", 0x3f],
    [0x21f, "inner", 0xf],
    [0x220, "outer", 0x20],
    [0x412, "unsized", 0x12],
  ])("%i is %s+%i", (address, name, offset) => expect(table.find(address)).toMatchObject({ name, offset }));

  it.each([[0xff], [0x140], [0x300]])("%i is in none", (address) =>
    expect(table.find(address)).toBeUndefined(),
  );
});

describe.skipIf(!hasCompiler)(`what gcc makes${hasCompiler ? "" : " (skipped: there is no gcc)"}`, () => {
  it.each([
    ["position independent", []],
    ["at a fixed address", ["-no-pie"]],
    ["static", ["-static"]],
  ])("%s", (_, options) => {
    const path = compileProgram(directory, "program", TOUCH, options);
    expect(symbolsOf(path)).toEqual(expect.arrayContaining(["main", "do_work", "touch_pages"]));
    ElfFile.read(path, (file) => {
      const main = file.symbols().find(({ name }) => name === "main");
      const code = file.segments.find(({ executable }) => executable);
      expect(main?.address).toBeGreaterThanOrEqual(code?.address ?? Infinity);
      expect(main?.address).toBeLessThan((code?.address ?? 0) + (code?.fileSize ?? 0));
      expect(file.buildId ?? "0".repeat(40)).toMatch(/^[0-9a-f]{40}$/);
      if (options[0] !== "-static") expect(file.interpreter).toMatch(/^\/lib.*ld-/);
    });
  });

  it("stripped, with its symbols in a file beside it or by its build id", () => {
    const path = compileProgram(directory, "stripped", TOUCH, ["-Wl,--build-id"]);
    const debug = join(directory, "stripped.debug");
    const run = (...words: string[]): void =>
      expect(spawnSync(words[0] as string, words.slice(1)).status).toBe(0);
    run("objcopy", "--only-keep-debug", path, debug);
    run("strip", path);
    run("objcopy", `--add-gnu-debuglink=${debug}`, path);
    expect(symbolsOf(path)).not.toContain("do_work");
    ElfFile.read(path, (file) => {
      const none = { XDG_CACHE_HOME: join(directory, "none") };
      expect(file.debugLink).toBe("stripped.debug");
      expect(findDebugFile(file, path, join(directory, "none"), none)).toBe(debug);
      const id = file.buildId ?? "";
      mkdirSync(join(directory, "debug/.build-id", id.slice(0, 2)), { recursive: true });
      const byId = join(directory, "debug/.build-id", id.slice(0, 2), `${id.slice(2)}.debug`);
      copyFileSync(debug, byId);
      expect(findDebugFile(file, path, join(directory, "debug"), none)).toBe(byId);
    });
    expect(symbolsOf(debug)).toContain("do_work");
    expect(readFileSync(debug).length).toBeGreaterThan(0);
  });
});
