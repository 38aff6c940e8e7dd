/** The stream form: functions of Python that send each result to the runner as JSON. */
import { aggregatesOf, storedWith } from "../../../plan/columns.js";
import type { Result, ResultAggregate, RowsResult } from "../../../plan/plan.js";
import { aggregationOf } from "../aggregates.js";
import { consume } from "../c/buffer.js";
import type { RowsLayout } from "../layout/result-layout.js";
import { indented } from "../quoting.js";
import { comprehension, filled } from "./lines.js";
import { gather } from "./gather.js";
import { clockOf, columnValues, type PythonContext } from "./python-values.js";

/** Rows that wait until it was read what code there is: a few, since reading goes on as long as events come. */
const MOST_WAITING = 256;

export interface Sender {
  readonly name: string;
  readonly lines: readonly string[];
  readonly timer?: string;
}

export function rowSender(
  result: RowsResult,
  index: number,
  layout: RowsLayout,
  context: PythonContext,
): Sender {
  const { program, uses, names } = context;
  const name = names.take(`send_${layout.name}`);
  const counter = names.take(`${layout.name} lines`);
  const values = columnValues(result.columns, layout.columns, (name) => `event.${name}`, uses);
  const waits = program.tellsCodeOf(result);
  const limit = result.limit;
  const send = waits ? `${uses.of("waiting_rows")}.append` : uses.of("send");
  // A number below zero ends the reading for now.
  return {
    name,
    lines: [
      ...(limit === undefined ? [] : [`${counter} = ${uses.module("itertools")}.count(1)`, "", ""]),
      `def ${name}(bpf, event):`,
      ...indented([
        ...(limit === undefined ? [] : [`if ${uses.of("stopping")}.is_set():`, "    return -1"]),
        ...filled("values = [", values, "]"),
        `${send}({"row": ${index}, "values": values})`,
        ...(limit === undefined
          ? []
          : [`if next(${counter}) >= ${limit}:`, `    ${uses.of("stopping")}.set()`]),
        ...(waits ? [`return -1 if len(${uses.of("waiting_rows")}) >= ${MOST_WAITING} else 0`] : []),
      ]),
    ],
  };
}

export function groupSender(
  result: Exclude<Result, RowsResult>,
  index: number,
  context: PythonContext,
): Sender {
  const { program, uses, names } = context;
  const layout = program.results[index];
  const name = names.take(`send_${layout?.kind === "groups" ? layout.name : `open_${index}`}`);
  const gathered = gather(result, index, context);
  const values = aggregatesOf(result).map((a: ResultAggregate, i) =>
    aggregationOf(a.fn).message(`group[${storedWith(result, i)}]`, a, uses),
  );
  const rows =
    result.kind === "openRows"
      ? ["rows = [(row, []) for row in rows]"]
      : comprehension("rows = ", ["(key, [", values, "])"], "for key, group in groups.items()");
  return {
    name,
    ...(gathered.timer === undefined ? {} : { timer: gathered.timer }),
    lines: [
      ...gathered.before,
      `def ${name}(bpf, final=False):`,
      ...indented([
        ...gathered.lines,
        ...rows,
        // What was sent of code goes before the stacks that are in it.
        ...(program.tellsCodeOf(result) ? [`${consume(program.dialect)}()`] : []),
        ...filled(
          `${uses.of("send")}({`,
          [
            `"groups": ${index}`,
            `"time": ${uses.of("nanoseconds")}(${clockOf(context).join("")})`,
            '"rows": rows',
            '"final": final',
          ],
          "})",
        ),
      ]),
    ],
  };
}
