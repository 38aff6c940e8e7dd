/**
 * Runs a compiled script: starts bpftrace, hands on what it prints as events, and ends it so that its
 * last results come out and no process stays behind.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Script } from "../tracers/script.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import { UserStacks } from "../symbols/user-stacks.js";
import { signalAtRest, whatItDoes } from "./process/at-rest.js";
import {
  adopt,
  boundToParent,
  release,
  signalGroup,
  signalProcess,
  withoutProcesses,
} from "./process/children.js";
import type { CodeTold } from "../tracers/code-messages.js";
import type { CommandExit } from "./process/command.js";
import { ATTACHED_NOTICE } from "../tracers/bpftrace/read/decode.js";
import type { ResultEvent } from "../results/events.js";
import { LOOK_AROUND, ownFault, TracerError } from "./failure.js";
import { checkMachine, findTracer, type Tracer } from "./find-tracer.js";
import { LineSplitter, textOfLine, type Line } from "../results/lines.js";
import type { RunEnd, RunOptions, Summary } from "./run-options.js";
import { readMisses } from "./bpf-stats.js";
import { ownProgram, started } from "./process/programs.js";
import { makePrivateDirectory } from "./process/private-directory.js";
import { tellAll } from "./refusal.js";
import { clockSetText, missedText, warningOf } from "../results/shortfall.js";
import { StderrReader } from "./stderr.js";
import { Tally } from "../results/tally.js";
import { startOf } from "./process/traced-process.js";
import type { LineDecoder } from "../tracers/line-decoder.js";
import { kindOf, type TracerKind } from "../tracers/tracer-kind.js";

export { ownFault, TracerError } from "./failure.js";
export type { Recorder, RunEnd, RunOptions, RunStatus, Summary } from "./run-options.js";
export { findTracer, type Tracer } from "./find-tracer.js";

const GRACE = 60_000;
const WAKE_EVERY = 1000;
const MISSES_EVERY = 1000;
const PROCESS_EVERY = 250;
const TERM_GRACE = 2_000;
/** In milliseconds: a longer one is over at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Nothing takes so long to attach. */
const ATTACH_WITHIN = 600_000;
/** How often it is looked whether the tracer has taken in what there was. */
const LOOK_EVERY = 10;
/** For so long it must have had nothing to do. */
const STILL_FOR = 60;
/** After so long one moment with nothing to do is enough: other events may come without end. */
const STILL_WITHIN = 1_000;
/** For so long it is waited for such a moment: what a command did last is all still to come, … */
const SETTLE_WITHIN = 60_000;
/** … and a person waits. */
const SETTLE_WITHIN_ASKED = 5_000;

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
  /** Whoever asked twice had it killed. */
  private isForced = false;
  /** It is waited for until it has taken in what there was. */
  private isSettling = false;
  /** It printed all that it had, and ended in order. */
  private isWhole = false;
  /** When it last printed something. */
  private heardAt = 0;
  /** Events that programs of the tracer did not see. */
  private missed = 0;
  private exited: Promise<void> = Promise.resolve();
  private isRunning = false;
  /** No more is read of what it prints, and what it started ends. */
  private closePipes: () => void = () => undefined;
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
    const environment = { ...this.script.environment, ...this.kind.environment };
    const options = {
      ...ownProgram(process.env, environment),
      detached: true,
      buffer: false,
      encoding: "buffer",
    } as const;
    const child = started(this.tracer.path, () => execa(file, args, options));
    if (child.pid === undefined)
      throw new TracerError(1, `${this.tracer.path} cannot be started`, "is it a program?");
    this.pid = child.pid;
    this.isRunning = true;
    adopt(this.pid);
    this.options.onTracer?.(this.pid);
    this.exited = new Promise((resolve) => void child.once("exit", () => resolve()));
    void this.exited.then(() => {
      this.isRunning = false;
      // Whatever it started may hold the pipes open.
      this.after(TERM_GRACE, () => this.closePipes());
    });
    this.closePipes = () => {
      child.stdout.destroy();
      child.stderr.destroy();
      signalGroup(this.pid, "SIGKILL");
    };
    const unlisten = this.listen();
    this.report();
    this.after(ATTACH_WITHIN, () => {
      if (this.attachedAt === undefined) this.end("failed");
    });
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
    const interrupt = (): void => (this.isRunning ? this.end("interrupted") : this.closePipes());
    const broke = (): void => this.broke(mishap?.reason);
    const stop = (): void => this.insist();
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
        this.heardAt = performance.now();
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
    if (duration !== undefined) {
      // A script that ends itself has until then.
      const grace = this.kind.endsItself ? this.grace : 0;
      this.after(Number(duration / 1_000_000n) + grace, () => this.end("finished"));
    }
    this.watchProcess();
    const { command } = this.options;
    if (!command || this.reason) return;
    command.start();
    void command.wait().then((exit) => {
      this.commandExit = exit;
      this.end("command");
    });
  }

  /** Asks the tracer to end, and if it does not, makes it. */
  private end(reason: RunEnd): void {
    if (!this.isRunning) return;
    if (this.reason) {
      // Who asks meanwhile does not wait for what is on its way.
      if (reason === "interrupted" && this.isSettling) this.interrupt(this.reason);
      return;
    }
    this.reason = reason;
    this.report();
    if (reason === "closed" || reason === "failed" || this.attachedAt === undefined) this.interrupt(reason);
    else {
      this.isSettling = true;
      this.settle(reason, performance.now(), performance.now());
    }
  }

  /** Waits until the tracer has taken in what happened before `from`, and interrupts it then; `busyAt`: when it last had something to do. */
  private settle(reason: RunEnd, from: number, busyAt: number): void {
    if (!this.isRunning || !this.isSettling) return;
    const now = performance.now();
    const within = reason === "interrupted" || reason === "finished" ? SETTLE_WITHIN_ASKED : SETTLE_WITHIN;
    const isStill = whatItDoes(this.pid) === "waiting" && now - this.heardAt >= LOOK_EVERY;
    const stillSince = isStill ? Math.max(busyAt, this.heardAt) : now;
    if (now - stillSince >= STILL_FOR || (isStill && now - from >= STILL_WITHIN) || now - from >= within)
      this.interrupt(reason);
    else this.after(LOOK_EVERY, () => this.settle(reason, from, stillSince));
  }

  private interrupt(reason: RunEnd): void {
    if (!this.isRunning) return;
    this.isSettling = false;
    this.countMisses();
    this.after(reason === "closed" ? Math.min(this.grace, TERM_GRACE) : this.grace, () => {
      this.isCut = true;
      this.kill(reason);
    });
    this.interruptAtRest();
  }

  /** While it writes, somebody reads what it has written, and it comes to rest. */
  private interruptAtRest(): void {
    if (!this.isRunning) return;
    if (!signalAtRest(this.pid, "SIGINT")) this.after(1, () => this.interruptAtRest());
    else if (this.kind.missesInterrupts(this.tracer.version)) this.every(WAKE_EVERY, () => this.wake());
  }

  /** For who asks twice. */
  private insist(): void {
    if (!this.isRunning) return this.closePipes();
    this.isForced = true;
    this.kill("interrupted");
  }

  /**
   * An old bpftrace sees that it was interrupted only where that interrupts its wait for events; when it comes while it
   * reads some, it waits on. Another signal ends that wait: SIGUSR1 does nothing else to one that is ending, where a
   * second SIGINT would kill it before it has printed its results.
   */
  private wake(): void {
    if (this.attachedAt !== undefined) signalAtRest(this.pid, "SIGUSR1");
  }

  private kill(reason: RunEnd): void {
    if (!this.isRunning) return;
    this.reason ??= reason;
    signalProcess(this.pid, "SIGTERM");
    this.after(Math.min(this.grace, TERM_GRACE), () => signalGroup(this.pid, "SIGKILL"));
  }

  private after(milliseconds: number, then: () => void): void {
    const now = Math.min(milliseconds, LONGEST_TIMER);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (now < milliseconds) this.after(milliseconds - now, then);
      else then();
    }, now);
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
    this.isWhole = exitCode === 0 && this.attachedAt !== undefined && !this.isCut && !this.isForced;
    const isHeard = this.attachedAt !== undefined && this.reason !== "closed";
    const last = isHeard ? this.guarded(() => this.decoder.end(this.isWhole)) : undefined;
    for (const event of last ?? []) await this.deliver(event);
    if (this.reason === "closed") return this.summary("closed");
    for (const text of this.doubts()) await this.warn(text);
    if (this.mishap) return this.failed(ownFault(this.mishap.error));
    if (this.attachedAt === undefined && (asked || this.isForced)) {
      // Interrupted while it was still attaching, it may say what it likes.
      return this.summary(this.reason ?? "interrupted");
    }
    const cut = this.cutShort();
    if (cut !== undefined) return this.failed(new TracerError(1, cut, "the last results are missing"));
    if (exitCode !== 0)
      return this.failed(this.kind.classify({ stderr: await this.complaint(path), exitCode, signal }));
    if (this.attachedAt === undefined)
      throw new TracerError(1, `${this.kind.name} ended before it had attached to any probe`, LOOK_AROUND);
    for (const text of [...this.stderr.survivedErrors(), ...this.unnamed()]) await this.warn(text);
    return this.summary(this.reason ?? "finished");
  }

  /** How this program ended it before it had printed its results. */
  private cutShort(): string | undefined {
    const { name } = this.kind;
    if (this.isForced) return `${name} was killed, as it was asked to end twice`;
    if (this.isCut) return `${name} did not end and was killed`;
    if (this.reason !== "failed") return undefined;
    return this.attachedAt === undefined
      ? `${name} did not attach to its probes within ${ATTACH_WITHIN / 1000} s`
      : `${name} closed its output`;
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
    if (start === undefined || start !== this.processStart) this.end("process");
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
