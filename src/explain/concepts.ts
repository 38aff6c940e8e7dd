/** The BPF concepts that are explained, and which of them a plan uses. */
import { aggregatesOf, isRows } from "../plan/columns.js";
import { definitionOf } from "../aggregates/aggregates.js";
import { allSteps, partsOf, valuesOf } from "../plan/needs.js";
import type { Plan } from "../plan/plan.js";
import type { ProbeType } from "../semantics/typed.js";
import type { UsedConcept } from "./explanation.js";

export const CONCEPTS = [
  { id: "tracepoint", name: "tracepoint", gloss: "a place in the kernel's source made for tracing, with named arguments", also: ["tracepoints"] },
  { id: "rawtracepoint", name: "raw tracepoint", gloss: "a tracepoint without the copying of its arguments: cheaper", also: ["raw"] },
  { id: "kprobe", name: "kprobe", gloss: "a breakpoint or a call put on the entry of almost any kernel function", also: ["kprobes"] },
  { id: "kretprobe", name: "kretprobe", gloss: "a kprobe for a function's return, with what it returns", also: ["kretprobes"] },
  { id: "fentry", name: "fentry and fexit", gloss: "a direct call from a kernel function's entry or return to the program", also: ["fexit", "kfunc", "kretfunc", "fentry/fexit", "trampoline"] },
  { id: "uprobe", name: "uprobe", gloss: "a breakpoint on a function of a program or library", also: ["uprobes"] },
  { id: "uretprobe", name: "uretprobe", gloss: "a uprobe for a function's return, with what it returns", also: ["uretprobes"] },
  { id: "usdt", name: "USDT", gloss: "a tracepoint that a program's author put into it", also: ["sdt"] },
  { id: "software", name: "software event", gloss: "a count that the kernel keeps itself, such as page faults", also: ["software events"] },
  { id: "hardware", name: "hardware event", gloss: "a count that the processor keeps, such as cache misses", also: ["hardware events", "pmc"] },
  { id: "timer", name: "profile and interval", gloss: "a program run by the clock: on every CPU, or on one", also: ["profile", "interval", "profile/interval", "sampling"] },
  { id: "map", name: "map", gloss: "a table in the kernel that programs write and the tracer reads", also: ["maps", "hash"] },
  { id: "per-cpu", name: "per-CPU aggregation", gloss: "each CPU adds to a value of its own; they are summed when read", also: ["percpu", "per-cpu aggregation", "aggregation"] },
  { id: "histogram", name: "histogram", gloss: "how often values of each size occur, counted in the kernel", also: ["hist", "lhist", "histograms"] },
  { id: "stack", name: "stack", gloss: "the functions that led to the event, the innermost first", also: ["stacks", "ustack", "kstack", "stack trace"] },
  { id: "span", name: "span", gloss: "a begin and an end joined by a key, with the time between", also: ["spans", "latency"] },
  { id: "btf", name: "BTF", gloss: "the kernel's own description of its types, by which structs are read", also: ["types"] },
  { id: "task", name: "names of processes", gloss: "what a process is called: its threads, its program, and who started it", also: ["task", "comm", "process", "exe", "cmdline", "parent", "thread name"] },
  { id: "filter", name: "filter", gloss: "a test made in the kernel, before anything costly is done", also: ["predicate", "filter/predicate", "filters", "where"] },
  { id: "buffer", name: "ring buffer and lost events", gloss: "how single events reach the tracer, and how they are lost", also: ["perf buffer", "ring buffer", "perf/ring buffer", "lost events", "perf"] },
  { id: "verifier", name: "verifier", gloss: "the kernel's proof that a program is safe, before it runs", also: [] },
] as const; // prettier-ignore

export type ConceptId = (typeof CONCEPTS)[number]["id"];

/** Finds a concept by its id, its name, or another word for it. */
export function conceptNamed(words: string): (typeof CONCEPTS)[number] | undefined {
  const wanted = words.trim().toLowerCase();
  return CONCEPTS.find(
    ({ id, name, also }) =>
      id === wanted || name.toLowerCase() === wanted || (also as readonly string[]).includes(wanted),
  );
}

export function usedConcepts(plan: Plan): UsedConcept[] {
  const used = usedIds(plan);
  return CONCEPTS.filter(({ id }) => used.has(id)).map(({ id, name, gloss }) => ({ id, name, gloss }));
}

const OF_PROBES: Readonly<Record<ProbeType, ConceptId>> = {
  tracepoint: "tracepoint",
  rawtracepoint: "rawtracepoint",
  kprobe: "kprobe",
  kretprobe: "kretprobe",
  fentry: "fentry",
  fexit: "fentry",
  uprobe: "uprobe",
  uretprobe: "uretprobe",
  usdt: "usdt",
  software: "software",
  hardware: "hardware",
  profile: "timer",
  interval: "timer",
};

/** Members of the running task that the fields `process`, `parent`, `exe` and `cmdline` are read through. */
const TASK_MEMBERS: readonly string[] = ["group_leader", "real_parent", "exe_file", "arg_start"];

function usedIds(plan: Plan): ReadonlySet<ConceptId> {
  const used = new Set<ConceptId>(plan.probes.map(({ point }) => OF_PROBES[point.type]));
  const steps = allSteps(plan.probes);
  const parts = [...plan.probes.flatMap(({ filter }) => filter), ...steps.flatMap(valuesOf)].flatMap(partsOf);
  const aggregates = plan.results.flatMap(aggregatesOf);
  const add = (id: ConceptId, condition: boolean): void => void (condition && used.add(id));
  add("timer", plan.results.some(({ every }) => every !== undefined) || plan.duration !== undefined);
  add("map", aggregates.length > 0 || plan.states.length > 0);
  add("per-cpu", aggregates.length > 0);
  add("histogram", aggregates.some(({ fn }) => ["histogram", "bounds"].includes(definitionOf(fn).shape)));
  add("stack", parts.some(({ type }) => type.kind === "stack"));
  add("span", plan.states.length > 0);
  add("btf", parts.some(({ op }) => op === "member" || op === "currentTask"));
  add("task", parts.some((part) => part.op === "member" && TASK_MEMBERS.includes(part.name)));
  add("filter", plan.probes.some(({ filter }) => filter.length > 0) || steps.some((step) => step.do === "when"));
  add("buffer", plan.results.some(isRows));
  // The verifier has to prove that reading memory and searching texts is safe.
  add("verifier", parts.some(({ op }) => ["member", "glob", "text"].includes(op)));
  return used;
} // prettier-ignore
