/**
 * Makes a small profile of a whole kernel: run the compiler against the recording kernel, and its
 * profile contains the answers to the lookups that were made, and no more.
 *
 *     const recording = recordingKernel(openLiveKernel());
 *     // … compile queries for recording.kernel …
 *     writeFileSync("profile.json", formatProfile(recording.profile()));
 */
import { lowestFirst } from "../btf/btf.js";
import type {
  CMember,
  CType,
  FieldValues,
  FunctionPrototype,
  Kernel,
  NamedValues,
  Tracepoint,
} from "../kernel.js";
import {
  profileVersion,
  type KernelProfile,
  type ProfileFunction,
  type ProfileType,
  type ProfileValues,
} from "./core-profile-data.js";

export interface KernelRecording {
  readonly kernel: Kernel;
  /** Returns a profile of the lookups so far, independent of their order. */
  profile(id?: string): KernelProfile;
}

export function recordingKernel(kernel: Kernel): KernelRecording {
  const recorder = new RecordingKernel(kernel);
  return { kernel: recorder, profile: (id = kernel.id) => recorder.profile(id) };
}

class RecordingKernel implements Kernel {
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  readonly attach: Kernel["attach"];
  readonly complete: boolean;

  private readonly tracepoints = new Map<string, Tracepoint>();
  private readonly functions = new Map<string, FunctionPrototype>();
  private readonly missed = new Set<string>();
  private readonly structs = new Map<string, CType>();
  /** The indexes of the members that were read, by the kernel's id of the struct. */
  private readonly usedMembers = new Map<number, Set<number>>();
  private readonly enums = new Map<string, NamedValues>();
  private readonly enumsByMember = new Map<string, NamedValues>();
  private readonly flagSets = new Map<string, NamedValues>();
  private readonly printed = new Map<string, FieldValues>();

  constructor(private readonly source: Kernel) {
    ({
      id: this.id,
      release: this.release,
      arch: this.arch,
      pageSize: this.pageSize,
      attach: this.attach,
      complete: this.complete,
    } = source);
  }

  get gaps(): readonly string[] {
    return this.source.gaps ?? [];
  }

  lacks(what: "function" | "tracepoint", name: string): boolean {
    if (what === "function") this.function(name);
    return lacks(this.source, what, name);
  }

  tracepoint(category: string, name: string): Tracepoint | undefined {
    const found = kept(this.tracepoints, `${category}:${name}`, this.source.tracepoint(category, name));
    // A profile that has an event knows which of its fields have no names.
    for (const field of found?.fields ?? []) this.fieldValues(category, name, field.name);
    return found;
  }

  tracepointNames(): readonly string[] {
    return this.source.tracepointNames();
  }

  function(name: string): FunctionPrototype | undefined {
    const found = kept(this.functions, name, this.source.function(name));
    if (found === undefined) this.missed.add(name);
    return found;
  }

  functionGap(name: string): string | undefined {
    this.function(name);
    return this.source.functionGap?.(name);
  }

  functionNames(): readonly string[] {
    return this.source.functionNames();
  }

  struct(name: string): CType | undefined {
    return kept(this.structs, name, this.source.struct(name));
  }

  /** A struct may have hundreds of members, so a member is recorded only if more than its name is read. */
  members(type: CType): readonly CMember[] {
    if (type.kind !== "struct" && type.kind !== "union") return [];
    const used = this.usedMembers.get(type.id) ?? new Set<number>();
    this.usedMembers.set(type.id, used);
    return this.source.members(type).map((member, place) => ({
      name: member.name,
      get type() {
        used.add(place);
        return member.type;
      },
      get bitOffset() {
        used.add(place);
        return member.bitOffset;
      },
      get bitWidth() {
        used.add(place);
        return member.bitWidth;
      },
    }));
  }

  enumeration(name: string): NamedValues | undefined {
    return kept(this.enums, name, this.source.enumeration(name));
  }

  enumerationWith(member: string): NamedValues | undefined {
    return kept(this.enumsByMember, member, this.source.enumerationWith(member));
  }

  flags(name: string): NamedValues | undefined {
    return kept(this.flagSets, name, this.source.flags(name));
  }

  fieldValues(category: string, name: string, field: string): FieldValues | undefined {
    return kept(
      this.printed,
      `${category}:${name}:${field}`,
      this.source.fieldValues?.(category, name, field),
    );
  }

