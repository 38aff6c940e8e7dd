/**
 * What may be wrong where the kernel takes the processor from a probe's program. What is too large for the stack of a
 * program stands in memory that each CPU has once: another thread that comes by the same probe meanwhile writes over it.
 * Newer kernels have the stack there, too.
 */
import { gte } from "semver";
import { isOfBinary } from "../../plan/binaries.js";
import { allSteps } from "../../plan/needs.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ProbePoint, Typed } from "../../semantics/typed.js";
import { kernelVersion, PRIVATE_STACKS } from "../kernel-release.js";
import { sizeOf } from "./map-memory.js";
import { factsOf, type Facts } from "./versions.js";

/** The kernel runs the programs of all other probes to their end. */
const PREEMPTED: ReadonlySet<ProbePoint["type"]> = new Set([
  "uprobe", "uretprobe", "usdt", "fentry", "fexit", "rawtracepoint",
]); // prettier-ignore

/** A program needs about as much again for what it works with. In bytes. */
const SMALL_PROGRAM = 24;

/** `release`: the kernel's. Undefined where nothing can be. */
export function preemptedText(
  { probes }: Pick<Plan, "probes">,
  version: string,
  release: string,
): string | undefined {
  const facts = factsOf(version);
  const onCpu = gte(kernelVersion(release), PRIVATE_STACKS);
  const mayChange = probes.some((probe) => {
    const most = onCpu && isOfBinary(probe.point) ? SMALL_PROGRAM : facts.mostOnStack;
    return isExposed({ probes: [probe] }, facts, most);
  });
  return mayChange
    ? "this kernel interrupts probes for other threads: in a few events of 100,000 a number, a text, a stack or a key may be that of another thread (not with `--via bcc`)"
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
