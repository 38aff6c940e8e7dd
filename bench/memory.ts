/**
 * Measures the runner's memory in a long run with keys that never repeat: `faultline run` of the bundle, with a stand-in
 * for bpftrace that prints millions of them; the resident memory after each quarter. Needs root, as `run` does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const QUARTERS = 4;

interface Long {
  readonly query: string;
  readonly format: string;
  readonly events: number;
  readonly args?: readonly string[];
}

const RUNS: readonly Long[] = [
  { query: "faults show time, pid, comm", format: "csv", events: 6_000_000 },
  { query: "faults show time, pid, comm", format: "ndjson", events: 2_000_000, args: ["--record"] },
  { query: "faults by comm, pid every 1s", format: "table", events: 3_000_000 },
  { query: "faults by comm, pid every 1s", format: "html", events: 2_000_000 },
  { query: "faults by comm, ustack every 1s", format: "csv", events: 240_000, args: ["--record"] },
];

/** Returns the resident memory of a process, in MB. */
function resident(pid: number): number {
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

async function measure({ query, format, events, args = [] }: Long): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    const progress = join(folder, "progress");
    const tracer = join(folder, "bpftrace");
    writeFileSync(
      tracer,
      `#!/bin/sh\ncd '${ROOT}' && exec '${process.execPath}' --import tsx bench/endless-tracer.ts "$@"\n`,
    );
    chmodSync(tracer, 0o755);
    const recording = args.map((each) => [each, join(folder, "run.flrec")]).flat();
    const child = spawn(
      process.execPath,
      [join(ROOT, "dist/cli.cjs"), "run", query, "--format", format, ...recording],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: {
          ...process.env,
          PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          BENCH_EVENTS: String(events),
          BENCH_PROGRESS: progress,
        },
      },
    );
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)));
    const sizes: number[] = [];
    const watch = setInterval(() => {
      const now = existsSync(progress) ? statSync(progress).size : 0;
      if (now > sizes.length && child.pid !== undefined && child.exitCode === null)
        sizes.push(resident(child.pid));
    }, 100);
    const [status] = (await once(child, "exit")) as [number | null];
    clearInterval(watch);
    if (status !== 0 || sizes.length !== QUARTERS)
      throw new Error(`the run ended with ${status} after ${sizes.length} quarters: ${said}`);
    const growth = (sizes.at(-1) ?? 0) / (sizes[0] ?? 1);
    console.log(
      `${query} (${[format, ...args].join(" ")}), ${events} keys: ${sizes.map((size) => size.toFixed(0)).join(", ")} MB; the last ${growth.toFixed(2)} times the first`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [, , only = ""] = process.argv;
if (process.getuid?.() === 0)
  for (const each of RUNS.filter(({ query }) => query.includes(only))) await measure(each);
else console.log("memory of long runs: not measured, since `faultline run` needs root");
