/**
 * What a back end returns: a text to run, and how to read what it prints.
 *
 * A script comes in two forms with the same probes. The `text` form prints for a person and runs alone.
 * The `stream` form prints for the runner, through bpftrace's JSON output:
 *
 * - a line of a `rows` result is a tuple `[result + 1, column, …]`;
 * - the maps of the other results are printed whole, under the names in `maps`;
 * - at the end comes a map of how many entries of what is open were not kept, where bpftrace does not tell that itself;
 * - after the maps of a result comes the tuple `[0, result, nsecs]`, which ends the batch;
 * - where user stacks are shown, tuples tell what code processes map, so that frames can be named later:
 *   `[-2, pid]`: a process has started, or become another program;
 *   `[-3, pid, name, inode, start, end, base, root, device]`: the same, and where its own code is, and its interpreter
 *   (0: none), and what its root directory is: its inode and the kernel's number of its file system;
 *   `[-4, pid, name]`: a directory of that program's path, the innermost first; of each program only once;
 *   `[-5, pid, name, inode, start, length, offset]`: it maps code of a file.
 *   A BCC program, whose messages are objects, says such a tuple as the member `code`.
 *
 * All numbers are in base units (bytes, nanoseconds, pages); timestamps are `nsecs`, since boot.
 */
import type { Plan } from "../plan/plan.js";

/** What a printed tuple is, by its first element where that is not the number of a result. */
export const MARKS = { end: 0, key: -1, process: -2, program: -3, directory: -4, library: -5 } as const;

export type ScriptForm = "text" | "stream";

/** What a printed map holds. */
export type MapRole =
  | { readonly holds: "aggregate"; readonly result: number; readonly aggregate: number }
  /** Entries for the runner to join and aggregate, of every `open` result: the state map's plan name. */
  | { readonly holds: "state"; readonly state: string }
  /** By the place of a state map in the plan: how many entries it did not take, because it was full. */
  | { readonly holds: "refused" };

/** The parts of a script that stand for those of its plan, so that two back ends can be compared. */
export interface ScriptParts {
  /** One for each probe of the plan, in its order. */
  readonly probes: readonly { readonly purpose: string; readonly text: string }[];
  /** What declares a table, or first fills it where none is declared; `holds`: maps of the plan. */
  readonly maps: readonly { readonly holds: readonly string[]; readonly text: string }[];
}

export interface Script {
  readonly form: ScriptForm;
  readonly text: string;
  readonly plan: Plan;
  /** By the name as printed, with its sigil: `@faults`. */
  readonly maps: ReadonlyMap<string, MapRole>;
  /** Environment the tracer needs: `BPFTRACE_STRLEN` and the like. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent of a command, which has none. */
  readonly parts?: ScriptParts;
}
