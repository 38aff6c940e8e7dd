/** The probes of a plan as functions of the C text, and how each is attached. */
import type { PlanProbe } from "../../../plan/plan.js";
import { purposeText } from "../../../plan/words.js";
import { allSteps, partsOf } from "../../../plan/needs.js";
import { BackendError } from "../../error.js";
import { isWildcard } from "../../../semantics/source/probe-points.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import { UNSIGNED } from "../../../types/types.js";
import { atom, c } from "../../code.js";
import { taskIds, test, write } from "./c-expression.js";
import { attachLines, attachment, type Attachment } from "../python/attach.js";
import { isOfProcess, type Program } from "./program.js";
import { knowTested, writeSteps } from "./steps.js";
import { tracepointForm, type FindTracepoint, type TracepointForm } from "./tracepoint.js";
import { isProbe } from "./c-types.js";
import { uses } from "./uses.js";
import { cComment, indented } from "../quoting.js";
import { FunctionWriter } from "./function-writer.js";
import { hintsOf } from "./hints.js";
import { MOST_ON_STACK, Scratch } from "./scratch.js";

/** The kernel's verifier takes 21,000 to 26,000 steps for one, and gives up after a million. */
const MOST_SEARCHES = 32;

export interface ProbeFunction {
  /** With a comment that says what it is there for. */
  readonly text: string;
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
  const asksProcess = program.takesPid && isOfProcess(probe) && !attached.isNarrowed;
  // The kernel calls the function only in the process it is attached to.
  const filters = probe.filter.filter((each) => !attached.isNarrowed || !isOfPlanProcess(each, program));
  const hints = hintsOf({ ...probe, filter: filters }, program, asksProcess);
  const written = (scratch?: Scratch): FunctionWriter => {
    const number = isNumbered ? "number" : "";
    const writer = new FunctionWriter(program, point, context, number, hints, scratch?.members);
    const leave = `    ${scratch?.leave ?? "return 0;"}`;
    if (asksProcess) writer.add(`if (ONLY_PID && ${processOf(writer)} != ONLY_PID)`, leave);
    for (const filter of filters) {
      writer.add(`if (${test(filter, writer).fails.text})`, leave);
      knowTested(filter, writer);
    }
    writeSteps(probe.steps, writer);
    return writer;
  };
  const onStack = written();
  const scratch = onStack.bytes > MOST_ON_STACK ? new Scratch(name, point, program) : undefined;
  const lines = scratch ? scratch.around(written(scratch).lines) : [...onStack.lines, "return 0;"];
  const own = [
    ...(form?.kind === "own" ? [form.text, ""] : []),
    ...(scratch ? [scratch.declaration(), ""] : []),
  ];
  const code = [head(point, name, isNumbered, form), "{", ...indented(lines), "}"];
  const attach = attachLines(attached);
  return {
    text: [...own, `/* ${cComment(purposeText(probe.purposes))} */`, ...code].join("\n"),
    part: [...own, ...code, ...(attach.length > 0 ? ["", ...attach] : [])].join("\n"),
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

/** The process, for the test of `--pid`, which costs nothing without that option. */
function processOf(writer: FunctionWriter): string {
  if (writer.hints.readsProcess) return write({ op: "common", name: "pid", type: UNSIGNED }, writer).text;
  return c.binary(">>", taskIds(writer), atom(32)).text;
}

/** Whether a test is that for the only process of the plan. */
function isOfPlanProcess(test: Typed, { plan: { process } }: Program): boolean {
  return (
    process?.followed === false &&
    test.op === "compare" &&
    test.operator === "==" &&
    test.left.op === "common" &&
    test.left.name === "pid" &&
    test.right.op === "integer" &&
    test.right.value === BigInt(process.pid)
  );
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
