/** For tests that need the bpftrace of this machine. */
import { execFileSync } from "node:child_process";
import { checkMachine } from "../../src/run/machine.js";
import { findTracer } from "../../src/tracers/runners.js";
import type { Tracer } from "../../src/tracers/runner.js";
import { plan } from "./build-script.js";

export interface ThisTracer {
  readonly tracer?: Tracer;
  /** Why there is nothing to test with. */
  readonly why?: string;
}

export async function thisTracer(): Promise<ThisTracer> {
  try {
    const tracer = await findTracer();
    checkMachine(tracer, plan([]));
    // The kernel may refuse all the same, in a container.
    execFileSync(tracer.path, ["-e", "BEGIN { exit(); }"], { stdio: "ignore", timeout: 20_000 });
    return { tracer };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
