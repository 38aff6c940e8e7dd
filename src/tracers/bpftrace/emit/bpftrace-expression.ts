/** Expressions as bpftrace writes them. What needs statements of its own (a search in a text) comes as a prelude. */
import { bytesOfText, quoteText } from "../../../types/text.js";
import { BOOL, describeCType, isSigned } from "../../../types/types.js";
import { isTest, type BuiltinField, type ProbePoint, type Typed } from "../../../semantics/typed.js";
import { atom, c, decimal, hexadecimal, type Code, type Test } from "../../code.js";
import { argumentPlace, type ArgumentPlace } from "../../calling-convention.js";
import { BackendError } from "../../error.js";
import { FOLLOWED } from "../../../plan/plan.js";
import { partsOf } from "../../../plan/needs.js";
import { structureOf } from "../../../plan/same.js";
import { eventTextPlace, memberOfArgs } from "./args-place.js";
import { globTest } from "./bpftrace-glob.js";
import { holdsSigned, isOfTwoSigns, isPlainNumber } from "./held-type.js";
import { hasChoices } from "./once.js";
import type { ProbeWriter } from "./probe-writer.js";
import { quote } from "./quoting.js";

const COMMON: Readonly<Record<Exclude<BuiltinField, "ustack" | "kstack">, string>> = {
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
};

/** As they are named on the architectures on which they are read. */
const REGISTERS = { "stack pointer": "sp", "link register": "r30" } as const;

/** bpftrace keeps strings in 64 bytes, the last of them NUL. */
const LONGEST_LITERAL = 63;

function isLong(text: string): boolean {
  return bytesOfText(text).length > LONGEST_LITERAL;
}

export function write(value: Typed, writer: ProbeWriter): Code {
  const held = writer.held?.get(structureOf(value));
  if (held !== undefined) return atom(held);
  switch (value.op) {
    case "integer":
      return value.value >= 2n ** 63n ? hexadecimal(value.value) : decimal(value.value);
    case "string":
      if (isLong(value.value))
        throw new BackendError(
          `the string ${quoteText(value.value.slice(0, 20))}… is longer than the ${LONGEST_LITERAL} bytes that bpftrace keeps of a text`,
        );
      return atom(quote(value.value));
    case "common": {
      if (value.name === "ustack" || value.name === "kstack")
        return writer.readOnce(value, value.name, stack(value, writer));
      return atom(COMMON[value.name]);
    }
    case "argument":
      return argument(value, writer);
    case "tracepointArgument": {
      return value.field.shape === "data_loc"
        ? c.call("str", eventTextPlace(value, writer))
        : memberOfArgs(value.field.name, writer);
    }
    case "returnValue": {
      const register = atom("retval");
      if (writer.point?.convention === "ia32") return returnedBy32Bits(register, isSigned(value));
      return value.ctype && writer.point?.type !== "fexit" ? castNumber(register, value.ctype) : register;
    }
    case "currentTask":
      return atom("curtask");
    case "member": {
      const access = c.member(write(value.object, writer), value.through ? "->" : ".", value.name);
      return writer.readOnce(
        value,
        value.name,
        value.type.kind === "symbol" ? c.cast("uint64", access) : access,
      );
    }
    case "element":
      return writer.readOnce(value, "element", element(value, writer));
    case "text":
      // An array of characters is a string to bpftrace as it is.
      return isArray(value.pointer)
        ? write(value.pointer, writer)
        : c.call("str", write(value.pointer, writer));
    case "global":
      return c.prefix("*", c.call("kaddr", atom(quote(value.name))));
    case "register":
      // Read at several places, the compiler may compute where it is, which the kernel refuses.
      return writer.readOnce(value, REGISTERS[value.name], c.call("reg", atom(quote(REGISTERS[value.name]))));
    case "userWord":
      return writer.readOnce(
        value,
        "word",
        writer.point?.convention === "ia32"
          ? c.cast("uint64", userWord("uint32", value, writer))
          : userWord("uint64", value, writer),
      );
    case "inet":
      return c.call("ntop", write(value.bytes, writer));
    case "cast":
      return cast(value, writer);
    case "negate":
      return c.minus(signedOperand(value.operand, writer));
    case "complement":
      return c.prefix("~", write(value.operand, writer));
    case "arithmetic": {
      const result = arithmetic(value, writer);
      return hasChoices(value) ? writer.readOnce(value, "number", result) : result;
    }
    case "not":
    case "compare":
    case "logic":
    case "glob":
    case "hasBits":
    case "begun":
      return condition(value, writer).holds;
    case "choose":
      return c.choice(
        condition(value.condition, writer).holds,
        write(value.then, writer),
        write(value.otherwise, writer),
      );
    case "state":
      return writer.readField(value);
    case "followed":
      return c.index(atom(`@${FOLLOWED}`), writeKept(value.pid, writer));
    case "local":
      return atom(writer.local(value.name));
    case "field":
      throw new Error(`the field ${value.name} was left in the plan`);
  }
}

