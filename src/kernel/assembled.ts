/** A `Kernel` built from the files in which a kernel describes itself; each is read when it is first needed. */
import { attachOf, type AttachEvidence } from "./attach.js";
import { Btf } from "./btf/btf.js";
import { BtfSet, type ModuleFiles } from "./btf/btf-set.js";
import { KernelError } from "./error.js";
import type {
  CMember,
  CType,
  FieldValues,
  FunctionPrototype,
  Kernel,
  NamedValues,
  PidNamespace,
  Tracepoint,
} from "./kernel.js";
import type { CgroupNames } from "./cgroups/cgroup-names.js";
import { kernelFlags } from "./flags/kernel-flags.js";
import { lazy, remembered } from "../lazy.js";
import { SymbolList, type ListedFunction } from "./symbol-list.js";
import { fieldValues, parseFormat, type TracepointFormat } from "./tracepoint/tracepoint-format.js";

/** The source of the files. A method returns undefined for a file that does not exist or may not be read. */
export interface KernelFiles extends ModuleFiles {
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  evidence(): AttachEvidence;
  /** The files that could not be read so far, and why: one sentence each. */
  readonly gaps: string[];
  btf(): Uint8Array | undefined;
  /** `category:name`, in the kernel's order. */
  tracepointNames(): readonly string[];
  tracepointFormat(category: string, name: string): string | undefined;
  /** `available_filter_functions`. */
  traceable(): string | undefined;
  /** `kallsyms`. */
  symbols(): string | undefined;
  /** `/proc/partitions`; only for the running machine, as are those below. */
  partitions?(): string | undefined;
  cgroups?(): CgroupNames | undefined;
  /** Absent for the initial one. */
  pidNamespace?(): PidNamespace | undefined;
  /** `/etc/passwd`. */
  users?(): string | undefined;
  /** `/etc/group`. */
  groups?(): string | undefined;
}

/** A valid category or event name; the two become parts of a path. */
const tracepointWord = /^\w[\w.-]*$/;

export class AssembledKernel implements Kernel {
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  readonly gaps: readonly string[];

  private readonly evidence: () => AttachEvidence;
  private readonly names: () => readonly string[];
  private readonly traceable: () => SymbolList | undefined;
  private readonly symbols: () => SymbolList | undefined;
  private readonly types: () => BtfSet | undefined;
  private typesAreDamaged = false;

  constructor(private readonly files: KernelFiles) {
    this.id = files.id;
    this.release = files.release;
    this.arch = files.arch;
    this.pageSize = files.pageSize;
    this.gaps = files.gaps;
    this.evidence = lazy(() => files.evidence());
    this.names = lazy(() => files.tracepointNames());
    this.traceable = lazy(() => list(files.traceable(), SymbolList.traceable));
    this.symbols = lazy(() => list(files.symbols(), SymbolList.symbols));
    this.types = lazy(() => {
      const bytes = files.btf();
      return bytes && new BtfSet(new Btf(bytes), files, (problem) => files.gaps.push(problem));
    });
  }

  get attach(): Kernel["attach"] {
    return attachOf(this.evidence());
  }

  get complete(): boolean {
    return this.evidence().tracepoints && this.evidence().btf && !this.typesAreDamaged;
  }

  readAhead(): void {
    this.typed((types) => types.struct("task_struct"));
  }

  lacks(what: "function" | "tracepoint", name: string): boolean {
    if (what === "function") return this.function(name) === undefined && this.knowsFunctions();
    const [category = "", event = ""] = name.split(":");
    return this.evidence().tracepoints && this.tracepoint(category, event) === undefined;
  }

  tracepoint(category: string, name: string): Tracepoint | undefined {
    const format = this.format(`${category}:${name}`);
    return format && { category, name, fields: format.fields };
  }

  tracepointNames(): readonly string[] {
    return this.names();
  }

  readonly function = remembered((name: string): FunctionPrototype | undefined => {
    const traceable = this.traceable();
    const listed = traceable?.find(name);
    if (traceable !== undefined && listed === undefined) return undefined;
    return (
      this.typed((types) => types.function(name, listed?.module)) ?? untyped(listed ?? this.symbol(name))
    );
  });

  /** Finds a function in kallsyms, the fallback when the list of traceable functions is missing but not denied. */
  private symbol(name: string): ListedFunction | undefined {
    return this.evidence().functionList === "denied" ? undefined : this.symbols()?.find(name);
  }

