/**
 * The interface through which the compiler queries a kernel. A `Kernel` is read from a live machine or a profile;
 * nothing here depends on which, or on a tracer.
 */

import type { CgroupNames } from "./cgroups/cgroup-names.js";
import type { NamedValues } from "./names.js";

/**
 * A C type, as far as reading a value needs it. `typedef` is the name the type was declared with, if
 * that was a typedef (`gfp_t`, `pid_t`, `u8`): the outermost one, if they are nested.
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
   * `char`, `signed char` or `unsigned char`, spelled so: a pointer to it or an array of it is text
   * (such as `const unsigned char *name` in `struct qstr`). A `u8` is an int of one byte.
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
  /** `name` is empty for an anonymous type; `id` identifies it when the kernel is asked for its members. */
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
  /** The offset from the start of the struct, in bits. */
  readonly bitOffset: number;
  /** The width in bits of a bit field; 0 for other members. */
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
  /** The module that contains it; absent for the kernel proper. */
  readonly module?: string;
  /** It can be probed but has no type information: its parameters and return type are unknown. */
  readonly untyped?: true;
}

export interface TracepointField {
  readonly name: string;
  /** The type as spelled in the format file: `unsigned long`, `const char *`, `__data_loc char[]`. */
  readonly ctype: string;
  /** The size in bytes; 0 if unknown. */
  readonly size: number;
  readonly signed: boolean;
  /** How the value is stored: text may be in the field (`char_array`), behind a pointer, or in a `__data_loc` area. */
  readonly shape: "number" | "pointer" | "char_array" | "array" | "data_loc";
}

export interface Tracepoint {
  readonly category: string;
  readonly name: string;
  readonly fields: readonly TracepointField[];
}

export type { NamedValues };

/** The names with which the kernel itself prints the values of a tracepoint's field. */
export interface FieldValues {
  /** `flags`: any combination of the values; `enum`: exactly one. */
  readonly kind: "flags" | "enum";
  readonly values: NamedValues;
}

/** A PID namespace other than the initial one, whose numbers are those that the kernel gives of processes. */
export interface PidNamespace {
  /** Its number, as `/proc/PID/ns/pid` shows it. */
  readonly inode: bigint;
  /** How many namespaces are looked through for a process's number in this one, from the process's own on. */
  readonly levels: number;
}

export interface Kernel {
  /** `debian12`, `live`, or the name of a file. */
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  /** The page size in bytes. */
  readonly pageSize: number;
  /** The kinds of probe that this kernel can attach. */
  readonly attach: {
    readonly kprobe: boolean;
    readonly fentry: boolean;
    readonly uprobe: boolean;
    readonly tracepoint: boolean;
  };
  /**
   * Whether everything in the kernel is listed. A bundled profile lists what the standard library
   * uses and no more, so what it does not list may still exist.
   */
  readonly complete: boolean;
  /** Whether a lookup so far could not be answered because the profile is incomplete. */
  wasShort?(): boolean;
  /** Reads what nearly every query needs, while something else is waited for. */
  readAhead?(): void;
  /** What could not be found out about the kernel, and why: one sentence each, for `doctor` and hints. */
  readonly gaps?: readonly string[];

  /**
   * Whether the kernel is known not to have this function, or this tracepoint `category:name`. An incomplete
   * profile can know that too; without this method, a miss is conclusive only if `complete`.
   */
  lacks?(what: "function" | "tracepoint", name: string): boolean;

  /** Returns undefined if there is no such tracepoint (or, in an incomplete profile, if it is not known). */
  tracepoint(category: string, name: string): Tracepoint | undefined;
  /** Returns all known `category:name` pairs, in the kernel's order. */
  tracepointNames(): readonly string[];
  /** Returns a function that can be probed. */
  function(name: string): FunctionPrototype | undefined;
  /** Returns why an existing function cannot be probed; undefined if it can be, or does not exist. */
  functionGap?(name: string): string | undefined;
  /** Returns all known function names, which may be tens of thousands. */
  functionNames(): readonly string[];
  struct(name: string): CType | undefined;
  /** Returns the direct members; an anonymous struct or union is a member with an empty name. */
  members(type: CType): readonly CMember[];
  /** Returns the members of the enum of this name, such as `fault_flag`. */
  enumeration(name: string): NamedValues | undefined;
  /** Returns the enum, possibly anonymous, with this member, such as `MM_ANONPAGES`. */
  enumerationWith(member: string): NamedValues | undefined;
  /** Returns flags that are not an enum in the types, such as those of `gfp_t`, from the tracepoint formats. */
  flags(name: string): NamedValues | undefined;
  /** The PID namespace that process numbers are of; absent: the initial one. */
  readonly pidNamespace?: PidNamespace | undefined;
  /** Returns this machine's disks and partitions by device number; a profile has none. */
  disks?(): NamedValues | undefined;
  /** Returns this machine's control groups; a profile has none. */
  cgroups?(): CgroupNames | undefined;
  /** Returns this machine's users, and its groups, by number; a profile has none. */
  users?(): NamedValues | undefined;
  groups?(): NamedValues | undefined;
  /** Returns the names the kernel prints for this field, if any: `reason` of `migrate:mm_migrate_pages`. */
  fieldValues?(category: string, name: string, field: string): FieldValues | undefined;
}
