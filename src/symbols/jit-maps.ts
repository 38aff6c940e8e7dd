/**
 * Functions compiled at run time, from the file `/tmp/perf-PID.map` that a program may write for `perf`. Anyone
 * can create a file of that name, so only one owned by root or by the process's user is trusted. It grows by
 * appending: only the new part is read, and the latest function at an address is the current one.
 */
import { FileRefused, UntrustedFile } from "../files/untrusted-file.js";
import type { ElfSymbol } from "./elf.js";
import { FunctionTable, type Found } from "./function-table.js";

/** Limits on reading, in bytes. A million functions take about 60 MB. */
export interface JitLimits {
  /** The limit within one second, for all processes. */
  readonly atOnce: number;
  readonly ofOne: number;
  readonly ofAll: number;
}

const LIMITS: JitLimits = { atOnce: 4 << 20, ofOne: 64 << 20, ofAll: 128 << 20 };

/** The longest line in bytes that is accepted. */
const LONGEST_LINE = 4096;

/** How long what was read counts as up to date, in milliseconds. */
const FRESH = 1000;

/** The limit on processes; nearly all have no such file. */
const MOST = 1024;

interface Known {
  readAt: number;
  /** The file's device and inode, since another file may replace it. */
  file: string;
  /** The offset up to which the file has been read. */
  position: number;
  /** The tables, newest last, each much smaller than the one before. */
  tables: readonly FunctionTable[];
}

export class JitMaps {
  private readonly known = new Map<number, Known>();
  private periodAt = -Infinity;
  private readInPeriod = 0;
  private readInAll = 0;
  /** Files that are not read, or not completely, with the reasons. */
  readonly refused = new Map<string, string>();

  /** `userOf` returns the id of the user who owns, or owned, a process. */
  constructor(
    private readonly userOf: (pid: number) => number | undefined,
    private readonly directory = "/tmp",
    private readonly limits = LIMITS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  find(pid: number, address: number): Found | undefined {
    const known = this.known.get(pid) ?? { readAt: -Infinity, file: "", position: 0, tables: [] };
    if (this.now() - known.readAt >= FRESH) {
      this.readOn(pid, known);
      known.readAt = this.now();
      this.known.set(pid, known);
      const [oldest] = this.known.keys();
      if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
    }
    for (const table of [...known.tables].reverse()) {
      const found = table.find(address);
      if (found) return found;
    }
    return undefined;
  }

  private readOn(pid: number, known: Known): void {
    const path = `${this.directory}/perf-${pid}.map`;
    let file: UntrustedFile | undefined;
    try {
      file = UntrustedFile.open(path, { largest: Number.MAX_SAFE_INTEGER, noLink: true });
      this.readFrom(file, path, pid, known);
    } catch (error) {
      // Other errors are ignored: usually there is no such file.
      if (error instanceof FileRefused && this.refused.size < MOST) this.refused.set(path, error.message);
    } finally {
      file?.close();
    }
  }

  private readFrom(file: UntrustedFile, path: string, pid: number, known: Known): void {
    const { uid, ino, dev, nlink } = file.status;
    if ((uid !== 0 && uid !== this.userOf(pid)) || nlink !== 1)
      throw new FileRefused("it is not owned by the user of the process");
    this.refused.delete(path);
    const name = `${dev} ${ino}`;
    if (known.file !== name || file.size < known.position)
      Object.assign(known, { file: name, position: 0, tables: [] });
    const length = Math.min(file.size - known.position, this.room());
    if (length <= 0) return;
    if (known.position + length > this.limits.ofOne || this.readInAll + length > this.limits.ofAll)
      throw new FileRefused(`only ${inMegabytes(known.position)} of ${inMegabytes(file.size)} are read`);
    const bytes = file.read(known.position, length);
    this.readInPeriod += length;
    this.readInAll += length;
    // The text after the last newline is still being written; it is skipped if it is too long to be a line.
    const end = bytes.lastIndexOf("\n") + 1;
    const taken = end > 0 ? end : length > LONGEST_LINE ? length : 0;
    known.position += taken;
    const symbols = symbolsIn(bytes.toString("utf8", 0, end));
    if (symbols.length > 0) known.tables = withNewer(known.tables, new FunctionTable(symbols));
  }

  /** Returns the number of bytes that may be read in the current period. */
  private room(): number {
    if (this.now() - this.periodAt >= FRESH) {
      this.periodAt = this.now();
      this.readInPeriod = 0;
    }
    return this.limits.atOnce - this.readInPeriod;
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** Parses one function a line: start and size in hexadecimal, and the name. */
function symbolsIn(text: string): ElfSymbol[] {
  const byAddress = new Map<number, ElfSymbol>();
  for (const [, start, size, name] of text.matchAll(
    /^(?:0x)?([0-9a-f]{1,16}) ([0-9a-f]{1,16}) (.{1,4000})$/gm,
  )) {
    const address = parseInt(start as string, 16);
    byAddress.set(address, {
      name: name as string,
      address,
      size: parseInt(size as string, 16),
      isLocal: false,
    });
  }
  return [...byAddress.values()];
}

/** Adds a table, merging tables of similar size so that there are few and large ones are rarely rebuilt. */
function withNewer(tables: readonly FunctionTable[], newest: FunctionTable): readonly FunctionTable[] {
  const last = tables.at(-1);
  if (!last || last.size > 2 * newest.size) return [...tables, newest];
  return withNewer(tables.slice(0, -1), last.under(newest));
}
