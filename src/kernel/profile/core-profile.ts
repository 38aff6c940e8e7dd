/** A kernel described by a core profile: writes the JSON format, and implements `Kernel`. */
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
import { lazy, remembered } from "../../lazy.js";
import type { KernelProfile, ProfileValues } from "./core-profile-data.js";

/** The limit on nested pointers and arrays; no real type reaches it. */
const deepest = 64;

/** Formats a profile with one line for each function, type and tracepoint, so that two profiles can be compared. */
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

  /** Lookups that the profile cannot answer because they were not made while it was recorded. */
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
      case "bool":
      case "char":
      case "enum":
      case "function":
      case "int":
      case "other":
      case "void":
        return type;
    }
  }
}

/** Looks up an own property only: names come from queries, and `constructor` must not be found. */
function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function values(stored: ProfileValues | undefined): NamedValues | undefined {
  return (
    stored &&
    new Map(lowestFirst(Object.entries(stored).map(([name, value]) => [name, BigInt(value)] as const)))
  );
}
