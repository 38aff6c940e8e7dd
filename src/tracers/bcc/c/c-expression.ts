/** Expressions as C. What needs statements of its own (a read of memory, a look into a table) is written before them. */
import type { CommonField, Typed } from "../../../semantics/typed.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import { BackendError } from "../../error.js";
import { FOLLOWED } from "../../../plan/plan.js";
import { integerType } from "../layout/fields.js";
import { globTest, textEquals } from "./c-glob.js";
import { readPlace, readWord, scalarType } from "./read-memory.js";
import { keptIn, lookUp, readState } from "./state-access.js";
import { structure } from "../layout/state-table.js";
import { isProbe, sameText } from "./text-value.js";
import type { Writer } from "./function-writer.js";

/** A number: an expression that is 64 bits wide or is widened as its type says. */
export function write(value: Typed, writer: Writer): string {
  switch (value.op) {
    case "integer":
      return literal(value.value);
    case "common":
      return common(value.name, writer);
    case "argument":
      return argument(value, writer);
    case "tracepointArgument":
      return value.field.shape === "number" ? `args->${value.field.name}` : `(u64)args->${value.field.name}`;
    case "returnValue":
      return returnValue(value, writer);
    case "currentTask":
      return writer.once("current task", "task", (name) =>
        writer.add(`u64 ${name} = bpf_get_current_task();`),
      );
    case "member":
    case "element":
      return readPlace(value, writer);
    case "global":
      writer.program.globals.add(value.name);
      return readWord(value, value.name, "kernel", `ADDRESS_OF_${value.name.toUpperCase()}`, writer);
    case "userWord":
      return readWord(value, "word", "user", write(value.address, writer), writer);
    case "cast": {
      const operand = group(write(value.operand, writer));
      return value.pointer ? operand : `(${scalarType(value.to) ?? "u64"})${operand}`;
    }
    case "negate":
      return `-${wide(value.operand, true, writer)}`;
    case "complement":
      return `~${wide(value.operand, isSigned(value), writer)}`;
    case "arithmetic":
      return arithmetic(value, writer);
    case "choose":
      return `(${test(value.condition, writer)} ? ${wide(value.then, isSigned(value), writer)} : ${wide(value.otherwise, isSigned(value), writer)})`;
    case "state":
      return readState(value, writer);
    case "local":
      return writer.local(value.name);
    case "not":
    case "compare":
    case "logic":
    case "glob":
    case "hasBits":
      return `(${test(value, writer)})`;
    case "string":
    case "text":
    case "inet":
      throw new BackendError("BCC cannot calculate with a text");
    case "field":
      throw new Error(`the field ${value.name} was left in the plan`);
  }
}

/** As a condition. */
export function test(value: Typed, writer: Writer): string {
  switch (value.op) {
    case "integer":
      return value.value === 0n ? "0" : "1";
    case "compare":
      return compare(value, writer);
    case "logic":
      return value.operands
        .map((o) => (o.op === "logic" || o.op === "glob" ? `(${test(o, writer)})` : test(o, writer)))
        .join(value.operator === "and" ? " && " : " || ");
    case "not":
      return `!${group(test(value.operand, writer))}`;
    case "glob":
      return globTest(value, writer);
    case "hasBits": {
      const { all, mask } = bits(value, writer);
      return mask === undefined ? `${all} != 0` : `${all} == ${mask}`;
    }
    case "state":
      return isPresence(value, writer) ? lookUp(value, writer) : `${write(value, writer)} != 0`;
    default:
      return `${group(write(value, writer))} != 0`;
  }
}

/** As the condition for the opposite. */
export function opposite(value: Typed, writer: Writer): string {
  switch (value.op) {
    case "compare":
      return compare({ ...value, operator: OPPOSITES[value.operator] }, writer);
    case "not":
      return test(value.operand, writer);
    case "hasBits": {
      const { all, mask } = bits(value, writer);
      return mask === undefined ? `!${all}` : `${all} != ${mask}`;
    }
    default: {
      const text = test(value, writer);
      return /^\w+(\([^()]*\))?$/.test(text) ? `!${text}` : `!${group(text)}`;
    }
  }
}

