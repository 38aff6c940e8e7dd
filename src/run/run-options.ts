/** What a run is given, and what it tells of itself. */
import type { Writable } from "node:stream";
import type { RunningClock } from "../results/clock.js";
import type { CommandExit, GatedProcess } from "./process/command.js";
import type { ResultEvent } from "../results/events.js";
import type { TracerError } from "../tracers/tracer-error.js";
import type { Tracer } from "../tracers/runner.js";
import type { Line } from "../results/lines.js";
import type { StackNames } from "../tracers/stack-names.js";

export interface RunStatus {
  readonly phase: "attaching" | "tracing" | "ending";
  readonly probes: number;
  /** Lines and groups so far. */
  readonly events: number;
  readonly lost: number;
  /** Since the probes were attached, in milliseconds. */
  readonly elapsed: number;
}

/** Keeps what a run is made of. A promise is fulfilled when more can be taken. */
export interface Recorder {
  /** `nsecs`: since boot. */
  attached(probes: number, nsecs: bigint): void;
  /** As the tracer printed it. */
  line(line: Line): void | Promise<void>;
  warning(text: string): void | Promise<void>;
  /** What a stack of bare addresses was found to be: only this machine can tell. */
  named(names: StackNames): void;
}

export interface RunOptions {
  /** A promise holds the stream back until it is fulfilled. */
  readonly onEvent: (event: ResultEvent) => void | Promise<void>;
  readonly onStatus?: (status: RunStatus) => void;
  /** Ends the trace; what has been counted is still printed. */
  readonly signal?: AbortSignal;
  /** Ends it without waiting for anything: for who asks twice. */
  readonly force?: AbortSignal;
  /** Something else of this program went wrong, which is its reason: ends the trace as one that failed. */
  readonly mishap?: AbortSignal;
  /** Runs once the probes are attached; the trace ends when it does, and it ends with the trace. */
  readonly command?: GatedProcess;
  /** Where the results go: the trace ends when nobody reads there any more. */
  readonly output?: Writable;
  readonly tracer?: Tracer;
  readonly recorder?: Recorder;
  /** What times of day are told by. */
  readonly clock?: RunningClock;
  /** It has been started; this is its process. */
  readonly onTracer?: (pid: number) => void;
  /** Whether to tell what stacks have no names, and why; by default it is told. */
  readonly tellsUnnamed?: boolean;
  /** How long the tracer may take to end, in milliseconds. */
  readonly grace?: number;
}

export type RunEnd =
  /** The script ended by itself: the duration, or a limit. */
  | "finished"
  | "interrupted"
  | "command"
  /** The only process that was traced has ended. */
  | "process"
  /** Nobody reads the results. */
  | "closed"
  | "failed";

export interface Summary {
  readonly ended: RunEnd;
  readonly tracer: Tracer;
  readonly probes: number;
  readonly events: number;
  readonly lost: number;
  readonly damaged: number;
  /** From attaching to the end, in milliseconds. */
  readonly elapsed: number;
  /** The tracer printed all that it had, and ended in order. */
  readonly isWhole: boolean;
  readonly command?: CommandExit;
  /** With `failed`: results up to there have been delivered. */
  readonly failure?: TracerError;
}
