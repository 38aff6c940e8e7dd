/**
 * The code mappings of the traced processes, kept after the processes end, when they can no longer be
 * read. A process's mappings are read when it is announced, and then repeatedly at growing
 * intervals, because libraries are loaded after the start.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { statusOf, UntrustedFile } from "../files/untrusted-file.js";
import type { Layout, MappedFile } from "./layout.js";
import { readMappings, type Mapping } from "./mappings.js";

interface Watched {
  readonly pid: number;
  user?: number;
  layouts: Layout[];
  delay: number;
  timer?: NodeJS.Timeout;
}

/** In milliseconds: most libraries of a program are loaded after a few. */
const FIRST_DELAY = 1;
const LONGEST_DELAY = 1000;
/** The limit on processes; of those that have ended, the oldest are dropped. */
const MOST_PROCESSES = 4096;
const MOST_LAYOUTS = 8;
const MOST_FILES = 256;

export class AddressSpaces {
  private readonly processes = new Map<number, Watched>();
  private readonly files = new Map<string, UntrustedFile>();
  private readonly ownNamespace = mountNamespace("self");
  /** Incremented on each change of `layouts`. */
  version = 0;

  /** `onPath` is called for each mapped file. */
  constructor(private readonly onPath: (path: string) => void = () => undefined) {}

  /** Starts watching a process that has started or executed another program. */
  announce(pid: number): void {
    let process = this.processes.get(pid);
    if (!process) {
      process = { pid, layouts: [], delay: FIRST_DELAY };
      this.processes.set(pid, process);
      this.forget();
    }
    process.delay = FIRST_DELAY;
    this.look(process);
  }

  /** Reads the mappings of all existing processes. */
  readAll(): void {
    for (const name of readdirSync("/proc"))
      if (/^[1-9]\d*$/.test(name) && Number(name) !== process.pid) this.refresh(Number(name));
  }

  /** Reads a process's current mappings, if it still exists. */
  refresh(pid: number): void {
    const known = this.processes.get(pid);
    if (known) this.read(known);
    else this.readOnce(pid);
  }

  /** Reads the current mappings of the watched processes. */
  refreshWatched(): void {
    for (const process of this.processes.values()) if (process.timer) this.read(process);
  }

  /** Returns the id of the user who owns the process, or owned it when it was last read. */
  userOf(pid: number): number | undefined {
    return statusOf(`/proc/${pid}`)?.uid ?? this.processes.get(pid)?.user;
  }

  get layouts(): readonly Layout[] {
    return [...this.processes.values()].flatMap(({ layouts }) => layouts);
  }

  /** Stops watching and closes the files that were held open; the mappings remain. */
  close(): void {
    for (const { timer } of this.processes.values()) clearTimeout(timer);
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  private readOnce(pid: number): void {
    const process: Watched = { pid, layouts: [], delay: FIRST_DELAY };
    if (!this.read(process) || process.layouts.length === 0) return;
    this.processes.set(pid, process);
    this.forget();
  }

  private look(process: Watched): void {
    clearTimeout(process.timer);
    delete process.timer;
    if (!this.read(process)) return;
    process.timer = setTimeout(() => this.look(process), process.delay);
    process.timer.unref();
    process.delay = Math.min(process.delay * 2, LONGEST_DELAY);
  }

  /** Returns false if the process has ended. */
  private read(process: Watched): boolean {
    const mappings = readMappings(process.pid);
    if (!mappings) return false;
    const status = statusOf(`/proc/${process.pid}`);
    if (status) process.user = status.uid;
    const last = process.layouts.at(-1);
    if (last && isSame(last.mappings, mappings)) return true;
    for (const { path } of mappings) this.onPath(path);
    const layout = { pid: process.pid, mappings: this.hold(process.pid, mappings) };
    // A layout that has only grown replaces the previous one.
    if (last && includes(mappings, last.mappings)) process.layouts.pop();
    process.layouts = [...process.layouts, layout].slice(-MOST_LAYOUTS);
    this.version++;
    return true;
  }

  private hold(pid: number, mappings: readonly Mapping[]): readonly MappedFile[] {
    const elsewhere = mappings.length > 0 && mountNamespace(pid) !== this.ownNamespace;
    const seen = Date.now();
    return mappings.map((mapping) => {
      const isHeld = mapping.path.startsWith("/") && (elsewhere || mapping.isDeleted);
      const descriptor = isHeld ? this.descriptorOf(pid, mapping) : undefined;
      return { ...mapping, seen, ...(descriptor === undefined ? {} : { descriptor }) };
    });
  }

  private descriptorOf(pid: number, { start, end, path }: Mapping): number | undefined {
    const link = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
    const key = `${mountNamespace(pid)} ${path}`;
    const known = this.files.get(key);
    if (known || this.files.size >= MOST_FILES) return known?.descriptor;
    try {
      const file = UntrustedFile.open(link, { largest: Number.MAX_SAFE_INTEGER });
      this.files.set(key, file);
      return file.descriptor;
    } catch {
      return undefined;
    }
  }

  private forget(): void {
    for (const [pid, { timer }] of this.processes) {
      if (this.processes.size <= MOST_PROCESSES) return;
      if (!timer) this.processes.delete(pid);
    }
  }
}

function mountNamespace(pid: number | "self"): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return "";
  }
}

function isSame(a: readonly Mapping[], b: readonly Mapping[]): boolean {
  return a.length === b.length && includes(b, a);
}

function includes(larger: readonly Mapping[], smaller: readonly Mapping[]): boolean {
  const byStart = new Map(larger.map((each) => [each.start, each]));
  return smaller.every(({ start, end, offset, path }) => {
    const other = byStart.get(start);
    return other?.end === end && other.offset === offset && other.path === path;
  });
}