function cast({ to, pointer, operand }: Typed & { op: "cast" }, writer: ProbeWriter): Code {
  const type = to.kind === "int" && !pointer ? integerType(to) : `${describeCType(to)}${pointer ? " *" : ""}`;
  const result = c.cast(type, write(operand, writer));
  // In a probe of a program, a number that becomes a pointer is one into its memory, unless this is said.
  const isKernels = pointer && partsOf(operand).some(({ op }) => op === "currentTask");
  return isKernels && isOfProgram(writer.point) ? c.call("kptr", result) : result;
}

function isOfProgram(point: ProbePoint | undefined): boolean {
  return point !== undefined && /^u(?:ret)?probe$|^usdt$/.test(point.type);
}

/** With how its frames are wanted, and how many of them. */
function stack({ name, depth }: Typed & { readonly op: "common" }, { stackMode }: ProbeWriter): Code {
  const parts = [
    ...(name === "ustack" && stackMode !== undefined ? [stackMode] : []),
    ...(depth === undefined ? [] : [`${depth}`]),
  ];
  return atom(parts.length === 0 ? name : `${name}(${parts.join(", ")})`);
}

/** As a test: what is stored is compared with zero, which every version takes. */
export function condition(value: Typed, writer: ProbeWriter): Test {
  if (value.op === "integer") return c.compare("==", atom(value.value === 0n ? 0 : 1), atom(1));
  if (!isTest(value)) return c.isSet(write(value, writer));
  switch (value.op) {
    case "not":
      return c.opposite(condition(value.operand, writer));
    case "begun":
      return writer.begunTest(value);
    case "compare":
      return compare(value, writer);
    case "logic": {
      const tests = value.operands.map((o) => condition(o, writer));
      return value.operator === "and" ? c.all(tests) : c.any(tests);
    }
    case "glob":
      return globTest(value, writer);
    case "hasBits": {
      const mask = hexadecimal(value.mask);
      const isSingle = (value.mask & (value.mask - 1n)) === 0n;
      return c.compare(
        isSingle ? "!=" : "==",
        c.binary("&", write(value.subject, writer), mask),
        isSingle ? atom(0) : mask,
      );
    }
    case "followed":
      return c.isSet(write(value, writer));
  }
}

/** As a value that is kept or shown: true is 1 in every version. */
export function writeValue(value: Typed, writer: ProbeWriter): Code {
  if (value.type.kind === "bool" && value.op !== "integer" && value.op !== "state")
    return c.choice(condition(value, writer).holds, atom(1), atom(0));
  const code = write(value, writer);
  if (value.type.kind === "symbol" && value.op !== "state")
    return c.call(value.type.space === "kernel" ? "ksym" : "usym", code);
  return code;
}

