/** Reads what a control group says of its own memory: how much it has, what limits it, and how often it waited. */
import { posix } from "node:path";
import { cgroupMount, inCgroupNamespace } from "../kernel/live/cgroups.js";
import { THIS_MACHINE } from "../kernel/live/read-file.js";
import { countersIn, pressureIn, type Counters, type Pressure, type ReadFile } from "./facts.js";

/** In bytes. null: no limit. Absent: this version of the kernel or of cgroups has no such. */
interface Limits {
  readonly peak?: number;
  readonly max?: number | null;
  readonly high?: number | null;
  readonly low?: number;
  readonly min?: number;
  readonly swap?: number;
  readonly swapMax?: number | null;
}

export interface CgroupMemory extends Limits {
  readonly path: string;
  /** 1: an old hierarchy, which tells neither pressure nor events. */
  readonly version: 1 | 2;
  /** In bytes. */
  readonly current: number;
  /** Since the group was made: how often it was at `high` or `max`, and what was killed for that. */
  readonly events?: Counters;
  readonly pressure?: Pressure;
  /** By kind, in bytes, and counters. */
  readonly stat: Counters;
}

/** `path`: as `/proc/PID/cgroup` shows it. Undefined if there is no such group, or it has no memory controller. */
export function readCgroup(path: string, read: ReadFile): CgroupMemory | undefined {
  return readVersion2(path, read) ?? readVersion1(path, read);
}

function readVersion2(path: string, read: ReadFile): CgroupMemory | undefined {
  const mount = cgroupMount({ textOf: read });
  if (!mount) return undefined;
  const below = mount.root === "/" || !path.startsWith(mount.root) ? path : path.slice(mount.root.length);
  const of = (name: string): string | undefined =>
    read(`${mount.place}${below === "/" ? "" : below}/${name}`);
  const stat = countersIn(of("memory.stat"));
  const current = amount(of("memory.current")) ?? (path === "/" && stat.size > 0 ? used(stat) : undefined);
  if (typeof current !== "number") return undefined;
  const events = countersIn(of("memory.events"));
  const pressure = pressureIn(of("memory.pressure"));
  const limits = {
    peak: amount(of("memory.peak")),
    max: amount(of("memory.max")),
    high: amount(of("memory.high")),
    low: amount(of("memory.low")),
    min: amount(of("memory.min")),
    swap: amount(of("memory.swap.current")),
    swapMax: amount(of("memory.swap.max")),
  };
  return {
    path,
    version: 2,
    current,
    ...present(limits),
    ...(events.size > 0 ? { events } : {}),
    ...(pressure ? { pressure } : {}),
    stat,
  };
}

/** The root has no `memory.current`, as all that is used is in it. */
function used(stat: Counters): number {
  return ["anon", "file", "kernel"].reduce((sum, kind) => sum + (stat.get(kind) ?? 0), 0);
}

function readVersion1(path: string, read: ReadFile): CgroupMemory | undefined {
  const place = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup \S+ \S*\bmemory\b/m.exec(read("/proc/self/mountinfo") ?? "")?.[1]; // prettier-ignore
  if (place === undefined) return undefined;
  const of = (name: string): string | undefined => read(`${place}${path === "/" ? "" : path}/memory.${name}`);
  const current = amount(of("usage_in_bytes"));
  if (typeof current !== "number") return undefined;
  const failures = amount(of("failcnt"));
  return {
    path,
    version: 1,
    current,
    ...present({
      peak: amount(of("max_usage_in_bytes")),
      max: amount(of("limit_in_bytes")),
    }),
    ...(typeof failures === "number" ? { events: new Map([["max", failures]]) } : {}),
    stat: countersIn(of("stat")),
  };
}

/** Version 1 writes "no limit" as the greatest number of whole pages. */
const UNLIMITED = 2 ** 62;

/** null: no limit. */
function amount(text: string | undefined): number | null | undefined {
  const word = text?.trim();
  if (word === "max") return null;
  if (word === undefined || !/^\d+$/.test(word)) return undefined;
  return Number(word) >= UNLIMITED ? null : Number(word);
}

function present(values: Readonly<Record<string, number | null | undefined>>): Limits {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Limits;
}

/** As the kernel writes it; a path of the file system below the mount is one too. */
export function normalPath(path: string): string {
  const place = cgroupMount(THIS_MACHINE)?.place;
  const below = place !== undefined && path.startsWith(`${place}/`) ? path.slice(place.length) : path;
  return posix.normalize(below).replace(/(?<=.)\/+$/, "");
}

/** Why a group may not be found. */
export function cgroupHint(path: string): string {
  if (!path.startsWith("/")) return "a path begins with `/`, as `/proc/PID/cgroup` shows it";
  return inCgroupNamespace(THIS_MACHINE)
    ? "this is inside a cgroup namespace: only what is in its own group can be seen"
    : "`faultline 'faults by cgroup'` shows paths, and so does `cat /proc/PID/cgroup`; the memory controller must be on for it (cgroup.subtree_control)";
}
