/** Text for purposes, notes and states, in comments of scripts and in messages. */
import { allSteps, partsOf, valuesOf } from "./needs.js";
import type { Numbering, Plan, PlanNote, Purpose, RunningSums, SpanState } from "./plan.js";

/** `malloc_call: record the start of allocation`. */
export function purposeText(purposes: readonly Purpose[]): string {
  const texts = purposes.map(({ source, does, about }) => (about === source ? does : `${source}: ${does}`));
  return [...new Set(texts)].join("; ");
}

/** What a script says of a probe in a comment: nothing that its code says as well. */
export function purposeComment(purposes: readonly Purpose[]): string | undefined {
  const isObvious = purposes.every((each) => each.isObvious && (each.about ?? each.source) === each.source);
  return isObvious ? undefined : purposeText(purposes);
}

/** Whose numbers a script shows or tests, if it does: those of its tracer, where the target has none of its own. */
export function numbersText({ probes, numbering, process }: Plan): string | undefined {
  if (numbering || process) return undefined;
  // The keys of what is kept from a begin to its end are neither shown nor tested.
  const shown = allSteps(probes).filter((step) => step.do === "aggregate" || step.do === "emit");
  const tests = probes
    .flatMap(({ filter }) => filter)
    .filter((test) => !partsOf(test).some(({ op }) => op === "state" || op === "begun"));
  const parts = [...tests, ...shown.flatMap(valuesOf)].flatMap(partsOf);
  const named = (["pid", "tid"] as const).filter((name) =>
    parts.some((part) => part.op === "common" && part.name === name),
  );
  if (named.length === 0) return undefined;
  return `${named.join(" and ")}: ${named.length === 1 ? "a number" : "numbers"} of the initial PID namespace, as ps shows outside of containers`;
}

/** `each open allocation, by pid, address`. */
export function stateText({ span, key }: Pick<SpanState, "span" | "key">): string {
  const by = key.length === 0 ? "" : `, by ${key.map(({ name }) => name).join(", ")}`;
  return `each open ${span}${by}`;
}

/** Says that a trace has begun. */
export const TRACING = "Tracing... Hit Ctrl-C to end.";

export function noteText({ source, text }: PlanNote): string {
  return source === undefined ? text : `${source}: ${text}`;
}

/** How exactly ages are known where open spans are added up. */
export function ageText({ least, step }: Pick<NonNullable<RunningSums["age"]>, "least" | "step">): string {
  const after = (nanoseconds: bigint): string => `${Number(nanoseconds) / 1e6} ms`;
  return `ages are known in steps of ${after(step)}: nothing younger than ${after(least)} is shown, and all that is older than ${after(least + step)} is`;
}

export function sampleText(sample: bigint): string {
  return `one in ${sample} was looked at: counts and sums are multiplied by ${sample}, and are estimates`;
}

/** Which process a script is for, and whose number that is. */
export function processText({ process, numbering }: Pick<Plan, "process" | "numbering">): string | undefined {
  if (!process) return undefined;
  const whose = numbering ? `the PID namespace ${numbering.inode}` : "the initial PID namespace";
  const which = process.followed
    ? `the process ${process.pid}, and those that it starts`
    : `the process ${process.pid}`;
  return `Only ${which}; ${process.pid} is its number in ${whose}.`;
}

/** What must be known of the numbers of processes in a PID namespace. */
export function numberingText({ inode }: Numbering): string {
  return `\`pid\`, \`tid\` and \`ppid\` are the numbers in the PID namespace ${inode}, and below zero those of the host where a process is outside of it; numbers that the kernel reports in arguments, such as \`victim_pid\`, are always the host's`;
}
