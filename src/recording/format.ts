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
import type { StackNames } from "../tracers/stack-names.js";
import { RUNNERS } from "../tracers/runners.js";
import { fromExactJson } from "./exact-json.js";
import { fromVersion1 } from "./version-1.js";
import { recordedPlan } from "./plan-shape.js";
import {
  asObject,
  big,
  index,
  join,
  list,
  milliseconds,
  object,
  oneOf,
  pair,
  ShapeError,
  text,
  truth,
  type Shape,
} from "./shape.js";

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

const member: Shape<string | null> = (value, at) => (value === null ? null : text(value, at));

const role: Shape<MapRole> = (value, at) => {
  const holds = oneOf(
    "aggregate",
    "sent",
    "seen",
    "state",
    "refused",
  )(asObject(value, at)["holds"], join(at, "holds"));
  switch (holds) {
    case "aggregate":
      return {
        holds,
        ...object({ result: index, aggregate: index }, { set: oneOf("turn", "end") })(value, at),
      } as MapRole;
    case "sent":
      return { holds, ...object({ result: index })(value, at) };
    case "seen":
      return { holds, ...object({ result: index }, { aggregate: index })(value, at) };
    case "state":
      return { holds, ...object({ state: text, members: list(member) })(value, at) };
    case "refused":
      return { holds };
  }
};

const header = object(
  {
    format: oneOf(FORMAT),
    faultline: text,
    query: text,
    started: text,
    clock: milliseconds,
    kernel: object({ id: text, release: text, arch: text }),
    tracer: object({ name: oneOf(...Object.values(RUNNERS).map(({ title }) => title)), version: text }),
    script: object({ text, ran: text }),
    maps: list(pair(text, role)),
    environment: list(pair(text, text)),
    names: list(object({ kind: oneOf("enum", "flags"), of: text, members: list(pair(text, big)) })),
    plan: recordedPlan,
  },
  { explanation: text, endsWithMaps: truth },
);

/** Throws a `ShapeError` that says what is wrong with it. */
export function readHeader(line: string): RecordingHeader {
  let value: unknown;
  try {
    value = fromExactJson(line);
  } catch {
    throw new ShapeError("", "a recording: it does not begin with a header in JSON");
  }
  const given = asObject(value, "");
  const { format, version } = given;
  if (format !== FORMAT) throw new ShapeError("", "a recording: its header does not say that it is one");
  if (version === 1) return { version: VERSION, ...header(fromVersion1(given), "") } as RecordingHeader;
  if (version !== VERSION)
    throw new ShapeError(
      "",
      `one that can be read here: it has ${typeof version === "number" ? `version ${version}` : "no version"}, and this is for ${VERSION}`,
    );
  return { version: VERSION, ...header(value, "") } as RecordingHeader;
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

export const recordingEnd: Shape<RecordingEnd> = object(
  { ended: text, events: index, lost: index, damaged: index, elapsed: milliseconds },
  { failure: text, isWhole: truth },
);
/** Of nanoseconds since boot; as text, for JSON's readers round such numbers. Absent of older recordings. */
const timeStamp: Shape<bigint> = (value, at) => {
  const digits = text(value, at);
  if (!/^\d{1,19}$/.test(digits)) throw new ShapeError(at, "a time stamp in digits");
  return BigInt(digits);
};
export const recordedProbes = object({ probes: index }, { nsecs: timeStamp });
export const recordedTime = object({ nsecs: timeStamp });
export const recordedWarning = object({ text });
export const recordedNames: Shape<StackNames> = object({ stack: text, named: text }, { pid: index });

/** A stack of bare addresses means another in another process. */
export function keyOfStack(stack: string, pid: number | undefined): string {
  return `${pid ?? ""} ${stack}`;
}
