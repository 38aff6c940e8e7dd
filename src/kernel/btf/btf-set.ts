/** The types of the kernel and its modules as one set; a module is opened when a type is looked up in it. */
import { Btf } from "./btf.js";
import { KernelError } from "../error.js";
import type { CMember, CType, FunctionPrototype, NamedValues } from "../kernel.js";

export interface ModuleFiles {
  moduleNames(): readonly string[];
  moduleBtf(module: string): Uint8Array | undefined;
}

export class BtfSet {
  private readonly opened = new Map<string, Btf | undefined>();
  /** The opened modules by number, with which `members` finds the owner of a type from its id. */
  private readonly owners: Btf[];

  constructor(
    private readonly base: Btf,
    private readonly modules: ModuleFiles,
    /** Called for a module whose types cannot be used; the rest remain usable. */
    private readonly report: (problem: string) => void,
  ) {
    this.owners = [base];
  }

  /** Finds a function; in `module` only, if that is given. */
  function(name: string, module?: string): FunctionPrototype | undefined {
    if (module === undefined) {
      const own = this.base.function(name);
      if (own !== undefined) return own;
    }
    return this.inModules((types, of) => {
      const found = types.function(name);
      return found && { ...found, module: of };
    }, module);
  }

  functionNames(): string[] {
    return this.base.functionNames();
  }

  struct(name: string): CType | undefined {
    return this.base.struct(name) ?? this.inModules((types) => types.struct(name));
  }

  members(type: CType): readonly CMember[] {
    if (type.kind !== "struct" && type.kind !== "union") return [];
    const owner = this.owners[Btf.placeOf(type.id)];
    if (owner === undefined) throw new KernelError(`there is no type ${type.id}`);
    return owner.members(type);
  }

  enumeration(name: string): NamedValues | undefined {
    return this.base.enumeration(name) ?? this.inModules((types) => types.enumeration(name));
  }

  enumerationWith(member: string): NamedValues | undefined {
    return this.base.enumerationWith(member) ?? this.inModules((types) => types.enumerationWith(member));
  }

  private inModules<T>(find: (types: Btf, module: string) => T | undefined, only?: string): T | undefined {
    for (const module of only === undefined ? this.modules.moduleNames() : [only]) {
      const types = this.open(module);
      try {
        const found = types && find(types, module);
        if (found !== undefined) return found;
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.opened.set(module, undefined);
        this.report(`module ${module}: ${error.message}`);
      }
    }
    return undefined;
  }

  private open(module: string): Btf | undefined {
    if (this.opened.has(module)) return this.opened.get(module);
    let types: Btf | undefined;
    const bytes = this.modules.moduleBtf(module);
    try {
      if (bytes !== undefined) types = new Btf(bytes, { base: this.base, place: this.owners.length });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.report(`module ${module}: ${error.message}`);
    }
    if (types !== undefined) this.owners.push(types);
    this.opened.set(module, types);
    return types;
  }
}
