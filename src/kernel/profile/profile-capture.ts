/** Captures a profile of the running kernel. Needs no tracer, but needs root to see everything. */
import { brotliCompressSync, constants } from "node:zlib";
import { LiveFiles } from "../live/live-kernel.js";
import { PROFILE_MARK, PROFILE_VERSION, type ProfileHeader } from "./profile-format.js";

export interface CaptureOptions {
  /** The profile's name; by default the kernel's release. */
  readonly id?: string;
  /** The version of the tracer on this machine. */
  readonly bpftrace?: string;
  readonly captured: Date;
}

export interface Capture {
  readonly bytes: Uint8Array;
  readonly header: ProfileHeader;
  /** What could not be read, and why: one sentence each. */
  readonly gaps: readonly string[];
}

/** The symbols that show whether fentry is possible, for when the configuration cannot be read. */
const TELLING_SYMBOLS = ["arch_prepare_bpf_trampoline", "register_ftrace_direct"];

/** Configuration options that decide what can be traced, or whether an event can happen at all. */
const TELLING_OPTIONS =
  /^CONFIG_(\w*BPF\w*|\w*FTRACE\w*|\w*KPROBE\w*|\w*UPROBE\w*|\w*TRACEPOINT\w*|\w*BTF\w*|MEMCG\w*|SWAP|ZSWAP|ZRAM|\w*HUGEPAGE\w*|HUGETLB\w*|COMPACTION|MIGRATION|LRU_GEN\w*|NUMA\w*|KSM|SLUB\w*|SLAB\w*|PSI\w*|SECURITY_LOCKDOWN_LSM|HZ)=/;

export function captureProfile(options: CaptureOptions): Capture {
  const files = new LiveFiles();
  const evidence = files.evidence();
  const sections: { readonly name: string; readonly content: Buffer; readonly size: number }[] = [];
  const add = (name: string, content: Uint8Array | string | undefined): void => {
    if (content === undefined || content.length === 0) return;
    const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
    sections.push({ name, content: pack(bytes), size: bytes.length });
  };
  add("config", evidence.config?.split("\n").filter((l) => TELLING_OPTIONS.test(l)).join("\n")); // prettier-ignore
  const names = files.tracepointNames();
  const formats = names.map((name) => [name, format(files, name)] as const);
  add("tracepoints", names.length === 0 ? undefined : JSON.stringify(formats.filter(([, f]) => f !== "")));
  const functions = files.traceable();
  add("functions", functions);
  if (functions === undefined) add("symbols", functionsOf(files.symbols() ?? ""));
  add("btf", files.btf());
  for (const module of files.moduleNames()) add(`btf/${module}`, files.moduleBtf(module));

  const header: ProfileHeader = {
    id: options.id ?? files.release,
    release: files.release,
    arch: files.arch,
    pageSize: files.pageSize,
    captured: options.captured.toISOString(),
    ...(options.bpftrace === undefined ? {} : { bpftrace: options.bpftrace }),
    attach: {
      tracepoints: evidence.tracepoints,
      kprobeInterface: evidence.kprobeInterface,
      uprobeInterface: evidence.uprobeInterface,
      functionList: evidence.functionList,
      symbols: TELLING_SYMBOLS.filter((name) => evidence.hasSymbol(name)),
    },
    sections: sections.map(({ name, content, size }) => ({ name, packed: content.length, size })),
  };
  const start = Buffer.from(`${PROFILE_MARK}${PROFILE_VERSION}\n${JSON.stringify(header)}\n`);
  return {
    bytes: Buffer.concat([start, ...sections.map((s) => s.content)]),
    header,
    gaps: files.gaps,
  };
}

/** Drops the part that all formats have in common, except for what the parser needs. */
function format(files: LiveFiles, name: string): string {
  const [category = "", event = ""] = name.split(":");
  const text = files.tracepointFormat(category, event) ?? "";
  return text.replace(/^\tfield:(?:unsigned short|unsigned char|int) common_\w+;.*\n/gm, "");
}

/** Keeps the functions, without their addresses, which could reveal the kernel's layout. */
function functionsOf(symbols: string): string {
  const lines = symbols.matchAll(/^\S+ [tTwW] (\S+)(?:[ \t]+\[(\S+)\])?$/gm);
  return [...lines]
    .map(([, name = "", module]) => `0 t ${name}${module === undefined ? "" : `\t[${module}]`}`)
    .join("\n");
}

function pack(bytes: Uint8Array): Buffer {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 10,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
