/** Resolves the user stacks of a result before equal groups are merged. */
import type { ResultColumn } from "../plan/plan.js";
import { isUserStack } from "../plan/user-stacks.js";
import type { Value } from "../results/events.js";

/** Frames, one a line; `pid`: the process, if the result has it. */
export type NameStack = (stack: string, pid?: number) => string;

/** A stack as printed, and with names. */
export interface StackNames {
  readonly stack: string;
  readonly pid?: number;
  readonly named: string;
}

export function withNames(
  values: readonly Value[],
  columns: readonly ResultColumn[],
  name: NameStack | undefined,
): readonly Value[] {
  if (!name || !columns.some(({ type }) => isUserStack(type))) return values;
  // A column with another meaning may have that name, so an unknown process is ignored.
  const pid = values[columns.findIndex(({ label }) => label === "pid")];
  return values.map((value, i) => {
    const type = columns[i]?.type;
    return type && isUserStack(type) && typeof value === "string"
      ? name(value, typeof pid === "number" ? pid : undefined)
      : value;
  });
}
