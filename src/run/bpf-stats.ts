/** Reads the kernel's statistics on BPF programs: how often a tracer's programs ran, and for how long. */
import { readdirSync } from "node:fs";
import { readKernelText, writeKernelFile } from "../files/kernel-file.js";

export interface ProgramStats {
  readonly runs: number;
  /** The total over all runs. */
  readonly nanoseconds: number;
}

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

export interface StatsSwitch {
  /** Whether the statistics are still on: another program that had switched them on may have switched them off. */
  readonly isOn: () => boolean;
  readonly restore: () => void;
}

/**
 * Switches the statistics on. `restore`, or the end of this process by anything but SIGKILL, restores the previous
 * setting. Undefined if the kernel does not have them or permission is denied.
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
      // It was writable a moment ago; nothing more can be done.
    }
  };
  process.on("exit", restore);
  return { isOn, restore };
}

/** Returns the statistics of programs of a process that ran at least once. */
export function readStats(pid: number, root = "/proc"): ProgramStats[] {
  return heldBy(pid, root)
    .programs.map((text) => ({ runs: fieldOf(text, "run_cnt"), nanoseconds: fieldOf(text, "run_time_ns") }))
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.nanoseconds - a.nanoseconds);
}

/**
 * Returns how often programs of a process were skipped because another one was running on that CPU or, where the
 * kernel reports it for links (since 6.16), because a return probe had too many calls in progress.
 */
export function readMisses(pid: number, root = "/proc"): number {
  const total = (texts: readonly string[], key: string): number =>
    texts.reduce((sum, text) => sum + fieldOf(text, key), 0);
  const { programs, links } = heldBy(pid, root);
  return total(programs, "recursion_misses") + total(links, "missed");
}

/** Reads the kernel's information on each program and link that a process holds; a link refers to its program. */
function heldBy(pid: number, root: string): Readonly<Record<"programs" | "links", readonly string[]>> {
  const directory = `${root}/${pid}/fdinfo`;
  // Several descriptors may refer to the same object.
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

/** 0 if the kernel does not report it. */
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
