/**
 * Whether values may be negative. A definition declares a unit, and the sign comes from what the provider reads: a
 * system call returns a size or, below zero, the number of an error.
 */
import { isSigned, type Type } from "../types/types.js";
import type { Alternative, CheckedSource, Side, Typed } from "../semantics/typed.js";

/** The type of an operation, with a sign if any of its operands has one. A literal fits either. */
export function signedBy(type: Type, operands: readonly Typed[]): Type {
  if (type.kind !== "number" || type.signed) return type;
  const signed = operands.some((o) => isSigned(o) && !(o.op === "integer" && o.value >= 0n));
  return signed ? { ...type, signed } : type;
}

/** Whether a field may be negative in any of these providers. */
export function mayBeNegative(alternatives: readonly Alternative[], name: string): boolean {
  return alternatives.some(({ trigger, fields }) => {
    const value = fields.get(name);
    const source = trigger.kind === "source" ? trigger.source : undefined;
    if (typeof value === "object") return isSigned(value) || (source !== undefined && reads(value, source));
    return source !== undefined && mayBeNegativeIn(source, name);
  });
}

function mayBeNegativeIn(source: CheckedSource, name: string, side?: Side): boolean {
  switch (source.kind) {
    case "event":
      return mayBeNegative(source.alternatives, name);
    case "union":
      return source.members.some((member) => mayBeNegativeIn(member.source, name));
    case "span": {
      const own = side === undefined ? source.fields.get(name) : undefined;
      if (own) return isSigned(own) || reads(own, source);
      const sides = side === undefined ? [...source.begin, ...source.during, ...source.end] : source[side];
      return mayBeNegative(sides, name);
    }
  }
}

/** Whether a value takes a sign from the fields that it is calculated from. */
function reads(value: Typed, source: CheckedSource): boolean {
  if (value.op === "field") return mayBeNegativeIn(source, value.name, value.side);
  if (value.op === "arithmetic") return reads(value.left, source) || reads(value.right, source);
  return value.op === "choose" && (reads(value.then, source) || reads(value.otherwise, source));
}
