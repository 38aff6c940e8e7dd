/** Names of numbers, and the sets of them that depend on the machine and not on its kernel. */

/** Values by name, lowest first. Two names may share bits, as `GFP_ATOMIC` (0x820) does with others. */
export type NamedValues = ReadonlyMap<string, bigint>;

/** Where several values may have one name, and more may come. */
export interface NumberedNames extends NamedValues {
  nameOf(value: bigint): string | undefined;
}

/** The sets whose members depend on the machine, not on the kernel. */
export const DISK = "disk";
export const USER = "user";
export const GROUP = "group";
/** Control groups by their paths, and by the container or the pod that a path tells. */
export const CGROUP = "cgroup";
export const CONTAINER = "container";
export const POD = "pod";
/** Two machines may have different names for the same number of these. */
export const OF_MACHINE: ReadonlySet<string> = new Set([DISK, USER, GROUP, CGROUP, CONTAINER, POD]);

/** Its values are numbers of processes (see `process-number.ts`), whose command lines only the runner can tell. */
export const CMDLINE = "cmdline";
