/** How each kind of probe is attached, in Python; and which BCC cannot attach. */
import { isWildcard, pointText } from "../../../semantics/source/probe-points.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import type { Dialect } from "../versions.js";
import { pythonBytes, pythonString } from "../quoting.js";

/** BCC itself attaches some functions, by their names. */
export interface Attachment {
  /** Statements of Python. */
  readonly lines: readonly string[];
  /** A wildcard whose probes are told apart: a function is made for each, with its number. */
  readonly numbered?: {
    /** An expression of Python: the names that fit. */
    readonly find: string;
    /** What stands before each in the name of the probe. */
    readonly prefix: string;
    /** Attaches the function `each` to the probe `found`. */
    readonly attach: string;
    readonly fn: string;
    /** The type of the function's context. */
    readonly context: string;
  };
  /** Probes of programs that are found by their markers. */
  readonly usdt?: { readonly path: string; readonly lines: readonly string[] };
}

/** Why BCC cannot attach to a probe that the kernel has, in a few words; undefined when it can. */
export function attachGap(point: ProbePoint, dialect: Dialect): string | undefined {
  const isTrampoline = point.type === "fentry" || point.type === "fexit";
  if (isTrampoline && !dialect.can("trampolines")) return "BCC attaches these on kernels from 5.5 on";
  if (isTrampoline && isWildcard(point)) return "BCC attaches these by their full names only";
  if (point.type === "fexit" && !dialect.can("returnHelper"))
    return "BCC cannot read what is returned before Linux 5.17";
  if (point.type === "rawtracepoint" && isWildcard(point))
    return "BCC attaches raw tracepoints by their full names only";
  return undefined;
}

/** `isDescribed`: a tracepoint that BCC attaches by the name of its function. */
export function attachment(
  point: ProbePoint,
  fn: string,
  isNumbered: boolean,
  isDescribed: boolean,
): Attachment {
  const [first = "", second = ""] = point.parts;
  const name = pythonBytes(fn);
  switch (point.type) {
    case "tracepoint":
    case "kprobe":
    case "kretprobe":
    case "uprobe":
    case "uretprobe":
      if (isWildcard(point)) return wildcard(point, fn, isNumbered);
      return { lines: isDescribed ? [] : plain(point, name) };
    case "rawtracepoint":
    case "fentry":
    case "fexit":
      return { lines: [] };

    case "usdt":
      return {
        lines: [],
        usdt: {
          path: first,
          lines: [
            `enable_probe(probe=${pythonString(`${second}:${point.parts[2] ?? ""}`)}, fn_name=${pythonString(fn)})`,
          ],
        },
      };
    case "software":
      return {
        lines: [
          perfEvent(
            `PerfType.SOFTWARE`,
            `PerfSWConfig.${SOFTWARE[first] ?? ""}`,
            name,
            `sample_period=${second || "1"}`,
          ),
        ],
      };
    case "hardware":
      return {
        lines: [
          perfEvent(
            `PerfType.HARDWARE`,
            `PerfHWConfig.${HARDWARE[first] ?? ""}`,
            name,
            `sample_period=${second || "1"}`,
          ),
        ],
      };
    case "profile":
      return { lines: [perfEvent(`PerfType.SOFTWARE`, `PerfSWConfig.CPU_CLOCK`, name, rate(first, second))] };
    case "interval":
      return {
        lines: [
          perfEvent(`PerfType.SOFTWARE`, `PerfSWConfig.CPU_CLOCK`, name, `${rate(first, second)}, cpu=0`),
        ],
      };
  }
}

/** The statements that attach one function, for a reader. */
export function attachLines({ lines, numbered, usdt }: Attachment): readonly string[] {
  if (numbered) return [`for found in sorted(${numbered.find}):`, `    ${numbered.attach}`];
  return usdt ? usdt.lines.map((line) => `USDT(path=${pythonString(usdt.path)}).${line}`) : lines;
}

