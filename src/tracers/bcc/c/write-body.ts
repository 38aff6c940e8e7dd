/** The tests and steps of a function. */
import { UNSIGNED } from "../../../types/types.js";
import { atom, c, missed } from "../../code.js";
import { flattened, type ProbeBody } from "../sharing/routine.js";
import { taskIds, test, write } from "./c-expression.js";
import type { FunctionWriter } from "./function-writer.js";
import { knowTested, writeSteps } from "./steps.js";

/** `leave`: the statement that leaves the function early. */
export function writeBody(
  { filter: all, steps: then, asksProcess }: ProbeBody,
  writer: FunctionWriter,
  leave = "return 0;",
): void {
  if (asksProcess) writer.program.asksProcess = true;
  if (asksProcess) writer.add(`if (ONLY_PID && ${processOf(writer)} != ONLY_PID)`, `    ${leave}`);
  const { all: filter, then: steps } = flattened({ all, then }, writer.program.sharing.calls);
  for (const each of filter) {
    writer.add(`if (${missed(test(each, writer)).text})`, `    ${leave}`);
    knowTested(each, writer);
  }
  writeSteps(steps, writer);
}

/** The process, for the test of `--pid`, which costs nothing where none is given. */
function processOf(writer: FunctionWriter): string {
  const { numbering } = writer.program.plan;
  if (numbering) return write(numbering.pid, writer).text;
  if (writer.hints.readsProcess) return write({ op: "common", name: "pid", type: UNSIGNED }, writer).text;
  return c.binary(">>", taskIds(writer), atom(32)).text;
}
