/**
 * Variables that no other thread writes over. Newer kernels keep those of a large program in memory of the CPU, and let
 * another thread that comes by the same user function run the program there meanwhile; not so those of a program that may
 * call another, which stand on the stack of the thread.
 */
import { isOfBinary } from "../../../plan/binaries.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import type { FunctionWriter } from "./function-writer.js";

/** Other probes are run one at a time on a CPU. */
export function keepOwnStack(point: ProbePoint, writer: FunctionWriter): void {
  const { program, context } = writer;
  if (!isOfBinary(point) || !program.dialect.can("privateStacks")) return;
  program.use("own_stack");
  writer.add(`own_stack(${context});`);
}
