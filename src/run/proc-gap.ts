/** Checks for /proc, which describes this machine and its processes and is missing in a bare chroot or namespace. */
import { THIS_MACHINE, type FileAccess } from "../kernel/live/read-file.js";
import { showsOtherNamespace } from "../kernel/live/pid-namespace.js";
import { TracerError } from "../tracers/tracer-error.js";

/** Undefined if it is mounted, and shows the processes by the numbers that they have for this program. */
export function procGap(
  files: Pick<FileAccess, "exists" | "textOf"> = THIS_MACHINE,
  ownPid = process.pid,
): TracerError | undefined {
  if (!files.exists("/proc/self/status"))
    return new TracerError(3, "/proc is not mounted", "mount it: `mount -t proc proc /proc`");
  if (showsOtherNamespace(files, ownPid))
    return new TracerError(
      3,
      "/proc shows the processes of another PID namespace than the one that Faultline runs in, so a number could mean two of them",
      "mount the /proc of this namespace (`unshare --pid --fork --mount-proc`), or run outside of it (`nsenter --target 1 --pid`)",
    );
  return undefined;
}
