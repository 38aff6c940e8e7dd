/** The files that processes map, read once each, and the locations in them. */
import { statusOf, UntrustedFile } from "../files/untrusted-file.js";
import { CodeReader } from "./code-reader.js";
import type { Location, MappedFile } from "./layout.js";
import { findDebugFile } from "./debug-file.js";
import { ElfError, ElfFile, type ElfSymbol } from "./elf.js";
import { FunctionTable } from "./function-table.js";
import { Module, type CodePlace } from "./module.js";
import { NameBudget } from "./name-budget.js";

/** In milliseconds: the clock behind file times has a coarser resolution. */
const CLOCK_ERROR = 20;
/** The limit on files that are held open. */
const MOST_HELD = 128;
/** The limit on refused files that are reported. */
const MOST_REFUSED = 1000;

/** A file without function names, in which one was looked up. */
export interface Stripped {
  readonly path: string;
  readonly buildId?: string;
}

export class Modules {
  private readonly modules = new Map<string, Module | undefined>();
  private readonly byMapping = new WeakMap<MappedFile, Module>();
  private readonly held: UntrustedFile[] = [];
  private readonly missed = new Map<string, Stripped>();
  private readonly budget = NameBudget.ofAll();
  /** Files that are not valid, by path, with the reasons. */
  readonly refused = new Map<string, string>();

  /** Looks up a location; `isReturn`: it is where a call returns to. */
  placeOf({ file, offset }: Location, isReturn: boolean): CodePlace {
    const module = this.moduleOf(file);
    const place = module.placeAt(offset, isReturn);
    if (!place.found && file.path.startsWith("/") && module.isStripped && !this.refused.has(file.path))
      this.missed.set(file.path, {
        path: file.path,
        ...(module.buildId === undefined ? {} : { buildId: module.buildId }),
      });
    return place;
  }

  /** Closes the files that were held open for their code. */
  close(): void {
    for (const file of this.held) file.close();
    this.held.length = 0;
  }

  /** The files without symbols in which a name was looked up. */
  get stripped(): readonly Stripped[] {
    return [...this.missed.values()];
  }

  private moduleOf(file: MappedFile): Module {
    const known = this.byMapping.get(file);
    if (known) return known;
    const module = this.open(file) ?? unknownModule(file.path);
    this.byMapping.set(file, module);
    return module;
  }

  private open({ path, descriptor, isDeleted, seen }: MappedFile): Module | undefined {
    if (descriptor !== undefined) return this.read(`${descriptor}`, descriptor, path);
    if (!path.startsWith("/") || isDeleted) return undefined;
    const status = statusOf(path);
    if (!status || status.ctimeMs > seen + CLOCK_ERROR) return undefined;
    return this.read(`${path} ${status.ctimeMs}`, path, path);
  }

  private read(key: string, file: string | number, path: string): Module | undefined {
    if (!this.modules.has(key))
      this.modules.set(
        key,
        this.tryRead(file, path, (elf) => this.readModule(elf, file, path)),
      );
    return this.modules.get(key);
  }

  /** Reads a file; an invalid one only loses its names, so the error is recorded and not thrown. */
  private tryRead<T>(file: string | number, path: string, use: (file: ElfFile) => T): T | undefined {
    try {
      return ElfFile.read(file, use);
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      if (this.refused.size < MOST_REFUSED) this.refused.set(path, error.message);
      return undefined;
    }
  }

  private readModule(elf: ElfFile, file: string | number, path: string): Module {
    const { buildId, segments, machine } = elf;
    const debug = elf.hasSymbolTable ? undefined : this.readDebugFile(elf, path);
    const code = this.hold(file);
    return new Module({
      path,
      segments,
      machine,
      functions: new FunctionTable(debug ?? this.symbolsOf(elf)),
      isStripped: !elf.hasSymbolTable && !debug,
      ...(code ? { code: new CodeReader(code, segments) } : {}),
      slots: () => this.tryRead(code?.descriptor ?? file, path, (again) => again.slots()) ?? new Map(),
      ...(buildId === undefined ? {} : { buildId }),
    });
  }

  /** Keeps a file open to read its code later; undefined where too many are, or it cannot be. */
  private hold(file: string | number): UntrustedFile | undefined {
    if (this.held.length >= MOST_HELD) return undefined;
    try {
      const limits = { largest: Number.MAX_SAFE_INTEGER };
      if (typeof file === "number") return UntrustedFile.of(file, limits.largest);
      const opened = UntrustedFile.open(file, limits);
      this.held.push(opened);
      return opened;
    } catch {
      return undefined;
    }
  }

  private readDebugFile(file: ElfFile, path: string): readonly ElfSymbol[] | undefined {
    const found = findDebugFile(file, path);
    return found === undefined
      ? undefined
      : this.tryRead(found, found, (debug) =>
          debug.hasSymbolTable && (debug.buildId ?? file.buildId) === file.buildId
            ? this.symbolsOf(debug)
            : undefined,
        );
  }

  private symbolsOf(file: ElfFile): readonly ElfSymbol[] {
    const budget = this.budget.part();
    try {
      return file.symbols(budget);
    } catch (error) {
      budget.giveBack();
      throw error;
    }
  }
}

/** Of a file that cannot be read, or is not there any more. */
function unknownModule(path: string): Module {
  return new Module({
    path,
    segments: [],
    machine: 0,
    functions: new FunctionTable([]),
    isStripped: true,
    slots: () => new Map(),
  });
}
