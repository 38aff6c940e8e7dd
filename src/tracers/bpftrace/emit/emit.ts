/** Writes a plan as a bpftrace script: a header for the reviewer, the probes, and what prints the results. */
import { aggregatesOf } from "../../../plan/columns.js";
import { FOLLOWED, type Plan, type Result } from "../../../plan/plan.js";
import { readingPeriod } from "../../../plan/running.js";
import { purposeText } from "../../../plan/words.js";
import { tellsMappedCode } from "../../mapped-code.js";
import type { Script, ScriptForm, ScriptParts } from "../../script.js";
import { dialectOf, type Dialect } from "../versions.js";
import { mappingProbes, noticeProbes, PROGRAMS } from "./mapping-probes.js";
import type { Form } from "./form.js";
import { header } from "./header.js";
import { probeBlock } from "./probe-block.js";
import { block, packed } from "./layout.js";
import { recordMaps } from "../records.js";
import { streamForm } from "./stream-form.js";
import { comment } from "./quoting.js";
import { typedRecords } from "./typed-records.js";
import { textForm } from "./text-form.js";

export interface EmitOptions {
  /** Of bpftrace: `0.23.2`. */
  readonly version: string;
  readonly form: ScriptForm;
  /** For the header: `debian12 (6.1.0-50-cloud-amd64)`. */
  readonly target: string;
  /** Whether the kernel gives its types and system calls: then the stream form tells what code processes map. */
  readonly knowsTypes?: boolean;
}

export function emitBpftrace(plan: Plan, options: EmitOptions): Script {
  const dialect = dialectOf(options.version);
  const records = recordMaps(plan, dialect, options.form === "stream");
  const form: Form = (options.form === "text" ? textForm : streamForm)(plan, dialect, records);
  const mappings = mappingBlocks(plan, options, dialect);
  const probes = plan.probes.map((p) => ({
    purpose: purposeText(p.purposes),
    text: probeBlock(p, form, records, dialect),
  }));
  const blocks = [
    beginBlock(plan, form, dialect.can("deleteIsValue") ? [] : typedRecords(plan, records, form.userStack)),
    ...(plan.process?.followed ? [followBlock(dialect, form)] : []),
    ...mappings,
    ...probes.map(({ purpose, text }) => `// ${comment(purpose)}\n${text}`),
    ...timerBlocks(plan, form),
    endBlock(plan, form, mappings.length > 1 ? [PROGRAMS] : []),
  ];
  const text = `${header(plan, options.target, records, dialect)}\n${blocks.filter((b) => b !== "").join("\n\n")}\n`;
  const entries = String(plan.maxEntries);
  return {
    form: options.form,
    text,
    plan,
    maps: form.maps,
    ...(options.form === "stream" ? { endsWithMaps: true } : {}),
    environment: {
      [dialect.can("renamedEnvironment") ? "BPFTRACE_MAX_MAP_KEYS" : "BPFTRACE_MAP_KEYS_MAX"]: entries,
      BPFTRACE_PERF_RB_PAGES: String(dialect.facts.buffer.pages),
    },
    parts: { probes, maps: filledMaps(plan, form) },
  };
}

/** What first fills each map of the plan. */
function filledMaps(plan: Plan, { fills }: Form): ScriptParts["maps"] {
  const aggregates = plan.results.flatMap((result) => aggregatesOf(result).map(({ map }) => map));
  return [...aggregates, ...plan.states.map(({ name }) => name)].flatMap((name) => {
    const text = fills.of(name);
    return text === undefined ? [] : [{ holds: [name], text }];
  });
}

/** Nothing where there is nothing to do. */
function blockOf(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : block(head, lines);
}

function beginBlock(plan: Plan, form: Form, types: readonly string[]): string {
  const follow = plan.process?.followed ? [`@${FOLLOWED}[(uint64)${plan.process.pid}] = 1;`] : [];
  return blockOf("BEGIN", [...types, ...follow, ...form.begin()]);
}

const IS_FOLLOWED = `@${FOLLOWED}[(uint64)pid] != 0`;

/** The processes that a followed one starts are followed too. */
function followBlock(dialect: Dialect, form: Form): string {
  const child = `args${dialect.can("argsDot") ? "." : "->"}child_pid`;
  const key = `(uint64)${child}`;
  const place = `@${FOLLOWED}[${key}]`;
  const begin = { map: FOLLOWED, mark: place, stores: [`${place} = 1;`] };
  const lines = [...form.storeBegin(begin), ...form.announce(child)];
  return `// also trace the processes that the traced command starts\ntracepoint:sched:sched_process_fork\n${blockOf(`/${IS_FOLLOWED}/`, lines)}`;
}

/** Tell of processes that become another program, so that their stacks can be named when they have ended. */
function mappingBlocks(plan: Plan, { form, knowsTypes }: EmitOptions, dialect: Dialect): string[] {
  if (!tellsMappedCode(plan, form)) return [];
  const filter = plan.process ? IS_FOLLOWED : "";
  return knowsTypes ? mappingProbes(dialect, filter) : noticeProbes(filter);
}

/** `interval:s:5`, in seconds where it comes out even. */
function interval(nsecs: bigint): string {
  const second = 1_000_000_000n;
  return nsecs % second === 0n ? `interval:s:${nsecs / second}` : `interval:ms:${nsecs / 1_000_000n}`;
}

function timerBlocks(plan: Plan, form: Form): string[] {
  const blocks = new Map<bigint, string[]>();
  plan.results.forEach((result, i) => {
    const period = readingPeriod(result);
    if (period === undefined) return;
    blocks.set(period, [...(blocks.get(period) ?? []), ...form.print(i, "interval")]);
  });
  const timers = [...blocks].map(([every, lines]) => blockOf(interval(every), lines));
  if (plan.duration !== undefined) timers.push(blockOf(interval(plan.duration), form.exit));
  return timers;
}

function endBlock(plan: Plan, form: Form, more: readonly string[]): string {
  const lines = plan.results.flatMap((result, i) => (printsAtEnd(result) ? form.print(i, "end") : []));
  const helpers = [...form.helpers(), ...more, ...(plan.process?.followed ? [FOLLOWED] : [])];
  const clear = packed(helpers.map((map) => `clear(@${map});`));
  return blockOf("END", [...lines, ...clear]);
}

/** A stream was printed as it came; the rest has something left to tell, the last incomplete interval too. */
function printsAtEnd(result: Result): boolean {
  return result.kind !== "rows";
}
