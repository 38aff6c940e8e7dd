/** The processes of this machine, and how they are named to the reader. */
import { firstFew } from "../few.js";
import { readdirSync } from "node:fs";
import { readKernelText } from "../files/kernel-file.js";

export interface NamedProcess {
  readonly pid: number;
  readonly name: string;
}

/** How many of a list are named. */
const MOST_NAMED = 4;

export function allProcesses(): readonly number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

export function namedProcess(pid: number): NamedProcess {
  return { pid, name: nameOf(pid) };
}

function nameOf(pid: number): string {
  try {
    return readKernelText(`/proc/${pid}/comm`).trimEnd();
  } catch {
    return "?";
  }
}

export function processList(processes: readonly NamedProcess[]): string {
  return firstFew(
    processes.map(({ pid, name }) => `${name} ${pid}`),
    MOST_NAMED,
  );
}
