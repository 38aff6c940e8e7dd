/** The machine that the doctor examines: this one, or a simulated one in tests. */
import { attachOf, type AttachEvidence } from "../kernel/attach.js";
import type { Kernel } from "../kernel/kernel.js";
import { LiveFiles, runningOn, type RunningOn } from "../kernel/live/live-kernel.js";
import { THIS_MACHINE, type FileAccess } from "../kernel/live/read-file.js";
import { findTracer, type RunnerName } from "../tracers/runners.js";
import { readMachine, type Machine } from "../run/machine.js";
import type { Tracer } from "../tracers/runner.js";

export interface Host extends RunningOn {
  /** `linux`, `darwin`, … */
  readonly platform: string;
  readonly files: FileAccess;
  /** Throws a `TracerError`. */
  findTracer(name: RunnerName): Promise<Tracer>;
}

/** Facts that several checks use, read once. */
export interface Examined {
  readonly host: Host;
  /** Major and minor version of the kernel, as in 6.12. */
  readonly version: readonly [major: number, minor: number];
  readonly attach: Kernel["attach"];
  readonly evidence: AttachEvidence;
  readonly machine: Machine;
}

export function thisHost(environment: NodeJS.ProcessEnv = process.env): Host {
  return {
    ...runningOn(),
    platform: process.platform,
    files: THIS_MACHINE,
    findTracer: (name) => findTracer(name, environment),
  };
}

export function examine(host: Host): Examined {
  const evidence = new LiveFiles(host.files, host).evidence();
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(host.release) ?? [];
  return {
    host,
    version: [Number(major), Number(minor)],
    attach: attachOf(evidence),
    evidence,
    machine: readMachine(host.files, host),
  };
}

export function isBefore([major, minor]: Examined["version"], [than, thanMinor]: Examined["version"]): boolean {
  return major < than || (major === than && minor < thanMinor);
} // prettier-ignore

/** Reads a number from /proc/sys; undefined if the kernel does not have it or it is not readable. */
export function sysctl(host: Host, name: string): number | undefined {
  const text = host.files.textOf(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
