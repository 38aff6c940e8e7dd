/** IP addresses: where their bytes are, and what they can be compared with. */
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import { write } from "../../diagnostics/advice.js";
import { addressBytes, prefixBytes } from "../../types/addresses.js";
import { isInet, INET, UNSIGNED } from "../../types/types.js";
import { fail, type Context } from "../context.js";
import type { Typed } from "../typed.js";
import { arithmeticOf, comparisonOf, integer, truth } from "./fold.js";

/** How many bytes of an address a value has: 4, 16, or undefined if it is none. */
function sizeOf(value: Typed): 4 | 16 | undefined {
  if (value.op === "tracepointArgument")
    return value.field.shape === "array" || value.field.size === 4
      ? addressSize(value.field.size)
      : undefined;
  if (value.op !== "member" && value.op !== "element") return undefined;
  const { ctype } = value;
  if (ctype.kind === "int") return ctype.bytes === 4 ? 4 : undefined;
  const isBytes = ctype.kind === "array" && ctype.of.kind === "int" && ctype.of.bytes === 1;
  return isBytes ? addressSize(ctype.length) : undefined;
}

function addressSize(bytes: number): 4 | 16 | undefined {
  return bytes === 4 || bytes === 16 ? bytes : undefined;
}

/** Returns the address in a number of 4 bytes, as the network has it, or in an array; undefined if it is neither. */
export function inetOf(bytes: Typed): Typed | undefined {
  const size = sizeOf(bytes);
  return size && { op: "inet", bytes, size, type: INET };
}

type Inet = Typed & { readonly op: "inet" };

/** Whether an address begins with these bytes, of the 16 that it has or would have. */
export function beginsWith({ bytes, size }: Inet, wanted: readonly number[]): Typed {
  const skipped = 16 - size;
  const mapped = addressBytes("0.0.0.0") ?? [];
  if (!wanted.slice(0, skipped).every((byte, i) => byte === mapped[i])) return truth(false);
  const own = wanted.slice(skipped);
  if (bytes.type.kind === "number") {
    // The number has the first byte lowest; fewer of them are a mask.
    const value = own.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    if (own.length === 4) return comparisonOf("==", unsigned(bytes), integer(value, UNSIGNED));
    const mask = integer((1n << BigInt(8 * own.length)) - 1n, UNSIGNED);
    const start: Typed = {
      op: "arithmetic",
      operator: "&",
      left: unsigned(bytes),
      right: mask,
      type: UNSIGNED,
    };
    return comparisonOf("==", start, integer(value, UNSIGNED));
  }
  // In one expression without a branch: behind one, bpftrace 0.23 reads an event in a way that the kernel refuses.
  const ctype = { kind: "int", name: "unsigned char", bytes: 1, signed: false } as const;
  const differences = own.map((byte, i): Typed => {
    const index = integer(BigInt(i), UNSIGNED);
    const element: Typed = { op: "element", object: bytes, index, ctype, type: UNSIGNED };
    return byte === 0 ? element : arithmeticOf("^", element, integer(BigInt(byte), UNSIGNED), UNSIGNED);
  });
  const any = differences.reduce((one, other) => arithmeticOf("|", one, other, UNSIGNED));
  return comparisonOf("==", any, integer(0n, UNSIGNED));
}

function unsigned(value: Typed): Typed {
  return { ...value, type: UNSIGNED };
}

/** Reports what an address cannot be compared with; undefined if it can. */
export function checkAddress(
  operator: string,
  left: Typed,
  right: Typed,
  context: Context,
  spans: readonly [Span, Span],
): Typed | undefined {
  const isLeft = isInet(left.type);
  if (!isLeft && !isInet(right.type)) return undefined;
  const [other, span] = isLeft ? [right, spans[1]] : [left, spans[0]];
  if (other.type.kind === "error") return undefined;
  if (other.op !== "string" || (operator !== "==" && operator !== "!="))
    return fail(
      context,
      span,
      "bad-address",
      "an IP address is only compared with one that is written here, by `==`, `!=` and `in`",
      'as in `== "10.0.0.1"`',
    );
  if (addressBytes(other.value)) return undefined;
  return fail(
    context,
    span,
    "bad-address",
    `"${other.value}" is no IP address`,
    'write it as in "10.0.0.1" or "fe80::1"; many are `~ "10.1.*"`',
  );
}

/** Reports a pattern that the bytes of an address cannot tell. */
export function checkAddressPattern(pattern: string, span: Span, context: Context): boolean {
  if (prefixBytes(pattern)) return true;
  fail(
    context,
    span,
    "bad-address",
    "a pattern of an IP address is what it begins with, in whole numbers",
    prefixAdvice(pattern, span) ?? 'as in "10.1.*" or "2001:db8:*"',
  );
  return false;
}

/** `10.1*` is `10.1.*`. */
function prefixAdvice(pattern: string, span: Span): Advice | undefined {
  const meant = pattern.replace(/(\d)\*$/, "$1.*").replace(/(?:\.\*)+$/, ".*");
  return prefixBytes(meant) ? write(span, `"${meant}"`, "write {}") : undefined;
}