/**
 * As a value that is kept in a map or is its key. Addresses are numbers there: the kernel's formats and types make
 * some of them pointers, and a map takes one of the two.
 */
export function writeKept(value: Typed, writer: ProbeWriter): Code {
  const code = writeValue(value, writer);
  return value.type.kind === "address" && !isPlainNumber(value, writer) ? c.cast("uint64", code) : code;
}

function castNumber(code: Code, ctype: NonNullable<(Typed & { op: "argument" })["ctype"]>): Code {
  switch (ctype.kind) {
    case "pointer":
      return (ctype.to.kind === "struct" || ctype.to.kind === "union") && ctype.to.name !== ""
        ? c.cast(`${describeCType(ctype.to)} *`, code)
        : code;
    // A register holds more than a narrow argument: the rest of it may be anything.
    case "int":
    case "enum":
    case "char": {
      const bytes = ctype.kind === "char" ? 1 : ctype.bytes;
      if (bytes >= 8) return ctype.signed ? c.cast("int64", code) : code;
      return c.cast(integerType({ signed: ctype.signed, bytes }), code);
    }
    case "bool":
      return c.cast("uint8", code);
    case "array":
    case "function":
    case "other":
    case "struct":
    case "union":
    case "void":
      return code;
  }
}

function integerType({ signed, bytes }: { readonly signed: boolean; readonly bytes: number }): string {
  return `${signed ? "int" : "uint"}${bytes * 8}`;
}

function userWord(type: string, { address }: Typed & { op: "userWord" }, writer: ProbeWriter): Code {
  return c.prefix("*", c.cast(`${type} *`, c.call("uptr", write(address, writer))));
}

function argument(value: Typed & { op: "argument" }, writer: ProbeWriter): Code {
  const byName =
    (writer.point?.type === "fentry" || writer.point?.type === "fexit") && value.name !== undefined;
  if (byName) return memberOfArgs(value.name, writer);
  if (writer.point?.convention)
    return argumentAt(argumentPlace(writer.point.convention, value.index), isSigned(value));
  const register = atom(`arg${value.index}`);
  if (value.ctype) return castNumber(register, value.ctype);
  // What the definition declares signed is so: a register is not.
  return value.type.kind === "number" && value.type.signed ? c.cast("int64", register) : register;
}

function argumentAt(place: ArgumentPlace, signed: boolean): Code {
  if (place.in === "register") {
    const register = c.call("reg", atom(quote(place.register)));
    return signed ? c.cast("int64", register) : register;
  }
  const at = c.binary("+", c.call("reg", atom(quote("sp"))), atom(place.offset));
  const word = c.prefix("*", c.cast(signed ? "int32 *" : "uint32 *", c.call("uptr", at)));
  return c.cast(signed ? "int64" : "uint64", word);
}

/** The upper half of the register may have anything. */
function returnedBy32Bits(register: Code, signed: boolean): Code {
  return signed ? c.cast("int64", c.cast("int32", register)) : c.binary("&", register, atom("0xffffffff"));
}

function isArray(value: Typed): boolean {
  return value.type.kind === "c" && value.type.ctype.kind === "array";
}

/** An element of a list of addresses, whose place is worked out: no version takes such an index of an array. */
function addressInList(
  { object, index, ctype }: Typed & { op: "element" },
  writer: ProbeWriter,
): Code | undefined {
  if (ctype.kind !== "pointer" || ctype.to.kind === "struct" || index.op === "integer") return undefined;
  const inside = isArray(object);
  if (inside && !(object.op === "member" && object.through)) return undefined;
  const start =
    inside && object.op === "member"
      ? c.binary("+", c.cast("uint64", write(object.object, writer)), atom(object.offset))
      : c.cast("uint64", write(object, writer));
  const place = c.binary("+", start, c.binary("*", write(index, writer), atom(8)));
  return c.prefix("*", c.cast("uint64 *", place));
}

