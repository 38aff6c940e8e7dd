/** Selects the target kernel. */
import { existsSync } from "node:fs";
import {
  bundledKernel,
  bundledNames,
  check,
  compile,
  DEFAULT_KERNEL,
  type CheckedText,
  type Compiled,
  type CompileOptions,
  type Kernel,
} from "../../index.js";
import type { Binaries } from "../../plan/binaries.js";
import { shippedWith } from "../../tracers/shipped.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { packageFile } from "../package-files.js";

export interface TargetKernel {
  readonly kernel: Kernel;
  /** A note for the user if the target may not be the one that they expect. */
  readonly note?: string;
  /** The complete kernel, if `kernel` has only what the standard library needs. */
  readonly whole?: () => Kernel;
  /** Where queries find its programs and libraries, if it is this machine. */
  readonly binaries?: Binaries;
  /** The tracer versions of that machine by back end, if they are known. */
  readonly versions: Readonly<Record<string, string>>;
}

/** All of the kernel, for what lists or searches it. */
export function wholeKernel({ kernel, whole }: TargetKernel): Kernel {
  return whole?.() ?? kernel;
}

/** Returns the target kernel, by default that of this machine. */
export async function targetKernel(wanted: string | undefined): Promise<TargetKernel> {
  if (wanted === "live" || (wanted === undefined && process.platform === "linux")) {
    const { openLiveKernel } = await import("../../kernel/live/live-kernel.js");
    const { findBinaries } = await import("../../symbols/libraries.js");
    return { kernel: openLiveKernel(), binaries: findBinaries({}), versions: {} };
  }
  if (wanted === undefined)
    return {
      ...(await bundledTarget(DEFAULT_KERNEL)),
      note: `this is not Linux, so the script is for ${DEFAULT_KERNEL}: choose with --kernel`,
    };
  if (bundledNames.includes(wanted)) return bundledTarget(wanted);
  if (wanted.includes("/") || existsSync(wanted)) {
    const { openProfile } = await import("../../kernel/profile/profile-file.js");
    const { kernel, header } = openProfile(wanted);
    return { kernel, versions: header.bpftrace === undefined ? {} : { bpftrace: header.bpftrace } };
  }
  throw new CliError(
    `there is no kernel profile \`${wanted}\``,
    EXIT.usage,
    `there are live, ${bundledNames.join(", ")}, or a file that \`faultline profile capture\` made`,
  );
}

export async function bundledTarget(name: string): Promise<TargetKernel> {
  const { openProfile } = await import("../../kernel/profile/profile-file.js");
  return {
    kernel: bundledKernel(name),
    whole: () => openProfile(packageFile(`profiles/${name}.profile`)).kernel,
    versions: shippedWith(name),
  };
}

/** Checks a text for the target. */
export function checkFor(target: TargetKernel, text: string, options: CompileOptions): CheckedText {
  const located = { ...(target.binaries ? { binaries: target.binaries } : {}), ...options };
  return check(text, { ...located, kernel: target.kernel });
}

/** Compiles for the target, with the complete kernel data if the usual subset is not enough. */
export function compileFor(target: TargetKernel, text: string, options: CompileOptions): Compiled {
  const located = { ...(target.binaries ? { binaries: target.binaries } : {}), ...options };
  const compiled = compile(text, { ...located, kernel: target.kernel });
  const isSure = compiled.script !== undefined && target.kernel.wasShort?.() !== true;
  return isSure || !target.whole ? compiled : compile(text, { ...located, kernel: target.whole() });
}
