/** Writes expressions as C. What needs statements (a read of memory, a lookup in a table) is written before them. */
import { isTest, type BuiltinField, type Typed } from "../../../semantics/typed.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import { structureOf } from "../../../plan/same.js";
import { argumentPlace, type ArgumentPlace } from "../../calling-convention.js";
import { BackendError } from "../../error.js";
import { atom, c, type Code, type Test } from "../../code.js";
import { integerType, textSize } from "../layout/fields.js";
import { bytesOfText } from "../../../types/text.js";
import { BOOL, isSigned } from "../../../types/types.js";
import { constant, isProbe, isTrue, isUserMemory, scalarType } from "./c-types.js";
import { globTest, textEquals, type GlobSubject } from "./c-glob.js";
import { readPlace, readWord } from "./read-memory.js";
import { found, lookUp, lookUpFollowed, readState } from "./state-access.js";
import { isBounded, type LongText } from "./text-limits.js";
import { isInMemory, loadLongText, loadText, sameText } from "./text-value.js";
import type { FunctionWriter } from "./function-writer.js";

/** As they are in the registers of the architectures on which they are read. */
const REGISTERS = { "stack pointer": "PT_REGS_SP(ctx)", "link register": "ctx->regs[30]" } as const;

/** Writes a number: an expression of 64 bits, or one that C widens by its type. */
export function write(value: Typed, writer: FunctionWriter): Code {
  switch (value.op) {
    case "integer":
      return literal(value.value);
    case "common":
      return common(value.name, writer);
    case "argument":
      return argument(value, writer);
    case "tracepointArgument": {
      const member = c.member(atom("args"), "->", value.field.name);
      return value.field.shape === "number" ? member : c.cast("u64", member);
    }
    case "returnValue":
      return returnValue(value, writer);
    case "currentTask":
      return declared("u64", "task", "current task", atom("bpf_get_current_task()"), writer);
    case "element":
      return value.object.op === "tracepointArgument"
        ? c.index(eventBytes(value.object, writer), write(value.index, writer))
        : readPlace(value, writer);
    case "member":
      return readPlace(value, writer);
    case "global":
      writer.program.globals.add(value.name);
      return readWord(value, value.name, "kernel", atom(`ADDRESS_OF_${value.name.toUpperCase()}`), writer);
    case "register":
      // Read at several places, the compiler may compute where it is, which the kernel refuses.
      return declared("u64", value.name, value.name, atom(REGISTERS[value.name]), writer);
    case "userWord":
      return readWord(value, "word", "user", write(value.address, writer), writer);
    case "cast": {
      const operand = write(value.operand, writer);
      return value.pointer ? operand : c.cast(scalarType(value.to) ?? "u64", operand);
    }
    case "negate":
      return c.minus(wide(value.operand, true, writer));
    case "complement":
      return c.prefix("~", wide(value.operand, isSigned(value), writer));
    case "arithmetic":
      return arithmetic(value, writer);
    case "choose":
      return c.choice(
        test(value.condition, writer).holds,
        wide(value.then, isSigned(value), writer),
        wide(value.otherwise, isSigned(value), writer),
      );
    case "state":
      return readState(value, writer);
    case "local":
      return atom(writer.local(value.name));
    case "not":
    case "compare":
    case "logic":
    case "glob":
    case "hasBits":
    case "begun":
    case "followed":
      return test(value, writer).holds;
    case "string":
    case "text":
    case "inet":
      throw new BackendError("BCC cannot calculate with a text");
    case "field":
      throw new Error(`the field ${value.name} was left in the plan`);
  }
}

