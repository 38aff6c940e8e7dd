/** What back ends know of kernels by their release. */
import { coerce } from "semver";

/**
 * Since this one, on x86 and arm64, the stack of a program of 64 bytes and more stands in memory of the CPU. Only those at user
 * functions may run twice at once on a CPU.
 */
export const PRIVATE_STACKS = "6.13.0";

/** `release`: such as `6.1.0-50-cloud-amd64`. An unreadable one is taken for a new one. */
export function kernelVersion(release: string): string {
  return coerce(release)?.version ?? "99.0.0";
}
