/** Names are a luxury: what is wrong with a file that has them costs those names and a note. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  linkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ElfFile } from "../../src/symbols/elf.js";
import { JitMaps } from "../../src/symbols/jit-maps.js";
import { Modules } from "../../src/symbols/modules.js";
import { NameBudget } from "../../src/symbols/name-budget.js";
import { buildElf } from "./build-elf.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const WIDE = { wide: true, little: true };
const NEVER_CHANGED = Number.MAX_SAFE_INTEGER;

function nameIn(modules: Modules, path: string): string {
  const file = { start: 0, end: 0x10000, offset: 0, path, isDeleted: false, seen: NEVER_CHANGED };
  return modules.placeOf({ file, offset: 0x1000 }, false).text;
}

/** So many sections that share one long name, as the names of a string table may. */
function sharedNames(count: number, length: number): Buffer {
  const file = Buffer.alloc(64 + length + 1 + count * 64, 0);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const sectionsAt = 64 + length + 1;
  file.fill("a", 64, 64 + length);
  file.writeBigUInt64LE(BigInt(sectionsAt), 40);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(count, 60);
  file.writeUInt16LE(0, 62);
  for (let i = 0; i < count; i++) {
    const at = sectionsAt + i * 64;
    file.writeUInt32LE(3, at + 4);
    file.writeBigUInt64LE(64n, at + 24);
    file.writeBigUInt64LE(BigInt(length + 1), at + 32);
  }
  return file;
}

describe("a program or a library", () => {
  it("may share one long name among all its sections, which is made a text for none", () => {
    const path = join(folder, "shared");
    writeFileSync(path, sharedNames(500, 20_000_000));
    const before = process.memoryUsage().rss;
    expect(ElfFile.read(path, (file) => [file.hasSymbolTable, file.debugLink, file.symbols()])).toEqual([
      false,
      undefined,
      [],
    ]);
    // The names would be 10 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
  });

  it("has no names where they are more than there is room for, and it is told", () => {
    const path = join(folder, "many");
    const symbols = Array.from({ length: 100 }, (_, i) => ({
      name: `f${i}`,
      address: 0x401000 + i,
      size: 1,
    }));
    writeFileSync(path, buildElf(WIDE, symbols));
    expect(() => ElfFile.read(path, (file) => file.symbols(new NameBudget(5000)))).toThrow(
      "it has more names than there is room for",
    );
    expect(ElfFile.read(path, (file) => file.symbols(new NameBudget(50_000))).length).toBe(100);
  });

  it("shares the room for names with all others, and what is not kept takes none", () => {
    const all = new NameBudget(300);
    const first = all.part();
    expect([first.take("a"), first.take("b"), first.take("c"), first.take("d")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const second = all.part();
    expect(second.take("e")).toBe(false);
    first.giveBack();
    expect(second.take("e")).toBe(true);
  });

  it("may name a pipe as where its symbols are, which is not waited for", () => {
    const path = join(folder, "stripped");
    writeFileSync(path, buildElf(WIDE, [{ name: "shown", address: 0x401000, size: 16 }], ".dynsym"));
    execFileSync("mkfifo", [join(folder, "stripped.debug")]);
    // Beside it under /usr/lib/debug there is none, so the name that is looked for is the link's.
    const modules = new Modules();
    expect(nameIn(modules, path)).toBe("shown+0 [stripped]");
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(nameIn(modules, pipe)).toBe("pipe+0x1000");
    expect([...modules.refused]).toEqual([[pipe, "it is not a file but a pipe, a device or a socket"]]);
  });

  it("is told where it is damaged", () => {
    const path = join(folder, "damaged");
    writeFileSync(path, "no program");
    const modules = new Modules();
    expect(nameIn(modules, path)).toBe("damaged+0x1000");
    expect(modules.refused.get(path)).toBe("it is not an ELF file");
    expect(modules.stripped).toEqual([]);
  });
});

describe("a list of functions compiled at run time", () => {
  const PID = 4_194_305;
  const isRoot = process.getuid?.() === 0;
  let time = 0;
  const own = process.getuid?.() ?? 0;

  function maps(user: number | undefined, limits?: ConstructorParameters<typeof JitMaps>[2]): JitMaps {
    return new JitMaps(
      () => user,
      folder,
      limits,
      () => time,
    );
  }

  /** In its place, with these lines. */
  function written(lines: string): string {
    const path = join(folder, `perf-${PID}.map`);
    rmSync(path, { force: true });
    writeFileSync(path, lines);
    return path;
  }

  it("is read as it grows, and the latest function at an address is the one that is there", () => {
    const path = written("1000 10 first\n2000 10 second\n");
    const jit = maps(own);
    expect(jit.find(PID, 0x1001)).toMatchObject({ name: "first", offset: 1 });
    appendFileSync(path, "1000 10 newer\n3000 10 thi");
    expect(jit.find(PID, 0x1001)?.name).toBe("first");
    time += 2000;
    expect(jit.find(PID, 0x1001)?.name).toBe("newer");
    expect(jit.find(PID, 0x2001)?.name).toBe("second");
    expect(jit.find(PID, 0x3001)).toBe(undefined);
    appendFileSync(path, "rd\n");
    time += 2000;
    expect(jit.find(PID, 0x3001)?.name).toBe("third");
  });

  it("is read a piece at a time, and no further than its limit, which is told", () => {
    const line = (i: number): string => `${(0x1000 + i * 16).toString(16)} 10 f${i}\n`;
    const path = written(Array.from({ length: 1000 }, (_, i) => line(i)).join(""));
    const jit = maps(own, { atOnce: 1000, ofOne: 5000, ofAll: 5000 });
    expect(jit.find(PID, 0x1001)?.name).toBe("f0");
    expect(jit.find(PID, 0x1001 + 16 * 100)).toBe(undefined);
    for (let i = 0; i < 20; i++) {
      time += 2000;
      jit.find(PID, 0x1001);
    }
    expect(jit.find(PID, 0x1001 + 16 * 100)?.name).toBe("f100");
    expect(jit.find(PID, 0x1001 + 16 * 900)).toBe(undefined);
    expect(jit.refused.get(path)).toMatch(/^only .* of .* are read$/);
  });

  it("costs no more where it is large: one of 240 MB is not read through", () => {
    const path = written("1000 10 first\n");
    truncateSync(path, 240_000_000);
    const jit = maps(own, { atOnce: 4096, ofOne: 1 << 20, ofAll: 1 << 20 });
    expect(jit.find(PID, 0x1001)?.name).toBe("first");
  });

  it.runIf(isRoot)("is believed of root and of the process's user alone", () => {
    const path = written("1000 10 planted\n");
    chownSync(path, 65_534, 65_534);
    for (const user of [0, 1000, undefined]) {
      const jit = maps(user);
      expect(jit.find(PID, 0x1001)).toBe(undefined);
      expect(jit.refused.get(path)).toBe("it is not owned by the user of the process");
    }
    expect(maps(65_534).find(PID, 0x1001)?.name).toBe("planted");
  });

  it("is no link and no pipe", () => {
    const path = written("1000 10 f\n");
    const other = join(folder, "other");
    linkSync(path, other);
    expect(maps(own).find(PID, 0x1001)).toBe(undefined);
    rmSync(path);
    symlinkSync(other, path);
    expect(maps(own).find(PID, 0x1001)).toBe(undefined);
    rmSync(path);
    execFileSync("mkfifo", [path]);
    expect(maps(own).find(PID, 0x1001)).toBe(undefined);
    rmSync(path);
  });
});
