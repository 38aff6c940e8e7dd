/**
 * The instant at which a trace ends. bpftrace detaches its probes one after the other, which takes tenths of a second
 * where there are many, and runs END after that: in between, ends of spans are not seen any more, and begins are. So
 * what is open is not changed any more from the signal on that ends bpftrace.
 */
import { isOpen, openValues } from "../../../plan/columns.js";
import { allSteps, partsOf } from "../../../plan/needs.js";
import type { OpenResult, Plan, PlanProbe } from "../../../plan/plan.js";
import { isRunning } from "../../../plan/running.js";
import { atom, c, type Test } from "../../code.js";
import type { Dialect } from "../versions.js";
import { attachedProcess } from "../attach.js";
import { MARKS, type Script, type ScriptForm } from "../../script.js";
import type { AddedBlock } from "./mapping-probes.js";

/** Which process the tracer is, and whether it has been asked to end. */
const TRACER = "tracer";
const STOPPED = "stopped";

export const STOP_MAPS: readonly string[] = [TRACER, STOPPED];

export const NOT_STOPPED: Test = c.compare("==", atom(`@${STOPPED}`), atom("0"));

/** Statements at the start. The ids of a container are not those of the kernel, where it gives its types. */
export function stopBegin(knowsTasks: boolean): readonly string[] {
  return [`@${TRACER} = (uint64)${knowsTasks ? "curtask->tgid" : "pid"};`, `@${STOPPED} = 0;`];
}

/** The statement for a trace that ends itself. */
export const STOP = `@${STOPPED} = 1;`;

/** `stopSignal`: what the tracer must be sent before it is interrupted. */
type StopBlock = AddedBlock & Pick<Script, "stopSignal">;

export function stopBlock(plan: Plan, dialect: Dialect, form: ScriptForm): StopBlock {
  if (
    form === "stream" &&
    dialect.can("testsProcess") &&
    attachedProcess(plan, dialect.version) !== undefined
  )
    return blockOfSignal();
  const args = `args${dialect.can("argsDot") ? "." : "->"}`;
  const purpose = "note when the trace ends: bpftrace detaches its probes one by one, after that";
  const point = "tracepoint:signal:signal_generate";
  const signals = [SIGINT, SIGTERM].map((signal) => `${args}sig == ${signal}`).join(" || ");
  const text = `// ${purpose}\n${point}\n/(uint64)${args}pid == @${TRACER} && (${signals})/ { ${STOP} }`;
  return { purpose, point, text };
}

/** At tracepoints bpftrace tests the process that is traced, which is not the one that sends it signals. */
function blockOfSignal(): StopBlock {
  const stopSignal = "SIGUSR1";
  const purpose = "note when the trace ends: bpftrace detaches its probes one by one, after that";
  const point = `self:signal:${stopSignal}`;
  return {
    purpose,
    point,
    stopSignal,
    text: `// ${purpose}\n${point} { ${STOP} print((${MARKS.stopped}, 0)); }`,
  };
}

const SIGINT = 2;
const SIGTERM = 15;

/** Whether a probe changes what a result shows while it is open. */
export function changesOpen({ steps }: PlanProbe, plan: Plan): boolean {
  const shown = new Set(plan.results.filter(isOpen).flatMap(statesShown));
  return allSteps([{ steps }]).some((step) => "state" in step && shown.has(step.state));
}

/** The states of the spans and of their owners. */
function statesShown(result: OpenResult): readonly string[] {
  const read = openValues(result)
    .flatMap(partsOf)
    .flatMap((part) => (part.op === "state" || part.op === "begun" ? [part.state] : []));
  const owner = isRunning(result) ? result.running.owner : undefined;
  return [result.state, ...read, ...(owner ? [owner.state] : [])];
}
