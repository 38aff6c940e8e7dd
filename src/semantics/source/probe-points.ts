/** The syntax of probes: their types, their parts, and whether a kernel has them. */
import type { Kernel } from "../../kernel/kernel.js";
import type { ProbeSpec } from "../../syntax/tree.js";
import { fail, type Context } from "../context.js";
import { globMatcher } from "../expression/glob.js";
import { offerNearest } from "../../diagnostics/advice.js";
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import { orList } from "../../diagnostics/suggest.js";
import type { ProbePoint, ProbeType } from "../typed.js";

interface ProbeKind {
  readonly type: ProbeType;
  readonly aliases: readonly string[];
  /** The names of the parts, for messages. */
  readonly parts: readonly string[];
  readonly optional: number;
}

const KINDS: readonly ProbeKind[] = [
  { type: "tracepoint", aliases: ["t"], parts: ["CATEGORY", "NAME"], optional: 0 },
  { type: "rawtracepoint", aliases: ["rt"], parts: ["NAME"], optional: 0 },
  { type: "kprobe", aliases: ["k"], parts: ["FUNCTION"], optional: 0 },
  { type: "kretprobe", aliases: ["kr"], parts: ["FUNCTION"], optional: 0 },
  { type: "fentry", aliases: ["f", "kfunc"], parts: ["FUNCTION"], optional: 0 },
  { type: "fexit", aliases: ["fr", "kretfunc"], parts: ["FUNCTION"], optional: 0 },
  { type: "uprobe", aliases: ["u"], parts: ["BINARY", "FUNCTION"], optional: 0 },
  { type: "uretprobe", aliases: ["ur"], parts: ["BINARY", "FUNCTION"], optional: 0 },
  { type: "usdt", aliases: ["U"], parts: ["BINARY", "PROVIDER", "PROBE"], optional: 0 },
  { type: "software", aliases: ["s"], parts: ["EVENT", "COUNT"], optional: 1 },
  { type: "hardware", aliases: ["h"], parts: ["EVENT", "COUNT"], optional: 1 },
  { type: "profile", aliases: ["p"], parts: ["UNIT", "RATE"], optional: 0 },
  { type: "interval", aliases: ["i"], parts: ["UNIT", "COUNT"], optional: 0 },
];

/** The events of the kernel's perf_event interface, by bpftrace's names. */
export const SOFTWARE_EVENTS = [
  "alignment-faults", "bpf-output", "context-switches", "cpu-clock", "cpu-migrations", "dummy",
  "emulation-faults", "major-faults", "minor-faults", "page-faults", "task-clock", "cs", "faults", "cpu",
] as const; // prettier-ignore

export const HARDWARE_EVENTS = [
  "backend-stalls", "branch-instructions", "branch-misses", "bus-cycles", "cache-misses", "cache-references",
  "cpu-cycles", "frontend-stalls", "instructions", "ref-cycles", "branches", "cycles",
] as const; // prettier-ignore

const PROFILE_UNITS = ["hz", "s", "ms", "us"];
const INTERVAL_UNITS = ["s", "ms", "us", "hz"];

export const PROBE_TYPES: readonly string[] = KINDS.flatMap((k) => [
  k.type,
  ...k.aliases.filter((a) => a.length > 2),
]);

export function probeTypeNamed(word: string): ProbeType | undefined {
  return KINDS.find((k) => k.type === word || k.aliases.includes(word))?.type;
}

/** Spells a probe as it is written: `kprobe:handle_mm_fault`. */
export function pointText(point: ProbePoint): string {
  return [point.type, ...point.parts].join(":");
}

