/** The machine the doctor looks at: this one, or in a test one that is made up. */
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

/** What several checks ask, read once. */
export interface Examined {
  readonly host: Host;
  /** Of the kernel's version, as in 6.12. */
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

/** A number of /proc/sys; undefined where this kernel does not have it, or does not show it. */
export function sysctl(host: Host, name: string): number | undefined {
  const text = host.files.textOf(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
