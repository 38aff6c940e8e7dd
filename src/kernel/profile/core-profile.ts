/**
 * A kernel as plain data: what `--kernel` names, what is bundled, and what a team keeps beside its scripts.
 *
 * A profile may hold all a kernel has, or (as the bundled ones do) only the answers to the questions that
 * were asked while it was recorded. Its JSON form is documented here, field by field.
 */
import { lowestFirst } from "../btf/btf.js";
import { KernelError } from "../error.js";
import type {
  CMember,
  CType,
  FieldValues,
  FunctionPrototype,
  Kernel,
  NamedValues,
  Tracepoint,
} from "../kernel.js";
import { lazy, remembered } from "../lazy.js";
import { checkProfile } from "./core-profile-check.js";

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

/** More pointers and arrays than any real type has around it. */
const deepest = 64;

/** A profile from what a file says; a `KernelError` tells what is wrong with it. */
export function parseProfile(text: string): KernelProfile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new KernelError(
      `this profile is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  checkProfile(data);
  return data;
}

/** A line for each function, type and tracepoint, so that two profiles can be compared by eye. */
export function formatProfile(profile: KernelProfile): string {
  const lines = Object.entries(profile).map(([key, value]: [string, unknown]) => {
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (typeof value !== "object" || value === null || key === "attach")
      return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const entries = Array.isArray(value)
      ? value.map((item: unknown) => `    ${JSON.stringify(item)}`)
      : Object.entries(value).map(([name, item]) => `    ${JSON.stringify(name)}: ${JSON.stringify(item)}`);
    return entries.length === 0
      ? `  ${JSON.stringify(key)}: ${open}${close}`
      : `  ${JSON.stringify(key)}: ${open}\n${entries.join(",\n")}\n  ${close}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

export function profileKernel(profile: KernelProfile): Kernel {
  return new ProfileKernel(profile);
}

class ProfileKernel implements Kernel {
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  readonly attach: Kernel["attach"];
  readonly complete: boolean;
  private isShort = false;

  constructor(private readonly profile: KernelProfile) {
    ({
      id: this.id,
      release: this.release,
      arch: this.arch,
      pageSize: this.pageSize,
      attach: this.attach,
      complete: this.complete,
    } = profile);
  }

  wasShort(): boolean {
    return this.isShort;
  }

  /** What is not there because nobody asked for it when the profile was made. */
  private known<T>(found: T | undefined): T | undefined {
    if (found === undefined && !this.complete) this.isShort = true;
    return found;
  }

  private readonly names = lazy(() =>
    Object.entries(this.profile.tracepointNames).flatMap(([category, names]) =>
      names.split(" ").map((name) => `${category}:${name}`),
    ),
  );

  private hasTracepoint(category: string, name: string): boolean {
    return entry(this.profile.tracepointNames, category)?.split(" ").includes(name) ?? false;
  }

  lacks(what: "function" | "tracepoint", name: string): boolean {
    const [category = "", tracepoint = ""] = name.split(":");
    if (what === "tracepoint") return !this.hasTracepoint(category, tracepoint);
    return this.function(name) === undefined && (this.complete || this.isAbsent(name));
  }

  private isAbsent(name: string): boolean {
    return Object.hasOwn(this.profile.functionGaps, name) || this.profile.absentFunctions.includes(name);
  }

  tracepoint(category: string, name: string): Tracepoint | undefined {
    const found = entry(this.profile.tracepoints, `${category}:${name}`);
    const fields = found ?? (this.hasTracepoint(category, name) ? this.known(found) : undefined);
    return (
      fields && {
        category,
        name,
        fields: fields.map(([field, ctype, size, signed, shape]) => ({
          name: field,
          ctype,
          size,
          signed: signed === 1,
          shape,
        })),
      }
    );
  }

  tracepointNames(): readonly string[] {
    return this.names();
  }

  readonly function = remembered((name: string): FunctionPrototype | undefined => {
    const found = entry(this.profile.functions, name);
    if (found === undefined) return this.isAbsent(name) ? undefined : this.known(found);
    const { parameters, returns, module } = found;
    const where = module === undefined ? {} : { module };
    if (parameters === undefined || returns === undefined)
      return { name, parameters: [], returns: { kind: "void" }, untyped: true, ...where };
    return {
      name,
      parameters: parameters.map(([parameter, type]) => ({ name: parameter, type: this.type(type) })),
      returns: this.type(returns),
      ...where,
    };
  });

  functionGap(name: string): string | undefined {
    return entry(this.profile.functionGaps, name);
  }

  functionNames(): readonly string[] {
    return Object.keys(this.profile.functions);
  }

  struct(name: string): CType | undefined {
    const id = this.known(entry(this.profile.structs, name));
    return id === undefined ? undefined : this.type(id);
  }

  members(type: CType): readonly CMember[] {
    if (type.kind !== "struct" && type.kind !== "union") return [];
    const found = this.profile.types[type.id];
    if (found === undefined || found.kind !== type.kind)
      throw new KernelError(`there is no type ${type.id} in profile ${this.id}`);
    return (found.members ?? []).map(([name, member, bitOffset, bitWidth = 0]) => ({
      name,
      type: this.type(member),
      bitOffset,
      bitWidth,
    }));
  }

  enumeration(name: string): NamedValues | undefined {
    return values(this.known(entry(this.profile.enums, name)));
  }

  enumerationWith(member: string): NamedValues | undefined {
    const all = [...this.profile.enumsByMember, ...Object.values(this.profile.enums)];
    return values(all.find((each) => entry(each, member) !== undefined));
  }

  flags(name: string): NamedValues | undefined {
    return values(entry(this.profile.flags, name));
  }

  fieldValues(category: string, name: string, field: string): FieldValues | undefined {
    const found = entry(this.profile.fieldValues, `${category}:${name}:${field}`);
    const named = values(found?.values);
    return found && named && { kind: found.kind, values: named };
  }

  private type(id: number, depth = 0): CType {
    const type = this.profile.types[id];
    if (type === undefined || depth > deepest)
      throw new KernelError(`profile ${this.id} is damaged: type ${id} leads nowhere`);
    switch (type.kind) {
      case "pointer":
        return { kind: "pointer", to: this.type(type.to, depth + 1) };
      case "array":
        return { kind: "array", of: this.type(type.of, depth + 1), length: type.length };
      case "struct":
      case "union":
        return {
          kind: type.kind,
          name: type.name,
          id,
          ...(type.typedef === undefined ? {} : { typedef: type.typedef }),
        };
      default:
        return type;
    }
  }
}

/** Names come from queries, and `constructor` must not be found. */
function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function values(stored: ProfileValues | undefined): NamedValues | undefined {
  return (
    stored &&
    new Map(lowestFirst(Object.entries(stored).map(([name, value]) => [name, BigInt(value)] as const)))
  );
}
