/**
 * How a run ends: the tracer is given time to take in what there was, is interrupted at rest so that its last results come
 * out, and is killed where it does not end.
 */
import type { Runner } from "../tracers/runner.js";
import { signalAtRest, whatItDoes } from "./process/at-rest.js";
import { signalGroup, signalProcess } from "./process/children.js";
import type { RunEnd } from "./run-options.js";
import type { Timers } from "./timers.js";

/** Nothing takes so long to attach. */
export const ATTACH_WITHIN = 600_000;
/** How long a tracer that is told to end may take before it is killed. */
export const TERM_GRACE = 2_000;
const WAKE_EVERY = 1000;
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

/** The tracer, as far as its end depends on it. */
export interface RunningTracer {
  readonly pid: number;
  readonly isRunning: boolean;
  readonly isAttached: boolean;
  /** When it last printed something. */
  readonly heardAt: number;
  /** No more is read of what it prints, and what it started ends. */
  closePipes(): void;
  /** It has been decided that it ends. */
  onEnding(): void;
  /** The last moment at which the kernel still has its programs. */
  onInterrupt(): void;
}

export class Ending {
  /** Why it ends, or has ended; undefined: it ended by itself, or goes on. */
  reason: RunEnd | undefined;
  /** The tracer had to be killed, so that its last results are missing. */
  isCut = false;
  /** It was killed because it was asked to end twice. */
  isForced = false;
  /** It is waited for until it has taken in what there was. */
  private isSettling = false;

  constructor(
    private readonly tracer: RunningTracer,
    private readonly runner: Runner,
    private readonly version: string,
    private readonly timers: Timers,
    private readonly grace: number,
  ) {}

  /** Asks the tracer to end, and if it does not, makes it. */
  begin(reason: RunEnd): void {
    if (!this.tracer.isRunning) return;
    if (this.reason) {
      // Who asks meanwhile does not wait for what is on its way.
      if (reason === "interrupted" && this.isSettling) this.interrupt(this.reason);
      return;
    }
    this.reason = reason;
    this.tracer.onEnding();
    if (reason === "closed" || reason === "failed" || !this.tracer.isAttached) this.interrupt(reason);
    else {
      this.isSettling = true;
      this.settle(reason, performance.now(), performance.now());
    }
  }

  /** Kills it, for a user who asks twice. */
  insist(): void {
    if (!this.tracer.isRunning) return this.tracer.closePipes();
    this.isForced = true;
    this.kill("interrupted");
  }

  /** Why its last results are missing; undefined: they are not. */
  cutShort(): string | undefined {
    const { title } = this.runner;
    if (this.isForced) return `${title} was killed, as it was asked to end twice`;
    if (this.isCut) return `${title} did not end and was killed`;
    if (this.reason !== "failed") return undefined;
    return this.tracer.isAttached
      ? `${title} closed its output`
      : `${title} did not attach to its probes within ${ATTACH_WITHIN / 1000} s`;
  }

  /** Waits until the tracer has taken in what happened before `from`, and interrupts it then; `busyAt`: when it last had something to do. */
  private settle(reason: RunEnd, from: number, busyAt: number): void {
    if (!this.tracer.isRunning || !this.isSettling) return;
    const now = performance.now();
    const { pid, heardAt } = this.tracer;
    const within = reason === "interrupted" || reason === "finished" ? SETTLE_WITHIN_ASKED : SETTLE_WITHIN;
    const isStill = whatItDoes(pid) === "waiting" && now - heardAt >= LOOK_EVERY;
    const stillSince = isStill ? Math.max(busyAt, heardAt) : now;
    if (now - stillSince >= STILL_FOR || (isStill && now - from >= STILL_WITHIN) || now - from >= within)
      this.interrupt(reason);
    else this.timers.after(LOOK_EVERY, () => this.settle(reason, from, stillSince));
  }

  private interrupt(reason: RunEnd): void {
    if (!this.tracer.isRunning) return;
    this.isSettling = false;
    this.tracer.onInterrupt();
    this.timers.after(reason === "closed" ? Math.min(this.grace, TERM_GRACE) : this.grace, () => {
      this.isCut = true;
      this.kill(reason);
    });
    this.interruptAtRest();
  }

  /** While it writes, somebody reads what it has written, and it comes to rest. */
  private interruptAtRest(): void {
    const { tracer } = this;
    if (!tracer.isRunning) return;
    if (!signalAtRest(tracer.pid, "SIGINT")) this.timers.after(1, () => this.interruptAtRest());
    else if (this.runner.missesInterrupts(this.version))
      this.timers.every(
        WAKE_EVERY,
        () => tracer.isRunning,
        () => this.wake(),
      );
  }

  /**
   * An old bpftrace sees that it was interrupted only where that interrupts its wait for events; when it comes while it
   * reads some, it waits on. Another signal ends that wait: SIGUSR1 does nothing else to one that is ending, where a
   * second SIGINT would kill it before it has printed its results.
   */
  private wake(): void {
    if (this.tracer.isAttached) signalAtRest(this.tracer.pid, "SIGUSR1");
  }

  private kill(reason: RunEnd): void {
    const { tracer } = this;
    if (!tracer.isRunning) return;
    this.reason ??= reason;
    signalProcess(tracer.pid, "SIGTERM");
    this.timers.after(Math.min(this.grace, TERM_GRACE), () => signalGroup(tracer.pid, "SIGKILL"));
  }
}
