/** Whether the kernel takes the processor from code of its own for another thread, and so from a probe's program too. */
import { kernelConfig } from "./kernel-config.js";
import { THIS_MACHINE, type FileAccess } from "./read-file.js";

const PREEMPTS = ["full", "lazy"];

/** Of the three that say it the first that can be read: as it runs, as it was booted, as it was built. */
export function preemptsItself(
  release: string,
  files: Pick<FileAccess, "textOf" | "bytesOf"> = THIS_MACHINE,
): boolean {
  const running = /\((\w+)\)/.exec(files.textOf("/sys/kernel/debug/sched/preempt") ?? "")?.[1];
  const booted = /(?:^|\s)preempt=(\w+)/.exec(files.textOf("/proc/cmdline") ?? "")?.[1];
  const model = running ?? booted;
  if (model !== undefined) return PREEMPTS.includes(model);
  return /^CONFIG_PREEMPT(?:_LAZY|_RT)?=y$/m.test(kernelConfig(release, files) ?? "");
}
