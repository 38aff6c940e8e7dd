/** What differs between the tracers that can be run: how each is found, called and read, and how it fails. */
import type { Ending } from "./causes.js";
import type { DecodeOptions, LineDecoder } from "./line-decoder.js";
import type { Script } from "./script.js";
import type { TracerError } from "./tracer-error.js";

export interface FoundProgram {
  readonly path: string;
  /** Three numbers: `0.17.0`. */
  readonly version: string;
}

/** A tracer of this machine: of a runner that is a library of Python, `path` is the Python. */
export interface Tracer extends FoundProgram {
  readonly runner: Runner;
}

/** How a tracer is called so that it prints all that the kernel says. */
export interface LoudCall {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Runner {
  /** In messages, and in recordings. */
  readonly title: string;
  /** Throws a `TracerError`. */
  find(environment: NodeJS.ProcessEnv): Promise<FoundProgram>;
  /** The file that the script is written to. */
  readonly file: string;
  /** What it is started with. */
  arguments(path: string): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Called again so, it prints more than in `stderr`. Undefined: it printed all, or that would not help. */
  loudCall(path: string, stderr: string): LoudCall | undefined;
  decoder(script: Script, options: DecodeOptions): LineDecoder;
  /** A line of its output that says that all probes are attached. */
  readonly attachedNotice?: string;
  /** Lines of its standard error that help nobody. */
  readonly noise?: RegExp;
  /** Whether its message about attached probes comes when they are. */
  reportsAttached(version: string): boolean;
  /** Whether it looks up the names of user stacks itself, which takes its time. */
  namesStacks(version: string): boolean;
  /** Whether its scripts end by themselves after the plan's duration; else the runner ends them. */
  readonly endsItself: boolean;
  /** Whether it may miss an interrupt that comes while it is busy. */
  missesInterrupts(version: string): boolean;
  /** Whether it reads tracefs whatever it attaches to. */
  alwaysReadsTracefs(version: string): boolean;
  classify(ending: Ending): TracerError;
}
