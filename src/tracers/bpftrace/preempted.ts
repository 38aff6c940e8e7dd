/**
 * What may be wrong where the kernel takes the processor from a probe's program. What is too large for the stack of a
 * program stands in memory that each CPU has once: another thread that comes by the same probe meanwhile writes over it.
 */
import { allSteps } from "../../plan/needs.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ProbePoint, Typed } from "../../semantics/typed.js";
import { sizeOf } from "./map-memory.js";
import { factsOf, type Facts } from "./versions.js";

/** The kernel runs the programs of all other probes to their end. */
const PREEMPTED: ReadonlySet<ProbePoint["type"]> = new Set([
  "uprobe", "uretprobe", "usdt", "fentry", "fexit", "rawtracepoint",
]); // prettier-ignore

/** Undefined where nothing can be. */
export function preemptedText(plan: Pick<Plan, "probes">, version: string): string | undefined {
  const facts = factsOf(version);
  return isExposed(plan, facts, facts.mostOnStack)
    ? "this kernel interrupts probes for other threads: in a few events of 100,000 a text, a stack or a key may be that of another thread"
    : undefined;
}

/** Whether something stands in memory of the CPU where so many bytes stand on the stack. */
export function isExposed({ probes }: Pick<Plan, "probes">, facts: Facts, mostOnStack: number): boolean {
  const isLarge = (values: readonly Typed[]): boolean => sizeOf(values, facts) > mostOnStack;
  return (
    probes.some(({ point }) => PREEMPTED.has(point.type)) && allSteps(probes).flatMap(copied).some(isLarge)
  );
}

/** What a step writes as a whole. */
function copied(step: Step): readonly (readonly Typed[])[] {
  switch (step.do) {
    case "store":
      return [step.key, step.values];
    case "emit":
      return [step.values];
    case "add":
    case "aggregate":
    case "change":
    case "remove":
      return [step.key];
    case "let":
    case "times":
    case "unmatched":
    case "unseen":
    case "when":
      return [];
  }
}
