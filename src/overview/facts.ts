/** Reads memory statistics of the machine and of one process from /proc, as free, vmstat, sar and pmap do. */
import { readKernelText } from "../files/kernel-file.js";

/** Reads a file in /proc; undefined if it does not exist or may not be read. */
export type ReadFile = (path: string) => string | undefined;

export const readProc: ReadFile = (path) => {
  try {
    return readKernelText(path);
  } catch {
    return undefined;
  }
};

/** Counters since boot, by their names in the kernel. */
export type Counters = ReadonlyMap<string, number>;

export interface Memory {
  /** All in bytes, as shown by `free`. */
  readonly total: number;
  readonly used: number;
  readonly free: number;
  readonly shared: number;
  readonly cached: number;
  readonly available: number;
  readonly swapTotal: number;
  readonly swapUsed: number;
  readonly slab: number;
  readonly hugePages: number;
}

/** The share of time in percent that some, or all, processes waited for memory in the last 10, 60 and 300 seconds. */
export interface Pressure {
  readonly some: readonly number[];
  readonly full: readonly number[];
}

export interface ProcessMemory {
  readonly pid: number;
  readonly comm: string;
  /** In bytes. */
  readonly virtual: number;
  readonly resident: number;
  readonly anonymous: number;
  readonly file: number;
  readonly shared: number;
  readonly swap: number;
  /** The mappings, by resident size, the largest first. */
  readonly mappings: readonly MappingTotals[];
}

export interface MappingTotals {
  readonly name: string;
  readonly permissions: string;
  /** In bytes. */
  readonly size: number;
  readonly resident: number;
  readonly dirty: number;
}

const KIB = 1024;

/** Parses lines of `Name:  123 kB`; returns a function from a name to its value in bytes. */
function kilobytes(text: string): (name: string) => number {
  const values = new Map(
    [...text.matchAll(/^(\w+(?:\(\w+\))?):\s+(\d+)(?: kB)?$/gm)].map(([, name = "", n = "0"]) => [
      name,
      Number(n) * KIB,
    ]),
  );
  return (name) => values.get(name) ?? 0;
}

export function readMemory(read: ReadFile): Memory | undefined {
  const text = read("/proc/meminfo");
  if (text === undefined) return undefined;
  const of = kilobytes(text);
  const cached = of("Cached") + of("Buffers") + of("SReclaimable");
  return {
    total: of("MemTotal"),
    used: of("MemTotal") - of("MemFree") - cached,
    free: of("MemFree"),
    shared: of("Shmem"),
    cached,
    available: of("MemAvailable"),
    swapTotal: of("SwapTotal"),
    swapUsed: of("SwapTotal") - of("SwapFree"),
    slab: of("Slab"),
    hugePages: of("Hugetlb"),
  };
}

export function readCounters(read: ReadFile): Counters {
  return countersIn(read("/proc/vmstat"));
}

/** Parses lines of a name and a number. */
export function countersIn(text = ""): Counters {
  const lines = text.matchAll(/^(\w+) (\d+)$/gm);
  return new Map([...lines].map(([, name = "", value = "0"]) => [name, Number(value)]));
}

/** Returns undefined if the kernel does not measure pressure. */
export function readPressure(read: ReadFile): Pressure | undefined {
  return pressureIn(read("/proc/pressure/memory"));
}

export function pressureIn(text: string | undefined): Pressure | undefined {
  const averages = (kind: string): number[] | undefined =>
    new RegExp(`^${kind} avg10=([\\d.]+) avg60=([\\d.]+) avg300=([\\d.]+)`, "m")
      .exec(text ?? "")
      ?.slice(1)
      .map(Number);
  const [some, full] = [averages("some"), averages("full")];
  return some && { some, full: full ?? [] };
}

/** Returns undefined if there is no such process, or it may not be read. */
export function readProcess(pid: number, read: ReadFile): ProcessMemory | undefined {
  const status = read(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const of = kilobytes(status);
  const mappings = readMappings(read(`/proc/${pid}/smaps`) ?? "");
  return {
    pid,
    comm: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "",
    virtual: of("VmSize"),
    resident: of("VmRSS"),
    anonymous: of("RssAnon"),
    file: of("RssFile"),
    shared: of("RssShmem"),
    swap: of("VmSwap"),
    mappings: mappings.sort((a, b) => b.resident - a.resident),
  };
}

/** Returns a process's mappings, grouped by name and protection. */
function readMappings(smaps: string): MappingTotals[] {
  const found = new Map<string, MappingTotals>();
  for (const block of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, permissions = "", path = ""] = /^\S+ (\S+) \S+ \S+ \d+ *(.*)$/m.exec(block) ?? [];
    if (permissions === "") continue;
    const of = kilobytes(block);
    const name = path === "" ? "[anonymous]" : path;
    const before = found.get(`${permissions} ${name}`);
    found.set(`${permissions} ${name}`, {
      name,
      permissions,
      size: of("Size") + (before?.size ?? 0),
      resident: of("Rss") + (before?.resident ?? 0),
      dirty: of("Private_Dirty") + of("Shared_Dirty") + (before?.dirty ?? 0),
    });
  }
  return [...found.values()];
}
