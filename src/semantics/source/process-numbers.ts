/**
 * The numbers of the running process and thread. The kernel's own are those of the initial PID namespace. Where the
 * target is read from inside another namespace, `pid` and `tid` are the numbers there; what has none there, because it
 * runs outside, has its kernel's number below zero, which no other has.
 */
import type { CType, Kernel } from "../../kernel/kernel.js";
import { BOOL, INT, numberOf, UNSIGNED, type Type } from "../../types/types.js";
import { arithmeticOf, choiceOf, integer, logic, negation } from "../expression/fold.js";
import type { GivenField, Typed } from "../typed.js";
import { memberIn } from "./c-values.js";

/** The fields that are numbers of a process or thread. */
export type NumberField = "pid" | "tid" | "host_pid" | "host_tid" | "ns_pid" | "ns_tid";

/** The size of `struct upid`: a number, and the pointer to its namespace. */
const UPID_SIZE = 16n;
const WIDE: CType = { kind: "int", bytes: 8, signed: true, name: "long" };

export function isNumberField(name: string): name is NumberField {
  return /^(?:host_|ns_)?[pt]id$/.test(name);
}

/** Processes outside the target's namespace have numbers below zero. */
export function numberType(name: NumberField, { pidNamespace }: Pick<Kernel, "pidNamespace">): Type {
  return pidNamespace !== undefined && (name === "pid" || name === "tid") ? INT : UNSIGNED;
}

/** Returns the value of such a field; undefined if the kernel's types, which it needs, are not known. */
export function processNumber(name: NumberField, kernel: Kernel): Typed | undefined {
  const isThread = name.endsWith("tid");
  const { pidNamespace } = kernel;
  if (name.startsWith("ns_")) return ownNumber(isThread, kernel);
  if (pidNamespace === undefined) return given(isThread ? "tid" : "pid");
  const ofKernel = kernelNumber(isThread, kernel);
  if (name.startsWith("host_") || ofKernel === undefined) return ofKernel;
  const found: Found[] = [];
  for (let above = 0; above < pidNamespace.levels; above++) {
    const there = foundAt(pidNamespace.inode, above, isThread, kernel);
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

/** A number of a process, and the test whether that is what the target's namespace gives it. */
interface Found {
  readonly isThere: Typed;
  readonly number: Typed;
}

function given(name: GivenField & NumberField): Typed {
  return { op: "common", name, type: UNSIGNED };
}

/** The number in the initial namespace, read from the task: some versions of tracers give another one in a container. */
function kernelNumber(isThread: boolean, kernel: Kernel): Typed | undefined {
  const number = memberIn(task(kernel), [isThread ? "pid" : "tgid"], kernel);
  return number && { ...number, type: UNSIGNED };
}

/** The number in the namespace that the process itself is in. */
function ownNumber(isThread: boolean, kernel: Kernel): Typed | undefined {
  const number = memberIn(upid(0, isThread, kernel), ["nr"], kernel);
  return number && { ...number, type: UNSIGNED };
}

/** The number in the namespace `above` levels above the process's own, which is the target's if it has this inode. */
function foundAt(inode: bigint, above: number, isThread: boolean, kernel: Kernel): Found | undefined {
  const place = upid(above, isThread, kernel);
  const number = memberIn(place, ["nr"], kernel);
  const found = memberIn(place, ["ns", "ns", "inum"], kernel);
  const level = memberIn(pidOf(isThread, kernel), ["level"], kernel);
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

function task(kernel: Kernel): Typed | undefined {
  const struct = kernel.struct("task_struct");
  if (!struct) return undefined;
  const ctype = { kind: "pointer", to: struct } as const;
  return { op: "currentTask", ctype, type: { kind: "c", ctype } };
}

/** The `struct pid` of the thread, or of the first thread of its process. */
function pidOf(isThread: boolean, kernel: Kernel): Typed | undefined {
  return memberIn(task(kernel), isThread ? ["thread_pid"] : ["group_leader", "thread_pid"], kernel);
}

/** The number and namespace at a level of a `struct pid`: an array at its end, of as many elements as its level says. */
function upid(above: number, isThread: boolean, kernel: Kernel): Typed | undefined {
  const pid = pidOf(isThread, kernel);
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
