/**
 * Interprets the types in BTF: functions, structs and enums in the terms of the `Kernel` interface.
 *
 * Types are read on demand. A reference is checked when it is followed, so damaged
 * data causes a `KernelError`, never a wrong answer, an endless loop or deep recursion.
 */
import { BtfData, countOf, flagOf, Kind, kindOf } from "./btf-data.js";
import { KernelError } from "../error.js";
import type { CMember, CParameter, CType, FunctionPrototype, NamedValues } from "../kernel.js";

/** The limit on nested typedefs, qualifiers, pointers and arrays; no real type reaches it. */
const deepest = 64;
/** The range of ids given to each module, because the ids of all modules continue the same base. */
const idsPerModule = 0x100_0000;

const integerEncoding = { signed: 1, bool: 4 };
const characters = ["char", "signed char", "unsigned char"];
const qualifiers: readonly number[] = [Kind.volatile, Kind.const, Kind.restrict, Kind.typeTag];
const structs: readonly number[] = [Kind.struct, Kind.union];
const enums: readonly number[] = [Kind.enum, Kind.enum64];

export interface SplitOf {
  readonly base: Btf;
  /** The module's number among those opened on this base, from 1. */
  readonly place: number;
}

export class Btf {
  private readonly data: BtfData;
  private readonly base: Btf | undefined;
  private readonly shift: number;

  /** `split` is given for a module's types, which continue those of `split.base`. */
  constructor(bytes: Uint8Array, split?: SplitOf) {
    this.base = split?.base;
    this.data = new BtfData(bytes, split?.base.data);
    this.shift = (split?.place ?? 0) * idsPerModule;
  }

  /** Returns the number of the module that has the type of this id; 0 for the kernel. */
  static placeOf(id: number): number {
    return Math.floor(id / idsPerModule);
  }

  function(name: string): FunctionPrototype | undefined {
    const [id] = this.data.named(name, [Kind.function]);
    if (id === undefined) return undefined;
    const prototype = this.type(this.type(id).word(2));
    if (prototype.kind !== Kind.prototype)
      throw new KernelError(`damaged BTF: function ${name} has no prototype`);
    const parameters: CParameter[] = [];
    for (let i = 0; i < prototype.count; i++) {
      const [offset, type] = [prototype.word(3 + i * 2), prototype.word(4 + i * 2)];
      // A variadic `...` is a last parameter with neither name nor type.
      if (offset === 0 && type === 0 && i === prototype.count - 1) break;
      parameters.push({ name: this.data.string(offset), type: this.ctype(type) });
    }
    return { name, parameters, returns: this.ctype(prototype.word(2)) };
  }

  functionNames(): string[] {
    const names = new Set<string>();
    for (let id = this.data.firstId; id < this.data.endId; id++) {
      const type = this.type(id);
      if (type.kind === Kind.function) names.add(this.data.string(type.word(0)));
    }
    return [...names];
  }

  /** Finds a struct or union by its tag (`vm_area_struct`) or by a typedef (`atomic_t`). */
  struct(name: string): CType | undefined {
    const id = this.byName(name, structs);
    return id === undefined ? undefined : this.ctype(id);
  }

  members(type: CType): CMember[] {
    if (type.kind !== "struct" && type.kind !== "union") return [];
    let id = type.id >= idsPerModule ? type.id - this.shift : type.id;
    let struct = this.type(id);
    if (struct.kind === Kind.forward) {
      const [whole] = this.data.named(type.name, structs);
      if (whole === undefined) return [];
      struct = this.type((id = whole));
    }
    if (!structs.includes(struct.kind)) throw new KernelError(`type ${id} is not a ${type.kind}`);
    return Array.from({ length: struct.count }, (_, i) => this.member(struct, 3 + i * 3));
  }

  enumeration(name: string): NamedValues | undefined {
    const id = this.byName(name, enums);
    return id === undefined ? undefined : this.enumerators(this.type(id));
  }

  enumerationWith(member: string): NamedValues | undefined {
    const offsets = this.data.offsetsOf(member);
    if (offsets.length === 0) return undefined;
    for (let id = this.data.firstId; id < this.data.endId; id++) {
      const type = this.type(id);
      if (!enums.includes(type.kind)) continue;
      const size = type.kind === Kind.enum ? 2 : 3;
      for (let i = 0; i < type.count; i++) {
        if (offsets.includes(type.word(3 + i * size))) return this.enumerators(type);
      }
    }
    return undefined;
  }

  private byName(name: string, kinds: readonly number[]): number | undefined {
    const found = this.data.named(name, kinds);
    // An enum that is declared but not defined has no members.
    const defined = found.find((id) => this.type(id).count > 0) ?? found[0];
    if (defined !== undefined) return defined;
    for (const id of this.data.named(name, [Kind.typedef])) {
      const target = this.resolve(id).id;
      if (target !== 0 && kinds.includes(this.type(target).kind)) return target;
    }
    return undefined;
  }

