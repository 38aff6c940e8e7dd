/** Units separated from their number: `10 ms`, `3 seconds`. */

/** The units, and how else they are written out. */
export const APART: Readonly<Record<string, string>> = {
  ns: "ns", us: "us", µs: "us", ms: "ms", s: "s", m: "m", h: "h", B: "B", KB: "KB", MB: "MB", GB: "GB", TB: "TB",
  KiB: "KiB", MiB: "MiB", GiB: "GiB", TiB: "TiB", pages: "pages", page: "pages", usec: "us", msec: "ms", sec: "s",
  second: "s", seconds: "s", min: "m", minute: "m", minutes: "m", hour: "h", hours: "h", bytes: "B", kb: "KB", mb: "MB", gb: "GB",
}; // prettier-ignore

export function isWithoutUnit(number: string): boolean {
  return /^(?:0[xX][0-9A-Fa-f_]*|[0-9_.]+)$/.test(number);
}
