/** The kernel's own count of how often a tracer's programs ran, and for how long. */
import { readdirSync } from "node:fs";
import { readKernelText, writeKernelFile } from "../files/kernel-file.js";

export interface ProgramStats {
  readonly runs: number;
  /** Of all runs together. */
  readonly nanoseconds: number;
}

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

export interface StatsSwitch {
  /** Whether the statistics are still on: whoever else had switched them on may have put them back. */
  readonly isOn: () => boolean;
  readonly restore: () => void;
}

/**
 * Switches the statistics on. They are put back as they were by `restore`, and when this process ends in any other
 * way than by being killed. Undefined: this kernel does not have them, or we may not.
 */
export function switchStatsOn(path = SWITCH): StatsSwitch | undefined {
  let before: string;
  try {
    before = readKernelText(path).trim();
    if (before !== "1") writeKernelFile(path, "1");
  } catch {
    return undefined;
  }
  const isOn = (): boolean => readText(path).trim() === "1";
  if (before === "1") return { isOn, restore: () => undefined };
  const restore = (): void => {
    process.off("exit", restore);
    try {
      writeKernelFile(path, before);
    } catch {
      // It was ours to write a moment ago; nothing more can be done.
    }
  };
  process.on("exit", restore);
  return { isOn, restore };
}

/** Of the programs a process holds that have run at all. */
export function readStats(pid: number, root = "/proc"): ProgramStats[] {
  return heldBy(pid, root)
    .programs.map((text) => ({ runs: fieldOf(text, "run_cnt"), nanoseconds: fieldOf(text, "run_time_ns") }))
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.nanoseconds - a.nanoseconds);
}

/**
 * How often programs of a process were not run: because another one was running on that CPU, or, where the kernel
 * tells it of links (since 6.16), because more calls were under way than a return probe follows.
 */
export function readMisses(pid: number, root = "/proc"): number {
  const total = (texts: readonly string[], key: string): number =>
    texts.reduce((sum, text) => sum + fieldOf(text, key), 0);
  const { programs, links } = heldBy(pid, root);
  return total(programs, "recursion_misses") + total(links, "missed");
}

/** What the kernel says of each program and each link that a process holds; a link names its program too. */
function heldBy(pid: number, root: string): Readonly<Record<"programs" | "links", readonly string[]>> {
  const directory = `${root}/${pid}/fdinfo`;
  // Several descriptors may be of one thing.
  const [programs, links] = [new Map<string, string>(), new Map<string, string>()];
  for (const name of namesIn(directory)) {
    const text = readText(`${directory}/${name}`);
    const link = /^link_id:\s*(\d+)$/m.exec(text)?.[1];
    const program = /^prog_id:\s*(\d+)$/m.exec(text)?.[1];
    if (link !== undefined) links.set(link, text);
    else if (program !== undefined) programs.set(program, text);
  }
  return { programs: [...programs.values()], links: [...links.values()] };
}

/** 0: this kernel does not tell. */
function fieldOf(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s*(\\d+)$`, "m").exec(text)?.[1] ?? 0);
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
    return readKernelText(path);
  } catch {
    // It was closed in the meantime.
    return "";
  }
}
