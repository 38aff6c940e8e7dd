/** Functions that are compiled at run time, as `perf` reads them: `/tmp/perf-PID.map`, where a program writes one. */
import { readFileSync, statSync } from "node:fs";
import type { ElfSymbol } from "./elf.js";
import { FunctionTable, type Found } from "./function-table.js";

const LARGEST = 256 * 1024 * 1024;

/** In milliseconds. */
const FRESH = 1000;

/** Of processes; nearly all have no such file. */
const MOST = 1024;

interface Known {
  readonly size: number;
  readonly readAt: number;
  /** Absent: there is no such file. */
  readonly table: FunctionTable | undefined;
}

export class JitMaps {
  private readonly tables = new Map<number, Known>();

  constructor(private readonly directory = "/tmp") {}

  find(pid: number, address: number): Found | undefined {
    const known = this.tables.get(pid);
    if (known && performance.now() - known.readAt < FRESH) return known.table?.find(address);
    const path = `${this.directory}/perf-${pid}.map`;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // It only ever grows.
    const isNews = known?.size !== size && size <= LARGEST;
    const table = isNews && size > 0 ? readTable(path) : known?.table;
    if (this.tables.size >= MOST) this.tables.clear();
    this.tables.set(pid, { size, readAt: performance.now(), table });
    return table?.find(address);
  }
}

/** A line a function: where it is and how long, in hexadecimal, and its name. */
function readTable(path: string): FunctionTable {
  const symbols: ElfSymbol[] = [];
  for (const [, start, size, name] of readFileSync(path, "utf8").matchAll(
    /^(?:0x)?([0-9a-f]+) ([0-9a-f]+) (.+)$/gm,
  ))
    symbols.push({
      name: name as string,
      address: parseInt(start as string, 16),
      size: parseInt(size as string, 16),
      isLocal: false,
    });
  return new FunctionTable(symbols);
}
