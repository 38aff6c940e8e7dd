/** Resolves user stacks, containers and pods of a result before equal groups are merged. */
import { fit } from "../integers.js";
import { isGroupSet } from "../kernel/cgroups/cgroup-names.js";
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

/** The group that stands for those of the same container or pod; null: it is of none. */
export type NameGroup = (of: string, id: bigint) => bigint | null;

/** What makes equal what the tracer tells apart. */
export interface ValueNames {
  readonly nameStack?: NameStack;
  readonly nameGroup?: NameGroup;
}

export function withNames(
  values: readonly Value[],
  columns: readonly ResultColumn[],
  { nameStack, nameGroup }: ValueNames = {},
): readonly Value[] {
  const isStack = ({ type }: ResultColumn): boolean => nameStack !== undefined && isUserStack(type);
  const isGroup = ({ type }: ResultColumn): boolean =>
    nameGroup !== undefined && type.kind === "enum" && isGroupSet(type.of);
  if (!columns.some((column) => isStack(column) || isGroup(column))) return values;
  // A column with another meaning may have that name, so an unknown process is ignored.
  const pid = values[columns.findIndex(({ label }) => label === "pid")];
  return values.map((value, i) => {
    const column = columns[i];
    if (column === undefined || value === null) return value;
    if (nameStack && isStack(column) && typeof value === "string")
      return nameStack(value, typeof pid === "number" ? pid : undefined);
    if (nameGroup && isGroup(column) && column.type.kind === "enum") {
      const id = nameGroup(column.type.of, BigInt(value));
      return id === null ? null : fit(id);
    }
    return value;
  });
}