export function isWildcard(point: ProbePoint): boolean {
  return point.parts.some((part) => /[*?[]/.test(part));
}

/** Checks a probe's parts; returns undefined after reporting an error. */
export function checkProbe(spec: ProbeSpec, context: Context): ProbePoint | undefined {
  const kind = KINDS.find((k) => k.type === spec.type.text || k.aliases.includes(spec.type.text));
  if (!kind) {
    fail(
      context,
      spec.type.span,
      "unknown-probe-type",
      `there is no probe type \`${spec.type.text}\``,
      offerNearest(spec.type.text, PROBE_TYPES, spec.type.span),
    );
    return undefined;
  }
  const parts = spec.parts.map((p) => p.value);
  const broken = spec.parts.find((p) => !isSafePart(p.value));
  if (broken) {
    fail(
      context,
      broken.span,
      "bad-probe-name",
      "this name has a character that is not allowed in the name of a probe",
      "a name has no control characters, quotes or backslashes",
    );
    return undefined;
  }
  // A module before the function's name is only informative: the function alone is probed.
  if (parts.length > kind.parts.length && ["kprobe", "kretprobe", "fentry", "fexit"].includes(kind.type))
    parts.shift();
  if (parts.length > kind.parts.length || parts.length < kind.parts.length - kind.optional) {
    const shape = `${kind.type}:${kind.parts.join(":")}`;
    fail(
      context,
      spec.span,
      "probe-parts",
      `\`${kind.type}\` is written \`${shape}\``,
      `this one has ${spec.parts.length} parts after its type, where ${kind.parts.length} can stand`,
    );
    return undefined;
  }
  const point: ProbePoint = { type: kind.type, parts };
  return checkParts(point, spec, context) ? point : undefined;
}

/** Whether a part has no character that could end it in a script, where it is written verbatim or in quotes. */
function isSafePart(part: string): boolean {
  return part !== "" && !/[\u0000-\u001f\u007f"\\\u2028\u2029]/.test(part);
}

function checkParts(point: ProbePoint, spec: ProbeSpec, context: Context): boolean {
  const [first = "", second] = point.parts;
  const span = spec.parts[0]?.span ?? spec.span;
  const oneOf = (word: string, names: readonly string[], what: string): boolean => {
    if (names.includes(word)) return true;
    fail(
      context,
      span,
      "unknown-probe",
      `there is no ${what} \`${word}\``,
      offerNearest(word, names, span, `they are ${orList(names)}`),
    );
    return false;
  };
  const whole = (text: string | undefined): boolean => {
    if (text === undefined || (/^[0-9]{1,9}$/.test(text) && Number(text) > 0)) return true;
    fail(
      context,
      spec.parts[1]?.span ?? spec.span,
      "bad-probe-count",
      `\`${text}\` is not a count of one or more`,
    );
    return false;
  };
  switch (point.type) {
    case "software":
      return oneOf(first, SOFTWARE_EVENTS, "software event") && whole(second);
    case "hardware":
      return oneOf(first, HARDWARE_EVENTS, "hardware event") && whole(second);
    case "profile":
      return oneOf(first, PROFILE_UNITS, "unit of `profile`") && whole(second);
    case "interval":
      return oneOf(first, INTERVAL_UNITS, "unit of `interval`") && whole(second);
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit":
      if (/^[\w.*?[\]!-]+(\+(0x[0-9a-fA-F]+|[0-9]+))?$/.test(first)) return true;
      fail(context, span, "bad-probe-name", `\`${first}\` is not the name of a function`);
      return false;
    case "uprobe":
    case "uretprobe":
    case "usdt":
      return true;
    case "tracepoint":
    case "rawtracepoint": {
      const odd = spec.parts.find((p) => !/^[\w.*?[\]!-]+$/.test(p.value));
      if (!odd) return true;
      fail(context, odd.span, "bad-probe-name", `\`${odd.value}\` is not the name of a tracepoint`);
      return false;
    }
  }
}

/** Returns briefly why the kernel does not have this probe; undefined if it has, or may have, it. */
export function whyAbsent(point: ProbePoint, kernel: Kernel): string | undefined {
  const [first = "", second = ""] = point.parts;
  const where = `${kernel.id} (${kernel.release})`;
  switch (point.type) {
    case "tracepoint":
      if (!kernel.attach.tracepoint) return `${where} has no tracepoints`;
      if (isWildcard(point))
        return matchingTracepoints(point, kernel).length === 0 && knowsTracepoints(kernel)
          ? `no tracepoint of ${where} matches ${first}:${second}`
          : undefined;
      return lacks(kernel, "tracepoint", `${first}:${second}`)
        ? `${where} has no tracepoint ${first}:${second}`
        : undefined;
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit": {
      const kprobe = point.type.startsWith("k");
      if (kprobe && !kernel.attach.kprobe) return `${where} has no kprobes`;
      if (!kprobe && !kernel.attach.fentry) return `${where} cannot attach fentry programs`;
      if (isWildcard(point))
        return matchesFunction(first, kernel) ? undefined : `no function of ${where} matches ${first}`;
      const name = first.replace(/\+.*/, "");
      if (lacks(kernel, "function", name))
        return kernel.functionGap?.(name) ?? `${where} has no function ${name}`;
      return undefined;
    }
    case "uprobe":
    case "uretprobe":
    case "usdt":
      return kernel.attach.uprobe ? undefined : `${where} has no uprobes`;
    case "rawtracepoint":
      return isWildcard(point) || hasRawTracepoint(first, kernel)
        ? undefined
        : `${where} has no tracepoint ${first}`;
    case "hardware":
    case "interval":
    case "profile":
    case "software":
      return undefined;
  }
}

/** Whether it lists all of its tracepoints, as bundled profiles do, which say what they lack. */
function knowsTracepoints(kernel: Kernel): boolean {
  return kernel.complete || kernel.lacks !== undefined;
}

/** Whether any function matches, or may match: an incomplete profile does not list them all. */
function matchesFunction(pattern: string, kernel: Kernel): boolean {
  const matches = globMatcher(pattern);
  // An incomplete profile remembers that it was asked for what it does not know.
  return kernel.functionNames().some(matches) || (!kernel.complete && kernel.function(pattern) === undefined);
}

/** Some tracepoints have no event, and only the function that calls their programs. */
function hasRawTracepoint(name: string, kernel: Kernel): boolean {
  if (!knowsTracepoints(kernel)) return true;
  return (
    kernel.tracepointNames().some((full) => full.endsWith(`:${name}`)) ||
    !lacks(kernel, "function", `__traceiter_${name}`)
  );
}

/** Whether it is known not to exist; an incomplete profile may simply not list it. */
function lacks(kernel: Kernel, what: "function" | "tracepoint", name: string): boolean {
  if (kernel.lacks) return kernel.lacks(what, name);
  const [category = "", tracepoint = ""] = name.split(":");
  const found = what === "function" ? kernel.function(name) : kernel.tracepoint(category, tracepoint);
  return !found && kernel.complete;
}

export function matchingTracepoints(point: ProbePoint, kernel: Kernel): readonly string[] {
  return kernel.tracepointNames().filter(globMatcher(point.parts.join(":")));
}

/** Suggests similar names for one that the kernel lacks. */
export function suggestProbe(
  point: ProbePoint,
  { parts }: ProbeSpec,
  kernel: Kernel,
): Advice | string | undefined {
  const [first = "", second = ""] = point.parts;
  const last = parts[parts.length - 1]?.span ?? { start: 0, end: 0 };
  const head = parts[0]?.span ?? last;
  const both = { start: head.start, end: last.end };
  const similar = (names: readonly string[], name: string, span: Span = last): Advice | string | undefined =>
    // The name exists, so the probe is unavailable for another reason.
    names.includes(name) ? undefined : offerNearest(name.replace(/[*?]|\[[^\]]*\]/g, ""), names, span);
  switch (point.type) {
    case "tracepoint": {
      const categories = [...new Set(kernel.tracepointNames().map((name) => name.replace(/:.*/s, "")))];
      if (isWildcard(point))
        return similar(categories, first, head) ?? similar(tracepointsOf(first, kernel), second);
      return (
        similar(kernel.tracepointNames(), `${first}:${second}`, both) ?? similar(categories, first, head)
      );
    }
    case "rawtracepoint":
      return similar(tracepointsOf("*", kernel), first);
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit":
      return kernel.function(first) ? undefined : similar(kernel.functionNames(), first);
    case "hardware":
    case "interval":
    case "profile":
    case "software":
    case "uprobe":
    case "uretprobe":
    case "usdt":
      return undefined;
  }
}

/** The names of the tracepoints of a category, without it. */
function tracepointsOf(category: string, kernel: Kernel): readonly string[] {
  const all = kernel.tracepointNames().map((full) => full.split(":"));
  return all.flatMap(([own, name = ""]) => (category === "*" || own === category ? [name] : []));
}
