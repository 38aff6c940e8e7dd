/** The interface of a tracer that can run: how it is found, called and read, and how it fails. */
import type { Plan } from "../plan/plan.js";
import type { TracerExit } from "./causes.js";
import type { DecodeOptions, LineDecoder } from "./line-decoder.js";
import type { Script } from "./script.js";
import type { TracerError } from "./tracer-error.js";

export interface FoundProgram {
  readonly path: string;
  /** In three parts: `0.17.0`. */
  readonly version: string;
}

/** An installed tracer. If it is a Python library, `path` is the Python interpreter. */
export interface Tracer extends FoundProgram {
  readonly runner: Runner;
}

/** A verbose call, which makes the tracer print all kernel messages. */
export interface LoudCall {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What a tracer may say, and what the user is told instead. */
export interface TracerMessage {
  readonly pattern: RegExp;
  /** `count`: how often it was said; without this function nothing is told. */
  readonly says?: (match: RegExpExecArray, count: number) => string;
}

export interface Runner {
  /** The name in messages and recordings. */
  readonly title: string;
  /** Throws a `TracerError`. */
  find(environment: NodeJS.ProcessEnv): Promise<FoundProgram>;
  /** The name of the file that the script is written to. */
  readonly file: string;
  /** The command-line arguments for a script in a file, made from a plan. */
  arguments(path: string, plan: Plan, version: string): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A call that prints more than `stderr`; undefined if all was printed or it would not help. */
  loudCall(path: string, stderr: string): LoudCall | undefined;
  decoder(script: Script, options: DecodeOptions): LineDecoder;
  /** The line of output that announces that all probes are attached. */
  readonly attachedNotice?: string;
  /** Lines of stderr to ignore. */
  readonly noise?: RegExp;
  /** What it says while it runs; other messages are passed on under its name. */
  readonly messages?: readonly TracerMessage[];
  /** Whether its message about attached probes follows their attachment. */
  reportsAttached(version: string): boolean;
  /** Whether it resolves the names of user stacks itself, which is slow. */
  namesStacks(version: string): boolean;
  /** Whether its scripts end by themselves after the plan's duration; otherwise the runner ends them. */
  readonly endsItself: boolean;
  /** Whether it may miss an interrupt that arrives while it is busy. */
  missesInterrupts(version: string): boolean;
  /** Whether it reads tracefs whatever it attaches to. */
  alwaysReadsTracefs(version: string): boolean;
  /**
   * What may be wrong where the kernel, of this release, preempts probes; undefined where nothing can be, or where it is
   * counted.
   */
  preempted?(plan: Plan, version: string, release: string): string | undefined;
  classify(ending: TracerExit): TracerError;
}
