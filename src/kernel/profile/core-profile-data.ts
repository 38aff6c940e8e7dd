/**
 * The data of a core profile: a kernel as plain JSON, as bundled or given with `--kernel`.
 *
 * A profile may describe a whole kernel or (as the bundled ones do) only the answers to the lookups that
 * were made while it was recorded. Its JSON format is documented here, field by field.
 */
import type { CType, FieldValues, Kernel, Tracepoint } from "../kernel.js";

export const profileVersion = 1;

export interface KernelProfile {
  /** The version of this format. */
  readonly version: typeof profileVersion;
  /** The profile's name, such as `debian12`. */
  readonly id: string;
  /** `uname -r`. */
  readonly release: string;
  /** `uname -m`. */
  readonly arch: string;
  /** The page size in bytes. */
  readonly pageSize: number;
  /** The kinds of probe that the kernel can attach. */
  readonly attach: Kernel["attach"];
  /** Whether what is not listed does not exist. Tracepoints' names are always listed in full. */
  readonly complete: boolean;
  /** All tracepoints by category: names separated by spaces. */
  readonly tracepointNames: Readonly<Record<string, string>>;
  /** Fields of the tracepoints that were looked up, by `category:name`. */
  readonly tracepoints: Readonly<Record<string, readonly ProfileField[]>>;
  readonly functions: Readonly<Record<string, ProfileFunction>>;
  /** Why an existing function cannot be probed, by its name. */
  readonly functionGaps: Readonly<Record<string, string>>;
  /** Functions that were looked up and do not exist. */
  readonly absentFunctions: readonly string[];
  /** Structs, unions and typedefs of them: the number of the type, by the name that was looked up. */
  readonly structs: Readonly<Record<string, number>>;
  /** The types; everything else refers to them by their index in this list. */
  readonly types: readonly ProfileType[];
  /** Enums that were looked up by name. */
  readonly enums: Readonly<Record<string, ProfileValues>>;
  /** Enums that were looked up by a member. */
  readonly enumsByMember: readonly ProfileValues[];
  /** Sets of flags that are not an enum in the types: `gfp_t`. */
  readonly flags: Readonly<Record<string, ProfileValues>>;
  /** The names that the kernel prints for a field's values, by `category:name:field`. */
  readonly fieldValues: Readonly<
    Record<string, { readonly kind: FieldValues["kind"]; readonly values: ProfileValues }>
  >;
}

/** A `TracepointField`: its name, type as spelled in the format file, size in bytes, 1 if signed, and shape. */
export type ProfileField = readonly [string, string, number, 0 | 1, Tracepoint["fields"][number]["shape"]];

export interface ProfileFunction {
  /** The name and type of each parameter, in order; absent if the function has no type information. */
  readonly parameters?: readonly (readonly [string, number])[];
  readonly returns?: number;
  readonly module?: string;
}

/** An integer: a JSON number, or decimal digits if a JSON number would lose precision. */
export type ProfileValues = Readonly<Record<string, number | string>>;

/** A `CType` that refers to other types by number; its members are those that were looked up. */
export type ProfileType =
  | Exclude<CType, { readonly kind: "pointer" | "array" | "struct" | "union" }>
  | { readonly kind: "pointer"; readonly to: number }
  | { readonly kind: "array"; readonly of: number; readonly length: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly typedef?: string;
      /** Name, type, offset in bits, and the width of a bit field. */
      readonly members?: readonly ProfileMember[];
    };

export type ProfileMember = readonly [string, number, number, number?];
