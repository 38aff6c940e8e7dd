/**
 * Reads the parts of an ELF file needed to map an address to a function: loaded segments, symbols, and the
 * reference to its separate debug file. A damaged file yields less, but never an exception
 * other than `ElfError`.
 */
import { UntrustedFile } from "../files/untrusted-file.js";
import { EM_AARCH64, EM_X86_64 } from "./calls.js";
import { NameBudget } from "./name-budget.js";

export class ElfError extends Error {}

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly executable: boolean;
}

/** A function or labelled code; `size` is in bytes, 0 if unknown. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly isLocal: boolean;
  /** It is not the function itself, but what chooses one when the program is loaded. */
  readonly isIndirect?: true;
}

export interface Dynamic {
  readonly needed: readonly string[];
  readonly searched: readonly string[];
}

interface Header extends Segment {
  readonly type: number;
}

interface ElfSection {
  readonly nameAt: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

/** What a program was made for and with, as far as probes of its functions depend on it. */
export interface Build {
  readonly machine: "ia32" | "x86-64" | "other";
  /** `inline`: as Go writes its version since 1.18; `old`: as before. */
  readonly go?: "inline" | "old";
}

const EM_386 = 3;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PF_X = 1;
const SHT_RELA = 4;
const SHT_DYNAMIC = 6;
const SHT_NOTE = 7;
const SHT_NOBITS = 8;
const SHF_EXECINSTR = 4;
const DT_NEEDED = 1;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const NT_GNU_BUILD_ID = 3;
const NT_STAPSDT = 3;
/** Where `.go.buildinfo` has its flags, behind a mark of 14 bytes and the size of a pointer. */
const GO_FLAGS = 15;
const GO_INLINE = 2;
const STB_LOCAL = 0;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/** `GLOB_DAT` and `JUMP_SLOT` by architecture: the slots of functions that are called by their names. */
const SLOT_RELOCATIONS: Readonly<Record<number, readonly number[]>> = {
  [EM_X86_64]: [6, 7],
  [EM_AARCH64]: [1025, 1026],
};
/** Of 64-bit files, in bytes. */
const RELA_SIZE = 24;
const SYMBOL_SIZE = 24;
const LARGEST_RELOCATIONS = 64 * 1024 * 1024;
const MOST_SLOTS = 100_000;

/** The limit on sections; no linker writes that many. */
const MOST_HEADERS = 65_536;
const LARGEST_HEADER = 256;
/** The limit on a file: programs with full debug information have a few gigabytes, of which small parts are read. */
const LARGEST_FILE = 64 * 1024 ** 3;
/** The limit on a section that is not a symbol table. */
const LARGEST_SECTION = 512 * 1024 * 1024;
/** The limit on notes, of which there are a few small ones, and on section names. */
const LARGEST_NOTES = 1024 * 1024;
const MOST_NOTES = 64;
const LARGEST_NAMES = 64 * 1024 * 1024;
/** The limit on the name of a section or a file; longer than any that is looked up. */
const LONGEST_NAME = 4096;
/** The limit on a symbol's name: those of C++ are long, but a longer one would be unreadable. */
const LONGEST_SYMBOL = 8192;
/** The number of symbols read at once. */
const SYMBOLS_AT_ONCE = 16_384;

export class ElfFile {
  readonly segments: readonly Segment[];
  /** The architecture, by ELF's number. */
  readonly machine: number;
  private readonly sections: readonly ElfSection[];
  private readonly sectionNames: SectionView | undefined;
  private readonly interpreterAt: Header | undefined;

  private constructor(private readonly bytes: ElfBytes) {
    const head = bytes.at(0, 64);
    this.machine = head.half(18);
    const wide = bytes.wide;
    const [phoff, shoff] = wide ? [head.long(32), head.long(40)] : [head.word(28), head.word(32)];
    const at = wide ? 54 : 42;
    const headers = readSegments(bytes, phoff, head.half(at), head.half(at + 2));
    this.segments = headers.filter(({ type }) => type === PT_LOAD);
    this.interpreterAt = headers.find(({ type }) => type === PT_INTERP);
    this.sections = readSections(bytes, shoff, head.half(at + 4), head.half(at + 6));
    const names = this.sections[head.half(at + 8)];
    this.sectionNames = names && bytes.section(names, LARGEST_NAMES);
  }

