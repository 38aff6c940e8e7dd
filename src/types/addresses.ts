/** IP addresses as their 16 bytes; an IPv4 address is the IPv6 address that maps it. */
import { append } from "../lists.js";

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const GROUP = /^[0-9a-f]{1,4}$/i;

/** Returns the bytes of an address; undefined if the text is none. */
export function addressBytes(text: string): readonly number[] | undefined {
  if (!text.includes(":")) {
    const bytes = octets(text.split("."));
    return bytes?.length === 4 ? [...MAPPED, ...bytes] : undefined;
  }
  const [before = "", after, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const [head, tail] = [
    // Only at the very end.
    after !== undefined && before.includes(".") ? undefined : groups(before),
    groups(after ?? ""),
  ];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/**
 * Returns the bytes that an address begins with that matches a pattern, such as `10.1.*` and `2001:db8:*`; undefined if
 * bytes cannot tell.
 */
export function prefixBytes(pattern: string): readonly number[] | undefined {
  const whole = addressBytes(pattern);
  if (whole) return whole;
  const [, start = "", mark] = /^(.+)([.:])\*$/.exec(pattern) ?? [];
  if (mark === ".") {
    const bytes = octets(start.split("."));
    return bytes && bytes.length < 4 ? [...MAPPED, ...bytes] : undefined;
  }
  // A group of 0 may be one that is left out.
  if (mark === undefined || start.split(":").some((group) => Number.parseInt(group, 16) === 0))
    return undefined;
  const bytes = start.includes(".") ? undefined : groups(start);
  return bytes && bytes.length < 16 ? bytes : undefined;
}

/** An address as people know it: one of IPv4 without what maps it. */
export function addressText(text: string): string {
  return text.startsWith("::ffff:") && text.includes(".") ? text.slice("::ffff:".length) : text;
}

function octets(parts: readonly string[]): readonly number[] | undefined {
  const areOctets = parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return areOctets ? parts.map(Number) : undefined;
}

/** The last part may be an IPv4 address. */
function groups(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes(".")) {
      const last = octets(part.split("."));
      if (last?.length !== 4) return undefined;
      append(bytes, last);
    } else if (GROUP.test(part)) {
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    } else return undefined;
  }
  return bytes;
}
