/** Runs `probe-cost.c` with and without a tracer: the CPU time of an event, which does not depend on the machine's other load. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Tracing {
  /** The arguments of bpftrace. */
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Workload {
  readonly program: string;
  /** In nanoseconds; NaN if it did not run. `what`: the event, how often, and how deep. */
  run(what: string, tracing?: Tracing): number;
}

export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (spawnSync("bpftrace", ["--version"]).status !== 0) return "needs bpftrace";
  return spawnSync("gcc", ["--version"]).status === 0 ? undefined : "needs gcc";
}

export async function withWorkload(
  use: (workload: Workload, folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    const program = join(folder, "probe-cost");
    const source = fileURLToPath(new URL("probe-cost.c", import.meta.url));
    const options = ["-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"];
    const built = spawnSync("gcc", [...options, "-o", program, source], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
    const run = (what: string, tracing?: Tracing): number => {
      const words = tracing
        ? ["bpftrace", ...tracing.words, "-c", `${program} ${what}`]
        : [program, ...what.split(" ")];
      const { stdout, stderr } = spawnSync(words[0] ?? "", words.slice(1), {
        encoding: "utf8",
        maxBuffer: 1 << 30,
        timeout: 60_000,
        env: { ...process.env, ...tracing?.environment },
      });
      const spent = Number(/spent ([\d.]+)/.exec(stdout)?.[1] ?? NaN);
      if (Number.isNaN(spent)) console.error(stderr.slice(0, 1000));
      return spent;
    };
    await use({ program, run }, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function quartiles(values: readonly number[]): readonly [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
  return [at(0.25), at(0.5), at(0.75)];
}
