/** Decides which kinds of probe a kernel can attach, from what it exposes. */
import type { Kernel } from "./kernel.js";

export interface AttachEvidence {
  readonly btf: boolean;
  readonly tracepoints: boolean;
  /** Whether `kprobe_events` or perf's `kprobe` event source exists, which needs a kernel built with kprobes. */
  readonly kprobeInterface: boolean;
  readonly uprobeInterface: boolean;
  /**
   * Whether `available_filter_functions` can be read. A locked-down kernel gives `denied`, and then
   * refuses to attach to functions as well, even if it was built with support for it.
   */
  readonly functionList: "readable" | "denied" | "absent" | "unknown";
  /** The kernel's configuration, where it can be read. */
  readonly config: string | undefined;
  /** Whether kallsyms has this function. Called, to detect support for BPF trampolines, only without `config`. */
  hasSymbol(name: string): boolean;
}

export function attachOf(evidence: AttachEvidence): Kernel["attach"] {
  const allowed = evidence.functionList !== "denied";
  return {
    kprobe: allowed && evidence.kprobeInterface,
    fentry: allowed && evidence.btf && evidence.functionList !== "absent" && canCallDirectly(evidence),
    uprobe: evidence.uprobeInterface,
    tracepoint: evidence.tracepoints,
  };
}

/** Whether a function's entry can call a BPF trampoline directly, as fentry does; not every architecture can. */
function canCallDirectly({ config, hasSymbol }: AttachEvidence): boolean {
  if (config === undefined)
    return hasSymbol("arch_prepare_bpf_trampoline") && hasSymbol("register_ftrace_direct");
  return ["CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "CONFIG_BPF_JIT", "CONFIG_BPF_SYSCALL"].every((option) =>
    new RegExp(`^${option}=y$`, "m").test(config),
  );
}
