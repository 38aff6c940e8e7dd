/** What the text form and the stream form each add to the probes of a plan. */
import type { MapRole } from "../../script.js";
import type { ResultWriter } from "./result-writer.js";

/** The maps that count texts of which it is not known whether they meet a condition. */
export const UNKNOWN_TEXTS = { cut: "texts_too_long", unread: "texts_empty_or_not_read" } as const;

/** What a form adds to the probes of the plan. */
export interface Form extends ResultWriter {
  /** Tells the reader of a process whose stacks will want names. */
  announce(pid: string): readonly string[];
  /** Statements at the start. */
  begin(): readonly string[];
  /** Prints a result and starts it anew: at its interval, or at the end. */
  print(result: number, at: "interval" | "end"): readonly string[];
  /** Maps printed, for the reader of the stream. */
  readonly maps: ReadonlyMap<string, MapRole>;
  /** Maps that must not be printed when the script ends; asked for last. */
  readonly helpers: () => readonly string[];
  /** Whether any of its statements tests whether the trace has been asked to end; asked for after the probes. */
  readonly readsStop: () => boolean;
  /** Statements that end the trace when its time is over. */
  readonly exit: readonly string[];
  readonly fills: MapFills;
  /** What the names of the maps of running sums end with. */
  readonly changeSides: readonly string[];
}

/** Nothing declares a map: the first statement that fills it makes it. */
export class MapFills {
  private readonly statements = new Map<string, string>();

  /** Returns the statement. */
  note(map: string, statement: string): string {
    if (!this.statements.has(map)) this.statements.set(map, statement);
    return statement;
  }

  of(map: string): string | undefined {
    return this.statements.get(map);
  }
}
