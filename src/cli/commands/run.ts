/** `faultline run`: compiles for this machine, traces, and shows the results. */
import type { Script } from "../../tracers/script.js";
import { sentence } from "../../explain/sentence.js";
import type { CheckedText, Compiled, CompileOptions, Kernel } from "../../index.js";
import type { Plan } from "../../plan/plan.js";
import { namedValues } from "../../kernel/flags/flag-sets.js";
import { namesOf } from "../../plan/set-names.js";
import { numberInside } from "../../kernel/live/pid-namespace.js";
import { findBinaries } from "../../symbols/libraries.js";
import { createClock } from "../../results/clock.js";
import { prepareCommand, type PreparedCommand } from "../../run/process/command.js";
import { checkMachine } from "../../run/machine.js";
import { ownFault, TracerError } from "../../tracers/tracer-error.js";
import { findTracer, RUNNER_NAMES, type RunnerName } from "../../tracers/runners.js";
import type { Tracer } from "../../tracers/runner.js";
import { CgroupWatch, usesGroups } from "../../run/cgroup-watch.js";
import { procGap } from "../../run/proc-gap.js";
import type { runScript, Summary } from "../../run/run.js";
import { calibratedTracer, machineCosts, type MachineCosts } from "../../overhead/calibration-file.js";
import { possibleCpus } from "../../run/possible-cpus.js";
import { startOf } from "../../run/process/traced-process.js";

import { escapeText } from "../../view/value/escape.js";
import type { MemberNames } from "../../view/value/format-value.js";
import type { About } from "../../view/types.js";
import { createStatusLine } from "../../view/live/status.js";
import type { Format } from "../../view/formats.js";
import { createView } from "../../view/view.js";
import { holdOutput } from "../output/closed-output.js";
import { costNotices } from "../cost-notice.js";
import { EXIT } from "../exit.js";
import { CliError, reportFailure } from "../failure.js";
import { checkFits, formatOf } from "../output/format.js";
import { checkFor, compileFor, targetKernel } from "../request/target-kernel.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest, toolNamed } from "../request/request.js";
import { approved, namesReview, openReview, requestOf, reviewedBinaries } from "../request/reviewed.js";
import { liveView } from "../output/choose-live.js";
import { startRecord, type ActiveRecording } from "../output/record.js";
import { listenForEnd } from "../signals.js";
import { Sink } from "../output/sink.js";
import { version } from "../version.js";
import { defineCommand, type Invocation } from "../command.js";
import { format, output } from "../request/output-options.js";
import { choiceOr, flag, text, type OptionValues } from "../request/options.js";
import {
  all,
  maxEntries,
  optionalQueryArgument,
  pid,
  queryOptions,
  scroll,
} from "../request/query-options.js";
import { toolHelp } from "../request/tool-options.js";

/** The traced processes and their libraries, looked up once for both forms of the script. */
type Aim = Pick<CompileOptions, "process" | "binaries">;

interface Job {
  readonly aim: (process: CompileOptions["process"], command?: PreparedCommand) => Aim;
  /** Whether the query has errors, whatever the tracer. */
  readonly isWrong: (aim: Aim) => boolean;
  readonly compile: (form: "text" | "stream", aim: Aim, tracer?: Tracer) => Compiled;
  readonly kernel: Kernel;
  readonly via: RunnerName;
  readonly pid: number | undefined;
  /** As it was asked. */
  readonly query: string;
  /** What runs of what was compiled. Throws a `CliError` if that is not what was approved. */
  readonly approved: (script: Script) => Script;
}

const options = {
  ...queryOptions,
  help: flag("-h, --help", "show what there is to say; of a tool too"),
  pid,
  via: choiceOr(
    "--via <tracer>",
    "tracer",
    RUNNER_NAMES,
    "bpftrace",
    `trace with ${RUNNER_NAMES.join(" or ")}`,
  ),
  command: text(
    "-c, --command <command>",
    "command",
    "start this command, trace it and what it starts, and end with it",
  ),
  output,
  format,
  scroll,
  all,
  record: text("--record <file>", "file", "also keep the raw output, to replay it; NAME.gz is packed"),
  maxEntries,
  expect: text(
    "--expect <hash>",
    "text",
    "run the reviewed script in the file if its SHA-256 is this, and no other",
  ),
};

