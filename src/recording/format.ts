/**
 * A recording: what a run printed, with all that is needed to read it on another machine. Lines of bytes, each
 * whole in itself, so that a file that is cut off still tells what came before:
 *
 *     {"format": "faultline-recording", "version": 2, …}      the header: see `RecordingHeader`
 *     MS attached {"probes": 3, "nsecs": "…"}                 `nsecs`: since boot
 *     MS until {"nsecs": "…"}                                 when the process that is traced had ended
 *     MS out RAW                                              a line of the tracer's output, byte for byte
 *     MS warning {"text": …}                                  what was said beside it
 *     MS named {"stack": …, "pid": …, "named": …}             what addresses in a later line are, where that was known
 *     MS end {"ended": …, "events": …}                        the last line; without it the recording is cut off
 *
 * `MS` is when it came, in whole milliseconds since the recording began. The file may be packed with gzip; it is
 * flushed as it goes, so that a packed one that is cut off loses no more than its last second.
 *
 * The header is JSON in which a number too large for JSON is `{"$bigint": "123"}`.
 */
import type { MapRole, Script } from "../tracers/script.js";
import type { Plan } from "../plan/plan.js";

export const FORMAT = "faultline-recording";
export const VERSION = 2;

export interface RecordedNames {
  readonly kind: "enum" | "flags";
  readonly of: string;
  readonly members: readonly (readonly [name: string, value: bigint])[];
}

export interface RecordingHeader {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** The version that made it. */
  readonly faultline: string;
  /** As it was asked. */
  readonly query: string;
  /** In words, what is measured. */
  readonly explanation?: string;
  /** ISO 8601. */
  readonly started: string;
  /** Milliseconds since 1970 when the tracer's time stamps were 0. */
  readonly clock: number;
  readonly kernel: { readonly id: string; readonly release: string; readonly arch: string };
  readonly tracer: { readonly name: string; readonly version: string };
  /** `text` is for a person and runs alone; `ran` is what printed the lines. */
  readonly script: { readonly text: string; readonly ran: string };
  readonly maps: readonly (readonly [name: string, role: MapRole])[];
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** See `Script`; absent of recordings that were made before there was such a thing. */
  readonly endsWithMaps?: boolean;
  /** Of the enums and flags that the results have. */
  readonly names: readonly RecordedNames[];
  readonly plan: Plan;
}

export function scriptOf({ script, plan, maps, environment, endsWithMaps }: RecordingHeader): Script {
  return {
    form: "stream",
    text: script.ran,
    plan,
    maps: new Map(maps),
    environment: Object.fromEntries(environment),
    ...(endsWithMaps === true ? { endsWithMaps } : {}),
  };
}

/** How the run ended: the last line. */
export interface RecordingEnd {
  readonly ended: string;
  readonly events: number;
  readonly lost: number;
  readonly damaged: number;
  /** From attaching to the end, in milliseconds. */
  readonly elapsed: number;
  /** Why the tracer failed. */
  readonly failure?: string;
  /** The tracer printed all that it had, and ended in order; absent of older recordings. */
  readonly isWhole?: boolean;
}

/** A stack of bare addresses means another in another process. */
export function keyOfStack(stack: string, pid: number | undefined): string {
  return `${pid ?? ""} ${stack}`;
}
