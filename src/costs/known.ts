/**
 * What is known of costs without a calibration: measured on a real processor where one was at hand, otherwise
 * published by others. `bench/probe-costs.ts` measures what its machine can run and compares it with this table.
 */
import type { Cost, CostTable } from "./cost.js";

/** CPU time of the thread with the event, in rounds with and without the probe. */
const HERE = "a virtual machine with two Xeon processors (Sapphire Rapids), Linux 6.18, bpftrace 0.17.0";

function measured(least: number, most: number, depends?: string): Cost {
  return { least, most, origin: "measured", source: HERE, ...(depends === undefined ? {} : { depends }) };
}

function published(least: number, most: number, source: string): Cost {
  return { least, most, origin: "published", source };
}

/** Of the kernel's own benchmark: calls a second with a probe and without, as the difference for one call. */
const TRIGGER = "Linux commit c5d420c32cb4 (2020)";
const RENAME = "Linux commit 4eaf0b5c5e04 (2020)";
const REZOLUS = "iopsystems/rezolus pull request 1155 (2026, Linux 6.12)";
const UPROBES = "Linux commit f727b13dbea1 (2024)";

const SOFTWARE = measured(30, 140);
const TIMER: Cost = {
  ...SOFTWARE,
  origin: "assumed",
  source: "that of a software event; the timer's interrupt comes on top",
};

const USER: Cost = { ...measured(430, 980), source: `${HERE}; the most: ${UPROBES}` };

export const KNOWN_COSTS: CostTable = {
  probes: {
    fentry: published(3, 48, `${TRIGGER} and ${REZOLUS}`),
    fexit: published(16, 30, RENAME),
    rawtracepoint: measured(20, 30),
    software: SOFTWARE,
    hardware: { ...SOFTWARE, origin: "assumed", source: "that of a software event" },
    tracepoint: measured(35, 150),
    kprobe: published(47, 110, `${TRIGGER} and ${REZOLUS}`),
    kretprobe: published(165, 180, RENAME),
    interval: TIMER,
    profile: TIMER,
    uprobe: USER,
    uretprobe: { ...measured(650, 1940), source: `${HERE}; the most: ${UPROBES}` },
    // Its place is a nop, which the kernel emulates.
    usdt: USER,
  },
  operations: {
    count: measured(6, 60),
    update: measured(25, 80),
    store: measured(33, 70),
    lookup: measured(2, 20),
    remove: measured(35, 60),
    row: measured(1100, 9800, "A row costs the most where it wakes the one who reads the trace."),
    stack: measured(470, 600),
    time: measured(20, 36),
    comm: measured(5, 15),
    read: measured(5, 18),
    text: measured(5, 40),
  },
  step: measured(
    500,
    17_300,
    "A step takes long in a virtual machine, whose host is asked; without one it is another trap.",
  ),
  frame: measured(30, 40),
};
