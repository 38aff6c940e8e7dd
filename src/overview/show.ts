/** Formats the memory overview as text: memory, rates, pressure, a process, and commands to run next. */
import { escapeText } from "../view/value/escape.js";
import { formatBytes } from "../view/value/format-value.js";
import { layOut } from "../view/table/layout.js";
import type { Tip } from "./advice.js";
import type { Counters, Memory, Pressure, ProcessMemory } from "./facts.js";
import type { CgroupMemory } from "./cgroup.js";
import { append } from "../lists.js";

export interface MemoryOverview {
  readonly memory: Memory;
  readonly pressure?: Pressure;
  /** The increase of the counters in /proc/vmstat within `seconds`. */
  readonly grown: Counters;
  readonly seconds: number;
  readonly process?: ProcessMemory;
  readonly cgroup?: CgroupMemory;
  readonly advice: readonly Tip[];
}

/** The limit on mappings shown for a process. */
const MOST_MAPPINGS = 15;

/** The counters that `vmstat` and `sar -B -W` show, with their names there. */
const RATES: readonly (readonly [name: string, counters: readonly string[], what: string])[] = [
  ["faults", ["pgfault"], "page faults"],
  ["major", ["pgmajfault"], "of them with a read from a disk"],
  ["swap in", ["pswpin"], "pages"],
  ["swap out", ["pswpout"], "pages"],
  ["scanned", ["pgscan_kswapd", "pgscan_direct"], "pages looked at to free some"],
  ["freed", ["pgsteal_kswapd", "pgsteal_direct"], "pages"],
  [
    "stalls",
    ["allocstall_normal", "allocstall_movable", "allocstall_dma32"],
    "processes that freed memory themselves",
  ],
  ["compactions", ["compact_stall"], "waited for"],
];

export function formatOverview(overview: MemoryOverview): string {
  const { memory, pressure, grown, seconds, process } = overview;
  const lines = [
    table(
      ["", ">total", ">used", ">free", ">shared", ">cached", ">available"],
      [
        [
          "memory",
          ...[memory.total, memory.used, memory.free, memory.shared, memory.cached, memory.available].map(
            formatBytes,
          ),
        ],
        ["swap", ...[memory.swapTotal, memory.swapUsed, memory.swapTotal - memory.swapUsed].map(formatBytes)],
      ],
    ),
    `Of the kernel: ${formatBytes(memory.slab)} in slabs, ${formatBytes(memory.hugePages)} in huge pages.`,
    "",
    table(
      [`over ${seconds.toFixed(1)} s`, ">a second", ""],
      RATES.map(([name, counters, what]) => {
        const count = counters.reduce((sum, counter) => sum + (grown.get(counter) ?? 0), 0);
        return [name, (count / seconds).toFixed(count > 0 && count < seconds ? 1 : 0), what];
      }),
    ),
  ];
  if (pressure)
    lines.push(
      "",
      `Waiting for memory, in percent of the last 10, 60 and 300 s: ${pressure.some.join(", ")}`,
    );
  if (process) append(lines, ["", ...processLines(process)]);
  if (overview.cgroup) append(lines, ["", ...cgroupLines(overview.cgroup)]);
  append(lines, ["", "Ask next:", ...overview.advice.map((a) => `  ${a.because}:\n    ${a.command}`)]);
  return `${lines.join("\n")}\n`;
}

function processLines(process: ProcessMemory): string[] {
  const { pid, comm, virtual, resident, anonymous, file, shared, swap, mappings } = process;
  const shown = mappings
    .slice(0, MOST_MAPPINGS)
    .map((m) => [
      formatBytes(m.size),
      formatBytes(m.resident),
      formatBytes(m.dirty),
      m.permissions,
      escapeText(m.name),
    ]);
  return [
    `Process ${pid} (${escapeText(comm)}): ${formatBytes(virtual)} mapped, ${formatBytes(resident)} resident`,
    `  (${formatBytes(anonymous)} anonymous, ${formatBytes(file)} of files, ${formatBytes(shared)} shared), ${formatBytes(swap)} on swap.`,
    table([">size", ">resident", ">dirty", "", "mapping"], shown),
    ...(mappings.length > MOST_MAPPINGS ? [`  and ${mappings.length - MOST_MAPPINGS} smaller ones`] : []),
  ];
}

/** The kinds of memory of a group, with their names in the kernel, in version 2 or in version 1. */
const KINDS: readonly (readonly [what: string, ...names: string[]])[] = [
  ["anonymous", "anon", "total_rss"],
  ["of files", "file", "total_cache"],
  ["shared", "shmem", "total_shmem"],
  ["of the kernel", "kernel"],
  ["in slabs", "slab"],
  ["of sockets", "sock"],
  ["dirty", "file_dirty", "total_dirty"],
];

/** What happened at a limit, with the names in `memory.events`. */
const EVENTS: Readonly<Record<string, string>> = {
  low: "reclaimed though below `low`",
  high: "slowed down above `high`",
  max: "at `max`",
  oom: "out of memory",
  oom_kill: "processes killed for it",
  oom_group_kill: "killed as a whole",
};

function cgroupLines(cgroup: CgroupMemory): string[] {
  const { path, version, current, pressure, stat, events = new Map<string, number>() } = cgroup;
  const limit = (value: number | null): string => (value === null ? "no limit" : formatBytes(value));
  const limits = (["max", "high", "low", "min", "peak", "swap", "swapMax"] as const).flatMap((name) => {
    const value = cgroup[name];
    return value === undefined ? [] : [`${name === "swapMax" ? "swap.max" : name} ${limit(value)}`];
  });
  const kinds = KINDS.flatMap(([what, ...names]) => {
    const value = names.map((name) => stat.get(name)).find((each) => each !== undefined);
    return value === undefined ? [] : [`${formatBytes(value)} ${what}`];
  });
  const happened = [...events].filter(([name, count]) => count > 0 && name in EVENTS);
  return [
    `Control group ${escapeText(path)}: ${formatBytes(current)}${limits.length > 0 ? `; ${limits.join(", ")}` : ""}.`,
    ...(kinds.length > 0 ? [`  Of it: ${kinds.join(", ")}.`] : []),
    `  ${happened.length === 0 ? "It was never at a limit." : `So often: ${happened.map(([name, count]) => `${count} ${EVENTS[name] ?? name}`).join(", ")}.`}`,
    pressure
      ? `  Waiting for memory, in percent of the last 10, 60 and 300 s: ${pressure.some.join(", ")}; all of it: ${pressure.full.join(", ")}`
      : `  How long it waited for memory is not known: ${version === 1 ? "version 1 of cgroups does not tell" : "the kernel does not measure pressure"}.`,
  ];
}

/** Lays out a table; a label that begins with `>` is of a right-aligned column of numbers. */
function table(labels: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = labels.map((label) => ({ label: label.replace(/^>/, ""), right: label.startsWith(">") }));
  return layOut(columns, rows, (name) => name).trimEnd();
}
