/** Whether a program is a 32-bit one on a 64-bit kernel. */
import type { Kernel } from "../../kernel/kernel.js";
import { BOOL, UNSIGNED } from "../../types/types.js";
import { arithmeticOf, integer } from "../expression/fold.js";
import type { Typed } from "../typed.js";
import { memberIn } from "./c-values.js";
import { runningTask } from "./namespace-numbers.js";

/** `MM_CONTEXT_UPROBE_IA32` of x86, the lowest bit, which a program has from when it is executed. */
const IA32 = 1n;

/** Undefined where the kernel does not tell. */
export function isCompatProgram(kernel: Kernel): Typed | undefined {
  if (kernel.arch !== "x86_64") return undefined;
  const flags = memberIn(runningTask(kernel), ["mm", "context", "flags"], kernel);
  if (!flags) return undefined;
  const bit = arithmeticOf("&", flags, integer(IA32, UNSIGNED), UNSIGNED);
  return { op: "compare", operator: "!=", left: bit, right: integer(0n, UNSIGNED), type: BOOL };
}
