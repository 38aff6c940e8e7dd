/** Where bpftrace is, and which version. */
import { release } from "node:os";
import { coerce, lt } from "semver";
import { howToInstall } from "../../files/packages.js";
import { findProgram, untrustedProgram } from "../../files/programs.js";
import { askProgram } from "../ask-program.js";
import type { FoundProgram } from "../runner.js";
import { TracerError } from "../tracer-error.js";
import { OLDEST } from "./versions.js";

/** Throws a `TracerError`. */
export async function findBpftrace(environment: NodeJS.ProcessEnv): Promise<FoundProgram> {
  const path = findProgram("bpftrace", environment);
  if (path === undefined) throw notInstalled(environment);
  const { stdout, stderr, failed } = await askProgram(path, ["--version"], environment, 10_000);
  const version = parseVersion(`${stdout}\n${stderr}`);
  if (version === undefined)
    throw new TracerError(
      failed ? 1 : 3,
      `${path} does not report its version`,
      `\`${path} --version\` must work first`,
    );
  if (lt(version, OLDEST))
    throw new TracerError(3, `bpftrace ${version} is too old`, `faultline needs ${OLDEST} or newer`);
  return { path, version };
}

function notInstalled(environment: NodeJS.ProcessEnv): TracerError {
  const hint = howToInstall("bpftrace", release(), (name) => findProgram(name, environment) !== undefined);
  const unsafe = untrustedProgram("bpftrace", environment);
  return unsafe === undefined
    ? new TracerError(3, "bpftrace is not installed", hint)
    : new TracerError(3, `${unsafe} is not used, because others may change it or its directory`, hint);
}

/** `bpftrace v0.17.0`, `bpftrace v0.22.0-34-gdeadbeef`, `bpftrace 0.23.2+dirty`. */
export function parseVersion(text: string): string | undefined {
  const found = /bpftrace\s+v?(\d+\.\S*)/.exec(text)?.[1];
  return found === undefined ? undefined : coerce(found)?.version;
}