type RunValues = OptionValues<typeof options>;

export const runCommand = defineCommand({
  arguments: [optionalQueryArgument],
  options,
  allowsUnknownOptions: true,
  helpsItself: true,
  action: async ([what], values, invocation) =>
    values.help ? showHelp(what, invocation) : await run(what, values),
});

/** Shows the help of the tool, if one is named, or of the command. */
function showHelp(what: readonly string[], { command }: Invocation): number {
  const tool = toolNamed(what);
  const general = command.helpInformation();
  process.stdout.write(tool ? toolHelp(tool, general) : general);
  return EXIT.done;
}

async function run(what: readonly string[], values: RunValues): Promise<number> {
  const format = formatOf(values);
  if (values.pid !== undefined && values.command !== undefined)
    throw new CliError("--pid and --command exclude each other");
  const job = await (namesReview(what, values.expect) ? prepareReviewed : prepare)(what, values);
  const { pid } = job;
  // While the tracer starts to report its version, the query is checked, whose errors are reported first.
  const finding = findTracer(job.via);
  const found = finding.catch(() => undefined);
  const only = pid === undefined ? undefined : { pid, followed: false };
  const general = job.aim(only);
  const isWrong = job.isWrong(general);
  if (!isWrong) void loadRunner();
  // Not as text: some of what is shown only the runner can tell.
  const draft = job.compile("stream", general, isWrong ? undefined : await found);
  // What this machine in general does not have, the command may: that is known when it is found.
  if (!draft.script && !(draft.unavailable && values.command !== undefined)) {
    await printDiagnostics(draft.diagnostics);
    return draft.unavailable ? EXIT.machineCannot : EXIT.usage;
  }
  if (draft.plan) checkFits(format, draft.plan);
  const tracer = await readyTracer(
    job,
    finding,
    draft,
    general,
    format === "table" && values.output === undefined,
  );
  if (typeof tracer === "number") return tracer;
  if (pid !== undefined && startOf(pid) === undefined)
    throw new CliError(`there is no process ${pid}`, EXIT.usage, "`ps` shows those there are");

  const ownNumber = pid === undefined ? undefined : numberInside(String(pid));
  if (ownNumber !== undefined)
    process.stderr.write(`the process ${pid} has the number ${ownNumber} in its own PID namespace\n`);

  const command = values.command === undefined ? undefined : await prepareCommand(values.command);
  try {
    const aim = command
      ? job.aim({ pid: command.pid, followed: true, execs: command.execs }, command)
      : general;
    const compiled = command ? job.compile("stream", aim, tracer) : draft;
    await printDiagnostics(compiled.diagnostics);
    if (!compiled.script) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
    const text = (): string => job.compile("text", aim, tracer).script?.text ?? "";
    const script = job.approved(compiled.script);
    const target = { via: job.via, version: tracer.version, cpus: possibleCpus() };
    const costsHere = (): MachineCosts =>
      machineCosts({
        kernel: job.kernel.release,
        tracer: calibratedTracer(tracer.runner.title, tracer.version),
      });
    const taken = script.plan.notes.flatMap(({ isOfStart, text }) => (isOfStart ? [text] : []));
    for (const notice of [...taken, ...costNotices(script.plan, target, costsHere)])
      process.stderr.write(`note: ${escapeText(notice)}\n`);
    return await trace(
      { script, text, query: job.query, kernel: job.kernel, tracer, command, format },
      values,
    );
  } finally {
    await command?.kill();
  }
}

/** Not needed for a query with an error. */
function loadRunner(): Promise<{ readonly runScript: typeof runScript }> {
  return import("../../run/run.js");
}

