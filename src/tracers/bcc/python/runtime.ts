/** The Python that programs share: definitions of `runtime/`, of which each program has those that it needs. */
import type { ScriptForm } from "../../script.js";
import { RUNTIME, type RuntimeName } from "../runtime/generated.js";

export type { RuntimeName };

/** What BCC's module defines. */
export type BccName = "BPF" | "PerfHWConfig" | "PerfSWConfig" | "PerfType" | "USDT";

export const RUNTIME_NAMES = Object.keys(RUNTIME) as readonly RuntimeName[];

/** What a program uses and does not define itself. Whoever writes a name into it has it from here. */
export class Uses {
  private readonly runtime = new Set<RuntimeName>();
  private readonly modules = new Set<string>();
  private readonly bcc = new Set<BccName>();

  constructor(readonly form: ScriptForm) {}

  /** The name itself. */
  of(name: RuntimeName): RuntimeName {
    if (this.runtime.has(name)) return name;
    this.runtime.add(name);
    for (const module of RUNTIME[name].modules) this.modules.add(module);
    for (const other of RUNTIME[name].needs) this.of(other);
    return name;
  }

  module(name: "argparse" | "itertools" | "logging" | "os" | "re" | "signal" | "sys" | "time"): string {
    this.modules.add(name);
    return name;
  }

  ofBcc(name: BccName): BccName {
    this.bcc.add(name);
    return name;
  }

  /** In the order of the files. */
  definitions(): readonly string[] {
    return RUNTIME_NAMES.filter((name) => this.runtime.has(name)).map((name) => RUNTIME[name].text);
  }

  imports(): readonly string[] {
    return [...this.modules].sort().map((name) => `import ${name}`);
  }

  bccNames(): readonly string[] {
    return [...this.bcc].sort();
  }
}
