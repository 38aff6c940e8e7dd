/** Is there a tracer, is it new enough, and may it run here? */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import semver from "semver";
import { runningOn, tracefsPlaces } from "../kernel/live.js";
import { THIS_MACHINE, type FileAccess } from "../kernel/read-file.js";
import type { Plan } from "../plan/plan.js";
import { BECOME_ROOT, MOUNT_TRACEFS, TracerError } from "./failure.js";

export interface Tracer {
  /** By default bpftrace; for BCC, `path` is the Python that has it. */
  readonly kind?: "bpftrace" | "bcc";
  readonly path: string;
  /** Three numbers: `0.17.0`. */
  readonly version: string;
}

export const OLDEST_BPFTRACE = "0.17.0";

/** Where distributions put it that a user's PATH may not have. */
const MORE_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin"];

/** Throws a `TracerError`. */
export async function findTracer(environment: NodeJS.ProcessEnv = process.env): Promise<Tracer> {
  const path = findProgram("bpftrace", environment);
  if (path === undefined)
    throw new TracerError(
      3,
      "bpftrace is not installed",
      "install the package `bpftrace` of your distribution",
    );
  const { stdout, stderr, failed } = await execa(path, ["--version"], {
    reject: false,
    timeout: 10_000,
    env: environment,
  });
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

export const OLDEST_BCC = "0.26.0";

/** The first Python that has BCC: where several are installed, a distribution puts it in its own. Throws a `TracerError`. */
export async function findBcc(environment: NodeJS.ProcessEnv = process.env): Promise<Tracer> {
  const own = isProgram("/usr/bin/python3") ? "/usr/bin/python3" : undefined;
  const pythons = new Set([own, findProgram("python3", environment)]);
  for (const path of pythons) {
    if (path === undefined) continue;
    const { stdout } = await execa(path, ["-c", "import bcc; print('bcc', bcc.__version__)"], {
      reject: false,
      timeout: 20_000,
      env: environment,
    });
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

export function findProgram(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (name.includes("/")) return isProgram(name) ? name : undefined;
  const directories = (environment["PATH"] ?? "").split(delimiter).filter((each) => each !== "");
  return [...directories, ...MORE_DIRECTORIES].map((each) => join(each, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
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
