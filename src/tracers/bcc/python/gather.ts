/** Statements of Python that gather what a result shows: `groups`, or `rows`. */
import { isOpen } from "../../../plan/columns.js";
import type { Result, RowsResult } from "../../../plan/plan.js";
import { isRunning } from "../../../plan/running.js";
import { gatherGroups, type Gathered } from "./python-groups.js";
import { gatherOpen } from "./python-open.js";
import { gatherRunning } from "./python-running.js";
import type { PythonContext } from "./python-values.js";

export function gather(result: Exclude<Result, RowsResult>, index: number, context: PythonContext): Gathered {
  const layout = context.program.results[index];
  if (isRunning(result) && layout?.kind === "groups") return gatherRunning(result, index, layout, context);
  if (isOpen(result)) return { lines: gatherOpen(result, context), before: [] };
  if (layout?.kind !== "groups") throw new Error(`the result ${index} has no groups`);
  return { lines: gatherGroups(result, index, layout, context), before: [] };
}
