/** Expressions as bpftrace writes them. What needs statements of its own (a search in a text) comes as a prelude. */
import { describeCType } from "../../../semantics/types/types.js";
import type { CommonField, Typed } from "../../../semantics/typed.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import type { Dialect } from "../versions.js";
import { globTest } from "./bpftrace-glob.js";
import { quote } from "./quoting.js";

/** Where an expression stands: its dialect, its probe, and what was written before it. */
export interface Writer {
  readonly dialect: Dialect;
  readonly point: ProbePoint | undefined;
  /** Statements that must run first. */
  readonly prelude: string[];
  /** A variable's name that this probe does not use yet. */
  fresh(stem: string): string;
  /** How the stack of user code is asked for. */
  readonly userStack: string;
  /** What a planner's local is called here. */
  local(name: string): string;
}

const COMMON: Readonly<Record<Exclude<CommonField, "ustack">, string>> = {
  time: "nsecs",
  elapsed: "elapsed",
  pid: "pid",
  tid: "tid",
  uid: "uid",
  gid: "gid",
  cpu: "cpu",
  cgroup: "cgroup",
  comm: "comm",
  probe: "probe",
  kstack: "kstack",
};

/** bpftrace keeps strings in 64 bytes, the last of them NUL. */
const LONGEST_LITERAL = 63;

export function write(value: Typed, writer: Writer): string {
  switch (value.op) {
    case "integer":
      return value.value >= 2n ** 63n
        ? `0x${value.value.toString(16)}`
        : value.value < 0n
          ? `(${value.value})`
          : `${value.value}`;
    case "string":
      if (new TextEncoder().encode(value.value).length > LONGEST_LITERAL)
        throw new BackendError(
          `the string ${JSON.stringify(value.value.slice(0, 20))}… is longer than the ${LONGEST_LITERAL} bytes that bpftrace keeps of a text`,
        );
      return quote(value.value);
    case "common":
      return value.name === "ustack" ? writer.userStack : COMMON[value.name];
    case "argument":
      return argument(value, writer);
    case "tracepointArgument": {
      const access = `args${writer.dialect.can("argsDot") ? "." : "->"}${value.field.name}`;
      return value.field.shape === "data_loc" ? eventText(value, access, writer) : access;
    }
    case "returnValue":
      return value.ctype && writer.point?.type !== "fexit" ? castNumber("retval", value.ctype) : "retval";
    case "currentTask":
      return "curtask";
    case "member": {
      const access = `${write(value.object, writer)}${value.through ? "->" : "."}${value.name}`;
      return value.type.kind === "symbol" ? `(uint64)${access}` : access;
    }
    case "element":
      return element(value, writer);
    case "text":
      // An array of characters is a string to bpftrace as it is.
      return isArray(value.pointer) ? write(value.pointer, writer) : `str(${write(value.pointer, writer)})`;
    case "global":
      return `*kaddr(${quote(value.name)})`;
    case "userWord":
      return `*(uint64 *)uptr(${write(value.address, writer)})`;
    case "inet":
      return `ntop(${write(value.bytes, writer)})`;
    case "cast":
      return value.to.kind === "int" && !value.pointer
        ? `((${integerType(value.to)})${group(write(value.operand, writer))})`
        : `((${describeCType(value.to)}${value.pointer ? " *" : ""})${write(value.operand, writer)})`;
    case "negate":
      return `(-${signedOperand(value.operand, writer)})`;
    case "complement":
      return `(~${write(value.operand, writer)})`;
    case "not":
      return value.operand.op === "state"
        ? `${write(value.operand, writer)} == 0`
        : `!${group(condition(value.operand, writer))}`;
    case "arithmetic":
      return arithmetic(value, writer);
    case "compare":
      return compare(value, writer);
    case "logic":
      return value.operands
        .map((o) => group(condition(o, writer)))
        .join(value.operator === "and" ? " && " : " || ");
    case "glob":
      return globTest(value, writer);
    case "hasBits": {
      const subject = group(write(value.subject, writer));
      const mask = `0x${value.mask.toString(16)}`;
      const single = (value.mask & (value.mask - 1n)) === 0n;
      return single ? `(${subject} & ${mask}) != 0` : `(${subject} & ${mask}) == ${mask}`;
    }
    case "choose":
      return `(${group(condition(value.condition, writer))} ? ${write(value.then, writer)} : ${write(value.otherwise, writer)})`;
    case "state":
      return `@${value.map}[${value.key.map((k) => writeKept(k, writer)).join(", ")}]`;
    case "local":
      return writer.local(value.name);
    case "field":
      throw new Error(`the field ${value.name} was left in the plan`);
  }
}