  /**
   * Calls `use` with the file, then closes it; a given descriptor stays open. Throws an `ElfError` if it is not ELF,
   * not a regular file, or cannot be read.
   */
  static read<T>(path: string | number, use: (file: ElfFile) => T): T {
    let opened: UntrustedFile | undefined;
    try {
      if (typeof path === "number")
        return use(new ElfFile(new ElfBytes(UntrustedFile.of(path, LARGEST_FILE))));
      opened = UntrustedFile.open(path, { largest: LARGEST_FILE });
      return use(new ElfFile(new ElfBytes(opened)));
    } catch (error) {
      if (error instanceof ElfError) throw error;
      // A damaged file refers to an offset beyond its end.
      if (error instanceof RangeError) throw new ElfError("it is damaged");
      throw new ElfError(error instanceof Error ? error.message : String(error));
    } finally {
      opened?.close();
    }
  }

  /** The same; undefined where `read` would throw an `ElfError`. */
  static tryRead<T>(path: string, use: (file: ElfFile) => T): T | undefined {
    try {
      return ElfFile.read(path, use);
    } catch (error) {
      if (error instanceof ElfError) return undefined;
      throw error;
    }
  }

  /** Whether the file has the full symbol table, which a stripped file lacks. */
  get hasSymbolTable(): boolean {
    return this.named(".symtab") !== undefined;
  }

  /**
   * Returns the symbols of the full table or, if there is none, of the dynamic one. Throws an `ElfError` if they
   * exceed the budget.
   */
  symbols(budget = new NameBudget()): ElfSymbol[] {
    const table = this.named(".symtab") ?? this.named(".dynsym");
    const strings = table && this.sections[table.link];
    return table && strings ? this.readSymbols(table, strings, budget) : [];
  }

  /** The names of the functions that the dynamic linker puts into slots, by the addresses of the slots. */
  slots(): ReadonlyMap<number, string> {
    const found = new Map<number, string>();
    if (!this.bytes.wide) return found;
    for (const section of this.sections) if (section.type === SHT_RELA) this.readSlots(section, found);
    return found;
  }

  private readSlots(section: ElfSection, found: Map<number, string>): void {
    const symbols = this.sections[section.link];
    const strings = symbols && this.sections[symbols.link];
    if (!strings || section.entrySize !== RELA_SIZE || symbols.entrySize !== SYMBOL_SIZE) return;
    const kinds = SLOT_RELOCATIONS[this.machine];
    if (!kinds) return;
    const entries = this.bytes.section(section, LARGEST_RELOCATIONS);
    const names = this.bytes.section(strings, LARGEST_NAMES);
    const table = this.bytes.section(symbols, LARGEST_NAMES);
    for (let at = 0; at + RELA_SIZE <= entries.length && found.size < MOST_SLOTS; at += RELA_SIZE) {
      if (!kinds.includes(entries.word(at + 8))) continue;
      const symbol = entries.word(at + 12) * SYMBOL_SIZE;
      if (symbol > 0) found.set(entries.long(at), names.text(table.word(symbol), LONGEST_SYMBOL));
    }
  }

  /** Finds the first section of this name. Names are compared as bytes, since many sections may share a long name. */
  private named(name: string): ElfSection | undefined {
    return this.sections.find(
      ({ nameAt, type }) => type !== SHT_NOBITS && this.sectionNames?.isText(nameAt, name) === true,
    );
  }

  /** The program's interpreter, which is its dynamic linker. */
  get interpreter(): string | undefined {
    const at = this.interpreterAt;
    return (
      at && this.bytes.section({ offset: at.offset, size: at.fileSize }, LARGEST_NOTES).text(0, LONGEST_NAME)
    );
  }

  /** What the dynamic linker is told: the libraries that are needed, and where to look for them first. */
  get dynamic(): Dynamic {
    const table = this.sections.find(({ type }) => type === SHT_DYNAMIC);
    const strings = table && this.sections[table.link];
    if (!table || !strings) return { needed: [], searched: [] };
    const entries = this.bytes.section(table, LARGEST_NOTES);
    const names = this.bytes.section(strings);
    const size = this.bytes.wide ? 8 : 4;
    const number = (at: number): number => (this.bytes.wide ? entries.long(at) : entries.word(at));
    const texts = (...tags: readonly number[]): string[] =>
      Array.from({ length: Math.floor(entries.length / (2 * size)) }, (_, i) => i * 2 * size)
        .filter((at) => tags.includes(number(at)))
        .map((at) => names.text(number(at + size), LONGEST_NAME));
    return {
      needed: texts(DT_NEEDED),
      searched: texts(DT_RPATH, DT_RUNPATH).flatMap((paths) => paths.split(":")),
    };
  }

