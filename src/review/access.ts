/** What a script reads, of the kernel and of the memory of programs, as its plan says. */
import { cText } from "../explain/prose-expression.js";
import { isOfBinary } from "../plan/binaries.js";
import { allSteps, operandsOf, partsOf, rewritten, valuesOf } from "../plan/needs.js";
import type { Plan, PlanProbe } from "../plan/plan.js";
import { readsUserMemory } from "../plan/user-memory.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import { pointText } from "../semantics/source/probe-points.js";
import type { BuiltinField, Typed } from "../semantics/typed.js";

export interface Access {
  /** What tracers know of the running thread by themselves, such as `comm`. */
  readonly running: readonly BuiltinField[];
  /** In C, with the probe. */
  readonly kernel: readonly MemoryRead[];
  /** Of the memory or the registers of programs. */
  readonly users: readonly MemoryRead[];
  readonly userStacks: boolean;
}

export interface MemoryRead {
  readonly what: string;
  readonly at: string;
}

export function accessOf(plan: Plan): Access {
  const [kernel, users] = [new Map<string, MemoryRead>(), new Map<string, MemoryRead>()];
  const running = new Set<BuiltinField>();
  for (const probe of plan.probes) {
    const { point } = probe;
    for (const value of wholeValues(probe)) {
      for (const part of partsOf(value)) if (part.op === "common") running.add(part.name);
      for (const part of readsIn(value)) {
        const isUsers =
          readsUserMemory(part, { point, plan }) || (isOfBinary(point) && OF_CONTEXT.has(part.op));
        const read = { what: cText(part), at: pointText(point) };
        (isUsers ? users : kernel).set(`${read.what} ${read.at}`, read);
      }
    }
  }
  return {
    running: [...running],
    kernel: [...kernel.values()],
    users: [...users.values()],
    userStacks: showsUserStacks(plan),
  };
}

/** The expressions of a probe, with what is meant in place of names that the planner gave. */
function wholeValues({ filter, steps }: PlanProbe): readonly Typed[] {
  const named = new Map(
    allSteps([{ steps }]).flatMap((step) => (step.do === "let" ? [[step.name, step.value] as const] : [])),
  );
  const whole = (value: Typed): Typed =>
    rewritten(value, (part) => {
      const meant = part.op === "local" ? named.get(part.name) : undefined;
      return meant && whole(meant);
    });
  return [...filter, ...steps.flatMap(valuesOf)].map(whole);
}

/** What a probe finds in its context, or in registers. */
const OF_CONTEXT: ReadonlySet<Typed["op"]> = new Set(["argument", "returnValue", "register"]);

const READS: ReadonlySet<Typed["op"]> = new Set([
  ...OF_CONTEXT, "tracepointArgument", "member", "element", "text", "global", "userWord", "inet",
]); // prettier-ignore

/** The reads of an expression, each with what leads to it: `vma->vm_file->f_path` is one. */
function readsIn(value: Typed): readonly Typed[] {
  return READS.has(value.op) ? [value] : operandsOf(value).flatMap(readsIn);
}
