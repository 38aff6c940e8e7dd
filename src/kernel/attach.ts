/** Which kinds of probe a kernel can attach, from what it shows of itself. */
import type { Kernel } from "./kernel.js";

export interface AttachEvidence {
  readonly btf: boolean;
  readonly tracepoints: boolean;
  /** `kprobe_events`, or the `kprobe` event source of perf: there only when the kernel was built with them. */
  readonly kprobeInterface: boolean;
  readonly uprobeInterface: boolean;
  /**
   * Whether `available_filter_functions` can be read: `denied` is what a locked-down kernel says, which
   * then lets nobody attach to a function either, though it was built to.
   */
  readonly functionList: "readable" | "denied" | "absent" | "unknown";
  /** The kernel's configuration, where it can be read. */
  readonly config: string | undefined;
  /** Whether kallsyms has the function by which BPF programs are put at a function's entry. Asked only without `config`. */
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

/** fentry is a call from the function's entry straight to the program's trampoline; not every architecture can. */
function canCallDirectly({ config, hasSymbol }: AttachEvidence): boolean {
  if (config === undefined)
    return hasSymbol("arch_prepare_bpf_trampoline") && hasSymbol("register_ftrace_direct");
  return ["CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "CONFIG_BPF_JIT", "CONFIG_BPF_SYSCALL"].every((option) =>
    new RegExp(`^${option}=y$`, "m").test(config),
  );
}