/** As a test: what is stored is compared with zero, which every version takes. */
export function condition(value: Typed, writer: Writer): string {
  if (value.op === "integer") return value.value === 0n ? "0 == 1" : "1 == 1";
  const text = write(value, writer);
  return ["compare", "logic", "glob", "hasBits", "not"].includes(value.op) ? text : `${text} != 0`;
}

/** As a value that is kept or shown: true is 1 in every version. */
export function writeValue(value: Typed, writer: Writer): string {
  if (value.type.kind === "bool" && value.op !== "integer" && value.op !== "state")
    return `(${group(condition(value, writer))} ? 1 : 0)`;
  const text = write(value, writer);
  if (value.type.kind === "symbol" && value.op !== "state")
    return `${value.type.space === "kernel" ? "ksym" : "usym"}(${text})`;
  return text;
}

/**
 * As a value that is kept in a map or is its key. Addresses are numbers there: the kernel's formats and types make
 * some of them pointers, and a map takes one of the two.
 */
export function writeKept(value: Typed, writer: Writer): string {
  const text = writeValue(value, writer);
  return value.type.kind === "address" && !isPlainNumber(value, writer) ? `(uint64)${group(text)}` : text;
}

/** Of an address, where it is an unsigned number in any case. */
function isPlainNumber(value: Typed, { point }: Writer): boolean {
  if (value.op === "state" || value.op === "local" || value.op === "userWord") return true;
  const isRegister = value.op === "argument" || (value.op === "returnValue" && value.ctype === undefined);
  return isRegister && point?.type !== "fentry" && point?.type !== "fexit";
}

function group(text: string): string {
  return /^(?:[\w.@$]|->)+(\([^()]*\))?$|^@\w+\[[^\]]*\]$|^"[^"]*"$/.test(text) || isWrapped(text)
    ? text
    : `(${text})`;
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

function castNumber(text: string, ctype: NonNullable<(Typed & { op: "argument" })["ctype"]>): string {
  switch (ctype.kind) {
    case "pointer":
      return ctype.to.kind === "struct" || ctype.to.kind === "union"
        ? ctype.to.name === ""
          ? text
          : `((${describeCType(ctype.to)} *)${text})`
        : text;
    // A register holds more than a narrow argument: the rest of it may be anything.
    case "int":
    case "enum":
    case "char": {
      const bytes = ctype.kind === "char" ? 1 : ctype.bytes;
      if (bytes >= 8) return ctype.signed ? `(int64)${text}` : text;
      return `(${integerType({ signed: ctype.signed, bytes })})${text}`;
    }
    case "bool":
      return `(uint8)${text}`;
    default:
      return text;
  }
}

function integerType({ signed, bytes }: { readonly signed: boolean; readonly bytes: number }): string {
  return `${signed ? "int" : "uint"}${bytes * 8}`;
}

function argument(value: Typed & { op: "argument" }, writer: Writer): string {
  const byName =
    (writer.point?.type === "fentry" || writer.point?.type === "fexit") && value.name !== undefined;
  if (byName) return `args${writer.dialect.can("argsDot") ? "." : "->"}${value.name}`;
  const register = `arg${value.index}`;
  if (value.ctype) return castNumber(register, value.ctype);
  // What the definition declares signed is so: a register is not.
  return value.type.kind === "number" && value.type.signed ? `(int64)${register}` : register;
}