/** Writes a condition. */
export function test(value: Typed, writer: FunctionWriter): Test {
  if (value.op === "integer") return constant(value.value !== 0n);
  if (!isTest(value)) return c.isSet(write(value, writer));
  switch (value.op) {
    case "compare":
      return compare(value, writer);
    case "logic": {
      const tests = value.operands.map((o) => test(o, writer));
      return value.operator === "and" ? c.all(tests) : c.any(tests);
    }
    case "not":
      return c.opposite(test(value.operand, writer));
    case "glob":
      return globTest(value, globSubject(value.subject, writer), writer);
    case "hasBits": {
      const bits = mask(value.mask);
      const all = c.binary("&", write(value.subject, writer), bits);
      const isSingle = (value.mask & (value.mask - 1n)) === 0n;
      return isSingle ? isTrue(all) : c.compare("==", all, bits);
    }
    case "begun":
      return isTrue(
        writer.hints.usedStates.has(value.state) ? atom(lookUp(value, writer)) : found(value, writer),
      );
    case "followed":
      return isTrue(atom(lookUpFollowed(value, writer)));
  }
}

function globSubject(subject: Typed, writer: FunctionWriter): GlobSubject {
  const text = (): string => loadText(subject, writer);
  if (!isInMemory(subject) || isBounded(subject)) return { sized: undefined, text, long: undefined };
  const long = (): LongText => loadLongText(subject, writer);
  if (subject.op === "tracepointArgument") return { sized: undefined, text, long };
  const { pointer, length } = subject;
  if (!length || isUserMemory(pointer, writer)) return { sized: undefined, text, long };
  return { sized: () => ({ pointer: write(pointer, writer), length: write(length, writer) }), text, long };
}

/** Writes a value as 64 bits of this sign, whatever its own type. */
export function wide(value: Typed, signed: boolean, writer: FunctionWriter): Code {
  const code = write(value, writer);
  const type = signed ? "s64" : "u64";
  return value.op === "integer" || heldAs(value, writer) === type ? code : c.cast(type, code);
}

/** Writes a value to compare with `other`. C widens a number by its own type, also beside a constant of that sign. */
function comparable(value: Typed, other: Typed, signed: boolean, writer: FunctionWriter): Code {
  const isOfSign = heldAs(value, writer)?.startsWith(signed ? "s" : "u") === true;
  return other.op === "integer" && isOfSign ? write(value, writer) : wide(value, signed, writer);
}

/** The C type of an expression, if known. */
function heldAs(value: Typed, writer: FunctionWriter): string | undefined {
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
    case "register":
    case "userWord":
      return "u64";
    case "argument":
    case "returnValue":
      return value.ctype ? scalarType(value.ctype) : integerType(value.type);
    case "member":
    case "element":
      return scalarType(value.ctype);
    case "state": {
      const { kept } = writer.program.stateField(value.state, value.field);
      return kept.as === "integer" ? kept.ctype : undefined;
    }
    case "begun":
    case "cast":
    case "choose":
    case "compare":
    case "field":
    case "followed":
    case "glob":
    case "hasBits":
    case "inet":
    case "integer":
    case "logic":
    case "not":
    case "string":
    case "text":
      return undefined;
  }
}

function literal(value: bigint): Code {
  if (value === -(2n ** 63n)) return c.binary("-", literal(value + 1n), atom(1));
  if (value < 0n) return c.minus(atom(`${-value}LL`));
  if (value < 2n ** 31n) return atom(value);
  return atom(value < 2n ** 63n ? `${value}LL` : `0x${value.toString(16)}ULL`);
}

/** Writes a constant as bits. */
function mask(value: bigint): Code {
  return atom(`0x${value.toString(16)}${value < 2n ** 31n ? "" : value < 2n ** 63n ? "LL" : "ULL"}`);
}

/** A variable of this type, declared where it is first used. `of` identifies the value. */
function declared(type: string, stem: string, of: string, code: Code, writer: FunctionWriter): Code {
  if (writer.inlines && type === "u64") return code;
  return atom(writer.once(of, stem, (name) => writer.variable(type, name, code.text)));
}

/** The ids of the process and the thread, as the kernel returns them. */
export function taskIds(writer: FunctionWriter): Code {
  const ids = atom("bpf_get_current_pid_tgid()");
  return writer.hints.readsBothIds ? declared("u64", "pid_tgid", "common pid_tgid", ids, writer) : ids;
}

