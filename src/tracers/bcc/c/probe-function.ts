/** The probes of a plan as functions of the C text, and how each is attached. */
import type { PlanProbe } from "../../../plan/plan.js";
import { purposeText } from "../../../plan/words.js";
import { isWildcard } from "../../../semantics/source/probe-points.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { attachLines, attachment, type Attachment } from "../python/attach.js";
import { filled } from "../python/lines.js";
import { routinesIn, type ProbeBody, type Call } from "../sharing/routine.js";
import { bodyOf } from "./body.js";
import type { Program } from "./program.js";
import { callHead, callItems } from "./routine-call.js";
import { routineText } from "./routine-text.js";
import { writeBody } from "./write-body.js";
import { tracepointForm, type FindTracepoint, type TracepointForm } from "./tracepoint.js";
import { isProbe } from "./c-types.js";
import { uses } from "./uses.js";
import { cComment, indented } from "../quoting.js";
import { FunctionWriter } from "./function-writer.js";
import { hintsOf } from "./hints.js";

/** In columns: functions that are one call are read as a list, and may be wider than others. */
const CALL_WIDTH = 120;

export interface ProbeFunction {
  /** With a comment that says what it is there for. */
  readonly text: string;
  /** Whether it leaves all to a function that it shares with others. */
  readonly isShort: boolean;
  /** Without it, and with what attaches the function. */
  readonly part: string;
  readonly attachment: Attachment;
}

export function probeFunction(probe: PlanProbe, program: Program, find: FindTracepoint): ProbeFunction {
  const { point } = probe;
  const isNumbered = isWildcard(point) && uses(probe, isProbe);
  const name = program.names.take(`on_${eventName(point)}`);
  const form = point.type === "tracepoint" ? tracepointForm(probe, find, name) : undefined;
  const context = form !== undefined && form.kind !== "bare" ? "args" : "ctx";
  const attached = attachment(point, name, {
    isNumbered,
    isDescribed: form?.kind === "described",
    isNarrowed: program.pid !== undefined,
    uses: program.uses,
  });
  const body = bodyOf(probe, program);
  const writer = new FunctionWriter(
    program,
    point,
    context,
    isNumbered ? "number" : "",
    hintsOf(body, program),
  );
  const call = program.sharing.whole.get(probe);
  if (call) writer.inlines = true;
  const lines = call ? callLines(call, writer) : bodyLines(body, writer);
  const own = form?.kind === "own" ? [form.text, ""] : [];
  const start = head(point, name, isNumbered, form);
  const line = `${start} { ${lines.join(" ")} }`;
  const isShort = call !== undefined && own.length === 0;
  const code =
    isShort && lines.length === 1 && line.length <= CALL_WIDTH
      ? [line]
      : [start, "{", ...indented(lines), "}"];
  const attach = attachLines(attached);
  const comment = call ? [] : [`/* ${cComment(purposeText(probe.purposes))} */`];
  const called = call
    ? [...routinesIn(call.routine.body.steps, program.sharing.calls), call.routine]
    : [...routinesIn(body.steps, program.sharing.calls)];
  return {
    text: [...own, ...comment, ...code].join("\n"),
    isShort,
    part: [
      ...own,
      ...called.flatMap((routine) => [routineText(routine, program), ""]),
      ...code,
      ...(attach.length > 0 ? ["", ...attach] : []),
    ].join("\n"),
    attachment: attached,
  };
}

/** What happens, for the name of a function. */
function eventName({ type, parts }: ProbePoint): string {
  switch (type) {
    case "profile":
    case "interval":
      return type;
    case "software":
    case "hardware":
      return parts[0] ?? type;
    case "kretprobe":
    case "uretprobe":
      return `${parts.at(-1) ?? ""}_return`;
    case "fentry":
    case "fexit":
    case "kprobe":
    case "rawtracepoint":
    case "tracepoint":
    case "uprobe":
    case "usdt":
      return parts.at(-1) ?? "event";
  }
}

function bodyLines(body: ProbeBody, writer: FunctionWriter): readonly string[] {
  writeBody(body, writer);
  return [...writer.lines, "return 0;"];
}

/** Statements that leave all to a function that other probes share. */
function callLines(call: Call, writer: FunctionWriter): readonly string[] {
  const called = filled(`return ${callHead(call, writer)}(`, callItems(call, writer), ");");
  return [...writer.lines, ...called];
}

function head(
  point: ProbePoint,
  name: string,
  isNumbered: boolean,
  form: TracepointForm | undefined,
): string {
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
    case "kprobe":
    case "kretprobe":
    case "uprobe":
    case "uretprobe":
    case "usdt":
      return own("struct pt_regs");
  }
}
