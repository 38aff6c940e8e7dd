/** How the probes that a script has besides those of the plan tell which process runs. */
import type { Plan } from "../../../plan/plan.js";
import type { RecordMaps } from "../records.js";
import type { Dialect } from "../versions.js";
import { write } from "./bpftrace-expression.js";
import { newWriter } from "./probe-block.js";

export interface RunningProcess {
  /** The number by which the runner knows it. */
  readonly pid: string;
  readonly kernelPid: string;
  /** Whether the two may differ. */
  readonly isNumbered: boolean;
}

export function runningProcess(
  { numbering }: Pick<Plan, "numbering">,
  dialect: Dialect,
  records: RecordMaps,
): RunningProcess {
  if (!numbering) return { pid: "pid", kernelPid: "pid", isNumbered: false };
  const text = (value: typeof numbering.pid): string =>
    `(${write(value, newWriter(dialect, records, "", {})).text})`;
  return {
    pid: text(numbering.pid),
    kernelPid: write(numbering.kernelPid, newWriter(dialect, records, "", {})).text,
    isNumbered: true,
  };
}
