/** How bpftrace prints the keys of maps in its JSON output: `versions.ts` knows which version does which. */
import { unescapeBytes } from "../../../results/bytes.js";
import type { Facts } from "../versions.js";

export interface JsonKeys {
  /** What the printed key says, as a byte string. */
  read(key: string): string;
  /** How it prints a key of which the parts are known exactly. */
  print(parts: readonly string[]): string;
  /** Whether names lose something that cannot be had back. */
  readonly lossy: boolean;
}

const joined = (parts: readonly string[]): string => parts.join(",");

export const JSON_KEYS: Readonly<Record<Facts["jsonKeys"], JsonKeys>> = {
  plain: { read: (key) => key, print: joined, lossy: false },
  // Escapes the strings, joins them, and escapes the whole again.
  escaped: { read: unescapeBytes, print: joined, lossy: false },
  // Written as a tuple's text, whose parentheses and spaces are then taken out: "tmux: server" is "tmux:server".
  stripped: {
    read: (key) => key,
    print: (parts) =>
      (parts.length === 1 ? joined(parts).replace(/^\((.*)\)$/s, "$1") : joined(parts)).replaceAll(" ", ""),
    lossy: true,
  },
};
