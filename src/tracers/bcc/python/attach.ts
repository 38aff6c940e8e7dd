/** How each kind of probe is attached, in Python; and which BCC cannot attach. */
import { isWildcard, pointText } from "../../../semantics/source/probe-points.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { UNITS } from "../../../types/units.js";
import { BackendError } from "../../error.js";
import type { BccDialect } from "../versions.js";
import { indented, pythonBytes, pythonString } from "../quoting.js";
import { filled } from "./lines.js";
import type { Uses } from "./runtime.js";

/** A call of BCC that attaches one function, which knows `bpf`, and the process as `pid` where it is narrowed to one. */
export interface AttachCall {
  /** `attach_uprobe`. */
  readonly method: string;
  readonly given: readonly Given[];
}

/** An argument by its name in BCC, and its value in Python. */
export interface Given {
  readonly name: string;
  readonly value: string;
}

/** BCC itself attaches some functions, by their names. */
export interface Attachment {
  readonly call?: AttachCall;
  /** Statements of Python for all that a wildcard names. */
  readonly lines: readonly string[];
  /** A wildcard whose probes are told apart: a function is made for each, with its number. */
  readonly numbered?: {
    /** An expression of Python: the names that fit. */
    readonly find: string;
    /** What stands before each in the name of the probe. */
    readonly prefix: string;
    /** Attaches the function `function` to the probe `found`. */
    readonly attach: readonly string[];
    readonly fn: string;
    /** The type of the function's context. */
    readonly context: string;
  };
  /** Whether it is narrowed to the process `pid`. */
  readonly isNarrowed: boolean;
  /** Probes of programs that are found by their markers. */
  readonly usdt?: { readonly path: string; readonly lines: readonly string[] };
}

/** Why BCC cannot attach to a probe that the kernel has, in a few words; undefined when it can. */
export function attachGap(point: ProbePoint, dialect: BccDialect): string | undefined {
  const isTrampoline = point.type === "fentry" || point.type === "fexit";
  if (isTrampoline && !dialect.can("trampolines")) return "BCC attaches these on kernels from 5.5 on";
  if (isTrampoline && isWildcard(point)) return "BCC attaches these by their full names only";
  if (point.type === "fexit" && !dialect.can("returnHelper"))
    return "BCC cannot read what is returned before Linux 5.17";
  if (point.type === "rawtracepoint" && isWildcard(point))
    return "BCC attaches raw tracepoints by their full names only";
  return undefined;
}

export interface AttachOptions {
  /** Whether the probes of a wildcard are told apart. */
  readonly isNumbered: boolean;
  /** A tracepoint that BCC attaches by the name of its function. */
  readonly isDescribed: boolean;
  /** Whether only one process is traced, the number of which is known as `pid`. */
  readonly isNarrowed: boolean;
  readonly uses: Uses;
}

export function attachment(point: ProbePoint, fn: string, options: AttachOptions): Attachment {
  const [first = "", second = ""] = point.parts;
  const name = pythonBytes(fn);
  const event = (type: PerfType, config: string, ...rest: Given[]): Attachment => ({
    call: perfEvent(type, config, name, rest, options.uses),
    lines: [],
    isNarrowed: false,
  });
  switch (point.type) {
    case "tracepoint":
    case "kprobe":
    case "kretprobe":
    case "uprobe":
    case "uretprobe":
      if (isWildcard(point)) return wildcard(point, fn, options);
      return {
        ...(options.isDescribed ? {} : { call: plain(point, name, options) }),
        lines: [],
        isNarrowed: options.isNarrowed && isOfUser(point),
      };
    case "rawtracepoint":
    case "fentry":
    case "fexit":
      return { lines: [], isNarrowed: false };

    case "usdt": {
      const probe = `probe=${pythonString(`${second}:${point.parts[2] ?? ""}`)}`;
      return {
        lines: [],
        usdt: {
          path: first,
          lines: filled("enable_probe(", [probe, `fn_name=${pythonString(fn)}`], ")", 20),
        },
        isNarrowed: options.isNarrowed,
      };
    }
    case "software":
      return event("SOFTWARE", SOFTWARE[first] ?? "", given("sample_period", second || "1"));
    case "hardware":
      return event("HARDWARE", HARDWARE[first] ?? "", given("sample_period", second || "1"));
    case "profile":
      return event("SOFTWARE", "CPU_CLOCK", rate(first, second));
    case "interval":
      return event("SOFTWARE", "CPU_CLOCK", rate(first, second), given("cpu", "0"));
  }
}