  /** The bytes of the program at an address, `length` at most; undefined if the file has none there. */
  code(address: number, length: number): readonly number[] | undefined {
    const segment = this.segments.find(
      (each) => each.executable && address >= each.address && address < each.address + each.fileSize,
    );
    if (!segment) return undefined;
    const at = address - segment.address;
    const view = this.bytes.section({
      offset: segment.offset + at,
      size: Math.min(length, segment.fileSize - at),
    });
    return Array.from({ length: view.length }, (_, i) => view.byte(i));
  }

  /** Whether it has a section of this name. */
  has(section: string): boolean {
    return this.named(section) !== undefined;
  }

  get build(): Build {
    const { machine } = this;
    const go = this.named(".go.buildinfo");
    const flags = go && go.size > GO_FLAGS ? this.bytes.section(go).byte(GO_FLAGS) : 0;
    return {
      machine: machine === EM_386 ? "ia32" : machine === EM_X86_64 ? "x86-64" : "other",
      ...(go ? { go: (flags & GO_INLINE) === 0 ? "old" : "inline" } : {}),
    };
  }

  /** The build id in hexadecimal. */
  get buildId(): string | undefined {
    const notes = this.sections.filter(({ type, size }) => type === SHT_NOTE && size <= LARGEST_NOTES);
    for (const section of notes.slice(0, MOST_NOTES)) {
      const found = buildIdOf(this.bytes.section(section));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** `PROVIDER:NAME` of each static probe (USDT). */
  staticProbes(): string[] {
    const section = this.named(".note.stapsdt");
    return section ? staticProbesIn(this.bytes.section(section, LARGEST_NAMES), this.bytes.wide ? 8 : 4) : [];
  }

  /** The name of the separate debug file. */
  get debugLink(): string | undefined {
    const section = this.named(".gnu_debuglink");
    const name = section && this.bytes.section(section, LARGEST_NOTES).text(0, LONGEST_NAME);
    return name === undefined || name === "" || name.includes("/") ? undefined : name;
  }

  private readSymbols(table: ElfSection, strings: ElfSection, budget: NameBudget): ElfSymbol[] {
    const wide = this.bytes.wide;
    const size = wide ? 24 : 16;
    if (table.entrySize !== size) throw new ElfError("its symbols have an unknown size");
    if (table.size > LARGEST_SECTION || !budget.read(table.size + strings.size))
      throw new ElfError("it has more symbols than there is room for");
    const names = this.bytes.section(strings);
    const found: ElfSymbol[] = [];
    const whole = Math.floor(table.size / size);
    for (let first = 0; first < whole; first += SYMBOLS_AT_ONCE) {
      const count = Math.min(SYMBOLS_AT_ONCE, whole - first);
      const entries = this.bytes.section({ offset: table.offset + first * size, size: count * size });
      for (let at = 0; at < count * size; at += size) {
        const info = entries.byte(at + (wide ? 4 : 12));
        if (!this.isCode(info & 15, entries.half(at + (wide ? 6 : 14)))) continue;
        const name = names.text(entries.word(at), LONGEST_SYMBOL);
        if (!budget.take(name)) throw new ElfError("it has more names than there is room for");
        if (name === "" || name.startsWith("$") || name.startsWith(".L")) continue;
        found.push({
          name,
          address: wide ? entries.long(at + 8) : entries.word(at + 4),
          size: wide ? entries.long(at + 16) : entries.word(at + 8),
          isLocal: info >> 4 === STB_LOCAL,
          ...((info & 15) === STT_GNU_IFUNC ? { isIndirect: true } : {}),
        });
      }
    }
    return found;
  }

  /** Whether a symbol is code: functions in assembly may have no type, but lie in an executable section. */
  private isCode(type: number, section: number): boolean {
    if (section === 0) return false;
    if (type === STT_FUNC || type === STT_GNU_IFUNC) return true;
    return type === STT_NOTYPE && ((this.sections[section]?.flags ?? 0) & SHF_EXECINSTR) !== 0;
  }
}

function readSegments(bytes: ElfBytes, offset: number, size: number, count: number): Header[] {
  if (count === 0 || offset === 0) return [];
  if (size < (bytes.wide ? 56 : 32) || size > LARGEST_HEADER || count > MOST_HEADERS)
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

function readSections(bytes: ElfBytes, offset: number, size: number, count: number): ElfSection[] {
  if (offset === 0 || count === 0) return [];
  if (size < (bytes.wide ? 64 : 40) || size > LARGEST_HEADER || count > MOST_HEADERS)
    throw new ElfError("its section headers are damaged");
  const table = bytes.at(offset, size * count);
  return Array.from({ length: count }, (_, i) => {
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
}

function buildIdOf(notes: SectionView): string | undefined {
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [notes.word(at), notes.word(at + 4), notes.word(at + 8)];
    const data = at + 12 + Math.ceil(nameSize / 4) * 4;
    if (type === NT_GNU_BUILD_ID && notes.isText(at + 12, "GNU") && data + size <= notes.length)
      return notes.hex(data, size);
    at = data + Math.ceil(size / 4) * 4;
  }
  return undefined;
}

/** Notes of three addresses, of `width` bytes each, and the texts of the provider, the name and the arguments. */
function staticProbesIn(notes: SectionView, width: number): string[] {
  const found: string[] = [];
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [notes.word(at), notes.word(at + 4), notes.word(at + 8)];
    const data = at + 12 + Math.ceil(nameSize / 4) * 4;
    const provider = data + 3 * width;
    if (type === NT_STAPSDT && notes.isText(at + 12, "stapsdt") && data + size <= notes.length) {
      const group = notes.text(provider, LONGEST_SYMBOL);
      found.push(`${group}:${notes.text(provider + Buffer.byteLength(group) + 1, LONGEST_SYMBOL)}`);
    }
    at = data + Math.ceil(size / 4) * 4;
  }
  return found;
}

/** Access to the file according to its class and byte order. */
class ElfBytes {
  readonly wide: boolean;
  readonly little: boolean;

  constructor(private readonly file: UntrustedFile) {
    if (file.size < 16) throw new ElfError("it is not an ELF file");
    const head = file.read(0, 16);
    if (head.readUInt32BE(0) !== 0x7f454c46) throw new ElfError("it is not an ELF file");
    this.wide = head[4] === 2;
    this.little = head[5] === 1;
  }

  at(offset: number, length: number): SectionView {
    // The header of a 32-bit file is shorter than that of a 64-bit one.
    const rest = Math.max(this.file.size - offset, 0);
    return new SectionView(this.file.read(offset, Math.min(length, rest)), this.little);
  }

  section({ offset, size }: Pick<ElfSection, "offset" | "size">, largest = LARGEST_SECTION): SectionView {
    if (offset + size > this.file.size) throw new ElfError("a section ends after the file");
    if (size > largest) throw new ElfError("a section is larger than any linker makes it");
    return this.at(offset, size);
  }
}

/** Reads numbers and text in a part of the file; throws a `RangeError` beyond its end. */
class SectionView {
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

  /** Reads a word as a `number`: user addresses and offsets are below 2^53. */
  long(at: number): number {
    const [low, high] = this.little ? [this.word(at), this.word(at + 4)] : [this.word(at + 4), this.word(at)];
    return high * 2 ** 32 + low;
  }

  /** Reads up to a NUL. Cut at `longest`, since a long text may be shared and would be read again for each use. */
  text(at: number, longest: number): string {
    const end = this.buffer.subarray(at, at + longest).indexOf(0);
    return this.buffer.toString("utf8", at, end === -1 ? at + longest : at + end);
  }

  isText(at: number, text: string): boolean {
    const bytes = this.buffer.subarray(at, at + text.length + 1);
    return (
      bytes.length > text.length &&
      bytes[text.length] === 0 &&
      bytes.toString("latin1", 0, text.length) === text
    );
  }

  hex(at: number, length: number): string {
    return this.buffer.toString("hex", at, at + length);
  }
}
