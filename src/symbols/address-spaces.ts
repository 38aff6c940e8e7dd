/**
 * What code the traced processes have had mapped, kept after they end: a process that is gone cannot be
 * asked any more. A process's mappings are read when it is announced, then again and again at growing
 * intervals, because libraries come after the start.
 */
import { closeSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { readMappings, type Mapping } from "./mappings.js";

/** What a process had mapped at one time. */
export interface Layout {
  readonly pid: number;
  readonly mappings: readonly MappedFile[];
}

export interface MappedFile extends Mapping {
  /** An open descriptor, where the path does not lead there: the file was deleted, or is in a container. */
  readonly descriptor?: number;
}

/** Where an address is: in which file, and how far from its begin. */
export interface Location {
  readonly file: MappedFile;
  readonly offset: number;
}

interface Watched {
  readonly pid: number;
  layouts: Layout[];
  delay: number;
  timer?: NodeJS.Timeout;
}

/** In milliseconds: a program has most of its libraries after a few. */
const FIRST_DELAY = 1;
const LONGEST_DELAY = 1000;
/** Of processes that are gone, the oldest are forgotten. */
const MOST_PROCESSES = 4096;
const MOST_LAYOUTS = 8;
const MOST_DESCRIPTORS = 256;

export class AddressSpaces {
  private readonly processes = new Map<number, Watched>();
  private readonly descriptors = new Map<string, number>();
  private readonly ownNamespace = mountNamespace("self");
  private index: MappingIndex | undefined;

  /** It has started, or become another program. */
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

  /** All that are there now, once: those that start later are announced. */
  readAll(): void {
    for (const name of readdirSync("/proc"))
      if (/^[1-9]\d*$/.test(name) && Number(name) !== process.pid) this.readOnce(Number(name));
  }

  /** As it is now, if it is still there. */
  refresh(pid: number): void {
    const process = this.processes.get(pid);
    if (process) this.read(process);
    else this.readOnce(pid);
  }

  /** Those that are watched, as they are now. */
  refreshWatched(): void {
    for (const process of this.processes.values()) if (process.timer) this.read(process);
  }

  /** In every layout that has code there. */
  find(address: number): readonly { readonly layout: Layout; readonly location: Location }[] {
    this.index ??= new MappingIndex([...this.processes.values()].flatMap(({ layouts }) => layouts));
    return this.index.find(address);
  }

  /** Ends the watching; what is known stays, but for the files that were held open. */
  close(): void {
    for (const { timer } of this.processes.values()) clearTimeout(timer);
    for (const descriptor of this.descriptors.values()) closeSync(descriptor);
    this.descriptors.clear();
  }

  private readOnce(pid: number): void {
    const process: Watched = { pid, layouts: [], delay: FIRST_DELAY };
    if (this.read(process) && process.layouts.length > 0) this.processes.set(pid, process);
  }

  private look(process: Watched): void {
    clearTimeout(process.timer);
    delete process.timer;
    if (!this.read(process)) return;
    process.timer = setTimeout(() => this.look(process), process.delay);
    process.timer.unref();
    process.delay = Math.min(process.delay * 2, LONGEST_DELAY);
  }

  /** False: it is gone. */
  private read(process: Watched): boolean {
    const mappings = readMappings(process.pid);
    if (!mappings) return false;
    const last = process.layouts.at(-1);
    if (last && isSame(last.mappings, mappings)) return true;
    const layout = { pid: process.pid, mappings: this.hold(process.pid, mappings) };
    // One that has only become larger stands for what it was before.
    if (last && includes(mappings, last.mappings)) process.layouts.pop();
    process.layouts = [...process.layouts, layout].slice(-MOST_LAYOUTS);
    this.index = undefined;
    return true;
  }

  private hold(pid: number, mappings: readonly Mapping[]): readonly MappedFile[] {
    const elsewhere = mappings.length > 0 && mountNamespace(pid) !== this.ownNamespace;
    return mappings.map((mapping) => {
      if (!mapping.path.startsWith("/") || !(elsewhere || mapping.isDeleted)) return mapping;
      const descriptor = this.descriptorOf(pid, mapping);
      return descriptor === undefined ? mapping : { ...mapping, descriptor };
    });
  }

  private descriptorOf(pid: number, { start, end, path }: Mapping): number | undefined {
    const link = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
    const key = `${mountNamespace(pid)} ${path}`;
    const known = this.descriptors.get(key);
    if (known !== undefined || this.descriptors.size >= MOST_DESCRIPTORS) return known;
    try {
      const descriptor = openSync(link, "r");
      this.descriptors.set(key, descriptor);
      return descriptor;
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

interface Entry {
  readonly mapping: MappedFile;
  readonly layout: Layout;
}

/** The mappings of all layouts by address: they overlap, as each process has its own. */
class MappingIndex {
  private readonly entries: readonly Entry[];
  private readonly longest: number;

  constructor(layouts: readonly Layout[]) {
    this.entries = layouts
      .flatMap((layout) => layout.mappings.map((mapping) => ({ mapping, layout })))
      .sort((a, b) => a.mapping.start - b.mapping.start);
    this.longest = this.entries.reduce((most, { mapping }) => Math.max(most, mapping.end - mapping.start), 0);
  }

  find(address: number): { layout: Layout; location: Location }[] {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle] as Entry).mapping.start <= address) low = middle + 1;
      else high = middle;
    }
    const found: { layout: Layout; location: Location }[] = [];
    for (let i = low - 1; i >= 0; i--) {
      const { mapping, layout } = this.entries[i] as Entry;
      if (mapping.start + this.longest <= address) break;
      if (address < mapping.end)
        found.push({ layout, location: { file: mapping, offset: address - mapping.start + mapping.offset } });
    }
    return found;
  }
}
