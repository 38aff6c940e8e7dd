/** Programs and libraries as queries name them (`libc`), and as files that a probe can be attached to. */
import type { ProbePoint } from "../semantics/typed.js";

export interface Binaries {
  /** The file for a name; the name itself where the tracer finds it. */
  locate(name: string): string;
  /** Why a function of the file cannot be probed, in a few words; undefined if it can be, or if that is unknown. */
  gap(file: string, symbol: string): string | undefined;
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
  return { ...point, parts: [binaries.locate(name), ...rest] };
}

/** Why a located probe cannot be attached; undefined if it can be, or if that is unknown. */
export function binaryGap(point: ProbePoint, binaries: Binaries | undefined): string | undefined {
  const [file = "", symbol = ""] = point.parts;
  if (!binaries || !isOfBinary(point) || point.type === "usdt" || /[*?[]/.test(symbol)) return undefined;
  return binaries.gap(file, symbol);
}
