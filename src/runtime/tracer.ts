/**
 * Runs a compiled script: starts bpftrace, hands on what it prints as events, and ends it so that its
 * last results come out and no process stays behind.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Script } from "../backend/script.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import { UserStacks } from "../symbols/user-stacks.js";
import { adopt, boundToParent, release, signalGroup, signalProcess, withoutProcesses } from "./children.js";
import type { CodeTold } from "./code-told.js";
import type { CommandExit } from "./command.js";
import { ATTACHED_NOTICE } from "./decode.js";
import type { ResultEvent } from "./events.js";
import { ownFault, TracerError } from "./failure.js";
import { checkMachine, findTracer, type Tracer } from "./find-tracer.js";
import { LineSplitter, textOfLine, type Line } from "./lines.js";
import type { RunEnd, RunOptions, Summary } from "./run-options.js";
import { readMisses } from "./bpf-stats.js";
import { makePrivateDirectory } from "./private-directory.js";
import { tellAll } from "./refusal.js";
import { clockSetText, missedText, warningOf } from "./shortfall.js";
import { StderrReader } from "./stderr.js";
import { Tally } from "./tally.js";
import { startOf } from "./traced-process.js";
import { kindOf, type LineDecoder, type TracerKind } from "./tracer-kind.js";

export { ownFault, TracerError } from "./failure.js";
export type { Recorder, RunEnd, RunOptions, RunStatus, Summary } from "./run-options.js";
export { findTracer, type Tracer } from "./find-tracer.js";

const GRACE = 60_000;
const WAKE_EVERY = 1000;
const MISSES_EVERY = 1000;
const PROCESS_EVERY = 250;
/** What the command, or the process, did last is still on its way. */
const DRAIN = 200;
const TERM_GRACE = 2_000;

/** Throws a `TracerError` when it never got to trace. */
export async function runScript(script: Script, options: RunOptions): Promise<Summary> {
  const tracer = options.tracer ?? (await findTracer());
  // Whoever names a tracer answers for it.
  if (!options.tracer) checkMachine(tracer, script.plan);
  const directory = await makePrivateDirectory();
  try {
    const path = join(directory, kindOf(tracer).file);
    await writeFile(path, script.text, { mode: 0o600, flag: "wx" });
    return await new Run(tracer, script, options).run(path);
  } finally {
    await Promise.all([rm(directory, { recursive: true, force: true }), options.command?.kill()]);
  }
}

class Run {
  private readonly kind: TracerKind;
  private readonly decoder: LineDecoder;
  private readonly stderr: StderrReader;
  private readonly stacks: UserStacks | undefined;
  private pid = 0;
  private probes = 0;
  private readonly tally = new Tally();
  private attachedAt: number | undefined;
  private reason: RunEnd | undefined;
  /** What this program did wrong; the first of it. */
  private mishap: { readonly error: unknown } | undefined;
  /** The tracer had to be killed, so that its last results are missing. */
  private isCut = false;
  /** Events that programs of the tracer did not see. */
  private missed = 0;
  private exited: Promise<void> = Promise.resolve();
  private isRunning = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private commandExit: CommandExit | undefined;
  /** When the only process that is traced started. */
  private readonly processStart: string | undefined;

  constructor(
    private readonly tracer: Tracer,
    private readonly script: Script,
    private readonly options: RunOptions,
  ) {
    const { plan } = script;
    const stacks = showsUserStacks(plan) ? new UserStacks(plan.process?.pid) : undefined;
    this.stacks = stacks;
    this.processStart = plan.process && startOf(plan.process.pid);
    this.kind = kindOf(tracer);
    this.decoder = this.kind.decoder(script, {
      version: tracer.version,
      ...(stacks && {
        nameStack: (stack: string, pid?: number) => {
          const named = stacks.name(stack, pid);
          if (named !== stack)
            options.recorder?.named({ stack, ...(pid === undefined ? {} : { pid }), named });
          return named;
        },
        onCode: (told: CodeTold) => stacks.tell(told),
      }),
    });
    this.stderr = new StderrReader(
      () => this.attached(),
      (text) => void this.warn(text),
    );
  }

