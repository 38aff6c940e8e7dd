/** A made-up kernel's files, for tests: what is not given is not there. */
import { AssembledKernel, type KernelFiles } from "../../src/kernel/assembled.js";
import type { AttachEvidence } from "../../src/kernel/attach.js";

export interface Fake {
  readonly btf?: Uint8Array;
  readonly modules?: Readonly<Record<string, Uint8Array>>;
  readonly formats?: Readonly<Record<string, string>>;
  readonly traceable?: string;
  readonly symbols?: string;
  /** `/etc/passwd` and `/etc/group`. */
  readonly users?: string;
  readonly groups?: string;
  readonly evidence?: Partial<AttachEvidence>;
}

export function fakeKernel(fake: Fake = {}): AssembledKernel {
  const files: KernelFiles = {
    id: "fake",
    release: "6.0.0-fake",
    arch: "x86_64",
    pageSize: 4096,
    gaps: [],
    evidence: () => ({
      btf: fake.btf !== undefined,
      tracepoints: fake.formats !== undefined,
      kprobeInterface: true,
      uprobeInterface: true,
      functionList: fake.traceable === undefined ? "unknown" : "readable",
      config: "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\nCONFIG_BPF_JIT=y\nCONFIG_BPF_SYSCALL=y\n",
      hasSymbol: () => false,
      ...fake.evidence,
    }),
    btf: () => fake.btf,
    moduleNames: () => Object.keys(fake.modules ?? {}),
    moduleBtf: (module) => fake.modules?.[module],
    tracepointNames: () => Object.keys(fake.formats ?? {}),
    tracepointFormat: (category, name) => fake.formats?.[`${category}:${name}`],
    traceable: () => fake.traceable,
    symbols: () => fake.symbols,
    users: () => fake.users,
    groups: () => fake.groups,
  };
  return new AssembledKernel(files);
}

export function formatText(name: string, fields: readonly string[], print = '""'): string {
  return `name: ${name}\nID: 1\nformat:\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n${fields.map((f, i) => `\tfield:${f};\toffset:${8 + i * 8};\tsize:8;\tsigned:0;\n`).join("")}\nprint fmt: ${print}\n`;
}
