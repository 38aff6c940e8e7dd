/** What tracing costs, with stand-ins for bpftrace. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readStats, switchStatsOn } from "../../src/run/bpf-stats.js";
import {
  measureOverhead,
  spreadOf,
  type MeasureOptions,
  type Measurement,
} from "../../src/overhead/overhead.js";
import { parseTimes } from "../../src/run/process/timed-command.js";
import { aggregate, column, groups, script, STRING } from "./build-script.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";
import type { Tracer } from "../../src/tracers/runner.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();

beforeAll(() => {
  vi.stubEnv("TMPDIR", directory);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const SCRIPT = script([groups([column("comm", STRING)], [aggregate("count", "count()")])], { "@c": [0, 0] });
const ATTACHED = `echo '{"type": "attached_probes", "data": {"probes": 2}}'; echo __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2`;
const WORKS = `trap 'exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`;

function standIn(name: string, body: string): Tracer {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return { runner: bpftraceRunner, path, version: "0.23.2" };
}

/** The kernel's own switch is left to the test that reads what it counts. */
function measure(command: readonly string[], options: MeasureOptions): Promise<Measurement> {
  const statsSwitch = join(directory, "stats");
  writeFileSync(statsSwitch, "0\n");
  return measureOverhead(SCRIPT, command, { ...options, statsSwitch });
}

describe("measuring", () => {
  it("runs the command with and without in turn, the one first and then the other", async () => {
    const log = join(directory, "log");
    const tracer = standIn("logs", `echo traced >> ${log}; ${WORKS}`);
    const command = ["sh", "-c", `echo ran >> ${log}; sleep 0.1`];
    const steps: number[] = [];
    const measured = await measure(command, {
      tracer,
      pairs: 2,
      onStep: (done) => steps.push(done),
    });
    expect(measured).toMatchObject({
      isPartial: false,
      lost: 0,
      pairs: [{ first: "without" }, { first: "with" }],
    });
    expect(measured.failures.size).toBe(0);
    // Once to count, then without and with, with and without.
    expect(readFileSync(log, "utf8").trim().split("\n").join(" ")).toBe(
      "traced ran ran traced ran traced ran ran",
    );
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    for (const { without, with: withIt } of measured.pairs)
      for (const { wall, cpu } of [without, withIt]) {
        expect(wall).toBeGreaterThan(0.09);
        expect(wall).toBeLessThan(5);
        expect(cpu).toBeGreaterThanOrEqual(0);
        expect(cpu).toBeLessThan(wall);
      }
  }, 60_000);

  it("gives figures of a command that fails, and says how it ended", async () => {
    const tracer = standIn("works", WORKS);
    const measured = await measure(["sh", "-c", "exit 3"], { tracer, pairs: 1 });
    expect(measured.pairs).toHaveLength(1);
    expect([...measured.failures]).toEqual([["ended with exit status 3", 3]]);
  }, 60_000);

  it("ends with the tracer that fails, and with the command that is not there", async () => {
    const tracer = standIn(
      "fails",
      "echo 'ERROR: bpftrace currently only supports running as the root user.' >&2; exit 1",
    );
    await expect(measure(["true"], { tracer, pairs: 1 })).rejects.toMatchObject({
      exitCode: 3,
    });
    await expect(measure(["no-such-command"], { tracer, pairs: 1 })).rejects.toMatchObject({
      exitCode: 2,
      message: 'there is no command "no-such-command"',
    });
  }, 60_000);

  it("keeps the pairs it has when it is called off", async () => {
    const tracer = standIn("slow", WORKS);
    const ending = new AbortController();
    const measured = await measure(["sleep", "0.05"], {
      tracer,
      pairs: 100,
      signal: ending.signal,
      onStep: (done) => void (done === 4 && ending.abort()),
    });
    expect(measured.isPartial).toBe(true);
    expect(measured.pairs).toHaveLength(1);
  }, 60_000);
});

describe("the kernel's statistics", () => {
  it("are switched on and put back, and left alone where they were on", () => {
    const path = join(directory, "switch");
    writeFileSync(path, "0\n");
    const statistics = switchStatsOn(path);
    expect(readFileSync(path, "utf8")).toBe("1");
    expect(statistics?.isOn()).toBe(true);
    // Another program that had switched them on puts them back.
    writeFileSync(path, "0\n");
    expect(statistics?.isOn()).toBe(false);
    statistics?.restore();
    expect(readFileSync(path, "utf8")).toBe("0");
    writeFileSync(path, "1\n");
    switchStatsOn(path)?.restore();
    expect(readFileSync(path, "utf8")).toBe("1\n");
    expect(switchStatsOn(join(directory, "none", "switch"))).toBeUndefined();
  });

  it("are read from a process's descriptors, each program once", () => {
    const folder = join(directory, "proc", "7", "fdinfo");
    mkdirSync(folder, { recursive: true });
    const program = (id: number, time: number, runs: number): string =>
      `pos:\t0\nprog_type:\t7\nprog_tag:\t00000000000000${id}\nprog_id:\t${id}\nrun_time_ns:\t${time}\nrun_cnt:\t${runs}\n`;
    writeFileSync(join(folder, "3"), program(11, 500, 5));
    writeFileSync(join(folder, "4"), program(12, 9000, 3));
    writeFileSync(join(folder, "5"), program(12, 9000, 3));
    writeFileSync(join(folder, "6"), program(13, 0, 0));
    writeFileSync(join(folder, "7"), "pos:\t0\nmap_type:\t1\n");
    // The link of an fentry probe, which says whose it is and nothing of how often it ran.
    writeFileSync(join(folder, "8"), "pos:\t0\nlink_type:\ttracing\nlink_id:\t2\nprog_id:\t11\n");
    expect(readStats(7, join(directory, "proc"))).toEqual([
      { id: 11, type: 7, tag: "0000000000000011", runs: 5, nanoseconds: 500 },
      { id: 12, type: 7, tag: "0000000000000012", runs: 3, nanoseconds: 9000 },
      { id: 13, type: 7, tag: "0000000000000013", runs: 0, nanoseconds: 0 },
    ]);
    expect(readStats(8, join(directory, "proc"))).toEqual([]);
  });
});

describe("times", () => {
  const exit = { exitCode: 0, signal: null };

  it("are those of bash and of other shells", () => {
    const bash =
      "0m0.001s 0m0.002s\n0m0.000s 0m0.000s\n1700000000.250000\n1700000001.500000\n0m0.001s 0m0.002s\n1m0.500s 0m0.250s\n";
    expect(parseTimes(bash, exit)).toEqual({ wall: 1.25, cpu: 60.75, exit });
    const dash =
      "0m0.000000s 0m0.000000s\n0m0.100000s 0m0.000000s\n1700000000250000000\n1700000001500000000\n0m0s 0m0s\n0m0.300000s 0m0.050000s\n";
    expect(parseTimes(dash, exit)?.wall).toBeCloseTo(1.25);
    expect(parseTimes(dash, exit)?.cpu).toBeCloseTo(0.25);
  });

  it("are not there where the command was ended before its time", () => {
    expect(parseTimes("0m0s 0m0s\n0m0s 0m0s\n1700000000.250000\n", exit)).toBeUndefined();
    expect(parseTimes("", exit)).toBeUndefined();
  });

  it.each([
    [[3, 1, 2], { median: 2, least: 1, most: 3 }],
    [[4, 1], { median: 2.5, least: 1, most: 4 }],
    [[], undefined],
  ])("%j have a middle", (values, spread) => expect(spreadOf(values)).toEqual(spread));
});
