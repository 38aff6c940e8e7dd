/**
 * The numbers of the running process, its thread and its parent. The kernel's own are those of the initial PID
 * namespace. Where the target is read from inside another namespace, `pid`, `tid` and `ppid` are the numbers there; what
 * has none there, because it runs outside, has its kernel's number below zero, which no other has.
 */
import type { Span } from "../../diagnostics/diagnostic.js";
import type { CType, Kernel } from "../../kernel/kernel.js";
import { BOOL, INT, numberOf, UNSIGNED, type Type } from "../../types/types.js";
import { arithmeticOf, choiceOf, integer, logic, negation } from "../expression/fold.js";
import { fail, type Context } from "../context.js";
import type { Typed } from "../typed.js";
import { memberIn } from "./c-values.js";

/** The fields that are numbers of a process or thread. */
export type NumberField = "pid" | "tid" | "ppid" | "host_pid" | "host_tid" | "ns_pid" | "ns_tid";

/** The size of `struct upid`: a number, and the pointer to its namespace. */
const UPID_SIZE = 16n;
const WIDE: CType = { kind: "int", bytes: 8, signed: true, name: "long" };

export function isNumberField(name: string): name is NumberField {
  return /^(?:(?:host_|ns_)?[pt]id|ppid)$/.test(name);
}

/** Processes outside the target's namespace have numbers below zero. */
export function numberType(name: NumberField, { pidNamespace }: Pick<Kernel, "pidNamespace">): Type {
  return pidNamespace !== undefined && /^(?:[pt]id|ppid)$/.test(name) ? INT : UNSIGNED;
}

/** Reports that `processNumber` has no value. */
export function unknownNumber(name: string, context: Context, span: Span): Typed {
  return fail(
    context,
    span,
    "kernel-no-number",
    whyUnknown(name, context.kernel),
    "a kernel built with CONFIG_DEBUG_INFO_BTF gives them",
  );
}

/** Why `processNumber` has no value. */
export function whyUnknown(name: string, { id, pidNamespace }: Pick<Kernel, "id" | "pidNamespace">): string {
  const where = pidNamespace === undefined ? "" : "inside a PID namespace ";
  return `\`${name}\` cannot be told: ${where}it is read by the kernel's types, which are not known for ${id}`;
}

/** Returns the value of such a field; undefined if the kernel's types, which it needs, are not known. */
export function processNumber(name: NumberField, kernel: Kernel): Typed | undefined {
  const isThread = name.endsWith("tid");
  const who: Who = { task: name === "ppid" ? parent(kernel) : runningTask(kernel), isThread };
  const { pidNamespace } = kernel;
  if (name.startsWith("ns_")) return ownNumber(who, kernel);
  if (pidNamespace === undefined)
    return name === "ppid" ? kernelNumber(who, kernel) : given(isThread ? "tid" : "pid");
  const ofKernel = kernelNumber(who, kernel);
  if (name.startsWith("host_") || ofKernel === undefined) return ofKernel;
  const found: NumberThere[] = [];
  for (let above = 0; above < pidNamespace.levels; above++) {
    const there = foundAt(pidNamespace.inode, above, who, kernel);
    if (!there) return undefined;
    found.push(there);
  }
  // One of these at most is not 0. A choice within a choice would end bpftrace 0.23.
  const outside: Typed = { op: "negate", operand: wide(ofKernel), type: INT };
  const isOutside = negation(logic("or", found.map(({ isThere }) => isThere))); // prettier-ignore
  return [...found, { isThere: isOutside, number: outside }]
    .map(({ isThere, number }) => choiceOf(isThere, number, wide(NONE), INT))
    .reduce((left, right) => arithmeticOf("+", left, right, INT));
}

const NONE = integer(0n, INT);

/** A process, or one thread of it. */
interface Who {
  /** Undefined if the kernel's types are not known. */
  readonly task: Typed | undefined;
  readonly isThread: boolean;
}

/** A number of a process, and the test whether that is what the target's namespace gives it. */
interface NumberThere {
  readonly isThere: Typed;
  readonly number: Typed;
}

function given(name: "pid" | "tid"): Typed {
  return { op: "common", name, type: UNSIGNED };
}

/** The number in the initial namespace, read from the task: some versions of tracers give another one in a container. */
function kernelNumber({ task, isThread }: Who, kernel: Kernel): Typed | undefined {
  const number = memberIn(task, [isThread ? "pid" : "tgid"], kernel);
  return number && { ...number, type: UNSIGNED };
}

/** The number in the namespace that the process itself is in. */
function ownNumber(who: Who, kernel: Kernel): Typed | undefined {
  const number = memberIn(upid(0, who, kernel), ["nr"], kernel);
  return number && { ...number, type: UNSIGNED };
}

/** The number in the namespace `above` levels above the process's own, which is the target's if it has this inode. */
function foundAt(inode: bigint, above: number, who: Who, kernel: Kernel): NumberThere | undefined {
  const place = upid(above, who, kernel);
  const number = memberIn(place, ["nr"], kernel);
  const found = memberIn(place, ["ns", "ns", "inum"], kernel);
  const level = memberIn(pidOf(who, kernel), ["level"], kernel);
  if (!number || !found || !level) return undefined;
  const isThere = logic("and", [
    ...(above === 0 ? [] : [comparison(">=", level, BigInt(above))]),
    comparison("==", found, inode),
  ]);
  return { isThere, number: wide(number) };
}

/** In 64 bits, as tracers want both outcomes of a choice to be of one size. */
function wide(operand: Typed): Typed {
  return { op: "cast", to: WIDE, pointer: false, operand, type: INT };
}

function comparison(operator: "==" | ">=", left: Typed, right: bigint): Typed {
  return { op: "compare", operator, left, right: integer(right, left.type), type: BOOL };
}

/** The `task_struct` of the running thread; undefined if the kernel's types are not known. */
export function runningTask(kernel: Kernel): Typed | undefined {
  const struct = kernel.struct("task_struct");
  if (!struct) return undefined;
  const ctype = { kind: "pointer", to: struct } as const;
  return { op: "currentTask", ctype, type: { kind: "c", ctype } };
}

function parent(kernel: Kernel): Typed | undefined {
  return memberIn(runningTask(kernel), ["real_parent"], kernel);
}

/** The `struct pid` of the thread, or of the first thread of its process. */
function pidOf({ task, isThread }: Who, kernel: Kernel): Typed | undefined {
  return memberIn(task, isThread ? ["thread_pid"] : ["group_leader", "thread_pid"], kernel);
}

/** The number and namespace at a level of a `struct pid`: an array at its end, of as many elements as its level says. */
function upid(above: number, who: Who, kernel: Kernel): Typed | undefined {
  const pid = pidOf(who, kernel);
  const level = memberIn(pid, ["level"], kernel);
  const start = memberIn(pid, ["numbers"], kernel);
  const struct = kernel.struct("upid");
  if (!pid || !level || start?.op !== "member" || !struct) return undefined;
  const from = BigInt(start.offset) - UPID_SIZE * BigInt(above);
  const address = numberOf("none", false);
  const operand = arithmeticOf(
    "+",
    arithmeticOf("+", { ...pid, type: address }, integer(from, address), address),
    arithmeticOf("*", level, integer(UPID_SIZE, address), address),
    address,
  );
  const ctype = { kind: "pointer", to: struct } as const;
  return { op: "cast", to: struct, pointer: true, operand, type: { kind: "c", ctype } };
}
