/**
 * Multiplicative hashing: the high bits of a product with a large odd number depend on all bits of the value, so that the
 * addresses that an allocator gives to blocks of one size are spread evenly.
 */
import { UNSIGNED } from "../../types/types.js";
import type { Typed } from "../typed.js";
import { arithmeticOf, integer, wordOf } from "./fold.js";

/** Near 2^64 divided by the golden ratio, but below 2^63, which every tracer reads as a number. */
const FACTOR = 0x1e37_79b9_7f4a_7c15n;
const KEPT_BITS = 32n;

export function hashOf(operand: Typed): Typed {
  const product = arithmeticOf("*", wordOf(operand, UNSIGNED), integer(FACTOR, UNSIGNED), UNSIGNED);
  return arithmeticOf(">>", product, integer(KEPT_BITS, UNSIGNED), UNSIGNED);
}

/** The n of a condition `hash(x) % n == 0`; undefined for any other. */
export function sampleOf(condition: Typed): bigint | undefined {
  if (condition.op !== "compare" || condition.operator !== "==") return undefined;
  const { left, right } = condition;
  const isSample =
    right.op === "integer" && right.value === 0n && left.op === "arithmetic" && left.operator === "%";
  return isSample && left.right.op === "integer" && isHash(left.left) ? left.right.value : undefined;
}

function isHash(value: Typed): boolean {
  return (
    value.op === "arithmetic" &&
    value.operator === ">>" &&
    value.left.op === "arithmetic" &&
    value.left.operator === "*" &&
    value.left.right.op === "integer" &&
    value.left.right.value === FACTOR
  );
}
