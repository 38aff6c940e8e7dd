/** Names for places in files: the function there, or the file and how far into it. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Location, MappedFile } from "./layout.js";
import { findDebugFile } from "./debug-file.js";
import { demangle } from "./demangle.js";
import { ElfError, ElfFile, type Segment } from "./elf.js";
import { FunctionTable } from "./function-table.js";

interface Module {
  readonly segments: readonly Segment[];
  readonly functions: FunctionTable;
  /** Only the names that other files use are there. */
  readonly isStripped: boolean;
  readonly buildId?: string;
}

/** A file whose functions have no names, though someone asked for one. */
export interface Stripped {
  readonly path: string;
  readonly buildId?: string;
}

export class Modules {
  private readonly modules = new Map<string, Module | undefined>();
  private readonly missed = new Map<string, Stripped>();

  /** `since`: when the file was mapped (milliseconds since 1970); one that was changed later is another. */
  constructor(private readonly since: () => number = () => Infinity) {}

  /** `name+16`, or `file+0x1139` with the address as in the file, as addr2line takes it. */
  nameOf({ file, offset }: Location): string {
    const module = this.moduleOf(file);
    const address = addressOf(offset, module?.segments ?? []);
    const found = module?.functions.find(address);
    if (found) return `${demangle(found.name)}+${found.offset}`;
    if (file.path.startsWith("/") && module?.isStripped !== false)
      this.missed.set(file.path, {
        path: file.path,
        ...(module?.buildId === undefined ? {} : { buildId: module.buildId }),
      });
    return `${basename(file.path)}+0x${address.toString(16)}`;
  }

  /** Files without symbols that a name was wanted of. */
  get stripped(): readonly Stripped[] {
    return [...this.missed.values()];
  }

  private moduleOf(file: MappedFile): Module | undefined {
    const key = file.descriptor === undefined ? file.path : `${file.descriptor}`;
    if (!this.modules.has(key)) this.modules.set(key, this.read(file));
    return this.modules.get(key);
  }

  private read({ path, descriptor, isDeleted }: MappedFile): Module | undefined {
    if (!path.startsWith("/") || (descriptor === undefined && (isDeleted || this.isReplaced(path))))
      return undefined;
    try {
      return ElfFile.read(descriptor ?? path, (file) => readModule(file, path));
    } catch (error) {
      // What is damaged has no names.
      if (error instanceof ElfError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private isReplaced(path: string): boolean {
    try {
      return statSync(path).ctimeMs > this.since();
    } catch {
      return true;
    }
  }
}

function readModule(file: ElfFile, path: string): Module {
  const { buildId, segments } = file;
  const debug = file.hasSymbolTable ? undefined : readDebugFile(file, path);
  return {
    segments,
    functions: new FunctionTable(debug ?? file.symbols()),
    isStripped: !file.hasSymbolTable && !debug,
    ...(buildId === undefined ? {} : { buildId }),
  };
}

function readDebugFile(file: ElfFile, path: string): ReturnType<ElfFile["symbols"]> | undefined {
  const found = findDebugFile(file, path);
  if (found === undefined) return undefined;
  try {
    return ElfFile.read(found, (debug) =>
      debug.hasSymbolTable && (debug.buildId ?? file.buildId) === file.buildId ? debug.symbols() : undefined,
    );
  } catch (error) {
    if (error instanceof ElfError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** From a place in the file to the address its symbols use; the same where no segment is known. */
function addressOf(offset: number, segments: readonly Segment[]): number {
  const within = (each: Segment): boolean => offset >= each.offset && offset < each.offset + each.fileSize;
  const segment = segments.find((each) => each.executable && within(each)) ?? segments.find(within);
  return segment ? offset - segment.offset + segment.address : offset;
}
