/**
 * Which probe each program of a tracer belongs to. The kernel has the type of a program and the first 15 characters of
 * a name that the tracer gave it; where those fit several probes, they are in the order in which they were loaded.
 */
import type { ProbePoint } from "../semantics/typed.js";
import type { ProgramStats } from "../run/bpf-stats.js";
import { pointText } from "../semantics/source/probe-points.js";
import type { Script } from "../tracers/script.js";

export interface NamedProgram {
  /** The probe, or those that it may be; the tracer's name where none fits. */
  readonly probe: string;
  /** Absent if several fit, or none. */
  readonly point?: ProbePoint;
  readonly runs: number;
  /** The total over all runs. */
  readonly nanoseconds: number;
}

/** Of a name, without the NUL. */
const LONGEST_NAME = 15;
const MOST_ALTERNATIVES = 3;

/** The types of probes of each type of program, by its number in the kernel. */
const PROBES_OF: Readonly<Record<number, readonly string[]>> = {
  2: ["kprobe", "kretprobe", "uprobe", "uretprobe", "usdt"],
  5: ["tracepoint"],
  7: ["software", "hardware", "profile", "interval"],
  17: ["rawtracepoint"],
  26: ["fentry", "fexit", "kfunc", "kretfunc", "rawtracepoint"],
};

/** A probe of a script; `point`: if it is one of the plan's. */
export interface ScriptProbe {
  readonly text: string;
  readonly point?: ProbePoint;
}

/** All probes of a script in their order, those of the plan first. */
export function probesOf({ plan, parts }: Script): readonly ScriptProbe[] {
  return [
    ...plan.probes.map(({ point }) => ({ text: pointText(point), point })),
    ...(parts?.added ?? []).map(({ point }) => ({ text: point })),
  ];
}

/** The programs that ran, those that took most first. */
export function namedPrograms(
  programs: readonly ProgramStats[],
  names: ReadonlyMap<string, readonly string[]>,
  probes: readonly ScriptProbe[],
): readonly NamedProgram[] {
  const fitting = programs.map((program) => fits(program, names.get(program.tag) ?? [], probes));
  return programs
    .map((program, at) => {
      const own = fitting[at] ?? [];
      const alike = fitting.flatMap((other, i) => (textOf(other) === textOf(own) ? [i] : []));
      const probe = alike.length === own.length ? own[alike.indexOf(at)] : undefined;
      const { runs, nanoseconds } = program;
      return {
        probe: probe?.text ?? anyOf(own, names.get(program.tag)?.[0]),
        ...(probe?.point ? { point: probe.point } : {}),
        runs,
        nanoseconds,
      };
    })
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.nanoseconds - a.nanoseconds);
}

/** The probes that a program may belong to, by its type, and by its names where one of them has such a name. */
function fits(
  { type }: ProgramStats,
  names: readonly string[],
  probes: readonly ScriptProbe[],
): readonly ScriptProbe[] {
  const types = PROBES_OF[type] ?? [];
  const ofType = probes.filter((probe) => types.includes(probe.text.split(":", 1)[0] ?? ""));
  const named = ofType.filter((probe) => names.some((name) => isNameOf(name, probe.text)));
  return named.length > 0 ? named : ofType;
}

/** bpftrace names a program after the last part of its probe, or after all of it. */
function isNameOf(name: string, probe: string): boolean {
  const words = [probe.slice(probe.lastIndexOf(":") + 1), probe].map((word) => word.replace(/\W/g, "_"));
  return words.some((word) => word.slice(0, LONGEST_NAME) === name.slice(0, LONGEST_NAME));
}

function anyOf(probes: readonly ScriptProbe[], name: string | undefined): string {
  if (probes.length === 0) return name ?? "another program";
  return probes.length <= MOST_ALTERNATIVES ? textOf(probes) : `one of ${probes.length} probes`;
}

function textOf(probes: readonly ScriptProbe[]): string {
  return probes.map(({ text }) => text).join(" or ");
}