async function prepare(what: readonly string[], values: RunValues): Promise<Job> {
  const request = readRequest(what, values);
  const target = await targetKernel(values.kernel);
  const { via, maxEntries, library, prefix } = values;
  const asked = values.versions[via];
  let checked: { readonly aim: Aim; readonly text: CheckedText } | undefined;
  return {
    via,
    kernel: target.kernel,
    pid: values.pid,
    query: what.join(" "),
    approved: (script) => script,
    aim: (process, command) => ({
      ...(process ? { process } : {}),
      binaries: findBinaries({
        ...(process && !process.followed ? { pid: process.pid } : {}),
        ...(command ? { program: command.program, words: command.words } : {}),
        ...(library === undefined ? {} : { library }),
        prefixes: prefix ?? [],
        looksAround: values.pid === undefined && values.command === undefined,
      }),
    }),
    isWrong: (aim) => {
      // What a part of a kernel lacks, the whole one may have.
      if (target.whole) return false;
      checked = { aim, text: checkFor(target, request.text, { ...request.options, ...aim }) };
      return checked.text.diagnostics.some(({ severity }) => severity === "error");
    },
    compile: (form, aim, tracer) => {
      const version = asked ?? tracer?.version;
      return compileFor(target, request.text, {
        ...request.options,
        ...aim,
        form,
        to: via,
        ...(version === undefined ? {} : { version }),
        ...(checked?.aim === aim ? { checked: checked.text } : {}),
        ...(maxEntries === undefined ? {} : { maxEntries }),
      });
    },
  };
}

/** Compiles the request of a review again, whose script it has to be. */
async function prepareReviewed(what: readonly string[], values: RunValues): Promise<Job> {
  const review = openReview(what, values.expect);
  const given = [...Object.keys(queryOptions), "pid", "command", "maxEntries"].filter((name) => {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.values(value).some((each) => each !== undefined)
      : value !== undefined;
  });
  if (given.length > 0)
    throw new CliError(
      `\`--${kebab(given[0] ?? "")}\` would make another script of the one that was approved`,
      EXIT.usage,
      "review the query with that option, and run what was approved as it is",
    );
  const { request } = review;
  const via = RUNNER_NAMES.find((name) => name === request.to);
  if (via === undefined) throw new CliError(`there is no tracer \`${request.to}\` for this script`);
  const { text, options } = requestOf(review);
  // Programs are looked up by `located` alone, as they were for the review.
  const { kernel, versions } = await targetKernel(undefined);
  const located = reviewedBinaries(request);
  return {
    via,
    kernel,
    pid: request.pid,
    query: request.query,
    approved: (script) => approved(review, script),
    aim: (process) => ({ ...(process ? { process } : {}), ...located }),
    isWrong: () => false,
    compile: (form, aim, tracer) =>
      compileFor({ kernel, versions }, text, {
        ...options,
        ...aim,
        form,
        version: tracer?.version ?? request.version ?? "",
      }),
  };
}

/** As an option is typed. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the tracer or, if this machine cannot trace, says so and returns the exit status. */
async function readyTracer(
  job: Job,
  finding: Promise<Tracer>,
  draft: Compiled,
  aim: Aim,
  /** Whether the user asked for a table on standard output, in whose place a script can stand. */
  showsText: boolean,
): Promise<Tracer | number> {
  let tracer: Tracer | undefined;
  try {
    const gap = procGap();
    if (gap) throw gap;
    tracer = await finding;
    if (draft.plan) checkMachine(tracer, draft.plan);
    return tracer;
  } catch (error) {
    if (!(error instanceof TracerError)) throw error;
    // Who waits for JSON or a picture would take a script for it.
    if (showsText) process.stdout.write(job.compile("text", aim, tracer).script?.text ?? "");
    process.stderr.write(
      `faultline: ${showsText ? "this script" : "the query"} was compiled, and did not run: ${escapeText(error.message)}\n`,
    );
    if (error.hint) process.stderr.write(`hint: ${escapeText(error.hint)}\n`);
    if (!showsText) process.stderr.write("hint: `faultline compile` prints its script\n");
    return EXIT.machineCannot;
  }
}

