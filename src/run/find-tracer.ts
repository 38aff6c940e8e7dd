/** Is there a tracer, is it new enough, and may it run here? */
import { execa } from "execa";
import semver from "semver";
import { runningOn, tracefsPlaces } from "../kernel/live/live-kernel.js";
import { THIS_MACHINE, type FileAccess } from "../kernel/live/read-file.js";
import type { Plan } from "../plan/plan.js";
import { BECOME_ROOT, MOUNT_TRACEFS, TracerError } from "./failure.js";
import { findProgram, ownProgram, started, untrustedProgram } from "./process/programs.js";

export interface Tracer {
  /** By default bpftrace; for BCC, `path` is the Python that has it. */
  readonly kind?: "bpftrace" | "bcc";
  readonly path: string;
  /** Three numbers: `0.17.0`. */
  readonly version: string;
}

export const OLDEST_BPFTRACE = "0.17.0";

/** Throws a `TracerError`. */
export async function findTracer(environment: NodeJS.ProcessEnv = process.env): Promise<Tracer> {
  const path = findProgram("bpftrace", environment);
  if (path === undefined) throw notInstalled(environment);
  const options = { ...ownProgram(environment), timeout: 10_000 };
  const { stdout, stderr, failed } = await started(path, () => execa(path, ["--version"], options));
  const version = parseVersion(`${stdout}\n${stderr}`);
  if (version === undefined)
    throw new TracerError(
      failed ? 1 : 3,
      `${path} does not tell its version`,
      `\`${path} --version\` must work first`,
    );
  if (semver.lt(version, OLDEST_BPFTRACE))
    throw new TracerError(3, `bpftrace ${version} is too old`, `faultline needs ${OLDEST_BPFTRACE} or newer`);
  return { path, version };
}

function notInstalled(environment: NodeJS.ProcessEnv): TracerError {
  const hint = "install the package `bpftrace` of your distribution";
  const unsafe = untrustedProgram("bpftrace", environment);
  return unsafe === undefined
    ? new TracerError(3, "bpftrace is not installed", hint)
    : new TracerError(3, `${unsafe} is not used, because others may change it or its directory`, hint);
}

export const OLDEST_BCC = "0.26.0";

/** How Python is started: isolated, so that no module comes from the working directory or from the user's own. */
export const PYTHON_OPTIONS = ["-I", "-B", "-u"] as const;
/** Prints the version of BCC, if this Python has it. */
const ASK_BCC = "import bcc; print('bcc', bcc.__version__)";

/** The first Python that has BCC: where several are installed, a distribution puts it in its own. Throws a `TracerError`. */
export async function findBcc(environment: NodeJS.ProcessEnv = process.env): Promise<Tracer> {
  const pythons = new Set([
    findProgram("python3", { PATH: "/usr/bin" }),
    findProgram("python3", environment),
  ]);
  for (const path of pythons) {
    if (path === undefined) continue;
    const options = { ...ownProgram(environment), timeout: 60_000 };
    const words = [...PYTHON_OPTIONS, "-c", ASK_BCC];
    const { stdout } = await started(path, () => execa(path, words, options));
    const version = semver.coerce(/^bcc (\S+)/m.exec(stdout)?.[1] ?? "")?.version;
    if (version === undefined) continue;
    if (semver.lt(version, OLDEST_BCC))
      throw new TracerError(3, `BCC ${version} is too old`, `faultline needs ${OLDEST_BCC} or newer`);
    return { kind: "bcc", path, version };
  }
  throw new TracerError(
    3,
    "BCC is not installed",
    "install the package `python3-bpfcc` (on some distributions `python3-bcc`), and the headers of the kernel",
  );
}

/** `bpftrace v0.17.0`, `bpftrace v0.22.0-34-gdeadbeef`, `bpftrace 0.23.2+dirty`. */
export function parseVersion(text: string): string | undefined {
  const found = /bpftrace\s+v?(\d+\.\S*)/.exec(text)?.[1];
  return found === undefined ? undefined : semver.coerce(found)?.version;
}

/** Bits of `CapEff`. */
const SYS_ADMIN = 1n << 21n;
const PERFMON = 1n << 38n;
const BPF = 1n << 39n;

export interface Machine {
  readonly isRoot: boolean;
  readonly capabilities: bigint;
  readonly hasTracefs: boolean;
}

export function readMachine(files: FileAccess = THIS_MACHINE, { isRoot } = runningOn()): Machine {
  const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(files.textOf("/proc/self/status") ?? "")?.[1];
  return {
    isRoot,
    capabilities: mask === undefined ? 0n : BigInt(`0x${mask}`),
    hasTracefs: tracefsPlaces.some((place) => files.exists(`${place}/events`)),
  };
}

/** Why who runs this may not trace; undefined: they may. */
export function privilegeGap({ isRoot, capabilities }: Machine): TracerError | undefined {
  const has = (mask: bigint): boolean => (capabilities & mask) === mask;
  if (has(SYS_ADMIN) || has(BPF | PERFMON)) return undefined;
  return isRoot
    ? new TracerError(
        3,
        "root may not trace here: CAP_BPF and CAP_PERFMON are missing",
        "in a container, start it with `--cap-add BPF --cap-add PERFMON` (or `--privileged`)",
      )
    : new TracerError(3, "tracing the kernel needs root", BECOME_ROOT);
}

/** From here on bpftrace reads tracefs whatever it attaches to. No version mounts it. */
const ALWAYS_NEEDS_TRACEFS = "0.24.0";

/** Throws a `TracerError` for what is known to fail; the rest is left for the tracer to find. */
export function checkMachine(tracer: Tracer, plan: Plan, machine: Machine = readMachine()): void {
  const gap = privilegeGap(machine);
  if (gap) throw gap;
  const needsTracefs =
    (tracer.kind !== "bcc" && semver.gte(tracer.version, ALWAYS_NEEDS_TRACEFS)) ||
    plan.probes.some(({ point }) => point.type === "tracepoint");
  if (needsTracefs && !machine.hasTracefs) throw new TracerError(3, "tracefs is not mounted", MOUNT_TRACEFS);
}