const OPPOSITES = { "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">" } as const;

/** The bits of a value that are asked for; `mask`: what they must be, where that is more than one. */
function bits(
  value: Typed & { op: "hasBits" },
  writer: Writer,
): { readonly all: string; readonly mask: string | undefined } {
  const mask = `0x${value.mask.toString(16)}`;
  const isSingle = (value.mask & (value.mask - 1n)) === 0n;
  const all = `(${group(write(value.subject, writer))} & ${mask})`;
  return { all, mask: isSingle ? undefined : mask };
}

/** Whether an entry is what is asked for, and not what it holds. */
function isPresence(value: Typed & { op: "state" }, writer: Writer): boolean {
  if (value.map === FOLLOWED) return true;
  return value.type.kind === "number" && value.type.unit === "timestamp"
    ? writer.program.state(value.map).fields[0]?.map === value.map
    : false;
}

export function isSigned({ type }: Typed): boolean {
  return (type.kind === "number" || type.kind === "enum") && type.signed;
}

/** As 64 bits of this sign, whatever it is by itself. */
export function wide(value: Typed, signed: boolean, writer: Writer): string {
  const text = group(write(value, writer));
  const type = signed ? "s64" : "u64";
  return value.op === "integer" || heldAs(value, writer) === type ? text : `(${type})${text}`;
}

/** To be compared with `other`: C widens a number as its own type says, beside a constant of that sign too. */
function comparable(value: Typed, other: Typed, signed: boolean, writer: Writer): string {
  const text = group(write(value, writer));
  const isOfSign = heldAs(value, writer)?.startsWith(signed ? "s" : "u") === true;
  return other.op === "integer" && isOfSign ? text : wide(value, signed, writer);
}

/** The type that C gives an expression, where that is known. */
function heldAs(value: Typed, writer: Writer): string | undefined {
  switch (value.op) {
    case "arithmetic":
    case "negate":
    case "complement":
    case "local":
      return integerType(value.type);
    case "common":
      return ["time", "elapsed", "cgroup"].includes(value.name) ? "u64" : "u32";
    case "tracepointArgument": {
      const { shape, signed, size } = value.field;
      return shape === "number" ? `${signed ? "s" : "u"}${size * 8}` : undefined;
    }
    case "currentTask":
    case "global":
    case "userWord":
      return "u64";
    case "argument":
    case "returnValue":
      return value.ctype ? scalarType(value.ctype) : integerType(value.type);
    case "member":
    case "element":
      return scalarType(value.ctype);
    case "state": {
      const kept = value.map === FOLLOWED ? undefined : keptIn(value, writer).kept;
      return kept?.as === "integer" ? kept.ctype : undefined;
    }
    default:
      return undefined;
  }
}

/** In parentheses, where it needs them. */
export function group(text: string): string {
  return /^[A-Za-z_][\w.>-]*$|^(\d+(LL)?|0x[\da-f]+(U?LL)?)$/.test(text) || isWrapped(text)
    ? text
    : `(${text})`;
}

/** Without the parentheses that a whole value does not need. */
export function bare(text: string): string {
  return isWrapped(text) ? text.slice(1, -1) : text;
}

/** Whether one pair of parentheses encloses it all. */
function isWrapped(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")" && --depth === 0) return false;
  }
  return true;
}

function literal(value: bigint): string {
  if (value < 0n) return value === -(2n ** 63n) ? `(-${2n ** 63n - 1n}LL - 1)` : `(-${-value}LL)`;
  if (value < 2n ** 31n) return `${value}`;
  return value < 2n ** 63n ? `${value}LL` : `0x${value.toString(16)}ULL`;
}

/** A constant that stands for bits. */
function mask(value: bigint): string {
  return `0x${value.toString(16)}${value < 2n ** 31n ? "" : value < 2n ** 63n ? "LL" : "ULL"}`;
}

function common(name: CommonField, writer: Writer): string {
  const { program } = writer;
  const clock = program.dialect.can("bootClock") ? "bpf_ktime_get_boot_ns()" : "bpf_ktime_get_ns()";
  const make = (type: string, call: string): string =>
    writer.once(`common ${name}`, name === "time" ? "now" : name, (variable) =>
      writer.add(`${type} ${variable} = ${call};`),
    );
  switch (name) {
    case "time":
      return make("u64", clock);
    case "elapsed":
      program.hasElapsed = true;
      return make("u64", `${clock} - STARTED`);
    case "pid":
      return make("u32", "bpf_get_current_pid_tgid() >> 32");
    case "tid":
      return make("u32", "bpf_get_current_pid_tgid()");
    case "uid":
      return make("u32", "bpf_get_current_uid_gid()");
    case "gid":
      return make("u32", "bpf_get_current_uid_gid() >> 32");
    case "cpu":
      return make("u32", "bpf_get_smp_processor_id()");
    case "cgroup":
      return make("u64", "bpf_get_current_cgroup_id()");
    case "probe":
    case "comm":
    case "ustack":
    case "kstack":
      throw new BackendError(`BCC cannot calculate with \`${name}\``);
  }
}

