/** The kernel's own count of how often a tracer's programs ran, and for how long. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

export interface ProgramStats {
  readonly runs: number;
  /** Of all runs together. */
  readonly nanoseconds: number;
}

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

/**
 * Switches the statistics on, and returns what puts them back as they were; that also happens when this process
 * ends in any other way than by being killed. Undefined: this kernel does not have them, or we may not.
 */
export function switchStatsOn(path = SWITCH): (() => void) | undefined {
  let before: string;
  try {
    before = readFileSync(path, "utf8").trim();
    if (before !== "1") writeFileSync(path, "1");
  } catch {
    return undefined;
  }
  if (before === "1") return () => undefined;
  const restore = (): void => {
    process.off("exit", restore);
    try {
      writeFileSync(path, before);
    } catch {
      // It was ours to write a moment ago; nothing more can be done.
    }
  };
  process.on("exit", restore);
  return restore;
}

/** Of the programs a process holds that have run at all. */
export function readStats(pid: number, root = "/proc"): ProgramStats[] {
  const programs = new Map<string, ProgramStats>();
  for (const name of namesIn(`${root}/${pid}/fdinfo`)) {
    const text = readText(`${root}/${pid}/fdinfo/${name}`);
    const [id, runs, nanoseconds] = ["prog_id", "run_cnt", "run_time_ns"].map((key) => fieldOf(text, key));
    // Several descriptors may be of one program.
    if (id !== undefined && Number(runs) > 0)
      programs.set(id, { runs: Number(runs), nanoseconds: Number(nanoseconds) });
  }
  return [...programs.values()].sort((a, b) => b.nanoseconds - a.nanoseconds);
}

/** How often programs of a process were not run, because another one was running on that CPU. */
export function readMisses(pid: number, root = "/proc"): number {
  const programs = new Map<string, number>();
  for (const name of namesIn(`${root}/${pid}/fdinfo`)) {
    const text = readText(`${root}/${pid}/fdinfo/${name}`);
    const id = fieldOf(text, "prog_id");
    if (id !== undefined) programs.set(id, Number(fieldOf(text, "recursion_misses") ?? 0));
  }
  return [...programs.values()].reduce((total, each) => total + each, 0);
}

function fieldOf(text: string, key: string): string | undefined {
  return new RegExp(`^${key}:\\s*(\\d+)$`, "m").exec(text)?.[1];
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It was closed in the meantime.
    return "";
  }
}
