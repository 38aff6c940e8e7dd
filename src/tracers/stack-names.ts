/**
 * Names what a result has of processes, before equal groups are merged: user stacks, command lines, and the containers
 * and pods that they are in.
 */
import { fit, isNumber } from "../integers.js";
import type { ResultColumn } from "../plan/plan.js";
import { isUserStack } from "../plan/user-stacks.js";
import { isCommandLine, isGroup } from "../semantics/source/task-fields.js";
import type { Value } from "../results/events.js";

/**
 * Frames, one a line; `pid`: the process, if the result has it. The immediate caller of the innermost frame may stand in
 * the second line after `CALLER`, and may then stand in the third line once more. `depth`: how many frames were asked for.
 */
export type NameStack = (stack: string, pid?: number, depth?: number) => string;

/** The command line of the process with this number: see `process-number.ts`. */
export type NameProcess = (number: number | bigint) => string;

/** The control group that stands for those of the same container or pod; null: it is of none. */
export type NameGroup = (of: string, id: bigint) => bigint | null;

/** What is absent is shown as it was printed. */
export interface ProcessNames {
  readonly nameStack?: NameStack;
  readonly nameProcess?: NameProcess;
  readonly nameGroup?: NameGroup;
}

/** A stack as printed, and with names. */
export interface StackNames {
  readonly stack: string;
  readonly pid?: number;
  readonly named: string;
}

/** What stands for a process in a recording, in place of a stack. */
export function processKey(number: number | bigint): string {
  return `process ${number}`;
}

/** Marks the frame that is known from the return address alone. */
export const CALLER = "called from ";

/** What is shown of the columns that a tracer sent: stacks have their callers, and processes names. */
export function withNames(
  values: readonly Value[],
  columns: readonly ResultColumn[],
  { nameStack = (stack) => withoutMark(stack), nameProcess, nameGroup }: ProcessNames,
): readonly Value[] {
  if (!columns.some(({ type }) => isUserStack(type) || isCommandLine(type) || isGroup(type))) return values;
  // A column with another meaning may have that name, so an unknown process is ignored.
  const pid = values[columns.findIndex(({ label }) => label === "pid")];
  return columns.flatMap(({ type, callerOf }, i): readonly Value[] => {
    if (callerOf !== undefined) return [];
    const value = values[i] ?? null;
    if (nameProcess && isCommandLine(type) && isNumber(value)) return [nameProcess(value)];
    if (nameGroup && isGroup(type) && isNumber(value)) {
      const id = nameGroup(type.of, BigInt(value));
      return [id === null ? null : fit(id)];
    }
    if (!isUserStack(type) || typeof value !== "string") return [value];
    const caller = values[columns.findIndex((column) => column.callerOf === i)];
    const depth = type.kind === "stack" ? type.depth : undefined;
    const named = nameStack(marked(value, caller), typeof pid === "number" ? pid : undefined, depth);
    return [cut(named, depth)];
  });
}

function marked(stack: string, caller: Value | undefined): string {
  if (typeof caller !== "number" || caller <= 0 || stack === "") return stack;
  const end = stack.indexOf("\n");
  const [innermost, rest] = end < 0 ? [stack, ""] : [stack.slice(0, end), stack.slice(end)];
  return `${innermost}\n${CALLER}0x${caller.toString(16)}${rest}`;
}

/** A stack with bare addresses: the caller once, where the kernel itself has found it. */
export function withoutMark(stack: string): string {
  const [innermost = "", caller, ...rest] = stack.split("\n");
  if (!caller?.startsWith(CALLER)) return stack;
  const address = caller.slice(CALLER.length);
  return [innermost, ...(rest[0] === address ? [] : [address]), ...rest].join("\n");
}

/** Frames that were put in do not make it deeper than was asked. */
function cut(stack: string, depth: number | undefined): string {
  return depth === undefined ? stack : stack.split("\n").slice(0, depth).join("\n");
}