/** The statements that attach one function, for a reader. */
export function attachLines({ call, lines, numbered, usdt }: Attachment): readonly string[] {
  if (call) return callLines(call);
  if (numbered) return [`for found in ${numbered.find}:`, ...indented(numbered.attach)];
  return usdt ? usdt.lines.map((line) => `USDT(path=${pythonString(usdt.path)}).${line}`) : lines;
}

export function callLines({ method, given: all }: AttachCall, indent?: number): readonly string[] {
  const written = all.map(({ name, value }) => `${name}=${value}`);
  return filled(`bpf.${method}(`, written, ")", indent);
}

function given(name: string, value: string): Given {
  return { name, value };
}

function tracepointCall(name: string, fn: string): AttachCall {
  return { method: "attach_tracepoint", given: [given("tp", pythonBytes(name)), given("fn_name", fn)] };
}

/** `fn`: the bytes of its name, in Python. */
export function attachTracepoint(name: string, fn: string): readonly string[] {
  return callLines(tracepointCall(name, fn));
}

/** Whether BCC can attach it to one process. */
export function takesProcess({ type }: ProbePoint): boolean {
  return type === "uprobe" || type === "uretprobe" || type === "usdt";
}

function isOfUser({ type }: ProbePoint): boolean {
  return type === "uprobe" || type === "uretprobe";
}

function plain(point: ProbePoint, fn: string, options: AttachOptions): AttachCall {
  if (point.type === "tracepoint") return tracepointCall(point.parts.join(":"), fn);
  if (isOfUser(point)) return userProbe(point, fn, options);
  const [target = "", offset] = (point.parts[0] ?? "").split("+");
  const at = offset === undefined ? [] : [given("event_off", `${Number(offset)}`)];
  return {
    method: `attach_${point.type}`,
    given: [given("event", pythonBytes(target)), ...at, given("fn_name", fn)],
  };
}

/** All that a pattern names, with one function for all or one for each. */
function wildcard(
  point: ProbePoint,
  fn: string,
  { isNumbered, isNarrowed, uses }: AttachOptions,
): Attachment {
  const [first = "", second = ""] = point.parts;
  const isUser = isOfUser(point);
  if (isUser && isWildcard({ ...point, parts: [first] }))
    throw new BackendError(`${pointText(point)}: BCC needs the name of one program or library`);
  const pattern = pythonBytes(globPattern(isUser ? second : point.parts.join(":")));
  const library = pythonBytes(libraryName(first));
  const bpf = uses.ofBcc("BPF");
  const found = isUser
    ? `${bpf}.get_user_functions(${library}, ${pattern})`
    : point.type === "tracepoint"
      ? `${bpf}.get_tracepoints(${pattern})`
      : `${bpf}.get_kprobe_functions(${pattern})`;
  const find = `${uses.of("matching")}(${found}, ${pythonString(pointText(point))})`;
  const narrow = isUser && isNarrowed;
  const place = isUser
    ? [`name=${library}`, "sym=found"]
    : [point.type === "tracepoint" ? "tp=found" : "event=found"];
  const attach = (each: string): readonly string[] =>
    filled(
      `bpf.attach_${point.type}(`,
      [...place, `fn_name=${each}`, ...(narrow ? ["pid=pid"] : [])],
      ")",
      8,
    );
  if (!isNumbered)
    return {
      lines: [`for found in ${find}:`, ...indented(attach(pythonBytes(fn)))],
      isNarrowed: narrow,
    };
  const prefix = `${point.type}:${isUser ? `${first}:` : ""}`;
  const context = point.type === "tracepoint" ? "void" : "struct pt_regs";
  return {
    lines: [],
    numbered: { find, prefix, attach: attach("function"), fn, context },
    isNarrowed: narrow,
  };
}

