/** Reads the kernel's statistics on BPF programs: how often a tracer's programs ran, and for how long. */
import { readdirSync } from "node:fs";
import { readKernelText, writeKernelFile } from "../files/kernel-file.js";

export interface ProgramStats {
  /** Programs that were loaded later have higher ones. */
  readonly id: number;
  /** The kernel's number of the type: 2 of kprobes and uprobes, 5 of tracepoints. */
  readonly type: number;
  /** Identifies its instructions; the kernel's list of symbols has it beside the name. */
  readonly tag: string;
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

/** Returns the statistics of the programs of a process, in the order in which they were loaded. */
export function readStats(pid: number, root = "/proc"): ProgramStats[] {
  return heldBy(pid, root)
    .programs.map((text) => ({
      id: fieldOf(text, "prog_id"),
      type: fieldOf(text, "prog_type"),
      tag: /^prog_tag:\s*([0-9a-f]+)$/m.exec(text)?.[1] ?? "",
      runs: fieldOf(text, "run_cnt"),
      nanoseconds: fieldOf(text, "run_time_ns"),
    }))
    .sort((a, b) => a.id - b.id);
}

/** Returns the names of the loaded programs by their tags; several programs may have the same instructions. */
export function readProgramNames(path = "/proc/kallsyms"): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [, tag = "", name = ""] of readText(path).matchAll(/ bpf_prog_([0-9a-f]{16})_(\S+)/g))
    names.set(tag, [...(names.get(tag) ?? []), name]);
  return names;
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
