/** How versions of bpftrace differ in what they print as JSON: mostly the keys of maps. */
import semver from "semver";
import { unescapeBytes } from "../../../results/bytes.js";

export interface Dialect {
  /** The first version that prints so. */
  readonly since: string;
  /** What the printed key says, as a byte string. */
  read(key: string): string;
  /** How it prints a key of which the parts are known exactly. */
  print(parts: readonly string[]): string;
  /** Whether names lose something that cannot be had back. */
  readonly lossy: boolean;
  /** Whether counts turn hexadecimal: see `StreamState`. */
  readonly forgetsHex: boolean;
}

const joined = (parts: readonly string[]): string => parts.join(",");

/** Newest first. */
const DIALECTS: readonly [Dialect, ...Dialect[]] = [
  {
    // Written as a tuple's text, whose parentheses and spaces are then taken out: "tmux: server" is "tmux:server".
    since: "0.24.0",
    read: (key) => key,
    print: (parts) =>
      (parts.length === 1 ? joined(parts).replace(/^\((.*)\)$/s, "$1") : joined(parts)).replaceAll(" ", ""),
    lossy: true,
    forgetsHex: true,
  },
  // Escapes the strings, joins them, and escapes the whole again.
  { since: "0.22.0", read: unescapeBytes, print: joined, lossy: false, forgetsHex: false },
  { since: "0.0.0", read: (key) => key, print: joined, lossy: false, forgetsHex: false },
];

/** A stream whose version is not known is read as the oldest, which mangles nothing. */
export function dialectOf(version: string | undefined): Dialect {
  const known = semver.coerce(version ?? "0.0.0") ?? "0.0.0";
  return DIALECTS.find((each) => semver.gte(known, each.since)) ?? DIALECTS[0];
}