  async run(path: string): Promise<Summary> {
    if (this.options.signal?.aborted) return this.summary("interrupted");
    const [file, args] = this.commandLine(path);
    const child = execa(file, args, {
      detached: true,
      buffer: false,
      reject: false,
      encoding: "buffer",
      stdin: "ignore",
      env: { ...this.script.environment, ...this.kind.environment },
    });
    if (child.pid === undefined)
      throw new TracerError(1, `${this.tracer.path} cannot be started`, "is it a program?");
    this.pid = child.pid;
    this.isRunning = true;
    adopt(this.pid);
    this.options.onTracer?.(this.pid);
    this.exited = new Promise((resolve) => void child.once("exit", () => resolve()));
    void this.exited.then(() => {
      this.isRunning = false;
      // Whatever it started may hold the pipe open.
      this.after(TERM_GRACE, () => child.stdout.destroy());
    });
    const unlisten = this.listen();
    this.report();
    const stderr = this.stderr.read(child.stderr).catch((error: unknown) => {
      if (!isStreamError(error)) this.broke(error);
    });
    try {
      await this.readResults(child.stdout);
      // It may have closed its output without ending.
      await new Promise<void>((resolve) => {
        this.after(this.grace, resolve);
        void this.exited.then(resolve);
      });
      if (this.isRunning) this.end("failed");
      const { exitCode, signal } = await child;
      await stderr;
      return await this.conclude(path, exitCode, signal);
    } finally {
      unlisten();
      this.stacks?.close();
      for (const timer of this.timers) clearTimeout(timer);
      if (this.isRunning) signalGroup(this.pid, "SIGKILL");
      release(this.pid);
    }
  }

  private commandLine(path: string): [file: string, args: readonly string[]] {
    const plain: [string, readonly string[]] = [this.tracer.path, this.kind.arguments(path)];
    const namesSlowly = this.kind.namesStacks(this.tracer.version) && this.stacks;
    // A program in a container is found through its process.
    const hidden = namesSlowly && !this.script.text.includes("/proc/") ? withoutProcesses(...plain) : plain;
    return boundToParent(...hidden);
  }

  private get grace(): number {
    return this.options.grace ?? GRACE;
  }

  private listen(): () => void {
    const { signal, force, mishap, output } = this.options;
    const interrupt = (): void => this.end("interrupted");
    const broke = (): void => this.broke(mishap?.reason);
    const stop = (): void => this.kill("interrupted");
    // Nobody reads the results, or there is no room for them.
    const close = (): void => this.end("closed");
    signal?.addEventListener("abort", interrupt);
    force?.addEventListener("abort", stop);
    mishap?.addEventListener("abort", broke);
    output?.on("error", close).on("close", close);
    if (mishap?.aborted) broke();
    return () => {
      signal?.removeEventListener("abort", interrupt);
      force?.removeEventListener("abort", stop);
      mishap?.removeEventListener("abort", broke);
      output?.off("error", close).off("close", close);
    };
  }

  private async readResults(stdout: AsyncIterable<Uint8Array>): Promise<void> {
    const lines = new LineSplitter();
    try {
      // Waiting costs more than reading: it is done only where the results are not taken.
      for await (const chunk of stdout) {
        lines.push(chunk);
        for (let line = lines.next(); line; line = lines.next()) {
          const held = this.line(line);
          if (held) await held;
        }
        this.report();
      }
    } catch (error) {
      // The pipe of a killed process may end in an error of its own; anything else is ours.
      if (this.isRunning || !isStreamError(error)) this.broke(error);
    }
    const rest = lines.end();
    if (rest) await this.line(rest);
    for (const event of this.guarded(() => this.decoder.end()) ?? []) await this.deliver(event);
  }

