/** `faultline list probes PATTERN`: lists the probes of the target with their arguments. */
import { didYouMean } from "../../diagnostics/suggest.js";
import type { Kernel } from "../../index.js";
import { HARDWARE_EVENTS, probeTypeNamed, SOFTWARE_EVENTS } from "../../semantics/source/probe-points.js";
import { describeCType } from "../../types/types.js";
import { escapeText, jsonDocument } from "../../view/value/escape.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

interface ListedField {
  readonly name: string;
  /** The C type. */
  readonly type: string;
  /** Whether the kernel prints it by name: as an enum or as flags. */
  readonly names?: "enum" | "flags";
}

interface ListedProbe {
  readonly probe: string;
  /** Absent if they are unknown. */
  readonly fields?: readonly ListedField[];
  readonly returns?: string;
}

/** `matcher` makes a predicate of a glob. */
export function listProbes(
  pattern: string | undefined,
  kernel: Kernel,
  matcher: (pattern: string) => (name: string) => boolean,
  asJson: boolean,
): number {
  if (pattern === undefined)
    throw new CliError(
      "a kernel has tens of thousands of probes",
      EXIT.usage,
      "give a pattern: `faultline list probes 'vmscan:*'` or `faultline list probes 'handle_mm_*'`",
    );
  const [word, ...rest] = pattern.split(":");
  const type = rest.length > 0 ? probeTypeNamed(word ?? "") : undefined;
  const name = type === undefined ? pattern : rest.join(":");
  const probes = find(type, name, matcher(name), kernel);
  if (probes.length === 0) {
    const cannot = whyNone(type, name, matcher(name), kernel);
    process.stderr.write(`faultline: ${escapeText(cannot.message)}\n`);
    if (cannot.hint !== undefined) process.stderr.write(`hint: ${escapeText(cannot.hint)}\n`);
    return cannot.code;
  }
  process.stdout.write(
    asJson
      ? jsonDocument({ version: 1, kernel: kernel.id, release: kernel.release, probes })
      : `${probes.map((probe) => escapeText(lineOf(probe))).join("\n")}\n`,
  );
  return EXIT.done;
}

type ProbeTypeName = ReturnType<typeof probeTypeNamed>;

const FUNCTION_TYPES: readonly ProbeTypeName[] = ["kprobe", "kretprobe", "fentry", "fexit"];

function find(
  type: ProbeTypeName,
  name: string,
  matches: (name: string) => boolean,
  kernel: Kernel,
): ListedProbe[] {
  switch (type) {
    case undefined:
      return name.includes(":")
        ? tracepoints(matches, kernel)
        : functions(kernel.attach.kprobe ? "kprobe" : "fentry", matches, kernel);
    case "tracepoint":
      return tracepoints(matches, kernel);
    case "rawtracepoint": {
      const events = kernel.tracepointNames().filter((each) => !each.startsWith("syscalls:"));
      return sorted(events.map((each) => each.slice(each.indexOf(":") + 1)).filter(matches)).map((each) => ({
        probe: `rawtracepoint:${each}`,
      }));
    }
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit":
      return functions(type, matches, kernel);
    case "software":
      return SOFTWARE_EVENTS.filter(matches).map((event) => ({ probe: `software:${event}` }));
    case "hardware":
      return HARDWARE_EVENTS.filter(matches).map((event) => ({ probe: `hardware:${event}` }));
    default:
      throw new CliError(
        `probes of type ${type} are not the kernel's to list`,
        EXIT.usage,
        type.startsWith("u")
          ? "`nm --dynamic FILE` shows the functions of a library, `readelf --notes FILE` its USDT probes"
          : `write it in a query: \`${type}:hz:99 count() by comm\``,
      );
  }
}

function tracepoints(matches: (name: string) => boolean, kernel: Kernel): ListedProbe[] {
  return sorted(kernel.tracepointNames().filter(matches)).map((each) => {
    const [category = "", event = ""] = each.split(":");
    const known = kernel.tracepoint(category, event);
    const fields = known?.fields.map(({ name, ctype }): ListedField => {
      const names = kernel.fieldValues?.(category, event, name)?.kind;
      return { name, type: ctype, ...(names === undefined ? {} : { names }) };
    });
    return { probe: `tracepoint:${each}`, ...(fields ? { fields } : {}) };
  });
}

/** Looking one up in the kernel's types takes almost a millisecond. */
const MOST_DESCRIBED = 1000;

function functions(
  type: "kprobe" | "kretprobe" | "fentry" | "fexit",
  matches: (name: string) => boolean,
  kernel: Kernel,
): ListedProbe[] {
  const isDirect = type === "fentry" || type === "fexit";
  if (!(isDirect ? kernel.attach.fentry : kernel.attach.kprobe)) return [];
  const names = sorted(kernel.functionNames().filter(matches));
  const isMany = names.length > MOST_DESCRIBED;
  if (isMany)
    process.stderr.write(
      `note: these are ${names.length} functions; arguments are shown of up to ${MOST_DESCRIBED}, so ask for fewer to see them\n`,
    );
  return names.flatMap((name): ListedProbe[] => {
    const probe = `${type}:${name}`;
    if (isMany) return [{ probe }];
    const known = kernel.function(name);
    // A direct call needs the type of the function.
    if (!known || known.untyped) return isDirect ? [] : [{ probe }];
    const fields = known.parameters.map((p) => ({ name: p.name, type: describeCType(p.type) }));
    const returns = describeCType(known.returns);
    if (type === "kretprobe") return [{ probe, returns }];
    return [{ probe, fields, ...(type === "fexit" ? { returns } : {}) }];
  });
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function lineOf({ probe, fields, returns }: ListedProbe): string {
  const named = fields?.map(({ name, type, names }) => `${name}: ${type}${names ? ` (${names})` : ""}`);
  return `${probe}${named ? `(${named.join(", ")})` : ""}${returns === undefined ? "" : `: ${returns}`}`;
}

/** Explains why nothing matches: there is no such name, or the kernel does not allow probes there. */
function whyNone(
  type: ProbeTypeName,
  name: string,
  matches: (name: string) => boolean,
  kernel: Kernel,
): { readonly message: string; readonly hint?: string; readonly code: number } {
  const where = `${kernel.id} (${kernel.release})`;
  const isFunction = type === undefined ? !name.includes(":") : FUNCTION_TYPES.includes(type);
  const there = isFunction ? kernel.functionNames().filter(matches).length : 0;
  if (there > 0)
    return {
      message: `${where} has ${there} ${there === 1 ? "function" : "functions"} like \`${name}\`, and cannot attach ${type ?? "kprobes or fentry programs"} to functions`,
      hint: "tracepoints may offer an alternative: `faultline list probes '*:*'`",
      code: EXIT.machineCannot,
    };
  const names = isFunction ? kernel.functionNames() : kernel.tracepointNames();
  const hint = nearest(name, names);
  return {
    message: `no probe of ${where} matches \`${type === undefined ? "" : `${type}:`}${name}\``,
    ...(hint === undefined ? {} : { hint }),
    code: EXIT.usage,
  };
}

/** Suggests a similar name, or for a pattern a similar category. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const [category = "", ...event] = name.split(":");
  const isPattern = /[*?[]/.test(name);
  if (!isPattern) return didYouMean(name, names);
  const categories = [...new Set(names.map((each) => each.split(":")[0] ?? ""))];
  return event.length > 0 && !/[*?[]/.test(category) && !categories.includes(category)
    ? didYouMean(category, categories)
    : undefined;
}
