/**
 * What a compiler asks of a kernel. A `Kernel` is read from a live machine or from a profile;
 * nothing here knows how, nor what a tracer is.
 */

/** A C type, as far as reading a value needs it. */
export type CType =
  | { readonly kind: "int"; readonly bytes: number; readonly signed: boolean; readonly name: string }
  | { readonly kind: "bool" }
  | { readonly kind: "char"; readonly signed: boolean }
  | { readonly kind: "enum"; readonly name: string; readonly bytes: number; readonly signed: boolean }
  | { readonly kind: "pointer"; readonly to: CType }
  /** `name` is empty for an anonymous one; members are asked of the kernel by `id`. */
  | { readonly kind: "struct" | "union"; readonly name: string; readonly id: number }
  | { readonly kind: "array"; readonly of: CType; readonly length: number }
  | { readonly kind: "function" }
  | { readonly kind: "void" }
  | { readonly kind: "other"; readonly name: string };

export interface CMember {
  readonly name: string;
  readonly type: CType;
  /** From the start of the struct, in bits. */
  readonly bitOffset: number;
  /** 0 unless it is a bit field. */
  readonly bitWidth: number;
}

export interface CParameter {
  readonly name: string;
  readonly type: CType;
}

export interface FunctionPrototype {
  readonly name: string;
  readonly parameters: readonly CParameter[];
  readonly returns: CType;
}

export interface TracepointField {
  readonly name: string;
  /** As the format file spells it: `unsigned long`, `const char *`, `__data_loc char[]`. */
  readonly ctype: string;
  /** In bytes; 0 where unknown. */
  readonly size: number;
  readonly signed: boolean;
  /** A string that bpftrace must wrap in `str()`: a pointer, or a `__data_loc`. */
  readonly shape: "number" | "pointer" | "char_array" | "array" | "data_loc";
}

export interface Tracepoint {
  readonly category: string;
  readonly name: string;
  readonly fields: readonly TracepointField[];
}

/** Bits by name, lowest first: `{ GFP_ATOMIC: 0x820n }` may share bits with another. */
export type NamedValues = ReadonlyMap<string, bigint>;

export interface Kernel {
  /** `debian12`, `live`, or a file's name. */
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  /** In bytes. */
  readonly pageSize: number;
  /** Which kinds of probe its configuration has. */
  readonly attach: { readonly kprobe: boolean; readonly fentry: boolean; readonly uprobe: boolean; readonly tracepoint: boolean };
  /**
   * Whether it lists everything the kernel has. A bundled profile knows what the standard library
   * names and no more, so what it does not list may exist all the same.
   */
  readonly complete: boolean;

  /** Undefined: not there (or, where the profile is not complete, not known). */
  tracepoint(category: string, name: string): Tracepoint | undefined;
  /** All known `category:name` pairs, in the kernel's order. */
  tracepointNames(): readonly string[];
  function(name: string): FunctionPrototype | undefined;
  /** All known function names; may be large. */
  functionNames(): readonly string[];
  struct(name: string): CType | undefined;
  /** Own members; those of anonymous structs and unions stand as a member with an empty name. */
  members(type: CType): readonly CMember[];
  /** An enum's members by its name (`fault_flag`), as numbers. */
  enumeration(name: string): NamedValues | undefined;
  /** The enum that has this member, anonymous ones included: `MM_ANONPAGES`. */
  enumerationWith(member: string): NamedValues | undefined;
  /** Bits that no type names: those of `gfp_t`, from this kernel's own tracepoint formats. */
  flags(name: string): NamedValues | undefined;
}
