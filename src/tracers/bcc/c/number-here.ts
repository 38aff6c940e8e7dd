/** The number of the running process in the PID namespace of the target, for functions that are not of the plan. */
import { write } from "./c-expression.js";
import { FunctionWriter } from "./function-writer.js";
import type { Program } from "./program.js";

/** `lines`: statements before the one with `number`. Without a namespace, it is the kernel's number. */
export function numberHere(program: Program): { readonly lines: readonly string[]; readonly number: string } {
  const { numbering } = program.plan;
  if (!numbering) return { lines: [], number: "pid" };
  const point = { type: "tracepoint", parts: ["task", "task_rename"] } as const;
  const hints = {
    labels: new Map<string, string>(),
    readsProcess: false,
    usedStates: new Set<string>(),
    readsBothIds: false,
  };
  const writer = new FunctionWriter(program, point, "ctx", "", hints);
  const number = write(numbering.pid, writer).text;
  return { lines: writer.lines, number };
}
