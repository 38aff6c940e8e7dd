/** Where a result's user stacks get names, before it is decided which groups are the same. */
import type { ResultColumn } from "../plan/plan.js";
import { isUserStack } from "../plan/user-stacks.js";
import type { Value } from "../results/events.js";

/** Frames, a line each; `pid`: of which process, where the result says so. */
export type NameStack = (stack: string, pid?: number) => string;

/** One stack as it was printed, and with names. */
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
  // A column of another meaning may be called so: a process that is not known is not relied on.
  const pid = values[columns.findIndex(({ label }) => label === "pid")];
  return values.map((value, i) => {
    const type = columns[i]?.type;
    return type && isUserStack(type) && typeof value === "string"
      ? name(value, typeof pid === "number" ? pid : undefined)
      : value;
  });
}
