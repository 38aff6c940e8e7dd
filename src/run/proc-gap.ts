/** Checks for /proc, which describes this machine and its processes and is missing in a bare chroot or namespace. */
import { THIS_MACHINE, type FileAccess } from "../kernel/live/read-file.js";
import { TracerError } from "../tracers/tracer-error.js";

/** Undefined if it is mounted. */
export function procGap(files: Pick<FileAccess, "exists"> = THIS_MACHINE): TracerError | undefined {
  return files.exists("/proc/self/status")
    ? undefined
    : new TracerError(3, "/proc is not mounted", "mount it: `mount -t proc proc /proc`");
}
