/** Writes BTF for tests: types by hand, as a compiler would lay them out. */
import { Kind } from "../../src/kernel/btf/btf-data.js";

export interface WriterOptions {
  readonly littleEndian?: boolean;
  /** The file this one continues. */
  readonly base?: BtfWriter;
  /** More header than there is in version 1. */
  readonly extraHeader?: number;
}

type Member = readonly [name: string, type: number, place: number];

export class BtfWriter {
  private readonly types: number[] = [];
  private readonly offsets = new Map<string, number>();
  private text: string;
  private next: number;

  constructor(private readonly options: WriterOptions = {}) {
    this.text = options.base === undefined ? "\0" : "";
    this.next = options.base?.next ?? 1;
  }

  private get firstString(): number {
    return this.options.base === undefined
      ? 0
      : this.options.base.firstString + this.options.base.text.length;
  }

  name(name: string): number {
    if (name === "") return 0;
    const known = this.options.base?.offsets.get(name) ?? this.offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.firstString + this.text.length;
    this.offsets.set(name, offset);
    this.text += `${name}\0`;
    return offset;
  }

  /** Any type: returns its id. */
  add(kind: number, name: string, sizeOrType: number, count = 0, flag = false, ...more: number[]): number {
    const info = (((flag ? 0x80 : 0) | kind) << 24) | count;
    this.types.push(this.name(name), info >>> 0, sizeOrType >>> 0, ...more.map((word) => word >>> 0));
    return this.next++;
  }

  int(name: string, bytes: number, encoding = 0, bits = bytes * 8, bitOffset = 0): number {
    return this.add(Kind.int, name, bytes, 0, false, (encoding << 24) | (bitOffset << 16) | bits);
  }

  pointer(to: number): number {
    return this.add(Kind.pointer, "", to);
  }

  array(of: number, length: number): number {
    return this.add(Kind.array, "", 0, 0, false, of, 0, length);
  }

  struct(
    name: string,
    bytes: number,
    members: readonly Member[],
    how: { union?: boolean; bitFields?: boolean } = {},
  ): number {
    const words = members.flatMap(([member, type, place]) => [this.name(member), type, place]);
    return this.add(
      how.union ? Kind.union : Kind.struct,
      name,
      bytes,
      members.length,
      how.bitFields ?? false,
      ...words,
    );
  }

  enum(name: string, values: Readonly<Record<string, number>>, signed = false): number {
    const words = Object.entries(values).flatMap(([member, value]) => [this.name(member), value]);
    return this.add(Kind.enum, name, 4, words.length / 2, signed, ...words);
  }

  enum64(name: string, values: Readonly<Record<string, bigint>>, signed = false): number {
    const words = Object.entries(values).flatMap(([member, value]) => [
      this.name(member),
      Number(value & 0xffff_ffffn),
      Number((value >> 32n) & 0xffff_ffffn),
    ]);
    return this.add(Kind.enum64, name, 8, words.length / 3, signed, ...words);
  }

  function(name: string, returns: number, parameters: readonly (readonly [string, number])[]): number {
    const words = parameters.flatMap(([parameter, type]) => [this.name(parameter), type]);
    const prototype = this.add(Kind.prototype, "", returns, parameters.length, false, ...words);
    return this.add(Kind.function, name, prototype, 1);
  }

  bytes(): Uint8Array {
    const { littleEndian = true, extraHeader = 0 } = this.options;
    const header = 24 + extraHeader;
    const strings = new TextEncoder().encode(this.text);
    const bytes = new Uint8Array(header + this.types.length * 4 + strings.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xeb9f, littleEndian);
    view.setUint8(2, 1);
    [header, 0, this.types.length * 4, this.types.length * 4, strings.length].forEach((word, i) =>
      view.setUint32(4 + i * 4, word, littleEndian),
    );
    this.types.forEach((word, i) => view.setUint32(header + i * 4, word, littleEndian));
    bytes.set(strings, header + this.types.length * 4);
    return bytes;
  }
}

export const Signed = 1;
export const Bool = 4;

/** A file with every kind of type in it. */
export function everyKind(options: WriterOptions = {}): BtfWriter {
  const w = new BtfWriter(options);
  const int = w.int("int", 4, Signed);
  const unsigned = w.int("unsigned int", 4);
  const char = w.int("char", 1, Signed);
  const byte = w.int("unsigned char", 1);
  const bool = w.int("_Bool", 1, Bool);
  const long = w.int("long unsigned int", 8);
  const u8 = w.add(Kind.typedef, "u8", w.add(Kind.typedef, "__u8", byte));
  const gfp = w.add(Kind.typedef, "gfp_t", unsigned);
  const text = w.pointer(w.add(Kind.const, "", byte));
  const user = w.pointer(w.add(Kind.typeTag, "user", w.add(Kind.volatile, "", char)));
  const name = w.struct("", 8, [
    ["hash", unsigned, 0],
    ["len", unsigned, 32],
  ]);
  const either = w.struct(
    "",
    8,
    [
      ["", name, 0],
      ["hash_len", long, 0],
    ],
    { union: true },
  );
  const qstr = w.struct("qstr", 16, [
    ["", either, 0],
    ["name", text, 64],
  ]);
  // struct node { struct node *next; struct qstr d_name; unsigned a:3, b:5; enum color shade; }
  const color = w.enum("color", { RED: 0, GREEN: 1, BLUE: 2 });
  const node = w.struct(
    "node",
    40,
    [
      ["next", 0, 0],
      ["d_name", qstr, 64],
      ["a", unsigned, (3 << 24) | 192],
      ["b", unsigned, (5 << 24) | 195],
      ["shade", color, 224],
    ],
    { bitFields: true },
  );
  const nodes = w.pointer(node);
  w.struct("list", 16, [
    ["head", nodes, 0],
    ["names", w.array(char, 8), 64],
    ["bits", w.int("unsigned int", 4, 0, 3, 2), 96],
  ]);
  w.enum("", { FIRST: -1, SECOND: 7 }, true);
  w.enum("old_style", { ALL: 0xffffffff });
  w.enum64("wide", { HIGH: 1n << 40n, LOW: 1n });
  w.enum64("wide_signed", { MINUS: -2n }, true);
  const later = w.add(Kind.forward, "later", 0);
  const restricted = w.add(Kind.restrict, "", w.pointer(later));
  const callback = w.pointer(w.add(Kind.prototype, "", int, 0));
  const double = w.add(Kind.float, "double", 8);
  w.function("use", w.add(Kind.typedef, "vm_fault_t", unsigned), [
    ["list", nodes],
    ["flags", gfp],
    ["small", u8],
    ["yes", bool],
    ["path", user],
    ["rest", restricted],
    ["fn", callback],
    ["ratio", double],
  ]);
  w.function("print", 0, [
    ["format", text],
    ["", 0],
  ]);
  w.add(Kind.declTag, "tag", node, 0, false, -1);
  const variable = w.add(Kind.variable, "counter", int, 0, false, 1);
  w.add(Kind.dataSection, ".data", 4, 1, false, variable, 0, 4);
  w.add(Kind.typedef, "atomic_t", w.struct("", 4, [["counter", int, 0]]));
  return w;
}
