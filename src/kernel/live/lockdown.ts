/** Whether the kernel withholds things even from root. */
import { THIS_MACHINE, type FileAccess } from "./read-file.js";

/** `integrity` or `confidentiality`; undefined where the kernel is not locked down. */
export function lockdownMode(files: FileAccess = THIS_MACHINE): string | undefined {
  const mode = /\[(\w+)\]/.exec(files.textOf("/sys/kernel/security/lockdown") ?? "")?.[1];
  return mode === "none" ? undefined : mode;
}
