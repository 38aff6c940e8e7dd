/**
 * The layout of BTF in a file (Documentation/bpf/btf.rst): the header, an index of the types, and the
 * strings. `btf.ts` interprets the types.
 *
 * A kernel has over 100,000 types and a query needs about ten of them, so no objects are built
 * here: types remain words of the file, found through a table of offsets.
 */
import { KernelError } from "../error.js";

export const Kind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  dataSection: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** The number of words after the three common ones, by kind: a fixed part, and one for each member. */
const fixedWords = Uint8Array.of(0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0);
const wordsEach = Uint8Array.of(0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3);

const magic = 0xeb9f;
const shortestHeader = 24;
const wordsPerType = 3;

export class BtfData {
  /** The first id that belongs to this file; lower ones belong to the base. Id 0 is `void`. */
  readonly firstId: number;
  /** The type section as 32-bit words. */
  readonly words: Uint32Array;

  private readonly firstString: number;
  private readonly stringBytes: Uint8Array;
  private decoded: string | undefined;
  private indexed: TypeIndex | undefined;

  /** `base` is given for split BTF, such as a module's: it continues the ids and the strings of the kernel's BTF. */
  constructor(
    bytes: Uint8Array,
    private readonly base?: BtfData,
  ) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < shortestHeader)
      throw new KernelError(`not BTF: it has ${bytes.length} bytes, less than a header`);
    const little = view.getUint16(0, true) === magic;
    if (!little && view.getUint16(0, false) !== magic)
      throw new KernelError("not BTF: it does not begin with BTF's magic number");
    const version = view.getUint8(2);
    if (version !== 1) throw new KernelError(`BTF version ${version} is not known, only 1 is`);
    // Later versions may extend the header, but the known fields keep their offsets.
    const header = view.getUint32(4, little);
    if (header < shortestHeader || header > bytes.length)
      throw new KernelError(`damaged BTF: a header of ${header} bytes`);

    const section = (name: string, at: number): Uint8Array => {
      const start = header + view.getUint32(at, little);
      const end = start + view.getUint32(at + 4, little);
      if (end > bytes.length)
        throw new KernelError(`damaged BTF: its ${name} end at byte ${end} of ${bytes.length}`);
      return bytes.subarray(start, end);
    };
    const types = section("types", 8);
    if (types.length % 4 !== 0) throw new KernelError("damaged BTF: its types are not whole words");
    this.words = toWords(types, little);

    this.stringBytes = section("strings", 16);
    const firstByte = this.stringBytes[0];
    const wellFormed =
      firstByte === undefined
        ? base !== undefined
        : this.stringBytes.at(-1) === 0 && (base !== undefined || firstByte === 0);
    if (!wellFormed) throw new KernelError("damaged BTF: its strings do not begin and end with a NUL");

    this.firstId = base === undefined ? 1 : base.endId;
    this.firstString = base === undefined ? 0 : base.firstString + base.stringBytes.length;
  }

  /** The highest id plus one. */
  get endId(): number {
    return this.firstId + this.index.starts.length;
  }

  /** Returns the index in `words` of a type; undefined for an id of the base, or one that does not exist. */
  start(id: number): number | undefined {
    return id < this.firstId ? undefined : this.index.starts[id - this.firstId];
  }

  /** Returns the string at an offset. */
  string(offset: number): string {
    if (offset < this.firstString) return this.base === undefined ? "" : this.base.string(offset);
    const from = offset - this.firstString;
    if (from >= this.stringBytes.length)
      throw new KernelError(`damaged BTF: a name at byte ${offset} of the strings, beyond their end`);
    const text = this.strings;
    return text.slice(from, text.indexOf("\0", from));
  }

  /** Returns this file's types with this name and one of these kinds, lowest id first. */
  named(name: string, kinds: readonly number[]): number[] {
    const { starts, names } = this.index;
    const found: number[] = [];
    for (const offset of this.offsetsOf(name)) {
      for (let i = names.indexOf(offset); i >= 0; i = names.indexOf(offset, i + 1)) {
        if (kinds.includes(kindOf(this.words[(starts[i] as number) + 1] as number)))
          found.push(i + this.firstId);
      }
    }
    return found.sort((a, b) => a - b);
  }

  /**
   * Returns the offsets of a name in the strings, base first. The tools that write a kernel's BTF store each
   * string once, without sharing suffixes, so one search in each section is enough.
   */
  offsetsOf(name: string): number[] {
    if (name === "" || name.includes("\0")) return [];
    const offsets = this.base?.offsetsOf(name) ?? [];
    const text = this.strings;
    // Only in split BTF can a name be the first string.
    const before = text.startsWith(`${name}\0`) ? -1 : text.indexOf(`\0${name}\0`);
    if (before >= 0 || text.startsWith(`${name}\0`)) offsets.push(before + 1 + this.firstString);
    return offsets;
  }

  private get strings(): string {
    if (this.decoded === undefined) {
      const text = new TextDecoder().decode(this.stringBytes);
      // Offsets are in bytes, so the text must have one character for each byte.
      this.decoded =
        text.length === this.stringBytes.length ? text : new TextDecoder("latin1").decode(this.stringBytes);
    }
    return this.decoded;
  }

  /**
   * Indexes this file's types in one pass, which also checks that all of them lie within the file. It runs
   * only once, too seldom for the engine to inline calls, so the work for each type is written inline.
   */
  private get index(): TypeIndex {
    if (this.indexed !== undefined) return this.indexed;
    const { words } = this;
    const { length } = words;
    const starts = new Uint32Array(Math.floor(length / wordsPerType));
    const names = new Uint32Array(starts.length);
    let count = 0;
    let at = 0;
    while (at + wordsPerType <= length) {
      const info = words[at + 1] as number;
      const kind = (info >>> 24) & 0x1f;
      if (kind === 0 || kind > Kind.enum64)
        throw new KernelError(
          `BTF has a type of kind ${kind}, which is not supported: it is damaged, or newer than this program`,
        );
      starts[count] = at;
      names[count++] = words[at] as number;
      at += wordsPerType + (fixedWords[kind] as number) + (wordsEach[kind] as number) * (info & 0xffff);
    }
    if (at !== length) throw new KernelError("damaged BTF: its types end inside one");
    return (this.indexed = { starts: starts.subarray(0, count), names: names.subarray(0, count) });
  }
}

/** The tables are indexed by a type's id minus the first id of this file. */
interface TypeIndex {
  /** The index in `words` of the type. */
  readonly starts: Uint32Array;
  /** The offset of the type's name; a separate array, so that the engine's own `indexOf` can search it. */
  readonly names: Uint32Array;
}

export function kindOf(info: number): number {
  return (info >>> 24) & 0x1f;
}

/** Returns the number of members, parameters or enumerators that follow. */
export function countOf(info: number): number {
  return info & 0xffff;
}

/** Returns `kind_flag`, whose meaning depends on the kind: bit fields in a struct, a signed enum, a forward union. */
export function flagOf(info: number): boolean {
  return info >>> 31 === 1;
}

const hostIsLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function toWords(bytes: Uint8Array, little: boolean): Uint32Array {
  if (little === hostIsLittle) {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, little));
}