  functionGap(name: string): string | undefined {
    if (this.function(name) !== undefined) return undefined;
    const variant = (this.traceable() ?? this.symbols())?.variantOf(name);
    if (variant !== undefined) return `the compiler changed ${name}: this kernel has only ${variant}`;
    if (this.traceable() === undefined || this.typed((types) => types.function(name)) === undefined)
      return undefined;
    return `${name} is in this kernel, but its entry cannot be probed (available_filter_functions does not list it)`;
  }

  functionNames(): readonly string[] {
    return (
      this.traceable()?.names() ??
      this.typed((types) => types.functionNames()) ??
      this.symbols()?.names() ??
      []
    );
  }

  struct(name: string): CType | undefined {
    return this.typed((types) => types.struct(name));
  }

  members(type: CType): readonly CMember[] {
    return this.typed((types) => types.members(type)) ?? [];
  }

  enumeration(name: string): NamedValues | undefined {
    return this.typed((types) => types.enumeration(name));
  }

  readonly enumerationWith = remembered((member: string) =>
    this.typed((types) => types.enumerationWith(member)),
  );

  readonly flags = remembered((name: string) => kernelFlags(this, name));

  get pidNamespace(): PidNamespace | undefined {
    return this.files.pidNamespace?.();
  }

  cgroups(): CgroupNames | undefined {
    return this.files.cgroups?.();
  }

  readonly disks = lazy((): NamedValues | undefined => {
    const text = this.files.partitions?.();
    return text === undefined ? undefined : parsePartitions(text);
  });

  readonly users = lazy(() => accounts(this.files.users?.()));

  readonly groups = lazy(() => accounts(this.files.groups?.()));

  fieldValues(category: string, name: string, field: string): FieldValues | undefined {
    return this.printedNames(`${category}:${name}:${field}`);
  }

  private readonly printedNames = remembered((key: string): FieldValues | undefined => {
    const [category = "", name = "", field = ""] = key.split(":");
    const format = this.format(`${category}:${name}`);
    return format && fieldValues(format, field, (word) => this.enumerationWith(word)?.get(word));
  });

  private readonly format = remembered((key: string): TracepointFormat | undefined => {
    const [category = "", name = "", more] = key.split(":");
    if (more !== undefined || !tracepointWord.test(category) || !tracepointWord.test(name)) return undefined;
    const text = this.files.tracepointFormat(category, name);
    return text === undefined ? undefined : this.orGap(() => parseFormat(text));
  });

  /** Queries the types. If they turn out to be damaged or too new, tracepoints and the rest remain usable. */
  private typed<T>(ask: (types: BtfSet) => T): T | undefined {
    if (this.typesAreDamaged) return undefined;
    return this.orGap(
      () => {
        const types = this.types();
        return types && ask(types);
      },
      () => (this.typesAreDamaged = true),
    );
  }

  private orGap<T>(read: () => T, afterwards?: () => void): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.files.gaps.push(error.message);
      afterwards?.();
      return undefined;
    }
  }

  private knowsFunctions(): boolean {
    return (
      this.traceable() !== undefined ||
      (this.evidence().btf && !this.typesAreDamaged) ||
      this.symbols() !== undefined
    );
  }
}

/** Parses `/proc/partitions`: a heading, then lines of `major minor blocks name`. */
function parsePartitions(text: string): NamedValues {
  const lines = text.matchAll(/^ *(\d+) +(\d+) +\d+ (\S+)$/gm);
  return new Map(
    [...lines].map(([, major = "0", minor = "0", name = ""]) => [
      name,
      (BigInt(major) << 20n) | BigInt(minor),
    ]),
  );
}

/** Parses `/etc/passwd` or `/etc/group`: lines of `name:password:number:…`. */
function accounts(text: string | undefined): NamedValues | undefined {
  const lines = text?.matchAll(/^([^:#+\n-][^:\n]*):[^:\n]*:(\d{1,10})(?::|$)/gm);
  return lines && new Map([...lines].map(([, name = "", number = "0"]) => [name, BigInt(number)]));
}

function list(text: string | undefined, read: (text: string) => SymbolList): SymbolList | undefined {
  return text === undefined || text === "" ? undefined : read(text);
}

function untyped(listed: ListedFunction | undefined): FunctionPrototype | undefined {
  return listed && { ...listed, parameters: [], returns: { kind: "void" }, untyped: true };
}
