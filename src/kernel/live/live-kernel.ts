/** The kernel this program runs on. Its files are read only when they are needed. */
import { arch as nodeArch, endianness, release } from "node:os";
import { AssembledKernel, type KernelFiles } from "../assembled.js";
import type { AttachEvidence } from "../attach.js";
import type { Kernel } from "../kernel.js";
import { lazy } from "../../lazy.js";
import { readCgroups } from "./cgroups.js";
import { kernelConfig } from "./kernel-config.js";
import { pidNamespace } from "./pid-namespace.js";
import { THIS_MACHINE, type FileAccess } from "./read-file.js";

const btfDirectory = "/sys/kernel/btf";
export const tracefsPlaces = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
const eventSources = "/sys/bus/event_source/devices";

/** The kernel's names of architectures for which Node uses other names. */
const machines = lazy((): Readonly<Record<string, string>> => ({
  x64: "x86_64",
  arm64: endianness() === "LE" ? "aarch64" : "aarch64_be",
  ia32: "i686",
}));

export function openLiveKernel(): Kernel {
  return new AssembledKernel(new LiveFiles());
}

/** The machine this process runs on, and its privileges. */
export interface RunningOn {
  /** `uname -r`. */
  readonly release: string;
  /** `uname -m`. */
  readonly arch: string;
  readonly isRoot: boolean;
}

export function runningOn(): RunningOn {
  return {
    release: release(),
    arch: machines()[nodeArch()] ?? nodeArch(),
    isRoot: process.geteuid?.() === 0,
  };
}

/** The files of the running kernel. */
export class LiveFiles implements KernelFiles {
  readonly id = "live";
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  readonly gaps: string[] = [];
  private readonly tracefs: string | undefined;

  constructor(
    private readonly files: FileAccess = THIS_MACHINE,
    { release, arch, isRoot }: RunningOn = runningOn(),
  ) {
    this.release = release;
    this.arch = arch;
    this.pageSize = livePageSize(files);
    this.tracefs = tracefsPlaces.find((place) => files.canRead(`${place}/events`));
    if (this.tracefs === undefined) this.gaps.push(whyNoTracefs(files, isRoot));
    if (!files.exists(`${btfDirectory}/vmlinux`))
      this.gaps.push(
        "this kernel has no BTF (/sys/kernel/btf/vmlinux), so its types are not known: it was built without CONFIG_DEBUG_INFO_BTF",
      );
  }

  evidence(): AttachEvidence {
    return {
      btf: this.files.exists(`${btfDirectory}/vmlinux`),
      tracepoints: this.tracefs !== undefined,
      // Every user can see perf's event sources; only root can see tracefs.
      kprobeInterface: this.files.exists(`${eventSources}/kprobe`) || this.tracefsHas("kprobe_events"),
      uprobeInterface: this.files.exists(`${eventSources}/uprobe`) || this.tracefsHas("uprobe_events"),
      functionList: this.functionList(),
      config: kernelConfig(this.release, this.files),
      hasSymbol: (name) => this.symbols()?.includes(` ${name}\n`) ?? false,
    };
  }

  btf(): Uint8Array | undefined {
    return this.files.bytesOf(`${btfDirectory}/vmlinux`, (code) =>
      this.gaps.push(`/sys/kernel/btf/vmlinux cannot be read (${code}), so types are not known`),
    );
  }

  readonly moduleNames = lazy(() => {
    const names = this.files.namesIn(btfDirectory);
    return names.filter((name) => name !== "vmlinux").sort();
  });

  moduleBtf(module: string): Uint8Array | undefined {
    // Absent if the kernel was built without BTF for modules.
    return this.files.bytesOf(`${btfDirectory}/${module}`);
  }

  tracepointNames(): readonly string[] {
    if (this.tracefs === undefined) return [];
    return (
      this.files
        .textOf(`${this.tracefs}/available_events`)
        ?.split("\n")
        .filter((line) => line !== "") ?? []
    );
  }

  tracepointFormat(category: string, name: string): string | undefined {
    return this.tracefs === undefined
      ? undefined
      : this.files.textOf(`${this.tracefs}/events/${category}/${name}/format`);
  }

  traceable(): string | undefined {
    return this.tracefs === undefined
      ? undefined
      : this.files.textOf(`${this.tracefs}/available_filter_functions`);
  }

  readonly symbols = lazy(() => this.files.textOf("/proc/kallsyms"));

  readonly pidNamespace = lazy(() => pidNamespace(this.files));

  readonly cgroups = lazy(() => readCgroups(this.files));

  partitions(): string | undefined {
    return this.files.textOf("/proc/partitions");
  }

  users(): string | undefined {
    return this.utf8Of("/etc/passwd");
  }

  groups(): string | undefined {
    return this.utf8Of("/etc/group");
  }

  private utf8Of(path: string): string | undefined {
    const bytes = this.files.bytesOf(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  private tracefsHas(file: string): boolean {
    return this.tracefs !== undefined && this.files.exists(`${this.tracefs}/${file}`);
  }

  private functionList(): AttachEvidence["functionList"] {
    if (this.tracefs === undefined) return "unknown";
    const path = `${this.tracefs}/available_filter_functions`;
    const found = this.files.probeRead(path);
    if (found === "readable") return "readable";
    if (found.code === "ENOENT") return "absent";
    // Not caused by the file's mode, which gives EACCES: root is refused too.
    if (found.code === "EPERM") {
      this.gaps.push(
        "this kernel is locked down: nobody can attach to its functions or list them (see kernel_lockdown(7))",
      );
      return "denied";
    }
    this.gaps.push(`${path} cannot be read (${found.code}), so which functions can be probed is not known`);
    return "unknown";
  }
}

function whyNoTracefs(files: FileAccess, isRoot: boolean): string {
  const [place] = tracefsPlaces;
  const unreadable = tracefsPlaces.some((each) => files.exists(`${each}/events`)) || !isRoot;
  return unreadable
    ? `tracepoints are not known, because only root can read ${place}`
    : `tracepoints are not known, because tracefs is not mounted: mount -t tracefs tracefs ${place}`;
}

/** Reads AT_PAGESZ from the auxiliary vector, which is a list of pairs of 64-bit words. */
function livePageSize(files: FileAccess): number {
  const bytes = files.bytesOf("/proc/self/auxv") ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = endianness() === "LE";
  const pageSizeTag = 6n;
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    if (view.getBigUint64(at, little) === pageSizeTag) return Number(view.getBigUint64(at + 8, little));
  }
  return 4096;
}
