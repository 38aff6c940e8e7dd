/** Expressions as `trace` and `argdist` write them: C over what the tools have names for. */
import type { Typed } from "../../../semantics/typed.js";

const COMMON: Readonly<Record<string, string>> = {
  pid: "$pid",
  tid: "$tid",
  uid: "$uid",
  gid: "$gid",
  cpu: "$cpu",
};

/** Undefined: the tools cannot. */
export function toolExpression(value: Typed): string | undefined {
  const both = (left: Typed, operator: string, right: Typed): string | undefined => {
    const [a, b] = [toolExpression(left), toolExpression(right)];
    return a === undefined || b === undefined ? undefined : `${a} ${operator} ${b}`;
  };
  switch (value.op) {
    case "integer":
      return `${value.value}`;
    case "common":
      return COMMON[value.name];
    case "argument":
      return `arg${value.index + 1}`;
    case "tracepointArgument":
      return value.field.shape === "number" || value.field.shape === "pointer"
        ? `args->${value.field.name}`
        : undefined;
    case "returnValue":
      return "retval";
    case "arithmetic": {
      const text = both(value.left, value.operator, value.right);
      return text && `(${text})`;
    }
    case "compare":
      if (value.left.op === "common" && value.left.name === "comm" && value.right.op === "string")
        return value.operator === "==" || value.operator === "!="
          ? `${value.operator === "!=" ? "!" : ""}STRCMP("${value.right.value.replaceAll(/[^\w. /-]/g, "")}", $task->comm)`
          : undefined;
      return both(value.left, value.operator, value.right);
    case "hasBits": {
      const subject = toolExpression(value.subject);
      const mask = `0x${value.mask.toString(16)}`;
      return subject && `(${subject} & ${mask}) == ${mask}`;
    }
    case "logic": {
      const parts = value.operands.map(toolExpression);
      return parts.includes(undefined)
        ? undefined
        : `(${parts.join(value.operator === "and" ? " && " : " || ")})`;
    }
    default:
      return undefined;
  }
}
