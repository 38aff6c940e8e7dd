/** The facts that stand in the lines of a recording, beside what the tracer printed. */
import * as v from "valibot";
import { count } from "../files/checked-data.js";
import type { StackNames } from "../tracers/stack-names.js";
import type { RecordingEnd } from "./format.js";

/** A JavaScript date has little more; the rest is for what the kernel's clock adds. */
const MOST_MILLISECONDS = 8e15;
const NO_TIME = "is not a time in milliseconds";

/** A point or a span of time. */
export const milliseconds = v.pipe(
  v.number(NO_TIME),
  v.minValue(-MOST_MILLISECONDS, NO_TIME),
  v.maxValue(MOST_MILLISECONDS, NO_TIME),
);

/** Of nanoseconds since boot; as text, for JSON's readers round such numbers. */
const timeStamp = v.pipe(
  v.string(),
  v.regex(/^\d{1,19}$/, "is not a time stamp in digits"),
  v.transform((digits) => BigInt(digits)),
);

/** `nsecs` is absent of older recordings. */
export const recordedProbes = v.object({ probes: count, nsecs: v.exactOptional(timeStamp) });

export const recordedTime = v.object({ nsecs: timeStamp });

export const recordedWarning = v.object({ text: v.string() });

export const recordedNames: v.GenericSchema<unknown, StackNames> = v.object({
  stack: v.string(),
  named: v.string(),
  pid: v.exactOptional(count),
});

/** A control group that came during the run. */
export const recordedGroup = v.object({
  path: v.string(),
  id: v.pipe(
    v.string(),
    v.regex(/^\d{1,20}$/, "is not a number in digits"),
    v.transform((digits) => BigInt(digits)),
  ),
});

export const recordingEnd: v.GenericSchema<unknown, RecordingEnd> = v.object({
  ended: v.string(),
  events: count,
  lost: count,
  damaged: count,
  elapsed: milliseconds,
  failure: v.exactOptional(v.string()),
  isWhole: v.exactOptional(v.boolean()),
});
