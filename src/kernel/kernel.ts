/**
 * What a compiler asks of a kernel. A `Kernel` is read from a live machine or from a profile;
 * nothing here knows how, nor what a tracer is.
 */

/**
 * A C type, as far as reading a value needs it. `typedef` is the name it was written with, where
 * that was a typedef (`gfp_t`, `pid_t`, `u8`): the outermost, when one stands for another.
 */
export type CType =
  | {
      readonly kind: "int";
      readonly bytes: number;
      readonly signed: boolean;
      readonly name: string;
      readonly typedef?: string;
    }
  | { readonly kind: "bool" }
  /**
   * `char`, `signed char` or `unsigned char`, written so: a pointer to it, or an array of it, is text
   * (as `const unsigned char *name` of `struct qstr` is). A `u8` is an int of one byte.
   */
  | { readonly kind: "char"; readonly signed: boolean }
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly bytes: number;
      readonly signed: boolean;
      readonly typedef?: string;
    }
  | { readonly kind: "pointer"; readonly to: CType }
  /** `name` is empty for an anonymous one; members are asked of the kernel by `id`. */
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly id: number;
      readonly typedef?: string;
    }
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
  /** The module it is in, unless it is in the kernel proper. */
  readonly module?: string;
  /** It can be probed, but no type information describes it: what it takes and returns is not known. */
  readonly untyped?: true;
}

export interface TracepointField {
  readonly name: string;
  /** As the format file spells it: `unsigned long`, `const char *`, `__data_loc char[]`. */
  readonly ctype: string;
  /** In bytes; 0 where unknown. */
  readonly size: number;
  readonly signed: boolean;
  /** How it is kept: text may stand in it (`char_array`), behind a pointer, or in a `__data_loc` at the end. */
  readonly shape: "number" | "pointer" | "char_array" | "array" | "data_loc";
}

export interface Tracepoint {
  readonly category: string;
  readonly name: string;
  readonly fields: readonly TracepointField[];
}

/** Bits by name, lowest first: `{ GFP_ATOMIC: 0x820n }` may share bits with another. */
export type NamedValues = ReadonlyMap<string, bigint>;

/** The names by which the kernel itself prints a tracepoint's field. */
export interface FieldValues {
  /** `flags`: any number of them at once; `enum`: one of them. */
  readonly kind: "flags" | "enum";
  readonly values: NamedValues;
}

export interface Kernel {
  /** `debian12`, `live`, or a file's name. */
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  /** In bytes. */
  readonly pageSize: number;
  /** Which kinds of probe its configuration has. */
  readonly attach: {
    readonly kprobe: boolean;
    readonly fentry: boolean;
    readonly uprobe: boolean;
    readonly tracepoint: boolean;
  };
  /**
   * Whether it lists everything the kernel has. A bundled profile knows what the standard library
   * names and no more, so what it does not list may exist all the same.
   */
  readonly complete: boolean;
  /** Whether it was asked for something that it cannot know, because it is not complete. */
  wasShort?(): boolean;
  /** What could not be learnt about it, and why: a sentence each, for `doctor` and for hints. */
  readonly gaps?: readonly string[];

  /**
   * Whether it is known that the kernel does not have this function or this `category:name`. A profile that
   * is not complete can know that as well; without this method, `complete` and a miss mean the same.
   */
  lacks?(what: "function" | "tracepoint", name: string): boolean;

  /** Undefined: not there (or, where the profile is not complete, not known). */
  tracepoint(category: string, name: string): Tracepoint | undefined;
  /** All known `category:name` pairs, in the kernel's order. */
  tracepointNames(): readonly string[];
  /** A function that can be probed. */
  function(name: string): FunctionPrototype | undefined;
  /** Why a function that this kernel has cannot be probed; undefined: it can be, or is not there. */
  functionGap?(name: string): string | undefined;
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
  /** This machine's disks and their parts, by the number the kernel gives them; a profile has none. */
  disks?(): NamedValues | undefined;
  /** How the kernel prints this field, if by name: `reason` of `migrate:mm_migrate_pages`. */
  fieldValues?(category: string, name: string, field: string): FieldValues | undefined;
}
