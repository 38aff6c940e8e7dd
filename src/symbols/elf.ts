/**
 * The parts of an ELF file that lead from an address to a function: loaded segments, symbols, and what
 * names its separate debug file. Reads only those parts; a damaged file gives less, never an exception
 * other than `ElfError`.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export class ElfError extends Error {}

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly executable: boolean;
}

/** A function, or code that has a name; `size` 0: not known. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly isLocal: boolean;
}

interface Header extends Segment {
  readonly type: number;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

const PT_LOAD = 1;
const PT_INTERP = 3;
const PF_X = 1;
const SHT_NOTE = 7;
const SHT_NOBITS = 8;
const SHF_EXECINSTR = 4;
const NT_GNU_BUILD_ID = 3;
const STB_LOCAL = 0;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/** More than any linker writes. */
const MOST_HEADERS = 65_536;
const LARGEST_SECTION = 1024 * 1024 * 1024;

export class ElfFile {
  readonly segments: readonly Segment[];
  private readonly sections: readonly Section[];
  private readonly interpreterAt: Header | undefined;

  private constructor(private readonly bytes: Bytes) {
    const head = bytes.at(0, 64);
    const wide = bytes.wide;
    const [phoff, shoff] = wide ? [head.long(32), head.long(40)] : [head.word(28), head.word(32)];
    const at = wide ? 54 : 42;
    const headers = readSegments(bytes, phoff, head.half(at), head.half(at + 2));
    this.segments = headers.filter(({ type }) => type === PT_LOAD);
    this.interpreterAt = headers.find(({ type }) => type === PT_INTERP);
    this.sections = readSections(bytes, shoff, head.half(at + 4), head.half(at + 6), head.half(at + 8));
  }