  /** The promise is fulfilled when more can be taken. What goes wrong with one line leaves the others whole. */
  private line(line: Line): void | Promise<void> {
    const isNotice = line.end - line.start === ATTACHED_NOTICE.length && textOfLine(line) === ATTACHED_NOTICE;
    if (isNotice) this.attached();
    const events = this.guarded(() => this.decoder.read(line)) ?? [];
    // After it is decoded, so that what was learnt for it stands before it.
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
      if (this.kind.saysWhenAttached(this.tracer.version)) this.attached();
      // It is passed on when it is true.
      return;
    }
    this.tally.add(event);
    if (event.kind === "row" || event.kind === "groups") this.attached();
    return this.tell(event);
  }

  private tell(event: ResultEvent): void | Promise<void> {
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

  /** A fault of this program: what has been counted is still worth having, and comes when the tracer ends. */
  private broke(error: unknown): void {
    this.mishap ??= { error };
    this.end("failed");
  }

  /** The clock starts; results prove it too. */
  private attached(): void {
    if (this.attachedAt !== undefined) return;
    this.attachedAt = performance.now();
    this.every(MISSES_EVERY, () => this.countMisses());
    void this.options.recorder?.attached(this.probes);
    void this.tell({ kind: "attached", probes: this.probes });
    this.report();
    const { duration } = this.script.plan;
    // The script ends itself; this is for the case that it does not.
    if (duration !== undefined)
      this.after(Number(duration / 1_000_000n) + this.grace, () => this.end("finished"));
    this.watchProcess();
    const { command } = this.options;
    if (!command || this.reason) return;
    command.start();
    void command.wait().then((exit) => {
      this.commandExit = exit;
      this.after(DRAIN, () => this.end("command"));
    });
  }

  /** Asks the tracer to end, and if it does not, makes it. */
  private end(reason: RunEnd): void {
    if (this.reason || !this.isRunning) return;
    this.reason = reason;
    this.countMisses();
    this.report();
    signalProcess(this.pid, "SIGINT");
    if (this.kind.missesInterrupts(this.tracer.version)) this.every(WAKE_EVERY, () => this.wake());
    this.after(reason === "closed" ? Math.min(this.grace, TERM_GRACE) : this.grace, () => {
      this.isCut = true;
      this.kill(reason);
    });
  }

  /**
   * An old bpftrace sees that it was interrupted only where that interrupts its wait for events; when it comes while it
   * reads some, it waits on. Another signal ends that wait: SIGUSR1 does nothing else to one that is ending, where a
   * second SIGINT would kill it before it has printed its results.
   */
  private wake(): void {
    if (this.attachedAt !== undefined) signalProcess(this.pid, "SIGUSR1");
  }

  private kill(reason: RunEnd): void {
    if (!this.isRunning) return;
    this.reason ??= reason;
    signalProcess(this.pid, "SIGTERM");
    this.after(Math.min(this.grace, TERM_GRACE), () => signalGroup(this.pid, "SIGKILL"));
  }

  private after(milliseconds: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, milliseconds);
    this.timers.add(timer);
  }

  /** For as long as the tracer runs. */
  private every(milliseconds: number, act: () => void): void {
    this.after(milliseconds, () => {
      if (!this.isRunning) return;
      act();
      this.every(milliseconds, act);
    });
  }

  private async conclude(
    path: string,
    exitCode: number | undefined,
    signal: string | undefined,
  ): Promise<Summary> {
    const asked = this.reason !== undefined && this.reason !== "failed";
    const isClean = exitCode === 0 || (asked && signal !== undefined);
    if (this.reason === "closed") return this.summary("closed");
    for (const text of this.doubts()) await this.warn(text);
    if (this.mishap) return this.failed(ownFault(this.mishap.error));
    if (this.isCut || this.reason === "failed")
      return this.failed(
        new TracerError(
          1,
          this.reason === "failed"
            ? `${this.kind.name} closed its output`
            : `${this.kind.name} did not end and was killed`,
          "the last results are missing",
        ),
      );
    // Interrupted while it was still attaching, it may say what it likes.
    if (!isClean && !(asked && this.attachedAt === undefined))
      return this.failed(this.kind.classify({ stderr: await this.complaint(path), exitCode, signal }));
    for (const text of [...this.stderr.survivedErrors(), ...this.unnamed()]) await this.warn(text);
    return this.summary(this.reason ?? "finished");
  }

  /** What casts doubt on its results, however it ended. */
  private doubts(): string[] {
    if (this.attachedAt === undefined) return [];
    const by = this.options.clock?.setBy() ?? 0;
    return [...(this.missed > 0 ? [missedText(this.missed)] : []), ...(by === 0 ? [] : [clockSetText(by)])];
  }

  /** What it said, and if that is not all, that too. */
  private async complaint(path: string): Promise<string> {
    const { text } = this.stderr;
    const loud = this.kind.loudArguments(path, text);
    if (!loud) return text;
    const { environment } = this.script;
    return `${text}\n${await tellAll(this.tracer.path, loud, environment, this.options.signal)}`;
  }

  /** What the tracer's results do not say themselves. */
  private async warn(text: string): Promise<void> {
    await this.options.recorder?.warning(text);
    await this.tell(warningOf(text));
  }

  /** The kernel forgets it with the programs, which go when the tracer does: it is read while there is time. */
  private countMisses(): void {
    if (this.isRunning) this.missed = Math.max(this.missed, readMisses(this.pid));
  }

  /** One that is followed may have children that go on. */
  private watchProcess(): void {
    const { process } = this.script.plan;
    if (!process || process.followed || !this.isRunning) return;
    const start = startOf(process.pid);
    if (start === undefined || start !== this.processStart) this.after(DRAIN, () => this.end("process"));
    else this.after(PROCESS_EVERY, () => this.watchProcess());
  }

  private unnamed(): string[] {
    return this.options.tellsUnnamed === false ? [] : (this.stacks?.notes() ?? []);
  }

  private failed(failure: TracerError): Summary {
    if (this.attachedAt === undefined) throw failure;
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
    const phase = this.reason ? "ending" : this.attachedAt === undefined ? "attaching" : "tracing";
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
