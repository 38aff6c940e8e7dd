/** The kernel's lockdown mode, which restricts even root. */
import { THIS_MACHINE, type FileAccess } from "./read-file.js";

/** Returns `integrity` or `confidentiality`; undefined if the kernel is not locked down. */
export function lockdownMode(files: FileAccess = THIS_MACHINE): string | undefined {
  const mode = /\[(\w+)\]/.exec(files.textOf("/sys/kernel/security/lockdown") ?? "")?.[1];
  return mode === "none" ? undefined : mode;
}
