/**
 * Runs a compiled script: starts the tracer, delivers its output as events, and ends it so that its last
 * results are printed and no process is left behind.
 */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../tracers/script.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import type { CommandLines } from "../symbols/command-lines.js";
import { UserStacks } from "../symbols/user-stacks.js";
import {
  trackGroup,
  boundToParent,
  untrackGroup,
  signalGroup,
  withoutProcesses,
} from "./process/children.js";
import { ATTACH_WITHIN, Ending, TERM_GRACE, type RunningTracer } from "./ending.js";
import type { CommandExit } from "./process/command.js";
import { bootTime } from "../results/clock.js";
import type { ResultEvent } from "../results/events.js";
import { LOOK_AROUND } from "../tracers/hints.js";
import { ownFault, started, TracerError } from "../tracers/tracer-error.js";
import { checkMachine } from "./machine.js";
import { findTracer } from "../tracers/runners.js";
import { LineSplitter, textOfLine, type Line } from "../results/lines.js";
import type { RunEnd, RunOptions, Summary } from "./run-options.js";
import { readMisses } from "./bpf-stats.js";
import { ownEnvironment, WORKING_DIRECTORY } from "../files/programs.js";
import { LateBatches } from "./late-batches.js";
import { listenFor } from "./listen.js";
import { preemptionDoubts } from "./preemption-doubts.js";
import { makePrivateDirectory } from "./process/private-directory.js";
import { verboseOutput } from "./refusal.js";
import { clockSetText, missedText, warningOf } from "../results/shortfall.js";
import { commandLinesOf, processNaming } from "./stack-naming.js";
import { StderrReader } from "./stderr.js";
import { EventCounts } from "../results/event-counts.js";
import { Timers } from "./timers.js";
import { startOf } from "./process/traced-process.js";
import type { LineDecoder } from "../tracers/line-decoder.js";
import type { Runner, Tracer } from "../tracers/runner.js";

export type { Recorder, RunEnd, RunOptions, RunStatus, Summary } from "./run-options.js";

const GRACE = 60_000;
const MISSES_EVERY = 1000;
const PROCESS_EVERY = 250;
const MOST_STRAY = 64 * 1024;

/** Throws a `TracerError` if tracing did not start. */
export async function runScript(script: Script, options: RunOptions): Promise<Summary> {
  const tracer = options.tracer ?? (await findTracer());
  // A caller that passes a tracer has already checked the machine.
  if (!options.tracer) checkMachine(tracer, script.plan);
  const directory = makePrivateDirectory();
  try {
    const path = join(directory, tracer.runner.file);
    writeFileSync(path, script.text, { mode: 0o600, flag: "wx" });
    return await new Run(tracer, script, options).run(path);
  } finally {
    const killed = options.command?.kill();
    rmSync(directory, { recursive: true, force: true });
    await killed;
  }
}

class Run implements RunningTracer {
  private readonly runner: Runner;
  private readonly ending: Ending;
  private readonly decoder: LineDecoder;
  private readonly stderr: StderrReader;
  private readonly stacks: UserStacks | undefined;
  private readonly commandLines: CommandLines | undefined;
  pid = 0;
  private probes = 0;
  private readonly tally = new EventCounts();
  private attachedAt: number | undefined;
  /** The first failure of this program. */
  private mishap: { readonly error: unknown } | undefined;
  /** Whether the tracer printed all its results and exited normally. */
  private isWhole = false;
  heardAt = 0;
  /** Lines before attachment that are not results: BCC reports some errors on stdout. */
  private stray = "";
  /** The number of events that the tracer's programs missed. */
  private missed = 0;
  private readonly late: LateBatches;
  private exited: Promise<void> = Promise.resolve();
  isRunning = false;
  closePipes: () => void = () => undefined;
  private readonly timers = new Timers();
  private commandExit: CommandExit | undefined;
  /** When the only traced process started. */
  private readonly processStart: string | undefined;

