/**
 * The file of the machine's calibration, in the user's directory for state. Anyone may have written it: what is read
 * is checked, and what does not fit the machine is not used.
 */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import * as v from "valibot";
import { calibratedCosts, type Calibration } from "../costs/calibration.js";
import type { CostTable } from "../costs/cost.js";
import { KNOWN_COSTS } from "../costs/known.js";
import { reason } from "../diagnostics/system-error.js";
import { checkedData, DataError } from "../files/checked-data.js";
import { FileRefused, isOurLink, statusOf, UntrustedFile } from "../files/untrusted-file.js";

const LARGEST = 64 * 1024;
/** In nanoseconds: no event costs a second. */
const MOST = 1e9;

const nanoseconds = v.pipe(
  v.number("is not a number"),
  v.minValue(0, "is below 0"),
  v.maxValue(MOST, "is more than a second"),
);

const range = v.pipe(
  v.object({ least: nanoseconds, most: nanoseconds }),
  v.check(({ least, most }) => least <= most, "has a least that is more than its most"),
);

const probes = v.partial(
  v.object({
    tracepoint: range,
    rawtracepoint: range,
    kprobe: range,
    kretprobe: range,
    fentry: range,
    fexit: range,
    uprobe: range,
    uretprobe: range,
    step: range,
  }),
);

/** Shown to the user. */
const plainText = v.pipe(v.string(), v.regex(/^[\w .+~:-]{1,100}$/, "has other characters than a version"));

const schema = v.object({
  format: v.literal("faultline-calibration"),
  version: v.literal(1),
  kernel: plainText,
  tracer: plainText,
  taken: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/, "is not a date")),
  probes,
});

/** The types of probes that a calibration may have. */
export type CalibratedType = keyof (typeof probes)["entries"];

export interface RunsOn {
  /** The release of the kernel. */
  readonly kernel: string;
  /** The tracer with its version, as `calibratedTracer` has it. */
  readonly tracer: string;
}

export function calibratedTracer(title: string, version: string): string {
  return `${title} ${version}`;
}

export interface MachineCosts {
  readonly costs: CostTable;
  /** Why there is a calibration that is not used, for the user. */
  readonly note?: string;
}

/** The directory is that of the XDG specification, in which a path that is not absolute does not count. */
export function calibrationPath(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["XDG_STATE_HOME"];
  const state =
    named !== undefined && isAbsolute(named)
      ? named
      : join(environment["HOME"] ?? homedir(), ".local", "state");
  return join(state, "faultline", "calibration.json");
}

export function calibrationText(calibration: Calibration): string {
  return `${JSON.stringify({ format: "faultline-calibration", version: 1, ...calibration }, undefined, 2)}\n`;
}

/** What events cost on this machine: by its calibration, if there is one that fits. */
export function machineCosts(on: RunsOn, path = calibrationPath()): MachineCosts {
  if (!statusOf(path)) return { costs: KNOWN_COSTS };
  const again = "`faultline overhead --calibrate` takes a new one";
  try {
    const calibration = readCalibration(path);
    const other = (["kernel", "tracer"] as const).find((what) => calibration[what] !== on[what]);
    return other === undefined
      ? { costs: calibratedCosts(calibration) }
      : {
          costs: KNOWN_COSTS,
          note: `the calibration of this machine is not used: it was taken with ${calibration[other]}, and this is ${on[other]}; ${again}`,
        };
  } catch (error) {
    return {
      costs: KNOWN_COSTS,
      note: `the calibration in ${path} is not used: ${faultOf(error)}; ${again}`,
    };
  }
}

function readCalibration(path: string): Calibration {
  const file = UntrustedFile.open(path, { largest: LARGEST, noLink: true });
  try {
    if (!isOurLink(file.status)) throw new FileRefused("it belongs to another user");
    const data: unknown = JSON.parse(file.read(0, file.size).toString("utf8"));
    const { kernel, tracer, taken, probes } = checkedData(schema, data);
    const known = Object.entries(probes).flatMap(([type, each]) => (each ? [[type, each]] : []));
    return { kernel, tracer, taken, probes: Object.fromEntries(known) };
  } finally {
    file.close();
  }
}

function faultOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not JSON";
  return error instanceof DataError || error instanceof FileRefused ? error.message : reason(error);
}