function element(value: Typed & { op: "element" }, writer: ProbeWriter): Code {
  const listed = addressInList(value, writer);
  if (listed) return listed;
  if (value.object.type.kind === "c" && value.object.type.ctype.kind === "pointer") {
    const place = c.prefix("*", c.binary("+", write(value.object, writer), write(value.index, writer)));
    // Newer versions know the fields of what is pointed to only by a cast, and warn of one to the same type.
    const { ctype } = value;
    return ctype.kind === "pointer" && ctype.to.kind === "struct"
      ? c.cast(describeCType(ctype), c.cast("uint64", place))
      : place;
  }
  if (value.index.op !== "integer")
    throw new BackendError("bpftrace takes only a constant between `[` and `]` of an array");
  return c.index(write(value.object, writer), write(value.index, writer));
}

/** Signed in bpftrace too; literals fit either. */
function signedOperand(value: Typed, writer: ProbeWriter): Code {
  const code = write(value, writer);
  return value.op === "integer" || holdsSigned(value) ? code : c.cast("int64", code);
}

function arithmetic(value: Typed & { op: "arithmetic" }, writer: ProbeWriter): Code {
  const { operator, left, right } = value;
  if (operator === "-") {
    const difference = c.binary("-", signedOperand(left, writer), signedOperand(right, writer));
    // Newer versions warn of unsigned differences; the result is what the type says.
    return isSigned(value) ? difference : c.cast("uint64", difference);
  }
  if ((operator === "/" || operator === "%") && holdsSigned(left)) return signedDivision(value, writer);
  const operand = isOfTwoSigns(left, right) ? signedOperand : addend;
  return c.binary(operator, operand(left, writer), operand(right, writer));
}

/** To a pointer, bpftrace adds in units of what it points to, and to one to anything nothing at all. */
function addend(value: Typed, writer: ProbeWriter): Code {
  const written = write(value, writer);
  return value.op === "member" && value.ctype.kind === "pointer" ? c.cast("uint64", written) : written;
}

/** BPF divides unsigned numbers only. */
function signedDivision(value: Typed & { op: "arithmetic" }, writer: ProbeWriter): Code {
  const left = write(value.left, writer);
  const right = write(value.right, writer);
  const operator = value.operator;
  if (value.right.op !== "integer" || value.right.value <= 0n)
    return c.binary(operator, c.cast("uint64", left), c.cast("uint64", right));
  const divided = (code: Code): Code => c.cast("int64", c.binary(operator, c.cast("uint64", code), right));
  return c.choice(c.compare("<", left, atom(0)).holds, c.minus(divided(c.minus(left))), divided(left));
}

function compare(value: Typed & { op: "compare" }, writer: ProbeWriter): Test {
  const { operator, left, right } = value;
  const long = [left, right].find((v) => v.op === "string" && isLong(v.value));
  const text = [left, right].find((v) => v.op === "text");
  if (long?.op === "string" && text) {
    const bytes = [...bytesOfText(long.value)];
    const pieces = [bytes.map((byte) => ({ kind: "byte", value: byte }) as const)];
    const same = globTest(
      { op: "glob", subject: text, glob: { text: long.value, pieces }, type: BOOL },
      writer,
    );
    return operator === "==" ? same : c.opposite(same);
  }
  // Literals fit either, but for those below zero.
  const fits = (one: Typed): boolean => one.op === "integer" && one.value >= 0n;
  const mixed =
    (holdsSigned(left) || isBelowZero(left)) !== (holdsSigned(right) || isBelowZero(right)) &&
    !fits(left) &&
    !fits(right) &&
    isNumber(left) &&
    isNumber(right);
  const operand = mixed ? signedOperand : write;
  return c.compare(operator, operand(left, writer), operand(right, writer));
}

function isBelowZero(value: Typed): boolean {
  return value.op === "integer" && value.value < 0n;
}

function isNumber(value: Typed): boolean {
  return value.type.kind !== "string" && value.type.kind !== "stack";
}
