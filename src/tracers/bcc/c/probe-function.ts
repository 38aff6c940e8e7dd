/** The probes of a plan as functions of the C text, and how each is attached. */
import type { PlanProbe } from "../../../plan/plan.js";
import { purposeComment } from "../../../plan/words.js";
import { allSteps, partsOf } from "../../../plan/needs.js";
import { BackendError } from "../../error.js";
import { isWildcard } from "../../../semantics/source/probe-points.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { attachLines, attachment, type Attachment } from "../python/attach.js";
import { filled } from "../python/lines.js";
import { routinesIn, type Call } from "../sharing/routine.js";
import { bodyOf } from "./body.js";
import type { Program } from "./program.js";
import { keepOwnStack } from "./own-stack.js";
import { callHead, callItems, contextType } from "./routine-call.js";
import { routineText } from "./routine-text.js";
import { writeBody } from "./write-body.js";
import { tracepointForm, type FindTracepoint, type TracepointForm } from "./tracepoint.js";
import { isProbe } from "./c-types.js";
import { uses } from "./uses.js";
import { cComment, indented } from "../quoting.js";
import { FunctionWriter } from "./function-writer.js";
import { hintsOf } from "./hints.js";
import { MOST_ON_STACK, Scratch } from "./scratch.js";

/** The kernel's verifier takes 21,000 to 26,000 steps for one, and gives up after a million. */
const MOST_SEARCHES = 32;

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
  const searches = countSearches(probe);
  if (searches > MOST_SEARCHES)
    throw new BackendError(
      `the kernel accepts about ${MOST_SEARCHES} searches for a part of a text in one program, and these conditions have ${searches}: ask about them in several runs`,
    );
  const attached = attachment(point, name, {
    isNumbered,
    isDescribed: form?.kind === "described",
    isNarrowed: program.pid !== undefined,
    uses: program.uses,
  });
  const body = program.sharing.bodies.get(probe) ?? bodyOf(probe, program);
  const hints = hintsOf(body, program);
  const call = program.sharing.whole.get(probe);
  const written = (scratch?: Scratch): FunctionWriter => {
    const number = isNumbered ? "number" : "";
    const writer = new FunctionWriter(program, point, context, number, hints, scratch?.members);
    if (!call || contextType(call.routine, program) === undefined) keepOwnStack(point, writer);
    if (call) writeCall(call, writer);
    else writeBody(body, writer, scratch?.leave);
    return writer;
  };
  const onStack = written();
  const scratch = onStack.bytes > MOST_ON_STACK ? new Scratch(name, point, program) : undefined;
  const ended = call ? [] : ["return 0;"];
  const lines = scratch ? scratch.around(written(scratch).lines) : [...onStack.lines, ...ended];
  const own = [
    ...(form?.kind === "own" ? [form.text, ""] : []),
    ...(scratch ? [scratch.declaration(), ""] : []),
  ];
  const start = head(point, name, isNumbered, form);
  const line = `${start} { ${lines.join(" ")} }`;
  const isShort = call !== undefined && own.length === 0;
  const code =
    isShort && lines.every((each) => each.endsWith(";")) && line.length <= CALL_WIDTH
      ? [line]
      : [start, "{", ...indented(lines), "}"];
  const attach = attachLines(attached);
  const purpose = purposeComment(probe.purposes);
  const comment = call || purpose === undefined ? [] : [`/* ${cComment(purpose)} */`];
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

/** The parts that are searched for in texts: those of patterns between two stars. */
function countSearches({ filter, steps }: PlanProbe): number {
  const all = [...filter, ...allSteps([{ steps }]).flatMap((s) => (s.do === "when" ? s.all : []))];
  const globs = all.flatMap(partsOf).flatMap((part) => (part.op === "glob" ? [part.glob] : []));
  return globs.reduce((sum, { pieces }) => sum + Math.max(0, pieces.length - 2), 0);
}

/** A name for a function, from what happens there. */
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

/** Leaves all to a function that other probes share. */
function writeCall(call: Call, writer: FunctionWriter): void {
  writer.inlines = true;
  const items = callItems(call, writer);
  writer.add(filled(`return ${callHead(call, writer)}(`, items, ");"));
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
