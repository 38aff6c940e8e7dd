/** The interface of formats: writers of results. `formats.ts` has the table of formats. */
import type pc from "picocolors";
import type { Plan, Result } from "../plan/plan.js";
import type { GroupsEvent, RowEvent, Shortfall } from "../results/events.js";
import type { Chart } from "./chart/chart.js";
import type { Formatting } from "./value/format-value.js";
import type { RetainedRows } from "./chart/retained-rows.js";

/** What a report says about a run besides its results. */
export interface About {
  /** The query as written by the user. */
  readonly query: string;
  /** A description of what is measured. */
  readonly explanation?: string;
  /** The script that ran. */
  readonly script?: string;
  /** The start of the run, in ISO 8601. */
  readonly started?: string;
  readonly kernel?: string;
  readonly tracer?: string;
}

export interface ViewContext extends Formatting {
  readonly plan: Plan;
  readonly about?: About;
  /** Returns a special chart for a result; undefined for the usual one. */
  readonly chart?: (result: Result, context: ViewContext) => Chart | undefined;
  readonly write: (text: string) => void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Whether a result is known to be incomplete, so that an empty table does not mean "no events". */
  readonly isShort?: (result: number) => boolean;
  /** The width of the terminal, in columns. */
  readonly width: number;
  /** Whether the output goes directly to a terminal. */
  readonly isTerminal: boolean;
  /** The height of the screen that a result is to fit, in lines; absent if all of it is shown. */
  readonly height?: number;
  /** Columns that are left out, by their place among those of the result. */
  readonly hides?: ReadonlySet<number>;
  /** Whether it is what stays of a view that was drawn in place. */
  readonly isLast?: boolean;
  /** Whether the output is a file, whose reader does not see stderr. */
  readonly isFile: boolean;
}

/** How a run ended, as shown by a view. */
export interface ViewSummary {
  readonly ended?: string;
  readonly events?: number;
  readonly lost: number;
  readonly damaged: number;
  readonly elapsed?: number;
  /** The reasons why figures may be low; each also comes as a note. */
  readonly shortfalls?: readonly Shortfall[];
}

/** A warning or an error that arrived with the results. */
export interface Note {
  readonly level: "warning" | "error";
  readonly text: string;
}

export interface Writer {
  /** Called when the probes are attached, before any result. */
  begin?(): void;
  row(event: RowEvent): void;
  groups(event: GroupsEvent): void;
  /** Writes a note; at most `MOST_NOTES` are passed on. */
  note?(note: Note): void;
  end(summary: ViewSummary): void;
  /** Picture formats only: the retained rows of each result, to show where no picture can be written. */
  readonly retained?: readonly RetainedRows[];
}
