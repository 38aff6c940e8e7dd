/** Small ELF files of either class and byte order, and programs compiled where there is a compiler. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Shape {
  readonly wide: boolean;
  readonly little: boolean;
}

export interface TestSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** 2: a function; 1: data; 0: not said. */
  readonly type?: number;
  readonly local?: boolean;
  /** 0: it is in another file; 1: in the code. */
  readonly section?: number;
}

const CODE = { offset: 0x1000, address: 0x401000, size: 0x1000 };

/** One segment of code, mapped from 0x1000 in the file to 0x401000, and a symbol table. */
export function buildElf({ wide, little }: Shape, symbols: readonly TestSymbol[], table = ".symtab"): Buffer {
  const names = ["", ".text", table, ".strtab", ".shstrtab"];
  const [headSize, segmentSize, sectionSize, symbolSize] = wide ? [64, 56, 64, 24] : [52, 32, 40, 16];
  const strings = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join("")}`);
  const sectionNames = Buffer.from(names.map((name) => `${name}\0`).join(""));
  const symbolsAt = CODE.offset + CODE.size;
  const stringsAt = symbolsAt + symbolSize * (symbols.length + 1);
  const namesAt = stringsAt + strings.length;
  const sectionsAt = namesAt + sectionNames.length;
  const file = Buffer.alloc(sectionsAt + sectionSize * names.length);
  const half = (at: number, value: number): unknown =>
    little ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at);
  const word = (at: number, value: number): unknown =>
    little ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at);
  const long = (at: number, value: number): void => {
    word(at + (little ? 0 : 4), value % 2 ** 32);
    word(at + (little ? 4 : 0), Math.floor(value / 2 ** 32));
  };
  const address = wide ? long : word;

  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  address(wide ? 32 : 28, headSize);
  address(wide ? 40 : 32, sectionsAt);
  const counts = [segmentSize, 1, sectionSize, names.length, names.length - 1];
  counts.forEach((value, i) => half((wide ? 54 : 42) + 2 * i, value));

  word(headSize, 1);
  word(headSize + (wide ? 4 : 24), 5);
  address(headSize + (wide ? 8 : 4), CODE.offset);
  address(headSize + (wide ? 16 : 8), CODE.address);
  address(headSize + (wide ? 32 : 16), CODE.size);

  let nameAt = 1;
  symbols.forEach(({ name, address: value, size, type = 2, local = false, section = 1 }, i) => {
    const at = symbolsAt + symbolSize * (i + 1);
    word(at, nameAt);
    nameAt += Buffer.byteLength(name) + 1;
    file[at + (wide ? 4 : 12)] = (local ? 0 : 16) + type;
    half(at + (wide ? 6 : 14), section);
    address(at + (wide ? 8 : 4), value);
    address(at + (wide ? 16 : 8), size);
  });
  strings.copy(file, stringsAt);
  sectionNames.copy(file, namesAt);

  const sections = [
    [0, 0, 0, 0, 0, 0],
    [1, 4, CODE.offset, CODE.size, 0, 0],
    [table === ".symtab" ? 2 : 11, 0, symbolsAt, stringsAt - symbolsAt, 3, symbolSize],
    [3, 0, stringsAt, strings.length, 0, 0],
    [3, 0, namesAt, sectionNames.length, 0, 0],
  ] as const;
  sections.forEach(([type, flags, offset, size, link, entrySize], i) => {
    const at = sectionsAt + sectionSize * i;
    word(
      at,
      names.slice(0, i).reduce((sum, name) => sum + name.length + 1, 0),
    );
    word(at + 4, type);
    address(at + 8, flags);
    address(at + (wide ? 24 : 16), offset);
    address(at + (wide ? 32 : 20), size);
    word(at + (wide ? 40 : 24), link);
    address(at + (wide ? 56 : 36), entrySize);
  });
  return file;
}

export const hasCompiler = spawnSync("gcc", ["--version"]).status === 0;
export const hasCppCompiler = spawnSync("g++", ["--version"]).status === 0;

/** Returns the path of the program. */
export function compileProgram(
  directory: string,
  name: string,
  source: string,
  options: readonly string[] = [],
): string {
  const isCpp = source.includes("namespace");
  const file = join(directory, `${name}.${isCpp ? "cc" : "c"}`);
  const path = join(directory, name);
  writeFileSync(file, source);
  const { status, stderr } = spawnSync(isCpp ? "g++" : "gcc", [
    "-O1",
    "-fno-omit-frame-pointer",
    ...options,
    "-o",
    path,
    file,
  ]);
  if (status !== 0) throw new Error(stderr.toString());
  return path;
}

/** Touches 200 pages in `touch_pages`, called by `do_work`, and ends. */
export const TOUCH = `#include <sys/mman.h>
__attribute__((noinline)) void touch_pages(char *p, long n) {
  for (long i = 0; i < n; i++) ((volatile char *)p)[i * 4096] = 1;
  __asm__ volatile("");
}
__attribute__((noinline)) int do_work(int n) {
  char *p = mmap(0, n * 4096L, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(p, n * 4096L, MADV_NOHUGEPAGE);
  touch_pages(p, n);
  __asm__ volatile("");
  return p[0];
}
int main(void) { return do_work(200) - 1; }
`;
