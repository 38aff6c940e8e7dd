/** Which type bpftrace gives a value. It is not always ours: bpftrace knows signed and unsigned, and no units. */
import type { Typed } from "../../../semantics/typed.js";
import { isSigned } from "../../../types/types.js";
import type { ProbeWriter } from "./probe-writer.js";

/** Whether bpftrace itself holds it signed. */
export function holdsSigned(value: Typed): boolean {
  switch (value.op) {
    case "tracepointArgument":
      return value.field.signed && value.field.shape === "number";
    case "member":
    case "element":
      return (
        (value.ctype.kind === "int" || value.ctype.kind === "enum" || value.ctype.kind === "char") &&
        value.ctype.signed
      );
    case "argument":
      return value.ctype
        ? (value.ctype.kind === "int" || value.ctype.kind === "enum") && value.ctype.signed
        : isSigned(value);
    case "returnValue":
      return value.ctype ? value.ctype.kind === "int" && value.ctype.signed : false;
    case "negate":
      return true;
    case "cast":
      return !value.pointer && value.to.kind === "int" && value.to.signed;
    case "arithmetic":
      return value.operator === "-"
        ? isSigned(value)
        : isSigned(value) && (holdsSigned(value.left) || holdsSigned(value.right));
    case "choose":
      return isSigned(value) && (holdsSigned(value.then) || holdsSigned(value.otherwise));
    case "state":
      return isSigned(value);
    case "begun":
    case "common":
    case "compare":
    case "complement":
    case "currentTask":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "integer":
    case "local":
    case "logic":
    case "not":
    case "register":
    case "string":
    case "text":
    case "userWord":
      return false;
  }
}

/** Whether two operands must be made signed, both of them: literals fit either. */
export function isOfTwoSigns(left: Typed, right: Typed): boolean {
  return holdsSigned(left) !== holdsSigned(right) && left.op !== "integer" && right.op !== "integer";
}

/** Whether bpftrace holds it in 64 bits of this sign. Newer versions warn of a cast to the type that a value has. */
export function isWide(value: Typed, signed: boolean, writer: Pick<ProbeWriter, "point">): boolean {
  switch (value.op) {
    case "common":
      return !signed && ["time", "elapsed", "cgroup"].includes(value.name);
    case "state":
    case "local":
      return isSigned(value) === signed;
    case "userWord":
      return !signed;
    case "argument":
    case "returnValue":
      return !signed && isPlainNumber(value, writer) && value.ctype === undefined && !isSigned(value);
    case "tracepointArgument":
      return (
        (value.type.kind === "number" || value.type.kind === "address") &&
        value.field.shape === "number" &&
        !value.field.ctype.includes("*") &&
        value.field.size === 8 &&
        value.field.signed === signed
      );
    case "member":
    case "element":
      return value.ctype.kind === "int" && value.ctype.bytes === 8 && value.ctype.signed === signed;
    case "cast":
      return value.to.kind === "int" && !value.pointer && value.to.bytes === 8 && value.to.signed === signed;
    case "arithmetic": {
      if (value.operator === "-") return isSigned(value) === signed;
      // Both operands are made signed then.
      if (isOfTwoSigns(value.left, value.right)) return signed;
      const fits = (one: Typed): boolean =>
        one.op === "integer" ? one.value >= 0n : isWide(one, signed, writer);
      const { left, right } = value;
      // Operands of different signs are both written as int64.
      if (left.op !== "integer" && right.op !== "integer" && holdsSigned(left) !== holdsSigned(right))
        return signed;
      const isKnown = [left, right].some((one) => one.op !== "integer");
      return isKnown && fits(value.left) && fits(value.right);
    }
    case "begun":
    case "choose":
    case "compare":
    case "complement":
    case "currentTask":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "integer":
    case "logic":
    case "negate":
    case "not":
    case "register":
    case "string":
    case "text":
      return false;
  }
}

/** Of an address, where it is an unsigned number in any case. */
export function isPlainNumber(value: Typed, { point }: Pick<ProbeWriter, "point">): boolean {
  if (value.op === "state" || value.op === "local" || value.op === "userWord" || value.op === "register")
    return true;
  const isRegister = value.op === "argument" || (value.op === "returnValue" && value.ctype === undefined);
  return isRegister && point?.type !== "fentry" && point?.type !== "fexit";
}