  profile(id: string): KernelProfile {
    const types = new TypeTable((type) => this.membersUsed(type));
    const missed = [...this.missed].sort();
    return {
      version: profileVersion,
      id,
      release: this.release,
      arch: this.arch,
      pageSize: this.pageSize,
      attach: { ...this.attach },
      complete: false,
      tracepointNames: byCategory(this.source.tracepointNames()),
      tracepoints: sorted(this.tracepoints, ({ fields }) =>
        fields.map((f) => [f.name, f.ctype, f.size, f.signed ? 1 : 0, f.shape] as const),
      ),
      functions: sorted(this.functions, (prototype) => storedFunction(prototype, types)),
      functionGaps: sorted(
        new Map(missed.map((name) => [name, this.source.functionGap?.(name)])),
        (gap) => gap,
      ),
      absentFunctions: missed.filter(
        (name) => lacks(this.source, "function", name) && this.source.functionGap?.(name) === undefined,
      ),
      structs: sorted(this.structs, (type) => types.place(type)),
      types: types.stored,
      enums: sorted(this.enums, storedValues),
      enumsByMember: distinct(Object.values(sorted(this.enumsByMember, storedValues))),
      flags: sorted(this.flagSets, storedValues),
      fieldValues: sorted(this.printed, ({ kind, values }) => ({ kind, values: storedValues(values) })),
    };
  }

  private membersUsed(type: CType & { readonly id: number }): readonly CMember[] | undefined {
    const used = this.usedMembers.get(type.id);
    return used && this.source.members(type).filter((_, place) => used.has(place));
  }
}

/** Numbers the types in the order of first use, each once. */
class TypeTable {
  readonly stored: ProfileType[] = [];
  private readonly places = new Map<string, number>();

  constructor(
    private readonly membersOf: (type: CType & { readonly id: number }) => readonly CMember[] | undefined,
  ) {}

  place(type: CType): number {
    switch (type.kind) {
      case "pointer":
        return this.put({ kind: "pointer", to: this.place(type.to) });
      case "array":
        return this.put({ kind: "array", of: this.place(type.of), length: type.length });
      case "struct":
      case "union":
        return this.struct(type);
      case "bool":
      case "char":
      case "enum":
      case "function":
      case "int":
      case "other":
      case "void":
        return this.put(type);
    }
  }

  private put(type: ProfileType, key = JSON.stringify(type)): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.stored.length);
    return this.stored.push(type) - 1;
  }

  private struct(type: CType & { readonly kind: "struct" | "union" }): number {
    const { kind, name, id, typedef } = type;
    // Two structs may share a name, and one struct may have several typedefs.
    const key = `${id} ${typedef ?? ""}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const bare = { kind, name, ...(typedef === undefined ? {} : { typedef }) };
    // The number is assigned before the members are added, because they may refer back to the struct.
    const place = this.put(bare, key);
    const members = this.membersOf(type);
    if (members !== undefined && members.length > 0) {
      this.stored[place] = {
        ...bare,
        members: members.map((m) =>
          m.bitWidth === 0
            ? [m.name, this.place(m.type), m.bitOffset]
            : [m.name, this.place(m.type), m.bitOffset, m.bitWidth],
        ),
      };
    }
    return place;
  }
}

/** The same as `Kernel.lacks`, also for a kernel without that method. */
function lacks(kernel: Kernel, what: "function" | "tracepoint", name: string): boolean {
  if (kernel.lacks !== undefined) return kernel.lacks(what, name);
  const [category = "", event = ""] = name.split(":");
  return (
    kernel.complete &&
    (what === "function" ? kernel.function(name) : kernel.tracepoint(category, event)) === undefined
  );
}

function kept<T>(into: Map<string, T>, key: string, found: T | undefined): T | undefined {
  if (found !== undefined) into.set(key, found);
  return found;
}

function storedFunction(prototype: FunctionPrototype, types: TypeTable): ProfileFunction {
  const where = prototype.module === undefined ? {} : { module: prototype.module };
  if (prototype.untyped) return where;
  return {
    parameters: prototype.parameters.map((p) => [p.name, types.place(p.type)] as const),
    returns: types.place(prototype.returns),
    ...where,
  };
}

function storedValues(values: NamedValues): ProfileValues {
  return Object.fromEntries(
    lowestFirst([...values]).map(([name, value]) => [
      name,
      BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : String(value),
    ]),
  );
}

function byCategory(names: readonly string[]): Record<string, string> {
  const categories = new Map<string, string[]>();
  for (const full of names) {
    const [category = "", name = ""] = full.split(":");
    categories.set(category, [...(categories.get(category) ?? []), name]);
  }
  return Object.fromEntries([...categories].map(([category, list]) => [category, list.join(" ")]));
}

/** Sorts by name, so that the order of lookups does not matter, and drops undefined values. */
function sorted<T, U>(map: ReadonlyMap<string, T>, store: (value: T) => U | undefined): Record<string, U> {
  const entries: [string, U][] = [];
  for (const [name, value] of [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const stored = store(value);
    if (stored !== undefined) entries.push([name, stored]);
  }
  return Object.fromEntries(entries);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
