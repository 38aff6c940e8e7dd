/** Checks whether the tracers are installed: one finding for each. */
import { gt } from "semver";
import { backEndNamed, DEFAULT_BACK_END } from "../tracers/registry.js";
import { RUNNER_NAMES, type RunnerName } from "../tracers/runners.js";
import { TracerError } from "../tracers/tracer-error.js";
import { essential, found, type Finding } from "./finding.js";
import type { Examined } from "./host.js";

export const TRACER_CHECKS = RUNNER_NAMES.map((name) => (examined: Examined) => tracer(name, examined));

async function tracer(name: RunnerName, { host }: Examined): Promise<Finding> {
  const { title, versions } = backEndNamed(name);
  const isDefault = name === DEFAULT_BACK_END;
  const finding = isDefault ? essential : found;
  try {
    const { version, path } = await host.findTracer(name);
    const says = `${title} ${version} (${path})`;
    if (!versions) return finding(name, "yes", says);
    const { oldest, newest } = versions;
    return gt(version, newest)
      ? finding(name, "warning", `${says} is newer than ${newest}, the newest that was tried`)
      : finding(name, "yes", `${says}; ${oldest} to ${newest} are supported`);
  } catch (error) {
    if (!(error instanceof TracerError)) throw error;
    return isDefault
      ? finding(name, "no", error.message, error.hint)
      : finding(name, "warning", `${error.message}; only programs for ${title} need it`, error.hint);
  }
}