/** A text at the end of an event. */
function eventText(
  { field, textAt }: Typed & { op: "tracepointArgument" },
  access: string,
  { dialect }: Writer,
): string {
  if (dialect.can("locatesText")) return `str(${access})`;
  if (textAt === undefined)
    throw new BackendError(
      `bpftrace ${dialect.version} reads the text of \`${field.name}\` at a wrong place`,
    );
  // It adds the offset four times: three are taken off.
  return `str(${access} - ${3 * textAt})`;
}

function isArray(value: Typed): boolean {
  return value.type.kind === "c" && value.type.ctype.kind === "array";
}

function element(value: Typed & { op: "element" }, writer: Writer): string {
  if (value.object.type.kind === "c" && value.object.type.ctype.kind === "pointer") {
    const place = `*(${write(value.object, writer)} + ${group(write(value.index, writer))})`;
    // Newer versions know the fields of what is pointed to only by a cast, and warn of one to the same type.
    const { ctype } = value;
    return ctype.kind === "pointer" && ctype.to.kind === "struct"
      ? `((${describeCType(ctype)})(uint64)${place})`
      : `(${place})`;
  }
  if (value.index.op !== "integer")
    throw new BackendError("bpftrace takes only a constant between `[` and `]` of an array");
  return `${write(value.object, writer)}[${write(value.index, writer)}]`;
}

function isSigned(value: Typed): boolean {
  return value.type.kind === "number" ? value.type.signed : value.type.kind === "enum" && value.type.signed;
}

/** Whether bpftrace itself holds it signed; literals fit either. */
function signedOperand(value: Typed, writer: Writer): string {
  const text = group(write(value, writer));
  return value.op === "integer" || holdsSigned(value) ? text : `(int64)${text}`;
}

/** The type bpftrace gives a value, which is not always ours: it knows signed and unsigned, and no units. */
function holdsSigned(value: Typed): boolean {
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
      return isSigned(value);
    case "state":
      return isSigned(value);
    default:
      return false;
  }
}

function arithmetic(value: Typed & { op: "arithmetic" }, writer: Writer): string {
  const { operator, left, right } = value;
  if (operator === "-") {
    const difference = `${signedOperand(left, writer)} - ${signedOperand(right, writer)}`;
    // Newer versions warn of unsigned differences; the result is what the type says.
    return isSigned(value) ? `(${difference})` : `((uint64)(${difference}))`;
  }
  if ((operator === "/" || operator === "%") && holdsSigned(left)) return signedDivision(value, writer);
  const mixed = holdsSigned(left) !== holdsSigned(right) && left.op !== "integer" && right.op !== "integer";
  const [a, b] = mixed
    ? [signedOperand(left, writer), signedOperand(right, writer)]
    : [group(write(left, writer)), group(write(right, writer))];
  return `(${a} ${operator} ${b})`;
}

/** BPF divides unsigned numbers only. */
function signedDivision(value: Typed & { op: "arithmetic" }, writer: Writer): string {
  const left = group(write(value.left, writer));
  const right = group(write(value.right, writer));
  if (value.right.op !== "integer" || value.right.value <= 0n)
    return `((uint64)${left} ${value.operator} (uint64)${right})`;
  const divided = (text: string): string => `(int64)((uint64)${text} ${value.operator} ${right})`;
  return `(${left} < 0 ? -${divided(`(-${left})`)} : ${divided(left)})`;
}

function compare(value: Typed & { op: "compare" }, writer: Writer): string {
  const { operator, left, right } = value;
  // Literals fit either, but for those below zero.
  const fits = (one: Typed): boolean => one.op === "integer" && one.value >= 0n;
  const mixed =
    (holdsSigned(left) || isBelowZero(left)) !== (holdsSigned(right) || isBelowZero(right)) &&
    !fits(left) &&
    !fits(right) &&
    isNumber(left) &&
    isNumber(right);
  if (mixed) return `${signedOperand(left, writer)} ${operator} ${signedOperand(right, writer)}`;
  return `${group(write(left, writer))} ${operator} ${group(write(right, writer))}`;
}

function isBelowZero(value: Typed): boolean {
  return value.op === "integer" && value.value < 0n;
}

function isNumber(value: Typed): boolean {
  return value.type.kind !== "string" && value.type.kind !== "stack";
}
