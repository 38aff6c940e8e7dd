/**
 * Ends a run: the tracer gets time to read pending events, is interrupted while idle so that its last results are
 * printed, and is killed if it does not exit.
 */
import type { Runner } from "../tracers/runner.js";
import { signalAtRest, whatItDoes } from "./process/at-rest.js";
import { signalGroup, signalProcess } from "./process/children.js";
import type { RunEnd } from "./run-options.js";
import type { Timers } from "./timers.js";

/** Attaching never takes longer. */
export const ATTACH_WITHIN = 600_000;
/** How long a tracer that is asked to end may take before it is killed. */
export const TERM_GRACE = 2_000;
const WAKE_EVERY = 1000;
/** How long its script may take to confirm that nothing that is open is changed any more. */
const STOP_WITHIN = 2_000;
/** How often to check whether the tracer has read pending events. */
const LOOK_EVERY = 10;
/** How long the tracer must be idle. */
const STILL_FOR = 60;
/** After this time a single idle moment is enough, as other events may never stop. */
const STILL_WITHIN = 1_000;
/** The longest wait for an idle moment: the last events of a command are still pending, … */
const SETTLE_WITHIN = 60_000;
/** … and here a user waits. */
const SETTLE_WITHIN_ASKED = 5_000;

/** The parts of a running tracer that its ending needs. */
export interface RunningTracer {
  readonly pid: number;
  readonly isRunning: boolean;
  readonly isAttached: boolean;
  /** What its script must be told first, and confirms. */
  readonly stopSignal: NodeJS.Signals | undefined;
  /** When it last printed something, in milliseconds of `performance.now()`. */
  readonly heardAt: number;
  /** Stops reading its output and kills its children. */
  closePipes(): void;
  /** Called when its end has been decided. */
  onEnding(): void;
  /** Called at the last moment at which the kernel still has its programs. */
  onInterrupt(): void;
  /** Called if the script does not confirm that it is ending. */
  onUnconfirmed(): void;
}

export class Ending {
  /** Why it ends or has ended; undefined while it runs or if it ended by itself. */
  reason: RunEnd | undefined;
  /** Whether the tracer had to be killed, so that its last results are missing. */
  isCut = false;
  /** Whether it was killed because the user asked twice. */
  isForced = false;
  /** Whether it is still given time to read pending events. */
  private isSettling = false;
  private isStopped = false;

  constructor(
    private readonly tracer: RunningTracer,
    private readonly runner: Runner,
    private readonly version: string,
    private readonly timers: Timers,
    private readonly grace: number,
  ) {}

  /** Asks the tracer to end, and kills it if it does not. */
  begin(reason: RunEnd): void {
    if (!this.tracer.isRunning) return;
    if (this.reason) {
      // A user who interrupts now does not wait for pending events.
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

  /** Kills the tracer when the user interrupts a second time. */
  insist(): void {
    if (!this.tracer.isRunning) return this.tracer.closePipes();
    this.isForced = true;
    this.kill("interrupted");
  }

  /** Why the last results are missing; undefined if they are not. */
  cutShort(): string | undefined {
    const { title } = this.runner;
    if (this.isForced) return `${title} was killed, as it was asked to end twice`;
    if (this.isCut) return `${title} did not end and was killed`;
    if (this.reason !== "failed") return undefined;
    return this.tracer.isAttached
      ? `${title} closed its output`
      : `${title} did not attach to its probes within ${ATTACH_WITHIN / 1000} s`;
  }

  /** Waits until the tracer has read the events before `from`, then interrupts it. `busyAt`: when it was last busy. */
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
    const { stopSignal, isAttached } = this.tracer;
    if (stopSignal === undefined || !isAttached) this.interruptAtRest();
    else this.stop(stopSignal);
  }

  /** Has the script confirm that it is ending, before the tracer is interrupted. */
  private stop(signal: NodeJS.Signals): void {
    const { tracer } = this;
    if (!tracer.isRunning) return;
    if (!signalAtRest(tracer.pid, signal)) return void this.timers.after(1, () => this.stop(signal));
    this.timers.after(STOP_WITHIN, () => {
      if (this.isStopped || !tracer.isRunning) return;
      tracer.onUnconfirmed();
      this.stopped();
    });
  }

  /** The script has confirmed that it is ending. */
  stopped(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.interruptAtRest();
  }

  /** While it writes, its output is being read, so that it becomes idle. */
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
   * An old bpftrace notices an interrupt only if that interrupts its wait for events; if it arrives while bpftrace
   * reads events, bpftrace waits again. Another signal ends that wait: SIGUSR1 has no other effect on a tracer that is
   * ending, whereas a second SIGINT would kill it before it has printed its results.
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
