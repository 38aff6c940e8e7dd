/** Selects the tracer version to compile for. */
import { backEndNamed, DEFAULT_BACK_END } from "../../tracers/registry.js";
import type { AskedVersions } from "./query-options.js";
import type { TargetKernel } from "./target-kernel.js";

/** The requested version, else the target's, else the installed one. Undefined if it does not matter or there is none. */
export async function targetVersion(
  asked: AskedVersions,
  target: TargetKernel,
  of: string = DEFAULT_BACK_END,
): Promise<string | undefined> {
  const { versions } = backEndNamed(of);
  if (!versions) return undefined;
  if (asked[of] !== undefined) return asked[of];
  if (target.versions[of] !== undefined) return target.versions[of];
  // Running a tracer to get its version takes time.
  if (!versions.matters) return undefined;
  const { findTracer, RUNNER_NAMES } = await import("../../tracers/runners.js");
  const runner = RUNNER_NAMES.find((name) => name === of);
  if (runner === undefined) return undefined;
  try {
    const found = findTracer(runner);
    target.kernel.readAhead?.();
    return (await found).version;
  } catch {
    return undefined;
  }
}
