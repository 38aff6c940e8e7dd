/** A made-up machine on which all is well, and what is otherwise. */
import type { Host } from "../../src/doctor/host.js";
import type { FoundProgram } from "../../src/tracers/runner.js";
import { RUNNERS } from "../../src/tracers/runners.js";

export interface Made extends Partial<Omit<Host, "files" | "findTracer" | "run">> {
  /** By path: text, `null` for what is not there, or an error's code for what may not be read. */
  readonly files?: Readonly<Record<string, string | null | { readonly code: string }>>;
  readonly tracer?: FoundProgram | Error;
  readonly bcc?: FoundProgram | Error;
}

const RELEASE = "6.12.1";

const CONFIG = [
  "BPF", "BPF_SYSCALL", "BPF_JIT", "PERF_EVENTS", "BPF_EVENTS", "DEBUG_INFO_BTF", "FTRACE_SYSCALLS",
  "KPROBE_EVENTS", "UPROBE_EVENTS", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
].map((option) => `CONFIG_${option}=y\n`).join(""); // prettier-ignore

export const ALL_CAPABILITIES = "CapEff:\t000001ffffffffff\n";

/** Files of a Debian machine with all that the doctor asks for. */
const WELL: NonNullable<Made["files"]> = {
  [`/boot/config-${RELEASE}`]: CONFIG,
  "/usr/bin/apt-get": "",
  "/sys/kernel/tracing/events": "",
  "/sys/kernel/tracing/available_filter_functions": "handle_mm_fault\n",
  "/sys/kernel/btf/vmlinux": "types",
  "/sys/bus/event_source/devices/kprobe": "",
  "/sys/bus/event_source/devices/uprobe": "",
  "/sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
  "/proc/self/status": `Name:\tnode\n${ALL_CAPABILITIES}`,
  "/proc/self/limits": "Max locked memory         8388608              8388608              bytes\n",
  "/proc/sys/kernel/perf_event_paranoid": "3\n",
  "/proc/sys/kernel/unprivileged_bpf_disabled": "2\n",
  "/proc/sys/net/core/bpf_jit_enable": "1\n",
  "/proc/sys/kernel/kptr_restrict": "0\n",
  "/proc/sys/kernel/ftrace_enabled": "1\n",
  "/proc/self/mountinfo": "31 29 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
  "/proc/swaps": "Filename\tType\n/dev/zram0\tpartition\n",
  "/sys/fs/cgroup/cgroup.controllers": "cpu io memory pids\n",
  [`/lib/modules/${RELEASE}/build`]: "",
  "/usr/lib/debug/.build-id/ab": "",
};

export function madeHost(made: Made = {}): Host {
  const files = new Map(Object.entries({ ...WELL, ...made.files }).filter(([, content]) => content !== null));
  const { tracer = { path: "/usr/bin/bpftrace", version: "0.23.2" } } = made;
  const { bcc = { path: "/usr/bin/python3", version: "0.31.0" } } = made;
  const exists = (path: string): boolean =>
    files.has(path) || [...files.keys()].some((each) => each.startsWith(`${path}/`));
  const textOf = (path: string): string | undefined => {
    const content = files.get(path);
    return typeof content === "string" ? content : undefined;
  };
  const codeOf = (path: string): string | undefined => {
    const content = files.get(path);
    return typeof content === "object" && content !== null ? content.code : undefined;
  };
  return {
    platform: "linux",
    release: RELEASE,
    arch: "x86_64",
    isRoot: true,
    ...made,
    files: {
      textOf,
      bytesOf: (path) => {
        const text = textOf(path);
        return text === undefined ? undefined : Buffer.from(text);
      },
      canRead: (path) => exists(path) && codeOf(path) === undefined,
      probeRead: (path) => (textOf(path) === undefined ? { code: codeOf(path) ?? "ENOENT" } : "readable"),
      namesIn: (path) =>
        [...files.keys()].filter((each) => each.startsWith(`${path}/`)).map((each) => each.slice(path.length + 1)), // prettier-ignore
      linkAt: textOf,
      directoriesIn: () => [],
      directoryInode: () => undefined,
      exists,
    },
    findTracer: (name) => {
      const found = name === "bcc" ? bcc : tracer;
      return found instanceof Error
        ? Promise.reject(found)
        : Promise.resolve({ runner: RUNNERS[name], ...found });
    },
  };
}
