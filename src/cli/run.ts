/** `faultline run`: compiles for this machine, traces, and shows what comes. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { type Compiled, type CompileOptions, type Kernel } from "../index.js";
import { namedValues } from "../kernel/flag-sets.js";
import { prepareCommand, type PreparedCommand } from "../runtime/command.js";
import { checkMachine, findBcc, findTracer, type Tracer } from "../runtime/find-tracer.js";
import { runScript, TracerError, type Summary } from "../runtime/tracer.js";
import { createStatusLine } from "../view/status.js";
import { createView, FORMAT_NAMES, type Format } from "../view/view.js";
import { EXIT } from "./exit.js";
import { CliError, printable } from "./failure.js";
import {
  backEndName,
  compileFor,
  printDiagnostics,
  readRequest,
  reason,
  targetKernel,
  wholeNumber,
  type Flags,
} from "./input.js";

const TRACERS = ["bpftrace", "bcc"] as const;

interface Job {
  readonly compile: (
    tracer: Tracer | undefined,
    process: CompileOptions["process"],
    form: "text" | "stream",
  ) => Compiled;
  readonly kernel: Kernel;
  readonly via: (typeof TRACERS)[number];
}

export async function run(what: readonly string[], flags: Flags): Promise<number> {
  const format = FORMAT_NAMES.find((name) => name === flags.format);
  if (!format)
    throw new CliError(
      `there is no format \`${String(flags.format)}\``,
      EXIT.usage,
      `there are ${FORMAT_NAMES.join(", ")}`,
    );
  const pid = wholeNumber(flags, "pid");
  if (pid !== undefined && flags.command !== undefined)
    throw new CliError("--pid and --command exclude each other");
  const job = await prepare(what, flags);

  // A query that is wrong is told before anything of the machine is asked.
  const draft = job.compile(undefined, undefined, "text");
  if (!draft.script) {
    await printDiagnostics(draft.diagnostics);
    return draft.unavailable ? EXIT.machineCannot : EXIT.usage;
  }
  const only = pid === undefined ? undefined : { pid, followed: false };
  const tracer = await readyTracer(job, draft, only);
  if (typeof tracer === "number") return tracer;

  const command = typeof flags.command === "string" ? await prepareCommand(flags.command) : undefined;
  try {
    const compiled = job.compile(tracer, command ? { pid: command.pid, followed: true } : only, "stream");
    await printDiagnostics(compiled.diagnostics);
    if (!compiled.script) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
    return await trace(compiled, tracer, command, job.kernel, format, flags);
  } finally {
    await command?.kill();
  }
}

async function prepare(what: readonly string[], flags: Flags): Promise<Job> {
  const request = readRequest(what, flags);
  const target = await targetKernel(flags);
  const maxEntries = wholeNumber(flags, "maxEntries");
  const via = backEndName(flags.via, "--via", TRACERS);
  const asked = typeof flags[via] === "string" ? flags[via] : undefined;
  return {
    via,
    kernel: target.kernel,
    compile: (tracer, process, form) => {
      const version = asked ?? tracer?.version;
      return compileFor(target, request.text, {
        ...request.options,
        form,
        to: via,
        ...(version === undefined ? {} : { [via]: version }),
        ...(process ? { process } : {}),
        ...(maxEntries === undefined ? {} : { maxEntries }),
      });
    },
  };
}

/** The tracer; or, where this machine cannot trace, the script for one that can, and the exit status. */
async function readyTracer(
  job: Job,
  draft: Compiled,
  process_: CompileOptions["process"],
): Promise<Tracer | number> {
  let tracer: Tracer | undefined;
  try {
    tracer = await (job.via === "bcc" ? findBcc() : findTracer());
    if (draft.plan) checkMachine(tracer, draft.plan);
    return tracer;
  } catch (error) {
    if (!(error instanceof TracerError)) throw error;
    const compiled = job.compile(tracer, process_, "text");
    process.stdout.write(compiled.script?.text ?? "");
    process.stderr.write(
      `faultline: this script was compiled, and did not run: ${printable(error.message)}\n`,
    );
    if (error.hint) process.stderr.write(`hint: ${printable(error.hint)}\n`);
    return EXIT.machineCannot;
  }
}

/** Where results go: standard output, or a file that takes its name when it is whole. */
class Sink {
  private readonly beside: string | undefined;
  readonly stream: Writable;
  private failure: Error | undefined;

  constructor(private readonly path: string | undefined) {
    this.beside = path === undefined ? undefined : `${path}.${process.pid}.part`;
    this.stream =
      this.beside === undefined ? process.stdout : createWriteStream(this.beside, { flags: "wx" });
    if (this.beside !== undefined) this.stream.on("error", (error) => (this.failure = error));
  }

  async close(): Promise<void> {
    if (this.path === undefined || this.beside === undefined) return;
    try {
      this.stream.end();
      await finished(this.stream);
      await rename(this.beside, this.path);
    } catch (error) {
      await rm(this.beside, { force: true });
      throw new CliError(`cannot write ${this.path}: ${reason(this.failure ?? error)}`, EXIT.tracerFailed);
    }
  }
}

async function trace(
  compiled: Compiled,
  tracer: Tracer,
  command: PreparedCommand | undefined,
  kernel: Kernel,
  format: Format,
  flags: Flags,
): Promise<number> {
  const { script, plan } = compiled;
  if (!script || !plan) throw new Error("there is no script to run");
  const sink = new Sink(typeof flags.output === "string" ? flags.output : undefined);
  const [ending, force] = [new AbortController(), new AbortController()];
  const stop = (): void => (ending.signal.aborted ? force : ending).abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  const status = createStatusLine(process.stderr);
  const view = createView(format, plan, { out: sink.stream, err: process.stderr, status }, (kind, of) =>
    namedValues(kernel, kind, of),
  );
  try {
    const summary = await runScript(script, {
      tracer,
      onEvent: (event) => view.event(event),
      onStatus: (now) => status.update(now),
      signal: ending.signal,
      force: force.signal,
      output: sink.stream,
      ...(command ? { command } : {}),
    });
    view.end(summary);
    await sink.close();
    return report(summary);
  } finally {
    status.end();
    for (const signal of signals) process.off(signal, stop);
  }
}

/** What the result does not show: how the command ended, and that the tracer failed. */
function report(summary: Summary): number {
  const { command, failure } = summary;
  if (command)
    process.stderr.write(
      command.signal === null
        ? `the command ended with exit status ${command.exitCode ?? "unknown"}\n`
        : `the command was ended by ${command.signal}\n`,
    );
  if (!failure) return EXIT.done;
  process.stderr.write(`faultline: ${printable(failure.message)}\n`);
  if (failure.hint) process.stderr.write(`hint: ${printable(failure.hint)}\n`);
  return failure.exitCode;
}