function common(name: BuiltinField, writer: FunctionWriter): Code {
  const { program } = writer;
  const clock = atom(program.dialect.can("bootClock") ? "bpf_ktime_get_boot_ns()" : "bpf_ktime_get_ns()");
  const user = atom("bpf_get_current_uid_gid()");
  const make = (type: string, code: Code): Code =>
    declared(type, name === "time" ? "now" : name, `common ${name}`, code, writer);
  switch (name) {
    case "time":
      return make("u64", clock);
    case "elapsed":
      program.hasElapsed = true;
      return make("u64", c.binary("-", clock, atom("STARTED")));
    case "pid":
      return make("u32", c.binary(">>", taskIds(writer), atom(32)));
    case "tid":
      return make("u32", taskIds(writer));
    case "uid":
      return make("u32", user);
    case "gid":
      return make("u32", c.binary(">>", user, atom(32)));
    case "cpu":
      return make("u32", atom("bpf_get_smp_processor_id()"));
    case "cgroup":
      return make("u64", atom("bpf_get_current_cgroup_id()"));
    case "probe":
    case "comm":
    case "ustack":
    case "kstack":
      throw new BackendError(`BCC cannot calculate with \`${name}\``);
  }
}

/** A copy of an array of an event: the kernel refuses to read one from where a compiler has worked out. */
function eventBytes({ field }: Typed & { op: "tracepointArgument" }, writer: FunctionWriter): Code {
  return atom(
    writer.once(`bytes of ${field.name}`, field.name, (name) =>
      writer.add(
        `u8 ${name}[${field.size}] = {};`,
        `bpf_probe_read_kernel(&${name}, sizeof(${name}), (void *)(args->${field.name}));`,
      ),
    ),
  );
}

function argument(value: Typed & { op: "argument" }, writer: FunctionWriter): Code {
  const type = value.ctype ? (scalarType(value.ctype) ?? "u64") : integerType(value.type);
  const stem = value.name ?? writer.labelOf(value) ?? `argument_${value.index}`;
  const of = structureOf({ ...value, type: null });
  switch (writer.point.type) {
    case "fentry":
    case "fexit":
      return declared(type, stem, of, c.index(atom("ctx"), atom(value.index)), writer);
    case "usdt":
      return atom(
        writer.once(of, stem, (name) =>
          writer.add(`${type} ${name} = 0;`, `bpf_usdt_readarg(${value.index + 1}, ctx, &${name});`),
        ),
      );
    case "hardware":
    case "interval":
    case "kprobe":
    case "kretprobe":
    case "profile":
    case "rawtracepoint":
    case "software":
    case "tracepoint":
    case "uprobe":
    case "uretprobe": {
      const { convention } = writer.point;
      if (convention) return argumentAt(argumentPlace(convention, value.index), type, stem, of, writer);
      return declared(type, stem, of, c.call(`PT_REGS_PARM${value.index + 1}`, atom("ctx")), writer);
    }
  }
}

function argumentAt(
  place: ArgumentPlace,
  type: string,
  stem: string,
  of: string,
  writer: FunctionWriter,
): Code {
  if (place.in === "register")
    return declared(type, stem, of, c.member(atom("ctx"), "->", place.register), writer);
  return atom(
    writer.once(of, stem, (name) =>
      writer.add(
        `${type.replace("64", "32")} ${name} = 0;`,
        `bpf_probe_read_user(&${name}, sizeof(${name}), (void *)(PT_REGS_SP(ctx) + ${place.offset}));`,
      ),
    ),
  );
}

function returnValue(value: Typed & { op: "returnValue" }, writer: FunctionWriter): Code {
  const type = value.ctype ? (scalarType(value.ctype) ?? "u64") : integerType(value.type);
  return atom(
    writer.once("returned value", writer.labelOf(value) ?? "returned", (name) => {
      // The upper half of the register may have anything in a 32-bit program.
      const cast = writer.point.convention === "ia32" ? `(${type.replace("64", "32")})` : "";
      if (writer.point.type !== "fexit") writer.variable(type, name, `${cast}PT_REGS_RC(ctx)`);
      else {
        const whole = writer.fresh("whole");
        writer.add(`u64 ${whole} = 0;`, `bpf_get_func_ret(ctx, &${whole});`, `${type} ${name} = ${whole};`);
      }
    }),
  );
}

