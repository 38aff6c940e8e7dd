/** The calibration of a machine: what is kept of it, and what is not believed. */
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KNOWN_COSTS } from "../../src/costs/known.js";
import { rangeOf } from "../../src/overhead/calibrate.js";
import { calibrationPath, calibrationText, machineCosts } from "../../src/overhead/calibration-file.js";
import { namedPrograms } from "../../src/overhead/program-names.js";
import { addedBy } from "../../src/overhead/report.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
const HERE = { kernel: "6.12.1", tracer: "bpftrace 0.23.2" };
const TAKEN = { ...HERE, taken: "2026-11-30", probes: { tracepoint: { least: 61, most: 68 } } };

function kept(content: string): string {
  const path = join(folder, "calibration.json");
  writeFileSync(path, content);
  return path;
}

describe("a calibration", () => {
  it("takes the place of the figures that it has, and names itself", () => {
    const { costs, note } = machineCosts(HERE, kept(calibrationText(TAKEN)));
    expect(note).toBeUndefined();
    expect(costs.probes.tracepoint).toEqual({
      // What was measured has a count, which is added again where a program counts.
      least: 61 - 19,
      most: 68 - 19,
      origin: "calibrated",
      source: "`faultline overhead --calibrate`, 2026-11-30, Linux 6.12.1, bpftrace 0.23.2",
    });
    expect(costs.probes.kprobe).toEqual(KNOWN_COSTS.probes.kprobe);
  });

  it("is not missed where there is none", () => {
    expect(machineCosts(HERE, join(folder, "none"))).toEqual({ costs: KNOWN_COSTS });
  });

  it.each([
    ["another kernel", { ...TAKEN, kernel: "6.13.0" }, /taken with 6\.13\.0, and this is 6\.12\.1/],
    ["another tracer", { ...TAKEN, tracer: "bpftrace 0.17.0" }, /bpftrace 0\.17\.0, and this is/],
    [
      "a range the wrong way round",
      { ...TAKEN, probes: { uprobe: { least: 9, most: 3 } } },
      /least that is more/,
    ],
    [
      "a cost below nothing",
      { ...TAKEN, probes: { uprobe: { least: -9, most: 3 } } },
      /`probes\.uprobe\.least` is below 0/,
    ],
    ["more than a second", { ...TAKEN, probes: { step: { least: 1, most: 1e12 } } }, /more than a second/],
    ["an escape sequence", { ...TAKEN, tracer: "\u001b[2J" }, /`tracer` has other characters/],
  ])("is not used with %s, with a word", (_what, calibration, note) => {
    const found = machineCosts(HERE, kept(calibrationText(calibration)));
    expect(found.costs).toBe(KNOWN_COSTS);
    expect(found.note).toMatch(note);
    expect(found.note).toContain("`faultline overhead --calibrate` takes a new one");
  });

  it.each([
    ["", /it is not JSON/],
    ["{}", /`format` is missing/],
    ["[]", /it is not an object/],
    [calibrationText(TAKEN).slice(0, 60), /it is not JSON/],
    [" ".repeat(70_000), /too large/],
  ])("is not used if the file is damaged: %#", (content, note) => {
    const found = machineCosts(HERE, kept(content));
    expect(found.costs).toBe(KNOWN_COSTS);
    expect(found.note).toMatch(note);
  });

  it("is not read through a link", () => {
    const link = join(folder, "link.json");
    symlinkSync(kept(calibrationText(TAKEN)), link);
    expect(machineCosts(HERE, link).note).toMatch(/symbolic link/);
  });

  it.skipIf(process.geteuid?.() === 0)("is not read without permission", () => {
    const path = kept(calibrationText(TAKEN));
    chmodSync(path, 0);
    expect(machineCosts(HERE, path).note).toMatch(/permission denied/);
    chmodSync(path, 0o600);
  });

  it("is kept in the directory of the XDG specification", () => {
    expect(calibrationPath({ XDG_STATE_HOME: "/s" })).toBe("/s/faultline/calibration.json");
    expect(calibrationPath({ XDG_STATE_HOME: "s", HOME: "/h" })).toBe(
      "/h/.local/state/faultline/calibration.json",
    );
  });
});

const timing = (cpu: number) => ({ wall: cpu, cpu, exit: { exitCode: 0, signal: null } });
const pair = (without: number, withIt: number) =>
  ({ first: "without", without: timing(without), with: timing(withIt) }) as const;

describe("a range", () => {
  it("is the middle half of the pairs", () => {
    const pairs = [pair(1, 1.1), pair(1, 1.2), pair(1, 1.3), pair(1, 9)];
    expect(rangeOf(pairs, 1_000_000)).toEqual({ least: 200, most: 300 });
  });

  it("is none where it may as well be nothing", () => {
    expect(rangeOf([pair(1, 0.9), pair(1, 0.99), pair(1, 1.3), pair(1, 1.3)], 1000)).toBeUndefined();
    expect(rangeOf([], 1000)).toBeUndefined();
  });
});

it("what tracing added is told from the medians, and not where programs took more", () => {
  const program = (nanoseconds: number) => [{ probe: "uprobe:libc:free", runs: 10, nanoseconds }];
  const added = addedBy({ pairs: [pair(1, 1.4), pair(1.1, 1.6)], programs: program(1e8) });
  expect(added?.cpu).toBeCloseTo(1.5 - 1.05);
  expect(added?.wayShare).toBeCloseTo(1 - 0.1 / 0.45);
  expect(addedBy({ pairs: [pair(1, 1.01)], programs: program(1e8) })).toBeUndefined();
});

describe("programs have the names of their probes", () => {
  const probes = ["uprobe:libc:malloc", "uretprobe:libc:malloc", "uprobe:libc:posix_memalign", "tracepoint:sched:sched_process_exec"]; // prettier-ignore
  const scriptProbes = probes.map((text) => ({ text }));
  const program = (id: number, type: number, tag: string) => ({
    id,
    type,
    tag,
    runs: 1,
    nanoseconds: 10 - id,
  });

  it("by type and name, and where those are equal by their order", () => {
    const names = new Map([
      ["aa", ["malloc", "malloc"]],
      ["bb", ["posix_memalign"]],
    ]);
    const programs = [program(1, 2, "aa"), program(2, 2, "aa"), program(3, 2, "bb"), program(4, 5, "cc")];
    expect(namedPrograms(programs, names, scriptProbes).map(({ probe }) => probe)).toEqual(probes);
  });

  it("or all that it may be", () => {
    const [only] = namedPrograms([program(1, 2, "aa")], new Map([["aa", ["malloc"]]]), scriptProbes);
    expect(only?.probe).toBe("uprobe:libc:malloc or uretprobe:libc:malloc");
    const [unknown] = namedPrograms([program(1, 99, "dd")], new Map([["dd", ["mine"]]]), scriptProbes);
    expect(unknown?.probe).toBe("mine");
  });
});
