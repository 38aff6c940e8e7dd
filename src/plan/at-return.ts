/**
 * Reads memory of the program when a system call returns. At its entry the memory that an argument points to need not
 * be there yet, and a probe cannot wait for it; the kernel has read it by the time the call returns. So the arguments
 * are kept from the entry, and all that depends on that memory is done at the return.
 */
import { pointText } from "../semantics/source/probe-points.js";
import type { ProbePoint, Typed } from "../semantics/typed.js";
import { BOOL, STRING } from "../types/types.js";
import { allSteps, rewritten, valuesOf } from "./needs.js";
import type { StateField, Step } from "./plan.js";
import { readsUserMemory } from "./user-memory.js";

const ENTRY = "sys_enter_";
const RETURN = "sys_exit_";

/** These do not return to the program that called them, or not to its memory. */
const NO_RETURN: ReadonlySet<string> = new Set(["execve", "execveat", "exit", "exit_group", "rt_sigreturn"]);

/** What is done at the entry of a call, and what at its return. */
export interface SplitCall {
  readonly call: string;
  /** Where the arguments are kept. */
  readonly state: string;
  readonly returns: ProbePoint;
  readonly key: readonly Typed[];
  readonly fields: readonly StateField[];
  readonly values: readonly Typed[];
  readonly atEntry: readonly Typed[];
  /** Whether the entry was seen, and its tests held. */
  readonly begun: Typed;
  readonly atReturn: readonly Typed[];
  readonly steps: readonly Step[];
}

/** Splits what a probe does at the entry of a system call, `key` of its thread; undefined if nothing depends on memory of the program. */
export function splitCall(
  point: ProbePoint,
  tests: readonly Typed[],
  steps: readonly Step[],
  key: readonly Typed[],
  state: () => string,
): SplitCall | undefined {
  const [category, name = ""] = point.parts;
  const call = name.slice(ENTRY.length);
  if (point.type !== "tracepoint" || category !== "syscalls" || !name.startsWith(ENTRY)) return undefined;
  if (NO_RETURN.has(call) || /[*?[]/.test(call) || !isOfResults(steps)) return undefined;
  const place = { point, plan: { probes: [], states: [] } };
  const reads = (value: Typed): boolean => readsUserMemory(value, place);
  const late = tests.filter(reads);
  if (late.length === 0 && !steps.flatMap(valuesOf).some(reads)) return undefined;
  const kept = new KeptArguments(state(), key, point);
  return {
    call,
    state: kept.state,
    returns: { ...point, parts: [category, `${RETURN}${call}`] },
    key,
    atEntry: tests.filter((test) => !late.includes(test)),
    begun: { op: "begun", state: kept.state, key, type: BOOL },
    atReturn: late.map((test) => kept.in(test)),
    steps: steps.map((step) => kept.in(step)),
    // What is kept is known when all of them have been rewritten.
    fields: kept.fields,
    values: kept.values,
  };
}

/** Whether the steps only add to results: what begins or ends a span must not wait for another probe. */
function isOfResults(steps: readonly Step[]): boolean {
  return allSteps([{ steps }]).every((step) => ["let", "when", "aggregate", "emit"].includes(step.do));
}

/** The arguments that are read at the return. */
class KeptArguments {
  readonly fields: StateField[] = [];
  readonly values: Typed[] = [];

  constructor(
    readonly state: string,
    private readonly key: readonly Typed[],
    private readonly point: ProbePoint,
  ) {}

  /** With each argument read from what was kept. */
  in<T extends Typed | Step>(tree: T): T {
    return rewritten(tree, (part) => {
      if (part.op === "tracepointArgument") return this.read(part);
      return part.op === "common" && part.name === "probe"
        ? { op: "string", value: pointText(this.point), type: STRING }
        : undefined;
    });
  }

  private read(argument: Typed & { readonly op: "tracepointArgument" }): Typed {
    const name = argument.field.name;
    if (!this.fields.some((field) => field.name === name)) {
      this.fields.push({ name, type: argument.type });
      this.values.push(argument);
    }
    return { op: "state", state: this.state, field: name, key: this.key, type: argument.type };
  }
}