/** A glob as a regular expression for the whole of a name. */
export function globPattern(glob: string): string {
  const inner = glob.replace(/\*|\?|\[!|\[|\]|[^\w*?[\]]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part === "[!") return "[^";
    return part === "[" || part === "]" || part === "-" ? part : `\\${part}`;
  });
  return `^${inner}$`;
}

function userProbe(point: ProbePoint, fn: string, { isNarrowed }: AttachOptions): AttachCall {
  const [binary = "", symbol = ""] = point.parts;
  const call = (...place: Given[]): AttachCall => ({
    method: `attach_${point.type}`,
    given: [
      given("name", pythonBytes(libraryName(binary))),
      ...place,
      given("fn_name", fn),
      ...(isNarrowed ? [given("pid", "pid")] : []),
    ],
  });
  if (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(symbol)) return call(given("addr", `${Number(symbol)}`));
  const [, name = symbol, offset] = /^(.*?)\+(0x[0-9a-fA-F]+|[0-9]+)$/.exec(symbol) ?? [];
  if (offset !== undefined && point.type === "uretprobe")
    throw new BackendError(`${pointText(point)}: BCC can tell a return only of a whole function`);
  const at = offset === undefined ? [] : [given("sym_off", `${Number(offset)}`)];
  return call(given("sym", pythonBytes(name)), ...at);
}

/** BCC finds a library by its name without `lib`, as a linker does. */
function libraryName(binary: string): string {
  return binary.includes("/") ? binary : binary.replace(/^lib(.+?)(\.so.*)?$/, "$1");
}

type PerfType = "SOFTWARE" | "HARDWARE";

function perfEvent(
  type: PerfType,
  config: string,
  fn: string,
  rest: readonly Given[],
  uses: Uses,
): AttachCall {
  const configs = uses.ofBcc(type === "SOFTWARE" ? "PerfSWConfig" : "PerfHWConfig");
  return {
    method: "attach_perf_event",
    given: [
      given("ev_type", `${uses.ofBcc("PerfType")}.${type}`),
      given("ev_config", `${configs}.${config}`),
      given("fn_name", fn),
      ...rest,
    ],
  };
}

/** The clock event counts nanoseconds. */
function rate(unit: string, count: string): Given {
  const n = BigInt(count);
  if (unit === "hz") return given("sample_freq", `${n}`);
  const factor = UNITS.duration.spellings[unit] ?? 1n;
  return given("sample_period", `${n * factor}`);
}

/** By BCC's names, which are the kernel's. */
const SOFTWARE: Readonly<Record<string, string>> = {
  "alignment-faults": "ALIGNMENT_FAULTS",
  "bpf-output": "BPF_OUTPUT",
  "context-switches": "CONTEXT_SWITCHES",
  cs: "CONTEXT_SWITCHES",
  "cpu-clock": "CPU_CLOCK",
  cpu: "CPU_CLOCK",
  "cpu-migrations": "CPU_MIGRATIONS",
  dummy: "DUMMY",
  "emulation-faults": "EMULATION_FAULTS",
  "major-faults": "PAGE_FAULTS_MAJ",
  "minor-faults": "PAGE_FAULTS_MIN",
  "page-faults": "PAGE_FAULTS",
  faults: "PAGE_FAULTS",
  "task-clock": "TASK_CLOCK",
};

const HARDWARE: Readonly<Record<string, string>> = {
  "backend-stalls": "STALLED_CYCLES_BACKEND",
  "branch-instructions": "BRANCH_INSTRUCTIONS",
  branches: "BRANCH_INSTRUCTIONS",
  "branch-misses": "BRANCH_MISSES",
  "bus-cycles": "BUS_CYCLES",
  "cache-misses": "CACHE_MISSES",
  "cache-references": "CACHE_REFERENCES",
  "cpu-cycles": "CPU_CYCLES",
  cycles: "CPU_CYCLES",
  "frontend-stalls": "STALLED_CYCLES_FRONTEND",
  instructions: "INSTRUCTIONS",
  "ref-cycles": "REF_CPU_CYCLES",
};