/** `fn`: the bytes of its name, in Python. */
export function attachTracepoint(name: string, fn: string): string {
  return `bpf.attach_tracepoint(tp=${pythonBytes(name)}, fn_name=${fn})`;
}

function plain(point: ProbePoint, fn: string): string[] {
  if (point.type === "tracepoint") return [attachTracepoint(point.parts.join(":"), fn)];
  if (point.type.startsWith("u")) return userProbe(point, fn);
  const [target = "", offset] = (point.parts[0] ?? "").split("+");
  const call = point.type === "kprobe" ? "attach_kprobe" : "attach_kretprobe";
  const at = offset === undefined ? "" : `, event_off=${Number(offset)}`;
  return [`bpf.${call}(event=${pythonBytes(target)}${at}, fn_name=${fn})`];
}

/** All that a pattern names, with one function for all or one for each. */
function wildcard(point: ProbePoint, fn: string, isNumbered: boolean): Attachment {
  const [first = "", second = ""] = point.parts;
  const isUser = point.type.startsWith("u");
  if (isUser && isWildcard({ ...point, parts: [first] }))
    throw new BackendError(`${pointText(point)}: BCC needs the name of one program or library`);
  const pattern = pythonBytes(globPattern(isUser ? second : point.parts.join(":")));
  const library = pythonBytes(libraryName(first));
  const find = isUser
    ? `BPF.get_user_functions(${library}, ${pattern})`
    : point.type === "tracepoint"
      ? `BPF.get_tracepoints(${pattern})`
      : `BPF.get_kprobe_functions(${pattern})`;
  const call = (each: string): string =>
    isUser
      ? `bpf.attach_${point.type}(name=${library}, sym=found, fn_name=${each}, pid=only_pid)`
      : point.type === "tracepoint"
        ? `bpf.attach_tracepoint(tp=found, fn_name=${each})`
        : `bpf.attach_${point.type}(event=found, fn_name=${each})`;
  if (!isNumbered) return { lines: [`for found in sorted(${find}):`, `    ${call(pythonBytes(fn))}`] };
  const prefix = `${point.type}:${isUser ? `${first}:` : ""}`;
  const context = point.type === "tracepoint" ? "void" : "struct pt_regs";
  return { lines: [], numbered: { find, prefix, attach: call("each"), fn, context } };
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

function userProbe(point: ProbePoint, fn: string): string[] {
  const [binary = "", symbol = ""] = point.parts;
  const call = point.type === "uprobe" ? "attach_uprobe" : "attach_uretprobe";
  const where = `name=${pythonBytes(libraryName(binary))}`;
  if (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(symbol))
    return [`bpf.${call}(${where}, addr=${Number(symbol)}, fn_name=${fn}, pid=only_pid)`];
  const [, name = symbol, offset] = /^(.*?)\+(0x[0-9a-fA-F]+|[0-9]+)$/.exec(symbol) ?? [];
  const at = offset === undefined ? "" : `, sym_off=${Number(offset)}`;
  if (at !== "" && point.type === "uretprobe")
    throw new BackendError(`${pointText(point)}: BCC can tell a return only of a whole function`);
  return [`bpf.${call}(${where}, sym=${pythonBytes(name)}${at}, fn_name=${fn}, pid=only_pid)`];
}

/** BCC finds a library by its name without `lib`, as a linker does. */
function libraryName(binary: string): string {
  return binary.includes("/") ? binary : binary.replace(/^lib(.+?)(\.so.*)?$/, "$1");
}

function perfEvent(type: string, config: string, fn: string, rate_: string): string {
  return `bpf.attach_perf_event(ev_type=${type}, ev_config=${config}, fn_name=${fn}, ${rate_})`;
}

/** The clock event counts nanoseconds. */
function rate(unit: string, count: string): string {
  const n = BigInt(count);
  if (unit === "hz") return `sample_freq=${n}`;
  const factor = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n }[unit] ?? 1n;
  return `sample_period=${n * factor}`;
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
