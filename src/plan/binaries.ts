/** Programs and libraries as queries name them (`libc`), and as files that a probe can be attached to. */
import type { CallingConvention, ProbePoint } from "../semantics/typed.js";

/** A probe that a program or library does not have. */
export interface MissingProbe {
  /** In a few words. */
  readonly why: string;
  /** What to do, where it is not to name a similar one. */
  readonly hint?: string;
  /** The names most like it. */
  readonly similar: readonly string[];
}

/** A function as a file has it. */
export interface FunctionPlace {
  readonly file: string;
  readonly symbol: string;
}

export interface Binaries {
  /** The file for a name; the name itself where the tracer finds it. */
  locate(name: string): string;
  /** The file for a name, also where the tracer would find it, if that is known; the name itself if not. */
  file(name: string): string;
  /** The functions that a located probe names, by the names that the file has for them. */
  functions?(point: ProbePoint): readonly string[];
  /** How they take their arguments, where that is not as in C on 64 bits. */
  convention?(point: ProbePoint): CallingConvention | undefined;
  /** Why what is traced never comes by a probe of the kernel; undefined if it does, or if that is unknown. */
  unseen?(point: ProbePoint): MissingProbe | undefined;
  /** Why a located probe cannot be attached; undefined if it can be, or if that is unknown. */
  missing(point: ProbePoint): MissingProbe | undefined;
  /** The functions of all allocators that are and do what the one of this name does; empty if none has any. */
  allocators(name: string): readonly FunctionPlace[];
  /** Which allocators those are, in a sentence. */
  allocatorsTaken(): string | undefined;
  /** What the figures of a probe lack, or cost, in sentences. */
  lacks(point: ProbePoint): readonly string[];
}

/** In place of a library's name: every allocator that a process has, in whichever file. */
export const ALLOCATOR = "allocator";

/** What the C library has of an allocator, where nothing is known of the files. */
export const OF_C_LIBRARY: ReadonlySet<string> = new Set([
  "malloc", "calloc", "realloc", "reallocarray", "posix_memalign", "memalign", "aligned_alloc", "valloc", "pvalloc", "free",
]); // prettier-ignore

const OF_BINARIES: ReadonlySet<ProbePoint["type"]> = new Set(["uprobe", "uretprobe", "usdt"]);

/** Whether a probe is in a program or a library. */
export function isOfBinary({ type }: ProbePoint): boolean {
  return OF_BINARIES.has(type);
}

/** Whether a probe is of whatever allocators there are. */
export function isOfAllocators(point: ProbePoint): boolean {
  return isOfBinary(point) && point.type !== "usdt" && point.parts[0] === ALLOCATOR;
}

/** The same probe, with the names of its binary replaced by the files; of allocators there may be several, or none. */
export function locatePoints(point: ProbePoint, binaries: Binaries | undefined): readonly ProbePoint[] {
  const [name, ...rest] = point.parts;
  if (name === undefined || !isOfBinary(point)) return [point];
  if (isOfAllocators(point)) {
    const wanted = rest.join(":");
    const places = binaries
      ? binaries.allocators(wanted)
      : [...OF_C_LIBRARY].filter((each) => each === wanted).map((symbol) => ({ file: "libc", symbol }));
    return places.map(({ file, symbol }) => ({ ...point, parts: [file, symbol] }));
  }
  if (!binaries) return [point];
  const located = binaries.locate(name);
  // Tracers look for libraries where functions are probed, and take a path alone for static probes.
  return [{ ...point, parts: [point.type === "usdt" ? binaries.file(located) : located, ...rest] }];
}

/** The same probe at each function that it names, by the file's own names. */
export function functionsOfPoint(point: ProbePoint, binaries: Binaries | undefined): readonly ProbePoint[] {
  return locatePoints(point, binaries).flatMap((located) => {
    if (!binaries || !isOfBinary(located) || located.type === "usdt") return [located];
    const [file = "", written = ""] = located.parts;
    const convention = binaries.convention?.(located);
    return (binaries.functions?.(located) ?? [written]).map((name) => ({
      ...located,
      parts: [file, name],
      ...(convention ? { convention } : {}),
    }));
  });
}

/** Why a probe that is not located yet cannot be attached; undefined if it can be, or if that is unknown. */
export function missingProbe(point: ProbePoint, binaries: Binaries | undefined): MissingProbe | undefined {
  if (!isOfBinary(point)) return binaries?.unseen?.(point);
  const located = locatePoints(point, binaries);
  // One probe of a named file there always is.
  if (located.length === 0) return { why: `no allocator here has ${point.parts[1] ?? "it"}`, similar: [] };
  return located.map((each) => binaries?.missing(each)).find((missing) => missing !== undefined);
}
