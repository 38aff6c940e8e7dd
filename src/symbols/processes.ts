/** The processes of this machine, and how they are named to the reader. */
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
  const shown = processes.slice(0, MOST_NAMED).map(({ pid, name }) => `${name} ${pid}`);
  const rest = processes.length > MOST_NAMED ? [`${processes.length - MOST_NAMED} more`] : [];
  return [...shown, ...rest].join(", ");
}
