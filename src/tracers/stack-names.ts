/** Names what a result has of processes, before equal groups are merged: user stacks, and command lines. */
import type { ResultColumn } from "../plan/plan.js";
import { isUserStack } from "../plan/user-stacks.js";
import { isCommandLine } from "../semantics/source/task-fields.js";
import type { Value } from "../results/events.js";
import { isNumber } from "../integers.js";

/** Frames, one a line; `pid`: the process, if the result has it. */
export type NameStack = (stack: string, pid?: number) => string;

/** The command line of the process with this number: see `process-number.ts`. */
export type NameProcess = (number: number | bigint) => string;

/** What is absent is shown as it was printed. */
export interface ProcessNames {
  readonly nameStack?: NameStack;
  readonly nameProcess?: NameProcess;
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

export function withNames(
  values: readonly Value[],
  columns: readonly ResultColumn[],
  { nameStack, nameProcess }: ProcessNames,
): readonly Value[] {
  if (!nameStack && !nameProcess) return values;
  if (!columns.some(({ type }) => isUserStack(type) || isCommandLine(type))) return values;
  // A column with another meaning may have that name, so an unknown process is ignored.
  const pid = values[columns.findIndex(({ label }) => label === "pid")];
  return values.map((value, i) => {
    const type = columns[i]?.type;
    if (type && nameProcess && isCommandLine(type) && isNumber(value)) return nameProcess(value);
    return type && nameStack && isUserStack(type) && typeof value === "string"
      ? nameStack(value, typeof pid === "number" ? pid : undefined)
      : value;
  });
}