  /** Calls `use` with the file, and closes it. Throws an `ElfError` for what is not ELF or cannot be read. */
  static read<T>(path: string | number, use: (file: ElfFile) => T): T {
    let descriptor: number | undefined;
    try {
      descriptor = typeof path === "number" ? path : openSync(path, "r");
      return use(new ElfFile(new Bytes(descriptor)));
    } catch (error) {
      if (error instanceof ElfError) throw error;
      throw new ElfError(error instanceof Error ? error.message : String(error));
    } finally {
      if (typeof path !== "number" && descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** Whether it has the full table, which a stripped file has not. */
  get hasSymbolTable(): boolean {
    return this.sections.some(({ name, type }) => name === ".symtab" && type !== SHT_NOBITS);
  }

  /** Of the full table; of that for the dynamic linker where there is no other. */
  symbols(): ElfSymbol[] {
    const name = this.hasSymbolTable ? ".symtab" : ".dynsym";
    const table = this.sections.find((each) => each.name === name && each.type !== SHT_NOBITS);
    const strings = table && this.sections[table.link];
    return table && strings ? this.readSymbols(table, strings) : [];
  }

  /** The dynamic linker that a program asks for. */
  get interpreter(): string | undefined {
    const at = this.interpreterAt;
    return at && this.bytes.section({ offset: at.offset, size: at.fileSize }).text(0);
  }

  /** In hexadecimal. */
  get buildId(): string | undefined {
    for (const section of this.sections.filter(({ type }) => type === SHT_NOTE)) {
      const found = buildIdOf(this.bytes.section(section));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The name of the file that the symbols were moved to. */
  get debugLink(): string | undefined {
    const section = this.sections.find(({ name, type }) => name === ".gnu_debuglink" && type !== SHT_NOBITS);
    const name = section && this.bytes.section(section).text(0);
    return name === undefined || name === "" || name.includes("/") ? undefined : name;
  }

  private readSymbols(table: Section, strings: Section): ElfSymbol[] {
    const wide = this.bytes.wide;
    const size = wide ? 24 : 16;
    if (table.entrySize !== size) throw new ElfError("its symbols have an unknown size");
    const entries = this.bytes.section(table);
    const names = this.bytes.section(strings);
    const found: ElfSymbol[] = [];
    for (let at = 0; at + size <= table.size; at += size) {
      const info = entries.byte(at + (wide ? 4 : 12));
      const index = entries.half(at + (wide ? 6 : 14));
      if (!this.isCode(info & 15, index)) continue;
      const name = names.text(entries.word(at));
      if (name === "" || name.startsWith("$") || name.startsWith(".L")) continue;
      found.push({
        name,
        address: wide ? entries.long(at + 8) : entries.word(at + 4),
        size: wide ? entries.long(at + 16) : entries.word(at + 8),
        isLocal: info >> 4 === STB_LOCAL,
      });
    }
    return found;
  }

  /** Assembler leaves functions without a type; a section that is not code has no functions. */
  private isCode(type: number, section: number): boolean {
    if (section === 0) return false;
    if (type === STT_FUNC || type === STT_GNU_IFUNC) return true;
    return type === STT_NOTYPE && ((this.sections[section]?.flags ?? 0) & SHF_EXECINSTR) !== 0;
  }
}

function readSegments(bytes: Bytes, offset: number, size: number, count: number): Header[] {
  if (count === 0 || offset === 0) return [];
  if (size < (bytes.wide ? 56 : 32) || count > MOST_HEADERS)
    throw new ElfError("its program headers are damaged");
  const table = bytes.at(offset, size * count);
  const segments: Header[] = [];
  for (let at = 0; at < size * count; at += size) {
    const type = table.word(at);
    segments.push(
      bytes.wide
        ? {
            type,
            executable: (table.word(at + 4) & PF_X) !== 0,
            offset: table.long(at + 8),
            address: table.long(at + 16),
            fileSize: table.long(at + 32),
          }
        : {
            type,
            executable: (table.word(at + 24) & PF_X) !== 0,
            offset: table.word(at + 4),
            address: table.word(at + 8),
            fileSize: table.word(at + 16),
          },
    );
  }
  return segments;
}

function readSections(bytes: Bytes, offset: number, size: number, count: number, namesAt: number): Section[] {
  if (offset === 0 || count === 0) return [];
  if (size < (bytes.wide ? 64 : 40) || count > MOST_HEADERS)
    throw new ElfError("its section headers are damaged");
  const table = bytes.at(offset, size * count);
  const plain = Array.from({ length: count }, (_, i) => {
    const at = i * size;
    const wide = bytes.wide;
    return {
      nameAt: table.word(at),
      type: table.word(at + 4),
      flags: table.word(at + 8 + (wide && !bytes.little ? 4 : 0)),
      offset: wide ? table.long(at + 24) : table.word(at + 16),
      size: wide ? table.long(at + 32) : table.word(at + 20),
      link: table.word(at + (wide ? 40 : 24)),
      entrySize: wide ? table.long(at + 56) : table.word(at + 36),
    };
  });
  const names = plain[namesAt];
  const text = names && bytes.section(names);
  return plain.map((each) => ({ ...each, name: text?.text(each.nameAt) ?? "" }));
}

function buildIdOf(notes: View): string | undefined {
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [notes.word(at), notes.word(at + 4), notes.word(at + 8)];
    const data = at + 12 + Math.ceil(nameSize / 4) * 4;
    if (type === NT_GNU_BUILD_ID && notes.text(at + 12) === "GNU" && data + size <= notes.length)
      return notes.hex(data, size);
    at = data + Math.ceil(size / 4) * 4;
  }
  return undefined;
}

/** The file: of which class and byte order it is, and pieces of it. */
class Bytes {
  readonly wide: boolean;
  readonly little: boolean;
  private readonly size: number;

  constructor(private readonly descriptor: number) {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new ElfError("it is not a file");
    this.size = status.size;
    const head = this.buffer(0, 16);
    if (head.readUInt32BE(0) !== 0x7f454c46) throw new ElfError("it is not an ELF file");
    this.wide = head[4] === 2;
    this.little = head[5] === 1;
  }

  at(offset: number, length: number): View {
    // The head of a 32-bit file is shorter than that of a wide one.
    return new View(this.buffer(offset, Math.min(length, Math.max(this.size - offset, 0))), this.little);
  }

  section({ offset, size }: Pick<Section, "offset" | "size">): View {
    if (size > LARGEST_SECTION || offset + size > this.size)
      throw new ElfError("a section ends after the file");
    return this.at(offset, size);
  }

  private buffer(offset: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.descriptor, buffer, done, length - done, offset + done);
      if (read === 0) throw new ElfError("it stops in the middle");
      done += read;
    }
    return buffer;
  }
}

/** Numbers and text in a piece of the file; beyond its end throws a `RangeError`. */
class View {
  constructor(
    private readonly buffer: Buffer,
    private readonly little: boolean,
  ) {}

  get length(): number {
    return this.buffer.length;
  }

  byte(at: number): number {
    return this.buffer.readUInt8(at);
  }

  half(at: number): number {
    return this.little ? this.buffer.readUInt16LE(at) : this.buffer.readUInt16BE(at);
  }

  word(at: number): number {
    return this.little ? this.buffer.readUInt32LE(at) : this.buffer.readUInt32BE(at);
  }

  /** As a number: user addresses and offsets stay below 2^53. */
  long(at: number): number {
    const [low, high] = this.little ? [this.word(at), this.word(at + 4)] : [this.word(at + 4), this.word(at)];
    return high * 2 ** 32 + low;
  }

  text(at: number): string {
    const end = this.buffer.indexOf(0, at);
    return this.buffer.toString("utf8", at, end === -1 ? this.buffer.length : end);
  }

  hex(at: number, length: number): string {
    return this.buffer.toString("hex", at, at + length);
  }
}