function argument(value: Typed & { op: "argument" }, writer: Writer): string {
  const type = value.ctype ? (scalarType(value.ctype) ?? "u64") : integerType(value.type);
  const stem = value.name ?? `argument_${value.index}`;
  const declare = (text: string): string =>
    writer.once(structure({ ...value, type: null }), stem, (name) =>
      writer.add(`${type} ${name} = ${text};`),
    );
  switch (writer.point.type) {
    case "fentry":
    case "fexit":
      return declare(`ctx[${value.index}]`);
    case "usdt":
      return writer.once(structure({ ...value, type: null }), stem, (name) =>
        writer.add(`${type} ${name} = 0;`, `bpf_usdt_readarg(${value.index + 1}, ctx, &${name});`),
      );
    default:
      return declare(`PT_REGS_PARM${value.index + 1}(ctx)`);
  }
}

function returnValue(value: Typed & { op: "returnValue" }, writer: Writer): string {
  const type = value.ctype ? (scalarType(value.ctype) ?? "u64") : integerType(value.type);
  return writer.once("returned value", "returned", (name) => {
    if (writer.point.type !== "fexit") writer.add(`${type} ${name} = PT_REGS_RC(ctx);`);
    else {
      const whole = writer.fresh("whole");
      writer.add(`u64 ${whole} = 0;`, `bpf_get_func_ret(ctx, &${whole});`, `${type} ${name} = ${whole};`);
    }
  });
}

function arithmetic(value: Typed & { op: "arithmetic" }, writer: Writer): string {
  const { operator, left, right } = value;
  const signed = isSigned(value);
  const [a, b] = [wide(left, signed, writer), wide(right, signed, writer)];
  if (operator === "<<" || operator === ">>")
    return right.op === "integer"
      ? `(${a} ${operator} ${right.value & 63n})`
      : `(${a} ${operator} (${b} & 63))`;
  if (
    (operator === "&" || operator === "|" || operator === "^") &&
    right.op === "integer" &&
    right.value >= 0n
  )
    return `(${a} ${operator} ${mask(right.value)})`;
  if (operator !== "/" && operator !== "%") return `(${a} ${operator} ${b})`;
  const isConstant = right.op === "integer" && right.value > 0n;
  if (!signed) return isConstant ? `(${a} ${operator} ${b})` : unsignedDivision(operator, a, b);
  const helper = operator === "/" ? "divided" : "remainder";
  writer.program.use(helper);
  return `${helper === "divided" ? "divided" : "remainder_of"}(${a}, ${b})`;
}

/** By zero the kernel gives zero, and the whole as the rest. */
function unsignedDivision(operator: "/" | "%", a: string, b: string): string {
  return operator === "/" ? `(${b} ? ${a} / ${b} : 0)` : `(${b} ? ${a} % ${b} : ${a})`;
}

function compare(value: Typed & { op: "compare" }, writer: Writer): string {
  const { operator, left, right } = value;
  if (left.type.kind === "stack" || right.type.kind === "stack")
    throw new BackendError("BCC cannot compare stacks");
  if (left.type.kind === "string" || right.type.kind === "string") return compareTexts(value, writer);
  // A constant has the sign of what it is compared with.
  const signed =
    [left, right].some((v) => v.op !== "integer" && isSigned(v)) || isNegative(left) || isNegative(right);
  return `${comparable(left, right, signed, writer)} ${operator} ${comparable(right, left, signed, writer)}`;
}

function isNegative(value: Typed): boolean {
  return value.op === "integer" && value.value < 0n;
}

function compareTexts(value: Typed & { op: "compare" }, writer: Writer): string {
  const { operator, left, right } = value;
  if (operator !== "==" && operator !== "!=")
    throw new BackendError("BCC can only tell whether two texts are the same: write `==`, `!=` or `~`");
  const [text, other] = left.op === "string" ? [right, left] : [left, right];
  if (isProbe(text))
    return String((pointText(writer.point) === literalOf(other, writer)) === (operator === "=="))
      .replace("true", "1")
      .replace("false", "0");
  const same = other.op === "string" ? textEquals(text, other.value, writer) : sameText(text, other, writer);
  return operator === "==" ? same : `!${group(same)}`;
}

/** The probe of an event is known, unless a wildcard names it. */
function literalOf(other: Typed, writer: Writer): string {
  if (writer.probeNumber !== "" || other.op !== "string")
    throw new BackendError("BCC finds the probes of a wildcard when it runs, so `probe` cannot be tested");
  return other.value;
}