/** All that a trace consists of. */
interface Ready {
  readonly script: Script;
  /** The same script in its text form. */
  readonly text: () => string;
  readonly query: string;
  readonly kernel: Kernel;
  readonly tracer: Tracer;
  readonly command: PreparedCommand | undefined;
  readonly format: Format;
}

async function trace(ready: Ready, values: RunValues): Promise<number> {
  const { script, tracer, command, kernel } = ready;
  const sink = await Sink.open(values.output);
  const names: MemberNames = namesOf(script.plan, (kind, of) => namedValues(kernel, kind, of));
  const clock = createClock();
  const ending = listenForEnd();
  const output = holdOutput();
  const live = liveView(ready.format, script.plan, values);
  const status = live ?? createStatusLine(process.stderr, script.plan, command !== undefined);
  let record: ActiveRecording | undefined;
  let watch: CgroupWatch | undefined;
  try {
    const explanation = script.plan.results.map((result) => sentence(result, script.plan)).join("\n");
    // The text form is compiled for a recording only.
    const text = values.record === undefined ? "" : ready.text();
    record = await startRecord(
      { ...ready, text, explanation, faultline: version(), clock, names },
      values.record,
    );
    const streams = { out: sink.stream, err: process.stderr, status, ...(live ? { live } : {}) };
    const about: About = {
      query: ready.query,
      explanation,
      script: script.text,
      started: new Date().toISOString(),
      kernel: kernel.release,
      tracer: `${tracer.runner.title} ${tracer.version}`,
    };
    const view = createView(ready.format, script.plan, streams, names, {
      clock,
      about,
      showsAll: values.all === true,
    });
    const groups = usesGroups(script.plan) ? kernel.cgroups?.() : undefined;
    if (groups)
      watch = new CgroupWatch(groups, script.plan.groupTests ?? [], (group) => record?.writer.group(group));
    live?.begin();
    const runner = await loadRunner();
    const summary = await runner.runScript(script, {
      tracer,
      onEvent: (event) => {
        if (event.kind === "attached") watch?.attached();
        return view.event(event);
      },
      onStatus: (now) => status.update(now),
      signal: ending.asked,
      force: ending.insisted,
      mishap: ending.broke,
      output: sink.target,
      clock,
      ...(command ? { command } : {}),
      ...(groups ? { nameGroup: (of: string, id: bigint) => groups.representative(of, id) } : {}),
      ...(watch ? { notes: () => watch?.notes() ?? [] } : {}),
      ...(record ? { recorder: record.writer } : {}),
    });
    const faults = [
      await failureOf(() => sink.finish(view, summary)),
      await failureOf(async () => record?.end(summary)),
    ].filter((fault) => fault !== undefined);
    const exit = report(summary, script.plan, command?.isShell === true) || output.status();
    // An error may also have occurred after the tracer ended.
    if (exit === EXIT.done && faults.length === 0 && ending.broke.aborted)
      faults.push(ownFault(ending.broke.reason));
    return faults.map(reportFailure).reduce((first, next) => first || next, exit);
  } finally {
    watch?.close();
    status.end();
    ending.release();
    output.release();
    await sink.discard();
    await record?.discard();
  }
}

/** Returns the error of a final step, so that the remaining steps run. */
async function failureOf(end: () => Promise<unknown>): Promise<unknown> {
  try {
    return await end();
  } catch (error) {
    return error;
  }
}

/** Reports how the command or the process ended, and whether the tracer failed. */
function report(summary: Summary, plan: Plan, byShell: boolean): number {
  const { command, failure, ended } = summary;
  if (ended === "process") process.stderr.write(`the process ${plan.process?.pid} has ended\n`);
  if (command)
    process.stderr.write(
      command.signal === null
        ? `the command ended with exit status ${command.exitCode ?? "unknown"}\n`
        : `the command was ended by ${command.signal}\n`,
    );
  if (byShell) process.stderr.write("what the shell of the command did itself was not traced\n");
  if (!failure) return EXIT.done;
  process.stderr.write(`faultline: ${escapeText(failure.message)}\n`);
  if (failure.hint) process.stderr.write(`hint: ${escapeText(failure.hint)}\n`);
  return failure.exitCode;
}
