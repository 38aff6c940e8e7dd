/**
 * A kernel as plain data: what `--kernel` names, what is bundled, and what a team keeps beside its scripts.
 *
 * A profile may hold all a kernel has, or (as the bundled ones do) only the answers to the questions that
 * were asked while it was recorded. Its JSON form is documented here, field by field.
 */
import type { CType, FieldValues, Kernel, Tracepoint } from "../kernel.js";

export const profileVersion = 1;

export interface KernelProfile {
  /** Of this format. */
  readonly version: typeof profileVersion;
  /** The name it goes by: `debian12`. */
  readonly id: string;
  /** `uname -r`. */
  readonly release: string;
  /** `uname -m`. */
  readonly arch: string;
  /** In bytes. */
  readonly pageSize: number;
  /** Which kinds of probe the kernel can attach. */
  readonly attach: Kernel["attach"];
  /** Whether what is not listed does not exist. Tracepoints' names are always listed in full. */
  readonly complete: boolean;
  /** All tracepoints, by category: names with a space between. */
  readonly tracepointNames: Readonly<Record<string, string>>;
  /** Fields of the tracepoints that were asked for, by `category:name`. */
  readonly tracepoints: Readonly<Record<string, readonly ProfileField[]>>;
  readonly functions: Readonly<Record<string, ProfileFunction>>;
  /** Where a function the kernel has cannot be probed: why. */
  readonly functionGaps: Readonly<Record<string, string>>;
  /** Functions that were asked for and are not there. */
  readonly absentFunctions: readonly string[];
  /** Structs, unions and typedefs of them, by the name they were asked by: the number of their type. */
  readonly structs: Readonly<Record<string, number>>;
  /** The types everything else refers to by their place in this list. */
  readonly types: readonly ProfileType[];
  /** Enums that were asked for by name. */
  readonly enums: Readonly<Record<string, ProfileValues>>;
  /** Enums that were asked for by one of their members. */
  readonly enumsByMember: readonly ProfileValues[];
  /** Flag sets that no type names: `gfp_t`. */
  readonly flags: Readonly<Record<string, ProfileValues>>;
  /** How a field is printed by name, by `category:name:field`. */
  readonly fieldValues: Readonly<
    Record<string, { readonly kind: FieldValues["kind"]; readonly values: ProfileValues }>
  >;
}

/** Name, type as the format file spells it, bytes, 1 if signed, shape: as `TracepointField` has them. */
export type ProfileField = readonly [string, string, number, 0 | 1, Tracepoint["fields"][number]["shape"]];

export interface ProfileFunction {
  /** Name and type, in order; absent where no type information describes the function. */
  readonly parameters?: readonly (readonly [string, number])[];
  readonly returns?: number;
  readonly module?: string;
}

/** A number as it is, or in decimal digits where JSON's numbers are too small. */
export type ProfileValues = Readonly<Record<string, number | string>>;

/** A `CType` in which another type is a number; members are those that were asked for. */
export type ProfileType =
  | Exclude<CType, { readonly kind: "pointer" | "array" | "struct" | "union" }>
  | { readonly kind: "pointer"; readonly to: number }
  | { readonly kind: "array"; readonly of: number; readonly length: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly typedef?: string;
      /** Name, type, offset in bits, and for a bit field its width. */
      readonly members?: readonly ProfileMember[];
    };

export type ProfileMember = readonly [string, number, number, number?];