function arithmetic(value: Typed & { op: "arithmetic" }, writer: FunctionWriter): Code {
  const { operator, left, right } = value;
  const signed = isSigned(value);
  const [a, b] = [wide(left, signed, writer), wide(right, signed, writer)];
  switch (operator) {
    case "<<":
    case ">>":
      return c.binary(
        operator,
        a,
        right.op === "integer" ? literal(right.value & 63n) : c.binary("&", b, atom(63)),
      );
    case "&":
    case "|":
    case "^":
      return c.binary(operator, a, right.op === "integer" && right.value >= 0n ? mask(right.value) : b);
    case "/":
    case "%":
      return division(operator, a, b, right.op === "integer" && right.value > 0n, signed, writer);
    case "-":
    case "*":
    case "+":
      return c.binary(operator, a, b);
  }
}

/** BPF divides unsigned numbers. Division by zero gives 0, and the dividend as the remainder. */
function division(
  operator: "/" | "%",
  a: Code,
  b: Code,
  isConstant: boolean,
  signed: boolean,
  writer: FunctionWriter,
): Code {
  if (signed) {
    const helper = operator === "/" ? "divided" : "remainder";
    writer.program.use(helper);
    return c.call(helper === "divided" ? "divided" : "remainder_of", a, b);
  }
  const quotient = c.binary(operator, a, b);
  return isConstant ? quotient : c.choice(b, quotient, operator === "/" ? atom(0) : a);
}

function compare(value: Typed & { op: "compare" }, writer: FunctionWriter): Test {
  const { operator, left, right } = value;
  if (left.type.kind === "stack" || right.type.kind === "stack")
    throw new BackendError("BCC cannot compare stacks");
  if (left.type.kind === "string" || right.type.kind === "string") return compareTexts(value, writer);
  // A constant takes the sign of the other operand.
  const signed =
    [left, right].some((v) => v.op !== "integer" && isSigned(v)) || isNegative(left) || isNegative(right);
  return c.compare(
    operator,
    comparable(left, right, signed, writer),
    comparable(right, left, signed, writer),
  );
}

function isNegative(value: Typed): boolean {
  return value.op === "integer" && value.value < 0n;
}

function compareTexts(value: Typed & { op: "compare" }, writer: FunctionWriter): Test {
  const { operator, left, right } = value;
  if (operator !== "==" && operator !== "!=")
    throw new BackendError("BCC can only tell whether two texts are the same: write `==`, `!=` or `~`");
  const [text, other] = left.op === "string" ? [right, left] : [left, right];
  const same = isProbe(text)
    ? constant(pointText(writer.point) === literalOf(other, writer))
    : other.op === "string"
      ? literalTest(text, other.value, writer)
      : sameText(text, other, writer);
  return operator === "==" ? same : c.opposite(same);
}

/** Whether a text is a literal, which may be longer than what is kept of a text that is shown. */
function literalTest(text: Typed, literal: string, writer: FunctionWriter): Test {
  const bytes = [...bytesOfText(literal)].map((value) => ({ kind: "byte", value }) as const);
  const subject = globSubject(text, writer);
  if (bytes.length < textSize(text) - 1 || isBounded(text))
    return textEquals(literal, textSize(text), subject.text);
  return globTest(
    { op: "glob", subject: text, glob: { text: literal, pieces: [bytes] }, type: BOOL },
    subject,
    writer,
  );
}

/** The probe of an event is known, unless a wildcard names it. */
function literalOf(other: Typed, writer: FunctionWriter): string {
  if (writer.probeNumber !== "" || other.op !== "string")
    throw new BackendError("BCC finds the probes of a wildcard when it runs, so `probe` cannot be tested");
  return other.value;
}
