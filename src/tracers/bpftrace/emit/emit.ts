/** Writes a plan as a bpftrace script: a header for the reviewer, the probes, and what prints the results. */
import { aggregatesOf, isOpen } from "../../../plan/columns.js";
import { FOLLOWED, STARTING, type Plan, type Result, type TracedProcess } from "../../../plan/plan.js";
import { readingPeriod } from "../../../plan/running.js";
import { showsUserStacks } from "../../../plan/user-stacks.js";
import { sizedMaps } from "../rooms.js";
import { purposeComment, purposeText } from "../../../plan/words.js";
import { NOTICE_PURPOSE, PROGRAM_PURPOSE, tellsMappedCode } from "../../mapped-code.js";
import { refuseRunnerOnly } from "../../runner-only.js";
import { FORK, RENAME } from "../../followed-processes.js";
import type { AddedProbe, MapRole, Script, ScriptForm, ScriptParts } from "../../script.js";
import { dialectOf, type Dialect } from "../versions.js";
import { typedMaps } from "./first-use.js";
import { mappingProbes, noticeProbes, PROGRAMS, type AddedBlock } from "./mapping-probes.js";
import type { Form } from "./form.js";
import type { EnumNames } from "./by-hand.js";
import { header } from "./header.js";
import { runningProcess, type RunningProcess } from "./running-process.js";
import { probeBlock } from "./probe-block.js";
import { block, packed } from "./layout.js";
import { recordMaps } from "../records.js";
import { configBlock, interpreterLine, settingsOf } from "./settings.js";
import { fillNumbers, NUMBERS, walksNumbers } from "./times.js";
import { changesOpen, NOT_STOPPED, STOP, STOP_MAPS, stopBegin, stopBlock } from "./stop.js";
import { streamForm } from "./stream-form.js";
import { comment } from "./quoting.js";
import { textForm } from "./text-form.js";

export interface BpftraceOptions {
  /** Of bpftrace: `0.23.2`. */
  readonly version: string;
  readonly form: ScriptForm;
  /** For the header: `debian12 (6.1.0-50-cloud-amd64)`. */
  readonly target: string;
  /** Whether the kernel gives its types and system calls: then the stream form tells what code processes map. */
  readonly knowsTypes?: boolean;
  /** Whether it gives the type of its tasks. */
  readonly knowsTasks?: boolean;
  readonly names: EnumNames;
}

