/** The tracers that can be run, apart from the back ends, which work in a browser too. */
import { bccRunner } from "./bcc/runner.js";
import { bpftraceRunner } from "./bpftrace/runner.js";
import type { Runner, Tracer } from "./runner.js";

/** By the name of the back end whose scripts it runs, which `--via` takes. A new one is a line here. */
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

/** By the name that messages and recordings give it. */
export function runnerTitled(title: string): Runner | undefined {
  return Object.values(RUNNERS).find((runner) => runner.title === title);
}
