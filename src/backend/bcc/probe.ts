/** The probes of a plan as functions of the C text, and how each is attached. */
import type { PlanProbe } from "../../plan/plan.js";
import { isWildcard, pointText } from "../../semantics/probe-points.js";
import type { ProbePoint } from "../../semantics/typed.js";
import { test } from "./expression.js";
import { attachment, type Attachment } from "./attach.js";
import type { Program } from "./program.js";
import { writeSteps } from "./steps.js";
import { lookUp } from "./state-access.js";
import { tracepointForm, type FindTracepoint, type TracepointForm } from "./tracepoint.js";
import { isProbe } from "./text-value.js";
import { uses } from "./uses.js";
import { cComment, indented } from "./text.js";
import { Writer } from "./writer.js";

export interface ProbeFunction {
  readonly text: string;
  readonly attachment: Attachment;
}

/** Probes at one point are one function: BCC finds some by their name, which can be there only once. */
export function probeFunctions(program: Program, find: FindTracepoint): readonly ProbeFunction[] {
  const byPoint = new Map<string, PlanProbe[]>();
  for (const probe of program.plan.probes) {
    const at = pointText(probe.point);
    byPoint.set(at, [...(byPoint.get(at) ?? []), probe]);
  }
  return [...byPoint.values()].map((probes) => probeFunction(probes, program, find));
}

function probeFunction(probes: readonly PlanProbe[], program: Program, find: FindTracepoint): ProbeFunction {
  const [{ point }] = probes as [PlanProbe];
  const isNumbered = isWildcard(point) && probes.some((p) => uses(p, isProbe));
  const name = program.names.take(`on_${point.parts.at(-1) ?? "event"}`);
  const form = point.type === "tracepoint" ? tracepointForm(probes, find, name) : undefined;
  const context = form !== undefined && form.kind !== "bare" ? "args" : "ctx";
  const parts = probes.map((probe) => bodyOf(probe, probes.length > 1, context, isNumbered, program));
  const body =
    parts.length === 1 ? (parts[0] ?? []) : parts.flatMap((lines) => ["do {", ...indented(lines), "} while (0);"]);
  const comment = [...new Set(probes.map((p) => p.purpose))].map(cComment).join("; ");
  return {
    text: [
      ...(form?.kind === "own" ? [form.text, ""] : []),
      `/* ${comment} */`,
      head(point, name, isNumbered, form),
      "{",
      ...indented([...onlyProcess(point, program), ...body, "return 0;"]),
      "}",
    ].join("\n"),
    attachment: attachment(point, name, isNumbered, form?.kind === "described"),
  };
}

function bodyOf(probe: PlanProbe, isOneOfMany: boolean, context: string, isNumbered: boolean, program: Program): string[] {
  const writer = new Writer(
    program,
    probe.point,
    isOneOfMany ? "break;" : "return 0;",
    context,
    isNumbered ? "number" : "",
  );
  for (const filter of probe.filter) {
    const text = test(filter, writer);
    writer.add(`if (${negated(text)})`, `    ${writer.leave}`);
    // What was looked up is there from here on.
    if (filter.op === "state") writer.tested(lookUp(filter, writer));
  }
  writeSteps(probe.steps, writer);
  return writer.lines;
}

function negated(text: string): string {
  return /^\w+(\([^()]*\))?$/.test(text) ? `!${text}` : `!(${text})`;
}

/** The `--pid` of who runs the program. Timers run in no process of interest. */
function onlyProcess({ type }: ProbePoint, program: Program): string[] {
  if (program.plan.process || type === "interval") return [];
  return ["if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)", "    return 0;"];
}

function head(point: ProbePoint, name: string, isNumbered: boolean, form: TracepointForm | undefined): string {
  const [first = "", second = ""] = point.parts;
  const own = (context: string): string =>
    isNumbered
      ? `static __always_inline int ${name}(${context} *ctx, u32 number)`
      : `int ${name}(${context} *ctx)`;
  switch (point.type) {
    case "tracepoint":
      if (form?.kind === "own") return `int ${name}(struct ${form.struct} *args)`;
      return form?.kind === "described" ? `TRACEPOINT_PROBE(${first}, ${second})` : own("void");
    case "rawtracepoint":
      return `RAW_TRACEPOINT_PROBE(${first})`;
    case "fentry":
      return `KFUNC_PROBE(${first})`;
    case "fexit":
      return `KRETFUNC_PROBE(${first})`;
    case "software":
    case "hardware":
    case "profile":
    case "interval":
      return own("struct bpf_perf_event_data");
    default:
      return own("struct pt_regs");
  }
}
