/** The registry of tracers that can run, separate from the back ends, which also work in a browser. */
import { bccRunner } from "./bcc/runner.js";
import { bpftraceRunner } from "./bpftrace/runner.js";
import type { Runner, Tracer } from "./runner.js";

/** By the name of the back end, which `--via` takes. To add a tracer, add a line. */
export const RUNNERS = {
  bpftrace: bpftraceRunner,
  bcc: bccRunner,
} as const satisfies Readonly<Record<string, Runner>>;

export type RunnerName = keyof typeof RUNNERS;
export const RUNNER_NAMES = Object.keys(RUNNERS) as readonly RunnerName[];

/** Throws a `TracerError`. */
export async function findTracer(
  name: RunnerName = "bpftrace",
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Tracer> {
  const runner = RUNNERS[name];
  return { runner, ...(await runner.find(environment)) };
}

/** Finds a runner by its title in messages and recordings. */
export function runnerTitled(title: string): Runner | undefined {
  return Object.values(RUNNERS).find((runner) => runner.title === title);
}
