/** What a format is: a writer of results. `view.ts` has the table of them. */
import type pc from "picocolors";
import type { Plan, Result } from "../plan/plan.js";
import type { GroupsEvent, RowEvent, Shortfall } from "../results/events.js";
import type { Chart } from "./chart/chart.js";
import type { Formatting } from "./value/format-value.js";
import type { Kept } from "./chart/retained-rows.js";

/** What a report tells of a run, beside its results. */
export interface About {
  /** As it was asked. */
  readonly query: string;
  /** In words, what is measured. */
  readonly explanation?: string;
  /** For a person. */
  readonly script?: string;
  /** ISO 8601. */
  readonly started?: string;
  readonly kernel?: string;
  readonly tracer?: string;
}

export interface ViewContext extends Formatting {
  readonly plan: Plan;
  readonly about?: About;
  /** For results that have a picture of their own. */
  readonly chart?: (result: Result, context: ViewContext) => Chart | undefined;
  readonly write: (text: string) => void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Whether something of a result is known to be missing, so that nothing is not the same as none. */
  readonly isShort?: (result: number) => boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether what is written goes to one as it is. */
  readonly isTerminal: boolean;
  /** Whether nothing is told beside it. */
  readonly isFile: boolean;
}

/** How a run ended, as far as a view tells it. */
export interface ViewSummary {
  readonly ended?: string;
  readonly events?: number;
  readonly lost: number;
  readonly damaged: number;
  readonly elapsed?: number;
  /** Why figures may be low; each comes with a note, too. */
  readonly shortfalls?: readonly Shortfall[];
}

/** A warning or an error that came with the results. */
export interface Note {
  readonly level: "warning" | "error";
  readonly text: string;
}

export interface Writer {
  /** The probes are attached; nothing has come yet. */
  begin?(): void;
  row(event: RowEvent): void;
  groups(event: GroupsEvent): void;
  /** No more than `MOST_NOTES` come. */
  note?(note: Note): void;
  end(summary: ViewSummary): void;
  /** Where it makes pictures: what was kept of each result, for somebody who cannot have these. */
  readonly kept?: readonly Kept[];
}
