/**
 * The output of a back end: a program, and how to read what it prints.
 *
 * A script has two forms with the same probes. The `text` form prints for the user and runs by itself.
 * The `stream` form prints for the runner, as bpftrace's JSON:
 *
 * - a row of a `rows` result is a tuple `[result + 1, column, …]`;
 * - at an interval the maps of the other results are printed whole, by the names in `maps`, and after those of a
 *   result the tuple `[0, result, nsecs]` ends the batch;
 * - at the end the tuple `[-6, result, nsecs, turn]` follows for each such result (`turn`: 1 if the set of that name was
 *   being written to), and the maps when the tracer has ended: it then reads them itself, so that their contents cannot
 *   be lost in a full buffer;
 * - running sums (`plan/running.ts`) are printed as what was added since they were last printed; the tuple `[-8, result]`
 *   follows where no batch ends. Their groups have numbers: `[-7, result, number, key, …]` gives the keys of one, and
 *   then its owner, before anything is added to it;
 * - `[-9, 0]` confirms the signal `stopSignal`: from there on, what is open is not changed any more;
 * - counts for comparison with what is received are sent with them: see `MapRole`;
 * - if user stacks are shown, tuples report what code processes map, so that frames can be resolved later:
 *   `[-2, pid]`: a process has started or executed another program;
 *   `[-3, pid, name, inode, start, end, base, root, device]`: the same, with the location of its code and interpreter
 *   (0: none), and its root directory: the inode and the kernel's number of its file system;
 *   `[-4, pid, name]`: a directory in that program's path, the innermost first; once for each program;
 *   `[-5, pid, name, inode, start, length, offset]`: it maps code of a file.
 *   A BCC program, whose messages are objects, sends such a tuple as the member `code`.
 *
 * All numbers are in base units (bytes, nanoseconds, pages); timestamps are `nsecs` since boot.
 */
import type { Plan } from "../plan/plan.js";

/** The kinds of printed tuples, by a first element that is not the number of a result. */
export const MARKS = {
  end: 0,
  key: -1,
  process: -2,
  program: -3,
  directory: -4,
  library: -5,
  last: -6,
  group: -7,
  read: -8,
  stopped: -9,
} as const;

export type ScriptForm = "text" | "stream";

/**
 * The set of maps, if a result has several: `turn` is written to while the first set is printed, and
 * `end` aggregates what is still open at the end.
 */
export type MapSet = "turn" | "end";

/** The contents of a printed map. */
export type MapRole =
  | {
      readonly holds: "aggregate";
      readonly result: number;
      readonly aggregate: number;
      /** Absent for the only set of maps of the result, or the first of two that alternate. */
      readonly set?: MapSet;
    }
  /** What was added to a running sum of a result since it was last printed, by group and step. */
  | { readonly holds: "change"; readonly result: number; readonly sum: number; readonly set?: MapSet }
  /** What was added to the number of spans of a running result, whether or not a map took it. */
  | { readonly holds: "net"; readonly result: number }
  /** The number of rows of a result that were sent. */
  | { readonly holds: "sent"; readonly result: number }
  /**
   * The number of events that were added to the groups of a result, or refused because its map was full. `aggregate`: the
   * aggregate that they belong to; absent in old recordings, where it is the first that counts.
   */
  | { readonly holds: "seen"; readonly result: number; readonly aggregate?: number }
  /**
   * The state of open spans, for the runner to aggregate: a state of the plan by its name, and the layout of each
   * value: a list of these fields, or a single one. Null if the entry's existence is all there is to read.
   */
  | { readonly holds: "state"; readonly state: string; readonly members: readonly (string | null)[] }
  /** The number of entries that a full state refused; the state by its index in the plan. */
  | { readonly holds: "refused" }
  /** The number of spans that began again while they were open; the state by its index in the plan. */
  | { readonly holds: "replaced" }
  /** The number of events that were left out, because an event of a probe stood for too many. */
  | { readonly holds: "beyond" }
  /** How much ended of ranges that was found in no record; the state by its index in the plan. */
  | { readonly holds: "unmatched" }
  /** The number of programs whose system calls are not seen. */
  | { readonly holds: "unseen" }
  /** The number of texts of which it is not known whether they meet a condition. */
  | { readonly holds: "unknown"; readonly why: "cut" | "unread" };

/** A probe that a script has besides those of its plan: to follow processes, to report their code, or as a timer. */
export interface AddedProbe {
  readonly point: string;
  readonly purpose: string;
}

/** The parts of a script that correspond to those of its plan, so that two back ends can be compared. */
export interface ScriptParts {
  /** One for each probe of the plan, in its order. */
  readonly probes: readonly { readonly purpose: string; readonly text: string }[];
  /** The declaration of a table, or the code that first fills it if it is not declared; `holds`: maps of the plan. */
  readonly maps: readonly { readonly holds: readonly string[]; readonly text: string }[];
  readonly added: readonly AddedProbe[];
}

export interface Script {
  readonly form: ScriptForm;
  readonly text: string;
  readonly plan: Plan;
  /** By the printed name with its sigil: `@faults`. */
  readonly maps: ReadonlyMap<string, MapRole>;
  /** Environment variables that the tracer needs, such as `BPFTRACE_STRLEN`. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the tracer must be sent before it is interrupted, as its script cannot see that it is. */
  readonly stopSignal?: NodeJS.Signals;
  /** For a stream: whether the maps of the last batches follow the tracer's end. In old recordings they do not. */
  readonly endsWithMaps?: true;
  /** Absent for a command, which has no parts. */
  readonly parts?: ScriptParts;
}
