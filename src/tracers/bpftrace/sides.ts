/** How many sets of maps a result has in the stream form: two where it is printed at intervals, in turn. */
import { aggregatesOf, isOpen } from "../../plan/columns.js";
import type { OpenResult, Result } from "../../plan/plan.js";
import { isRunning, readingPeriod } from "../../plan/running.js";
import { AT_END } from "./emit/open-loop.js";
import { OTHER_SIDE } from "./emit/turns.js";
import type { Dialect } from "./versions.js";

/** How many sets of maps a result has. */
export function setsOf(result: Result, dialect: Dialect): number {
  return sidesOf(result, dialect).length + (atEnd(result) === "" || isRunning(result) ? 0 : 1);
}

/** Where what was open at the end is added up, if that is not where the intervals are. */
export function atEnd(result: Result): string {
  return result.kind === "openGroups" && result.every !== undefined ? AT_END : "";
}

export function alternates(result: Result, dialect: Dialect): boolean {
  return (
    readingPeriod(result) !== undefined && aggregatesOf(result).length > 0 && !forRunner(result, dialect)
  );
}

export function sidesOf(result: Result, dialect: Dialect): readonly string[] {
  return alternates(result, dialect) ? ["", OTHER_SIDE] : [""];
}

/** What is open, where the script cannot walk a map: the runner joins the state maps and aggregates. */
export function forRunner(result: Result, dialect: Dialect): OpenResult | undefined {
  return isOpen(result) && !isRunning(result) && !dialect.can("forMap") ? result : undefined;
}
