/**
 * What a back end returns: a text to run, and how to read what it prints.
 *
 * A script comes in two forms with the same probes. The `text` form prints for a person and runs alone.
 * The `stream` form prints for the runner, through bpftrace's JSON output:
 *
 * - a line of a `rows` result is a tuple `[result + 1, column, …]`;
 * - at an interval the maps of the other results are printed whole, under the names in `maps`, and after those of a
 *   result comes the tuple `[0, result, nsecs]`, which ends the batch;
 * - at the end comes the tuple `[-6, result, nsecs, turn]` of each such result (`turn`: 1 where the set of that name was
 *   being written to), and the maps when the tracer has ended: it reads them itself then, and what they hold cannot get
 *   lost on a way that is full;
 * - with them come counts to compare what was received with: see `MapRole`;
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
export const MARKS = {
  end: 0,
  key: -1,
  process: -2,
  program: -3,
  directory: -4,
  library: -5,
  last: -6,
} as const;

export type ScriptForm = "text" | "stream";

/**
 * Which maps of a result these are, where it has several: `turn` those that are written to while the first are printed,
 * `end` those that what is open at the end is added up in.
 */
export type MapSet = "turn" | "end";

/** What a printed map holds. */
export type MapRole =
  | {
      readonly holds: "aggregate";
      readonly result: number;
      readonly aggregate: number;
      /** Absent: the one set of maps of the result, or the first of those that take turns. */
      readonly set?: MapSet;
    }
  /** How many lines of a result were sent. */
  | { readonly holds: "sent"; readonly result: number }
  /**
   * How many events were added to the groups of a result, or were refused because its map was full. `aggregate`: the one
   * of whose events they are; absent in old recordings, where it is the first that counts.
   */
  | { readonly holds: "seen"; readonly result: number; readonly aggregate?: number }
  /**
   * What spans that are open keep, for the runner to aggregate: a state of the plan by its name, and what each value
   * is: a list of these fields, or the one. Null: nothing to read, it says only that there is an entry.
   */
  | { readonly holds: "state"; readonly state: string; readonly members: readonly (string | null)[] }
  /** By the place of a state in the plan: how many entries it did not take, because it was full. */
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
  /** Of a stream: the maps of the last batches come when the tracer has ended. In old recordings they do not. */
  readonly endsWithMaps?: true;
  /** Absent of a command, which has none. */
  readonly parts?: ScriptParts;
}
