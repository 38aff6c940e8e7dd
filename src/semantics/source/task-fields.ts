/** The common fields that are worked out for the running thread, mostly from its `task_struct` by the kernel's types. */
import { isGroupSet, type GroupSet } from "../../kernel/cgroups/cgroup-names.js";
import { CMDLINE, CONTAINER, POD } from "../../kernel/names.js";
import type { CType, Kernel } from "../../kernel/kernel.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import { fail, type Context } from "../context.js";
import { arithmeticOf, integer } from "../expression/fold.js";
import { TASK_FIELDS, type ProbePoint, type TaskField, type Typed } from "../typed.js";
import { textOfAtMost, UNSIGNED, type Type } from "../../types/types.js";
import { asValue, memberOf } from "./c-values.js";
import { isNumberField, processNumber, unknownNumber } from "./namespace-numbers.js";
import { PID_BITS, processNumberOf, type NumberParts } from "./process-number.js";

/** TASK_COMM_LEN, without the NUL. */
export const TASK_NAME: Type = textOfAtMost(15);

function named(of: string): Type {
  return { kind: "enum", of, signed: false };
}

export const TASK_TYPES: Readonly<Record<TaskField, Type>> = {
  process: TASK_NAME,
  ppid: UNSIGNED,
  parent: TASK_NAME,
  exe: { kind: "string" },
  cmdline: named(CMDLINE),
  host_pid: UNSIGNED,
  host_tid: UNSIGNED,
  ns_pid: UNSIGNED,
  ns_tid: UNSIGNED,
  container: named(CONTAINER),
  pod: named(POD),
};

export function isTaskField(name: string): name is TaskField {
  return (TASK_FIELDS as readonly string[]).includes(name);
}

/** Whether values are numbers of processes, which only the runner can turn into command lines. */
export function isCommandLine(type: Type): boolean {
  return type.kind === "enum" && type.of === CMDLINE;
}

/** Whether values are numbers of control groups, whose paths the runner knows, and with them containers and pods. */
export function isGroup(type: Type): type is Type & { readonly kind: "enum"; readonly of: GroupSet } {
  return type.kind === "enum" && isGroupSet(type.of);
}

/** The `task_struct` of the running thread. */
export function currentTask(context: Context, span: Span): Typed {
  const struct = context.kernel.struct("task_struct");
  if (!struct)
    return fail(
      context,
      span,
      "kernel-no-member",
      `the layout of struct task_struct is not known for ${context.kernel.id}`,
    );
  const ctype: CType = { kind: "pointer", to: struct };
  return { op: "currentTask", ctype, type: { kind: "c", ctype } };
}

/** Where a thread ends it has given up its memory already, and with it what tells its program. */
function hasNoMemory({ type, parts }: ProbePoint): boolean {
  return (type === "tracepoint" || type === "rawtracepoint") && parts.at(-1) === "sched_process_exit";
}

/** The value of a field in a probe; reports an error where the target cannot give it. */
export function taskField(name: TaskField, point: ProbePoint, context: Context, span: Span): Typed {
  const { kernel } = context;
  if (isNumberField(name)) return processNumber(name, kernel) ?? unknownNumber(name, context, span);
  // The kernel has only the group; the runner has the path, and with it what that is of.
  if (name === "container" || name === "pod") return { op: "common", name: "cgroup", type: TASK_TYPES[name] };
  const task = currentTask(context, span);
  const member = (...path: string[]): Typed =>
    path.reduce((object, part) => memberOf(object, part, context, span), task);
  const text = (...path: string[]): Typed => asValue(member(...path), context);
  const number = (...path: string[]): Typed => unsigned(member(...path));
  if ((name === "exe" || name === "cmdline") && hasNoMemory(point))
    return fail(
      context,
      span,
      "kernel-no-member",
      `\`${name}\` is not known at the end of a thread: its memory, and with it its program, is given up before`,
      "`process` is known there",
    );
  switch (name) {
    case "process":
      return text("group_leader", "comm");
    case "parent":
      return text("real_parent", "group_leader", "comm");
    case "exe":
      return text("mm", "exe_file", "f_path", "dentry", "d_name", "name");
    case "cmdline":
      return numberOfProgram({
        pid: numberInProc(kernel) ?? unknownNumber("pid", context, span),
        started: number("group_leader", "start_boottime"),
        arguments: number("mm", "arg_start"),
      });
  }
}

function unsigned(value: Typed): Typed {
  return value.type.kind === "number" ? { ...value, type: UNSIGNED } : value;
}

/** By which /proc shows it here. What runs outside of this PID namespace is not there, and its bits are of no process. */
function numberInProc(kernel: Kernel): Typed | undefined {
  const pid = processNumber("pid", kernel);
  if (kernel.pidNamespace === undefined || pid === undefined) return pid;
  return arithmeticOf("&", pid, integer((1n << PID_BITS) - 1n, UNSIGNED), UNSIGNED);
}

/** See `process-number.ts`. */
function numberOfProgram(parts: NumberParts<Typed>): Typed {
  const broken = Object.values(parts).find((part) => part.type.kind === "error");
  if (broken) return broken;
  const calculate = (operator: "+" | "*" | "/" | "<<" | "|", left: Typed, right: Typed | bigint): Typed =>
    arithmeticOf(operator, left, typeof right === "bigint" ? integer(right, UNSIGNED) : right, UNSIGNED);
  return { ...processNumberOf(parts, calculate), type: TASK_TYPES.cmdline };
}