  private type(id: number): TypeView {
    const owner = id < this.data.firstId ? this.base : this;
    const start = owner?.data.start(id);
    if (owner === undefined || (start === undefined && owner === this))
      throw new KernelError(`damaged BTF: there is no type ${id}`);
    return start === undefined ? owner.type(id) : new TypeView(owner.data.words, start);
  }

  /** Resolves typedefs and qualifiers; returns the underlying type, and the name of the outermost typedef. */
  private resolve(start: number): { id: number; typedef: string | undefined } {
    let id = start;
    let typedef: string | undefined;
    for (let steps = 0; steps < deepest; steps++) {
      if (id === 0) return { id, typedef };
      const type = this.type(id);
      if (type.kind === Kind.typedef) typedef ??= this.data.string(type.word(0));
      else if (!qualifiers.includes(type.kind)) return { id, typedef };
      id = type.word(2);
    }
    throw new KernelError(`damaged BTF: type ${start} leads in a circle`);
  }

  private ctype(start: number, depth = 0): CType {
    if (depth > deepest) throw new KernelError(`damaged BTF: type ${start} leads in a circle`);
    const { id, typedef } = this.resolve(start);
    if (id === 0) return { kind: "void" };
    const type = this.type(id);
    const name = this.data.string(type.word(0));
    const alias = typedef === undefined ? {} : { typedef };
    switch (type.kind) {
      case Kind.int:
        return integer(type, name, typedef);
      case Kind.pointer:
        return { kind: "pointer", to: this.ctype(type.word(2), depth + 1) };
      case Kind.array:
        return { kind: "array", of: this.ctype(type.word(3), depth + 1), length: type.word(5) };
      case Kind.struct:
      case Kind.union:
        return { kind: type.kind === Kind.struct ? "struct" : "union", name, id: this.outside(id), ...alias };
      case Kind.forward:
        return { kind: flagOf(type.info) ? "union" : "struct", name, id: this.outside(id), ...alias };
      case Kind.enum:
      case Kind.enum64:
        return { kind: "enum", name, bytes: type.word(2), signed: flagOf(type.info), ...alias };
      case Kind.prototype:
        return { kind: "function" };
      default:
        return { kind: "other", name: typedef ?? name };
    }
  }

  private outside(id: number): number {
    if (id >= idsPerModule) throw new KernelError("BTF has more types than are supported");
    return id < this.data.firstId ? id : id + this.shift;
  }

  private member(struct: TypeView, at: number): CMember {
    const place = struct.word(at + 2);
    const type = struct.word(at + 1);
    let bitOffset = flagOf(struct.info) ? place & 0xffffff : place;
    let bitWidth = flagOf(struct.info) ? place >>> 24 : 0;
    if (!flagOf(struct.info)) {
      // Older compilers describe a bit field by an integer type narrower than its bytes.
      const { id } = this.resolve(type);
      const int = id === 0 ? undefined : this.type(id);
      const encoding = int?.kind === Kind.int ? int.word(3) : 0;
      const bits = encoding & 0xff;
      if (int !== undefined && bits !== 0 && bits !== int.word(2) * 8) {
        bitWidth = bits;
        bitOffset += (encoding >>> 16) & 0xff;
      }
    }
    return { name: this.data.string(struct.word(at)), type: this.ctype(type), bitOffset, bitWidth };
  }

  private enumerators(type: TypeView): NamedValues {
    const signed = flagOf(type.info);
    const wide = type.kind === Kind.enum64;
    const pairs: [string, bigint][] = [];
    for (let i = 0; i < type.count; i++) {
      const at = 3 + i * (wide ? 3 : 2);
      const bits = wide
        ? (BigInt(type.word(at + 2)) << 32n) | BigInt(type.word(at + 1))
        : BigInt(type.word(at + 1));
      pairs.push([this.data.string(type.word(at)), signed ? BigInt.asIntN(wide ? 64 : 32, bits) : bits]);
    }
    return new Map(lowestFirst(pairs));
  }
}

/** Sorts by value; names of the same value keep the order of declaration. */
export function lowestFirst(pairs: readonly (readonly [string, bigint])[]): (readonly [string, bigint])[] {
  return [...pairs].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A view of one type's words, which were checked to lie within the file when the index was built. */
class TypeView {
  constructor(
    private readonly words: Uint32Array,
    private readonly start: number,
  ) {}

  get info(): number {
    return this.word(1);
  }

  get kind(): number {
    return kindOf(this.info);
  }

  get count(): number {
    return countOf(this.info);
  }

  word(at: number): number {
    return this.words[this.start + at] as number;
  }
}

function integer(type: TypeView, name: string, typedef: string | undefined): CType {
  const bytes = type.word(2);
  const encoding = type.word(3) >>> 24;
  const signed = (encoding & integerEncoding.signed) !== 0;
  if ((encoding & integerEncoding.bool) !== 0) return { kind: "bool" };
  if (typedef === undefined && characters.includes(name)) return { kind: "char", signed };
  return { kind: "int", bytes, signed, name, ...(typedef === undefined ? {} : { typedef }) };
}
