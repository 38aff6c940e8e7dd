/** The options of a run, its progress and its summary. */
import type { Writable } from "node:stream";
import type { RunningClock } from "../results/clock.js";
import type { CommandExit, GatedProcess } from "./process/command.js";
import type { ResultEvent } from "../results/events.js";
import type { TracerError } from "../tracers/tracer-error.js";
import type { Cgroup } from "../kernel/cgroups/cgroup-names.js";
import type { Tracer } from "../tracers/runner.js";
import type { Line } from "../results/lines.js";
import type { NameGroup, StackNames } from "../tracers/stack-names.js";

export interface RunStatus {
  readonly phase: "attaching" | "tracing" | "ending";
  readonly probes: number;
  /** Rows and groups so far. */
  readonly events: number;
  readonly lost: number;
  /** The time since the probes were attached, in milliseconds. */
  readonly elapsed: number;
}

/** Records a run. A returned promise is fulfilled when more data can be written. */
export interface Recorder {
  /** `nsecs`: nanoseconds since boot. */
  attached(probes: number, nsecs: bigint): void;
  /** When the process that is traced had ended: `nsecs` since boot. */
  tracedUntil(nsecs: bigint): void;
  /** A line as the tracer printed it. */
  line(line: Line): void | Promise<void>;
  warning(text: string): void | Promise<void>;
  /** A control group that came during the run. */
  group(group: Cgroup): void;
  /** The names of a stack of bare addresses: only this machine can resolve them. */
  named(names: StackNames): void;
}

export interface RunOptions {
  /** A returned promise pauses the stream until it is fulfilled. */
  readonly onEvent: (event: ResultEvent) => void | Promise<void>;
  readonly onStatus?: (status: RunStatus) => void;
  /** Ends the trace; results so far are still printed. */
  readonly signal?: AbortSignal;
  /** Ends the trace immediately, when the user asks twice. */
  readonly force?: AbortSignal;
  /** Aborted by another failure of this program, which is its reason: ends the trace as failed. */
  readonly mishap?: AbortSignal;
  /** Starts once the probes are attached. The trace ends with the command, and the command with the trace. */
  readonly command?: GatedProcess;
  /** The destination of results: the trace ends when it is closed. */
  readonly output?: Writable;
  readonly tracer?: Tracer;
  readonly recorder?: Recorder;
  /** The clock for times of day. */
  readonly clock?: RunningClock;
  /** Called with the pid of the tracer once it has been started. */
  readonly onTracer?: (pid: number) => void;
  /** Whether to report which stacks have no names, and why; true by default. */
  readonly reportsUnnamed?: boolean;
  /** Puts together what is of one container or pod. */
  readonly nameGroup?: NameGroup;
  /** More warnings about the results, at the end. */
  readonly notes?: () => readonly string[];
  /** How long the tracer may take to end, in milliseconds. */
  readonly grace?: number;
}

export type RunEnd =
  /** The script ended by itself: its duration has passed, or it has reached a limit. */
  | "finished"
  | "interrupted"
  | "command"
  /** The only traced process has ended. */
  | "process"
  /** The output is closed. */
  | "closed"
  | "failed";

export interface Summary {
  readonly ended: RunEnd;
  readonly tracer: Tracer;
  readonly probes: number;
  readonly events: number;
  readonly lost: number;
  readonly damaged: number;
  /** The time from attaching to the end, in milliseconds. */
  readonly elapsed: number;
  /** Whether the tracer printed all its results and exited normally. */
  readonly isWhole: boolean;
  readonly command?: CommandExit;
  /** Set if `ended` is `failed`: results up to then have been delivered. */
  readonly failure?: TracerError;
}
