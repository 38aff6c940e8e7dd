/** Programs and libraries as queries name them (`libc`), and as files that a probe can be attached to. */
import type { ProbePoint } from "../semantics/typed.js";

/** A probe that a program or library does not have. */
export interface MissingProbe {
  /** In a few words. */
  readonly why: string;
  /** The names most like it. */
  readonly similar: readonly string[];
}

export interface Binaries {
  /** The file for a name; the name itself where the tracer finds it. */
  locate(name: string): string;
  /** The file for a name, also where the tracer would find it, if that is known; the name itself if not. */
  file(name: string): string;
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

/** Why a probe that is not located yet cannot be attached; undefined if it can be, or if that is unknown. */
export function missingProbe(point: ProbePoint, binaries: Binaries | undefined): MissingProbe | undefined {
  return binaries && isOfBinary(point) ? binaries.missing(locatePoint(point, binaries)) : undefined;
}
