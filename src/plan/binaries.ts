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
}

const OF_BINARIES: ReadonlySet<ProbePoint["type"]> = new Set(["uprobe", "uretprobe", "usdt"]);

/** Whether a probe is in a program or a library. */
export function isOfBinary({ type }: ProbePoint): boolean {
  return OF_BINARIES.has(type);
}

/** The same probe, with the name of its binary replaced by the file. */
export function locatePoint(point: ProbePoint, binaries: Binaries | undefined): ProbePoint {
  const [name, ...rest] = point.parts;
  if (!binaries || name === undefined || !isOfBinary(point)) return point;
  const located = binaries.locate(name);
  // Tracers look for libraries where functions are probed, and take a path alone for static probes.
  return { ...point, parts: [point.type === "usdt" ? binaries.file(located) : located, ...rest] };
}

/** The same probe at each function that it names, by the file's own names. */
export function functionsOfPoint(point: ProbePoint, binaries: Binaries | undefined): readonly ProbePoint[] {
  if (!binaries || !isOfBinary(point)) return [point];
  const located = locatePoint(point, binaries);
  if (point.type === "usdt") return [located];
  const [file = "", written = ""] = located.parts;
  const convention = binaries.convention?.(located);
  return (binaries.functions?.(located) ?? [written]).map((name) => ({
    ...located,
    parts: [file, name],
    ...(convention ? { convention } : {}),
  }));
}

/** Why a probe that is not located yet cannot be attached; undefined if it can be, or if that is unknown. */
export function missingProbe(point: ProbePoint, binaries: Binaries | undefined): MissingProbe | undefined {
  if (!isOfBinary(point)) return binaries?.unseen?.(point);
  return binaries?.missing(locatePoint(point, binaries));
}
