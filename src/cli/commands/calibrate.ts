/** `faultline overhead --calibrate`: measures what events cost on this machine, and keeps it. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { checkMachine } from "../../run/machine.js";
import { calibrate, type Calibrating } from "../../overhead/calibrate.js";
import { calibratedTracer, calibrationPath, calibrationText } from "../../overhead/calibration-file.js";
import { isOurLink, statusOf } from "../../files/untrusted-file.js";
import { findTracer } from "../../tracers/runners.js";
import { jsonDocument } from "../../view/value/escape.js";
import { layOut } from "../../view/table/layout.js";
import { reason } from "../../diagnostics/system-error.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { writeWhole } from "../output/whole-file.js";
import { compileFor, targetKernel } from "../request/target-kernel.js";
import { clearProgress, measuring, say, showProgress } from "../output/measuring.js";

/** So that the middle half is that of four. */
const DEFAULT_PAIRS = 8;

interface CalibrateValues {
  readonly kernel?: string | undefined;
  readonly pairs?: number | undefined;
  readonly format?: string | undefined;
}

export async function calibrateMachine({
  kernel,
  pairs = DEFAULT_PAIRS,
  format,
}: CalibrateValues): Promise<number> {
  if (kernel !== undefined && kernel !== "live")
    throw new CliError(
      "only the machine that this runs on can be measured",
      EXIT.usage,
      "leave out `--kernel`",
    );
  const path = calibrationPath();
  // What cannot be written is found out before minutes are spent.
  makeDirectory(dirname(path));
  const target = await targetKernel("live");
  const tracer = await findTracer();
  const { version } = tracer;
  const sample = compileFor(target, "faults", { form: "stream", version });
  if (sample.plan) checkMachine(tracer, sample.plan);
  return measuring(async (signal) => {
    const measured = await calibrate({
      compile: (query) => compileFor(target, query, { form: "stream", version }).script,
      tracer,
      pairs,
      signal,
      onCase: (type) => showProgress(`measures a ${type}`),
      onWarning: say,
    });
    clearProgress();
    for (const type of measured.unclear)
      say(
        `what a ${type} costs cannot be told: the machine is too busy; its figure stays as it was known before`,
      );
    if (signal.aborted) {
      say("called off: nothing is kept");
      return EXIT.done;
    }
    const calibration = {
      kernel: target.kernel.release,
      tracer: calibratedTracer(tracer.runner.title, version),
      taken: new Date().toISOString().slice(0, 10),
      probes: measured.probes,
    };
    await writeWhole(path, calibrationText(calibration), EXIT.machineCannot);
    process.stdout.write(
      format === "json" ? jsonDocument({ ...calibration, path }) : tableText(measured, path),
    );
    return EXIT.done;
  });
}

/** Only this user's or root's: the owner of a directory may put any file in place of one. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(`cannot make ${path}: ${reason(error)}`, EXIT.machineCannot);
  }
  const status = statusOf(path);
  if (status && !isOurLink(status))
    throw new CliError(
      `${path} belongs to another user`,
      EXIT.usage,
      "set XDG_STATE_HOME, or HOME, to a directory of yours (`sudo -H`)",
    );
}

function tableText({ probes }: Calibrating, path: string): string {
  const rows = Object.entries(probes).map(([type, { least, most }]) => [type, `${least} to ${most} ns`]);
  const table = layOut(
    [
      { label: "probe", right: false },
      { label: "an event, with a program that counts", right: false },
    ],
    rows,
    (text) => text,
  );
  return `${table}kept in ${path}\n`;
}