export function emitBpftrace(plan: Plan, options: BpftraceOptions): Script {
  refuseRunnerOnly(plan, options.form);
  const dialect = dialectOf(options.version);
  const records = recordMaps(plan, dialect, options.form === "stream");
  const settings = settingsOf(plan, dialect);
  const form: Form = (options.form === "text" ? textForm : streamForm)(plan, dialect, records);
  const running = runningProcess(plan, dialect, records);
  const mappings = mappingBlocks(plan, options, dialect, running);
  const typed = typedMaps(plan, records, dialect, form.stackMode);
  const probes = plan.probes.map((p, i) => ({
    purpose: purposeText(p.purposes),
    comment: purposeComment(p.purposes),
    text: probeBlock(p, form, records, dialect, {
      ...(typed[i] ? { first: typed[i] } : {}),
      ...(changesOpen(p, plan) ? { last: NOT_STOPPED } : {}),
    }),
  }));
  const walked = walksNumbers(plan, dialect);
  const stops = plan.results.some(isOpen) || form.readsStop();
  const stop = stops ? stopBlock(plan, dialect, options.form) : undefined;
  const added = [
    ...(stop ? [stop] : []),
    ...(plan.process?.followed ? followBlocks(plan.process, dialect, form, running) : []),
    ...mappings,
  ];
  const timers = timerBlocks(plan, form, stops ? [STOP] : []);
  const more = [
    ...(stops ? STOP_MAPS : []),
    ...(mappings.length > 1 ? [PROGRAMS] : []),
    ...(walked ? [NUMBERS] : []),
  ];
  const blocks = [
    configBlock(settings, dialect),
    sizedMaps(plan, records, dialect, form.changeSides).join("\n"),
    beginBlock(plan, form, [
      ...(stops ? stopBegin(options.knowsTasks === true) : []),
      ...(walked ? fillNumbers() : []),
    ]),
    ...added.map(({ text }) => text),
    ...probes.map((each) =>
      each.comment === undefined ? each.text : `// ${comment(each.comment)}\n${each.text}`,
    ),
    ...timers.map(({ text }) => text),
    endBlock(plan, form, more),
  ];
  const about = { target: options.target, form: options.form, names: options.names };
  const head = header(plan, { ...about, settings }, records, dialect);
  return {
    form: options.form,
    text: `${interpreterLine(settings, dialect)}\n${head}\n${blocks.filter((b) => b !== "").join("\n\n")}\n`,
    header: head,
    plan,
    maps: form.maps,
    ...(options.form === "stream" ? { endsWithMaps: true } : {}),
    environment: settings,
    ...(stop?.stopSignal ? { stopSignal: stop.stopSignal } : {}),
    parts: {
      probes: probes.map(({ purpose, text }) => ({ purpose, text })),
      maps: filledMaps(plan, form),
      added: [...added, ...timers].map(({ point, purpose }) => ({ point, purpose })),
      helperMaps: helperMaps(plan, form, more),
    },
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

function helperMaps(plan: Plan, form: Form, more: readonly string[]): readonly string[] {
  const counts = [...form.maps].flatMap(([name, { holds }]) => (OF_PLAN.has(holds) ? [] : [name.slice(1)]));
  return [...new Set([...counts, ...form.helpers(), ...more, ...followMaps(plan)])];
}

/** What the maps of the plan hold. */
const OF_PLAN: ReadonlySet<MapRole["holds"]> = new Set(["aggregate", "change", "state"]);

/** Nothing where there is nothing to do. */
function blockOf(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : block(head, lines);
}

function beginBlock(plan: Plan, form: Form, more: readonly string[]): string {
  return blockOf("BEGIN", [
    ...(plan.process?.followed ? startLines(plan.process, plan) : []),
    ...more,
    ...form.begin(),
  ]);
}

/** What is followed is known by the kernel's numbers, which are those that a fork gives. */
function follows(map: string, { kernelPid }: RunningProcess): string {
  return `@${map}[(uint64)${kernelPid}] != 0`;
}

/** What the command is to the kernel is not known in a PID namespace, before it runs. */
function startLines({ pid, execs = 0 }: TracedProcess, { numbering }: Plan): readonly string[] {
  if (numbering) return [];
  return execs > 0 ? [`@${STARTING}[(uint64)${pid}] = ${execs};`] : [`@${FOLLOWED}[(uint64)${pid}] = 1;`];
}

/** The processes that a followed one starts are followed too; the shell that starts the command is not. */
function followBlocks(
  { pid, execs = 0 }: TracedProcess,
  dialect: Dialect,
  form: Form,
  running: RunningProcess,
): AddedBlock[] {
  const child = `args${dialect.can("argsDot") ? "." : "->"}child_pid`;
  const { kernelPid, isNumbered } = running;
  const keep = (map: string, process: string, value: string): readonly string[] => {
    const place = `@${map}[(uint64)${process}]`;
    return form.storeBegin({ map: FOLLOWED, mark: place, stores: [`${place} = ${value};`] });
  };
  // The runner knows processes by the numbers of its own namespace, which a fork does not give.
  const announced = isNumbered ? [] : form.announce(child);
  const isStarting = follows(STARTING, running);
  const blocks = [
    followBlock(FORK, follows(FOLLOWED, running), [...keep(FOLLOWED, child, "1"), ...announced]),
  ];
  const left = `@${STARTING}[(uint64)${kernelPid}]`;
  if (execs > 1)
    blocks.push(
      followBlock(
        { ...FORK, purpose: "the shell of the command is not traced, but what it starts" },
        isStarting,
        [...keep(STARTING, child, left), ...announced],
      ),
    );
  if (execs > 0) {
    const isFirst = `${running.pid} == ${pid} && @${FOLLOWED}[(uint64)${kernelPid}] == 0`;
    blocks.push(
      followBlock(RENAME, isNumbered ? `${isStarting} || (${isFirst})` : isStarting, [
        ...(isNumbered ? [`if (${left} == 0) { ${left} = ${execs}; }`] : []),
        `${left} = ${left} - 1;`,
        `if (${left} == 0) { ${keep(FOLLOWED, kernelPid, "1").join(" ")} }`,
      ]),
    );
  }
  return blocks;
}

function followBlock(of: AddedProbe, filter: string, lines: readonly string[]): AddedBlock {
  const { purpose } = of;
  const point = `tracepoint:${of.point}`;
  return { purpose, point, text: `// ${purpose}\n${point}\n${blockOf(`/${filter}/`, lines)}` };
}

/** Tell of processes that become another program, so that their stacks can be named when they have ended. */
function mappingBlocks(
  plan: Plan,
  { form, knowsTypes }: BpftraceOptions,
  dialect: Dialect,
  running: RunningProcess,
): AddedBlock[] {
  if (!tellsMappedCode(plan, form)) return [];
  const filter = plan.process ? follows(FOLLOWED, running) : "";
  if (!showsUserStacks(plan)) return noticeProbes(filter, NOTICE_PURPOSE, running);
  return knowsTypes
    ? mappingProbes(dialect, filter, running)
    : noticeProbes(filter, PROGRAM_PURPOSE, running);
}

/** `interval:s:5`, in seconds where it comes out even. */
function interval(nsecs: bigint): string {
  const second = 1_000_000_000n;
  return nsecs % second === 0n ? `interval:s:${nsecs / second}` : `interval:ms:${nsecs / 1_000_000n}`;
}

function timerBlocks(plan: Plan, form: Form, last: readonly string[]): AddedBlock[] {
  const blocks = new Map<bigint, string[]>();
  plan.results.forEach((result, i) => {
    const period = readingPeriod(result);
    if (period === undefined) return;
    blocks.set(period, [...(blocks.get(period) ?? []), ...form.print(i, "interval")]);
  });
  const timer = (purpose: string, every: bigint, lines: readonly string[]): AddedBlock[] => {
    const point = interval(every);
    const text = blockOf(point, lines);
    return text === "" ? [] : [{ point, purpose, text }];
  };
  return [
    ...[...blocks].flatMap(([every, lines]) => timer("print the results", every, lines)),
    ...(plan.duration === undefined
      ? []
      : timer("end", plan.duration, form.exit.length > 0 ? [...last, ...form.exit] : [])),
  ];
}

function endBlock(plan: Plan, form: Form, more: readonly string[]): string {
  const lines = plan.results.flatMap((result, i) => (printsAtEnd(result) ? form.print(i, "end") : []));
  const helpers = [...form.helpers(), ...more, ...followMaps(plan)];
  const clear = packed(helpers.map((map) => `clear(@${map});`));
  return blockOf("END", [...lines, ...clear]);
}

function followMaps({ process }: Plan): readonly string[] {
  if (process?.followed !== true) return [];
  return process.execs === undefined ? [FOLLOWED] : [FOLLOWED, STARTING];
}

/** A stream was printed as it came; the rest has something left to tell, the last incomplete interval too. */
function printsAtEnd(result: Result): boolean {
  return result.kind !== "rows";
}
