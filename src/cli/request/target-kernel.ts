/** The kernel that is compiled for. */
import { existsSync } from "node:fs";
import {
  bundledKernel,
  bundledNames,
  compile,
  DEFAULT_KERNEL,
  type Compiled,
  type CompileOptions,
  type Kernel,
} from "../../index.js";
import { shippedWith } from "../../tracers/shipped.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { packageFile } from "../package-files.js";

export interface TargetKernel {
  readonly kernel: Kernel;
  /** Said to the user when it is not what they may expect. */
  readonly note?: string;
  /** All of it, where `kernel` knows only what the standard library asks. */
  readonly whole?: () => Kernel;
  /** The versions of the tracers on that machine, where they are known, by the name of the back end. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The kernel that is compiled for: by default this machine's. */
export async function targetKernel(wanted: string | undefined): Promise<TargetKernel> {
  if (wanted === "live" || (wanted === undefined && process.platform === "linux")) {
    const { openLiveKernel } = await import("../../kernel/live/live-kernel.js");
    return { kernel: openLiveKernel(), versions: {} };
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

/** Compiles for the target, with all that is known of its kernel where the usual part of it does not do. */
export function compileFor(target: TargetKernel, text: string, options: CompileOptions): Compiled {
  const compiled = compile(text, { ...options, kernel: target.kernel });
  const isSure = compiled.script !== undefined && target.kernel.wasShort?.() !== true;
  return isSure || !target.whole ? compiled : compile(text, { ...options, kernel: target.whole() });
}
