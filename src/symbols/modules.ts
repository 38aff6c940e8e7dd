/** Names locations in files: by function, or by file and address. */
import { basename } from "node:path";
import { statusOf } from "../files/untrusted-file.js";
import type { Location, MappedFile } from "./layout.js";
import { findDebugFile } from "./debug-file.js";
import { demangle } from "./demangle.js";
import { ElfError, ElfFile, type ElfSymbol, type Segment } from "./elf.js";
import { FunctionTable } from "./function-table.js";
import { NameBudget } from "./name-budget.js";

/** In milliseconds: the clock behind file times has a coarser resolution. */
const CLOCK_ERROR = 20;
/** The limit on refused files that are reported. */
const MOST_REFUSED = 1000;

interface Module {
  readonly segments: readonly Segment[];
  readonly functions: FunctionTable;
  /** Whether only the symbols for dynamic linking are left. */
  readonly isStripped: boolean;
  readonly buildId?: string;
}

/** A file without function names, in which one was looked up. */
export interface Stripped {
  readonly path: string;
  readonly buildId?: string;
}

export class Modules {
  private readonly modules = new Map<string, Module | undefined>();
  private readonly byMapping = new WeakMap<MappedFile, { readonly module: Module | undefined }>();
  private readonly missed = new Map<string, Stripped>();
  private readonly budget = NameBudget.ofAll();
  /** Files that are not valid, by path, with the reasons. */
  readonly refused = new Map<string, string>();

  /** Returns `name+16`, or `file+0x1139` with the file's own address, as addr2line expects it. */
  nameOf({ file, offset }: Location): string {
    const module = this.moduleOf(file);
    const address = addressOf(offset, module?.segments ?? []);
    const found = module?.functions.find(address);
    if (found) return `${demangle(found.name)}+${found.offset}`;
    if (file.path.startsWith("/") && module?.isStripped !== false && !this.refused.has(file.path))
      this.missed.set(file.path, {
        path: file.path,
        ...(module?.buildId === undefined ? {} : { buildId: module.buildId }),
      });
    return `${basename(file.path)}+0x${address.toString(16)}`;
  }

  /** The files without symbols in which a name was looked up. */
  get stripped(): readonly Stripped[] {
    return [...this.missed.values()];
  }

  private moduleOf(file: MappedFile): Module | undefined {
    const known = this.byMapping.get(file);
    if (known) return known.module;
    const module = this.open(file);
    this.byMapping.set(file, { module });
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
        this.tryRead(file, path, (elf) => this.readModule(elf, path)),
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

  private readModule(file: ElfFile, path: string): Module {
    const { buildId, segments } = file;
    const debug = file.hasSymbolTable ? undefined : this.readDebugFile(file, path);
    return {
      segments,
      functions: new FunctionTable(debug ?? this.symbolsOf(file)),
      isStripped: !file.hasSymbolTable && !debug,
      ...(buildId === undefined ? {} : { buildId }),
    };
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

/** Converts a file offset to the address that the file's symbols use; unchanged if no segment contains it. */
function addressOf(offset: number, segments: readonly Segment[]): number {
  const within = (each: Segment): boolean => offset >= each.offset && offset < each.offset + each.fileSize;
  const segment = segments.find((each) => each.executable && within(each)) ?? segments.find(within);
  return segment ? offset - segment.offset + segment.address : offset;
}
