/** Writes expressions for `trace` and `argdist`: C over what the tools have names for. */
import { isTest, type Typed } from "../../../semantics/typed.js";
import { atom, c, decimal, hexadecimal, type Code, type Test } from "../../code.js";

const COMMON: Readonly<Record<string, string>> = {
  pid: "$pid",
  tid: "$tid",
  uid: "$uid",
  gid: "$gid",
  cpu: "$cpu",
};

/** The number of arguments in registers, for which the tools have names. */
const MOST_ARGUMENTS = 6;

/** The names of a tool for a function's arguments and return value. */
export interface ToolNames {
  /** By position. */
  argument(index: number): string;
  readonly returned: string;
}

/** Undefined if the tools cannot express it. */
export function toolExpression(value: Typed, names: ToolNames): Code | undefined {
  switch (value.op) {
    case "integer":
      return decimal(value.value);
    case "common": {
      const name = COMMON[value.name];
      return name === undefined ? undefined : atom(name);
    }
    case "argument":
      return value.index < MOST_ARGUMENTS ? atom(names.argument(value.index)) : undefined;
    case "tracepointArgument":
      return value.field.shape === "number" || value.field.shape === "pointer"
        ? c.member(atom("args"), "->", value.field.name)
        : undefined;
    case "returnValue":
      return atom(names.returned);
    case "arithmetic": {
      const [left, right] = [toolExpression(value.left, names), toolExpression(value.right, names)];
      return left && right && c.binary(value.operator, left, right);
    }
    case "begun":
    case "cast":
    case "choose":
    case "compare":
    case "complement":
    case "currentTask":
    case "element":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "local":
    case "logic":
    case "member":
    case "negate":
    case "not":
    case "state":
    case "string":
    case "text":
    case "register":
    case "userWord":
      return toolTest(value, names)?.holds;
  }
}

/** Writes a condition. */
export function toolTest(value: Typed, names: ToolNames): Test | undefined {
  if (!isTest(value)) return undefined;
  switch (value.op) {
    case "compare": {
      if (value.left.op === "common" && value.left.name === "comm") return commTest(value);
      const [left, right] = [toolExpression(value.left, names), toolExpression(value.right, names)];
      return left && right && c.compare(value.operator, left, right);
    }
    case "not": {
      const test = toolTest(value.operand, names);
      return test && c.opposite(test);
    }
    case "hasBits": {
      const subject = toolExpression(value.subject, names);
      const mask = hexadecimal(value.mask);
      return subject && c.compare("==", c.binary("&", subject, mask), mask);
    }
    case "logic": {
      const tests = value.operands.flatMap((operand) => toolTest(operand, names) ?? []);
      if (tests.length < value.operands.length) return undefined;
      return value.operator === "and" ? c.all(tests) : c.any(tests);
    }
    case "begun":
    case "followed":
    case "glob":
      return undefined;
  }
}

/** The tools' own function for texts, which takes plain letters only: it has no quoting. */
function commTest({ operator, right }: Typed & { op: "compare" }): Test | undefined {
  if (right.op !== "string" || /[^\w. /-]/.test(right.value)) return undefined;
  const call = c.call("STRCMP", atom(`"${right.value}"`), atom("$task->comm"));
  const same = { holds: call, fails: c.prefix("!", call) };
  if (operator === "==") return same;
  return operator === "!=" ? c.opposite(same) : undefined;
}
