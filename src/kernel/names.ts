/** Names of numbers, and the sets of them that depend on the machine and not on its kernel. */

/** Values by name, lowest first. Two names may share bits, as `GFP_ATOMIC` (0x820) does with others. */
export type NamedValues = ReadonlyMap<string, bigint>;

/** Where several values may have one name, and more may come. */
export interface NumberedNames extends NamedValues {
  nameOf(value: bigint): string | undefined;
}

export const DISK = "disk";
/** Control groups by their paths, and by the container or the pod that a path tells. */
export const CGROUP = "cgroup";
export const CONTAINER = "container";
export const POD = "pod";