  constructor(
    private readonly tracer: Tracer,
    private readonly script: Script,
    private readonly options: RunOptions,
  ) {
    const { plan } = script;
    const stacks = showsUserStacks(plan) ? new UserStacks(plan.process?.pid) : undefined;
    this.stacks = stacks;
    this.commandLines = commandLinesOf(plan);
    this.late = new LateBatches(plan);
    this.processStart = plan.process && startOf(plan.process.pid);
    this.runner = tracer.runner;
    this.ending = new Ending(this, this.runner, tracer.version, this.timers, this.grace);
    this.decoder = this.runner.decoder(script, {
      version: tracer.version,
      onStopped: () => {
        this.ending.stopped();
      },
      ...processNaming({ stacks, lines: this.commandLines }, options.recorder),
      ...(options.nameGroup ? { nameGroup: options.nameGroup } : {}),
    });
    this.stderr = new StderrReader(
      this.runner,
      () => this.attached(),
      (text) => void this.warn(text),
    );
  }

  async run(path: string): Promise<Summary> {
    if (this.options.signal?.aborted) return this.summary("interrupted");
    const [file, args] = this.commandLine(path);
    const environment = { ...this.script.environment, ...this.runner.environment };
    const child = started(this.tracer.path, () =>
      spawn(file, args, {
        cwd: WORKING_DIRECTORY,
        env: ownEnvironment(process.env, environment),
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    // One that does not start has no process id.
    child.on("error", () => undefined);
    if (child.pid === undefined)
      throw new TracerError(1, `${this.tracer.path} cannot be started`, "is it a program?");
    this.pid = child.pid;
    this.isRunning = true;
    trackGroup(this.pid);
    this.options.onTracer?.(this.pid);
    this.exited = new Promise((resolve) => void child.once("exit", () => resolve()));
    const closed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
    void this.exited.then(() => {
      this.isRunning = false;
      // Its children may keep the pipes open.
      this.timers.after(TERM_GRACE, () => this.closePipes());
    });
    this.closePipes = () => {
      child.stdout.destroy();
      child.stderr.destroy();
      signalGroup(this.pid, "SIGKILL");
    };
    const unlisten = this.listen();
    this.report();
    this.timers.after(ATTACH_WITHIN, () => {
      if (!this.isAttached) this.ending.begin("failed");
    });
    const stderr = this.stderr.read(child.stderr).catch((error: unknown) => {
      if (!isStreamError(error)) this.broke(error);
    });
    try {
      await this.readResults(child.stdout);
      // It may close its output without exiting.
      await new Promise<void>((resolve) => {
        this.timers.after(this.grace, resolve);
        void this.exited.then(resolve);
      });
      if (this.isRunning) this.ending.begin("failed");
      await closed;
      await stderr;
      return await this.conclude(path, child.exitCode ?? undefined, child.signalCode ?? undefined);
    } finally {
      unlisten();
      this.stacks?.close();
      this.timers.clear();
      if (this.isRunning) signalGroup(this.pid, "SIGKILL");
      untrackGroup(this.pid);
    }
  }

  private commandLine(path: string): [file: string, args: readonly string[]] {
    const plain: [string, readonly string[]] = [
      this.tracer.path,
      this.runner.arguments(path, this.script.plan, this.tracer.version),
    ];
    const namesSlowly = this.runner.namesStacks(this.tracer.version) && this.stacks;
    // A program in a container is found through its process.
    const hidden = namesSlowly && !this.script.text.includes("/proc/") ? withoutProcesses(...plain) : plain;
    return boundToParent(...hidden);
  }

  get isAttached(): boolean {
    return this.attachedAt !== undefined;
  }

  get stopSignal(): NodeJS.Signals | undefined {
    return this.script.stopSignal;
  }

  onUnconfirmed(): void {
    void this.warn(`${this.runner.title} was slow to end: what began meanwhile may be shown as open`);
  }

  onEnding(): void {
    this.report();
  }

  onInterrupt(): void {
    this.countMisses();
  }

  private get grace(): number {
    return this.options.grace ?? GRACE;
  }

  private listen(): () => void {
    return listenFor(this.options, {
      interrupt: () => (this.isRunning ? this.ending.begin("interrupted") : this.closePipes()),
      insist: () => this.ending.insist(),
      broke: (reason) => this.broke(reason),
      close: () => this.ending.begin("closed"),
    });
  }

  private async readResults(stdout: AsyncIterable<Uint8Array>): Promise<void> {
    const lines = new LineSplitter();
    try {
      // Awaiting costs more than reading, so this waits only if the results are not accepted at once.
      for await (const chunk of stdout) {
        this.heardAt = performance.now();
        lines.push(chunk);
        for (let line = lines.next(); line; line = lines.next()) {
          const held = this.line(line);
          if (held) await held;
        }
        this.report();
      }
    } catch (error) {
      // The pipe of a killed process may end with an error of its own; any other error is a failure of this program.
      if (this.isRunning || !isStreamError(error)) this.broke(error);
    }
    const rest = lines.end();
    if (rest) await this.line(rest);
  }

  /** The promise is fulfilled when more can be accepted. A failure with one line does not affect the others. */
  private line(line: Line): void | Promise<void> {
    const notice = this.runner.attachedNotice;
    const isNotice = line.end - line.start === notice?.length && textOfLine(line) === notice;
    if (isNotice) this.attached();
    const events = this.guarded(() => this.decoder.read(line)) ?? [];
    if (!this.isAttached && this.stray.length < MOST_STRAY && events.some(({ kind }) => kind === "damaged"))
      this.stray += `${textOfLine(line)}\n`;
    // Recorded after decoding, so that names found by decoding precede the line.
    const recorded = this.guarded(() => this.options.recorder?.line(line));
    const [only] = events;
    if (only && events.length === 1 && !recorded) return this.deliver(only);
    if (events.length > 0 || recorded) return this.deliverAll(events, recorded);
  }

  private async deliverAll(events: readonly ResultEvent[], recorded: void | Promise<void>): Promise<void> {
    await recorded;
    for (const event of events) await this.deliver(event);
  }

  private deliver(event: ResultEvent): void | Promise<void> {
    if (event.kind === "attached") {
      this.probes = event.probes;
      if (this.runner.reportsAttached(this.tracer.version)) this.attached();
      // It is forwarded once the probes are really attached.
      return;
    }
    this.tally.add(event);
    if (event.kind === "groups") this.late.add(event, bootTime());
    if (event.kind === "row" || event.kind === "groups") this.attached();
    return this.emit(event);
  }

  private emit(event: ResultEvent): void | Promise<void> {
    return this.guarded(() => this.options.onEvent(event))?.catch((error: unknown) => this.broke(error));
  }

  private guarded<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.broke(error);
      return undefined;
    }
  }

  /** Handles a failure of this program: results so far are kept and printed when the tracer ends. */
  private broke(error: unknown): void {
    this.mishap ??= { error };
    this.ending.begin("failed");
  }

  /** Starts the clock. Results also prove that the probes are attached. */
  private attached(): void {
    if (this.isAttached) return;
    this.attachedAt = performance.now();
    const nsecs = bootTime();
    this.guarded(() => this.decoder.attached(nsecs));
    this.timers.every(
      MISSES_EVERY,
      () => this.isRunning,
      () => this.countMisses(),
    );
    void this.options.recorder?.attached(this.probes, nsecs);
    void this.emit({ kind: "attached", probes: this.probes });
    this.report();
    const { duration } = this.script.plan;
    if (duration !== undefined) {
      // A script that ends by itself has until then.
      const grace = this.runner.endsItself ? this.grace : 0;
      this.timers.after(Number(duration / 1_000_000n) + grace, () => this.ending.begin("finished"));
    }
    this.watchProcess();
    const { command } = this.options;
    if (!command || this.ending.reason) return;
    command.start();
    void command.wait().then((exit) => {
      this.commandExit = exit;
      this.tracedUntilNow();
      this.ending.begin("command");
    });
  }

  /**
   * Rates are of the time in which there was something to count: the tracer is waited for after the process has ended.
   * Events of no process of their own come until then.
   */
  private tracedUntilNow(): void {
    if (this.script.plan.probes.some(({ unattributed }) => unattributed)) return;
    const nsecs = bootTime();
    this.guarded(() => this.decoder.tracedUntil(nsecs));
    this.guarded(() => this.options.recorder?.tracedUntil(nsecs));
  }

  private async conclude(
    path: string,
    exitCode: number | undefined,
    signal: string | undefined,
  ): Promise<Summary> {
    const asked = this.ending.reason !== undefined && this.ending.reason !== "failed";
    this.isWhole = exitCode === 0 && this.isAttached && !this.ending.isCut && !this.ending.isForced;
    const isHeard = this.isAttached && this.ending.reason !== "closed";
    const last = isHeard ? this.guarded(() => this.decoder.end(this.isWhole)) : undefined;
    for (const event of last ?? []) await this.deliver(event);
    if (this.ending.reason === "closed") return this.summary("closed");
    for (const text of this.doubts()) await this.warn(text);
    if (this.mishap) return this.failed(ownFault(this.mishap.error));
    if (!this.isAttached && (asked || this.ending.isForced)) {
      // A tracer that is interrupted while attaching may report any error.
      return this.summary(this.ending.reason ?? "interrupted");
    }
    const cut = this.ending.cutShort();
    if (cut !== undefined) return this.failed(new TracerError(1, cut, "the last results are missing"));
    if (exitCode !== 0)
      return this.failed(this.runner.classify({ stderr: await this.complaint(path), exitCode, signal }));
    if (!this.isAttached)
      throw new TracerError(1, `${this.runner.title} ended before it had attached to any probe`, LOOK_AROUND);
    for (const text of [
      ...this.stderr.survivedErrors(),
      ...this.unnamed(),
      ...(this.options.notes?.() ?? []),
    ])
      await this.warn(text);
    return this.summary(this.ending.reason ?? (this.processHasEnded() ? "process" : "finished"));
  }

  /** Warnings about the results, however the run ended. */
  private doubts(): string[] {
    if (!this.isAttached) return [];
    const by = this.options.clock?.setBy() ?? 0;
    return [
      ...preemptionDoubts(this.tracer, this.script.plan),
      ...(this.missed > 0 ? [missedText(this.missed)] : []),
      ...this.late.warnings(),
      ...(by === 0 ? [] : [clockSetText(by)]),
    ];
  }

  /** The tracer's messages, and those of a verbose run if they do not give the cause. */
  private async complaint(path: string): Promise<string> {
    const text = this.stray + this.stderr.text;
    const loud = this.runner.loudCall(path, text);
    if (!loud) return text;
    const environment = { ...this.script.environment, ...loud.environment };
    return `${text}\n${await verboseOutput(this.tracer.path, loud.arguments, environment, this.options.signal)}`;
  }

  /** Reports a warning that is not part of the tracer's output. */
  private async warn(text: string): Promise<void> {
    await this.options.recorder?.warning(text);
    await this.emit(warningOf(text));
  }

  /** The kernel frees the counters with the programs, when the tracer ends, so they are read before that. */
  private countMisses(): void {
    if (this.isRunning) this.missed = Math.max(this.missed, readMisses(this.pid));
  }

  /** A process that is followed may have children that continue. */
  private watchProcess(): void {
    const { process } = this.script.plan;
    if (!process || process.followed || !this.isRunning) return;
    if (this.processHasEnded()) {
      this.tracedUntilNow();
      this.ending.begin("process");
    } else this.timers.after(PROCESS_EVERY, () => this.watchProcess());
  }

  /** A tracer that is attached to the process alone ends with it, perhaps before this program sees that. */
  private processHasEnded(): boolean {
    const { process } = this.script.plan;
    if (!process || process.followed) return false;
    const start = startOf(process.pid);
    return start === undefined || start !== this.processStart;
  }

  private unnamed(): string[] {
    if (this.options.reportsUnnamed === false) return [];
    return [...(this.stacks?.notes() ?? []), ...(this.commandLines?.notes() ?? [])];
  }

  private failed(failure: TracerError): Summary {
    if (!this.isAttached) throw failure;
    return this.summary("failed", failure);
  }

  private summary(ended: RunEnd, failure?: TracerError): Summary {
    const { tracer, probes } = this;
    const { events, lost, damaged } = this.tally;
    const command = this.commandExit;
    return {
      ended,
      tracer,
      probes,
      events,
      lost,
      damaged,
      elapsed: this.elapsed,
      isWhole: this.isWhole,
      ...(command ? { command } : {}),
      ...(failure ? { failure } : {}),
    };
  }

  private get elapsed(): number {
    return this.attachedAt === undefined ? 0 : performance.now() - this.attachedAt;
  }

  private report(): void {
    const { probes, elapsed } = this;
    const { events, lost } = this.tally;
    const phase = this.ending.reason ? "ending" : !this.isAttached ? "attaching" : "tracing";
    this.guarded(() => this.options.onStatus?.({ phase, probes, events, lost, elapsed }));
  }
}

function isStreamError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    /^(?:ERR_STREAM|EPIPE|ECONNRESET|ABORT)/.test(String(error.code))
  );
}
