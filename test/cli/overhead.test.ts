/** `faultline overhead` as it is typed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { thisTracer } from "../runtime/this-tracer.js";
import { COMMAND } from "./faultline.js";

const canTrace = (await thisTracer()).tracer !== undefined;

function overhead(args: readonly string[], before: readonly string[] = []) {
  const words = [...before, ...COMMAND, "overhead", ...args];
  return spawnSync(words[0] as string, words.slice(1), { encoding: "utf8", timeout: 110_000 });
}

describe("what is wrong is told, and nothing is run", () => {
  it.each([
    [["faults by com", "--", "true"], 2, /there is no field `com`|unknown|com/],
    [["faults by comm for 5s", "--", "true"], 2, /the query ends by itself/],
    [["faults by comm", "--pairs", "none", "--", "true"], 2, /--pairs needs a whole number/],
    [["faults by comm", "--format", "csv", "--", "true"], 2, /there is no format `csv`/],
    [["faults by comm"], 2, /there is no command\n.*for example: faultline overhead/s],
    [[], 2, /there is no query/],
    [["faults by comm", "--calibrate"], 2, /`--calibrate` measures what it knows, not a query/],
    [["--calibrate", "--kernel", "debian12"], 2, /only the machine that this runs on can be measured/],
  ])(
    "%j",
    (args, status, text) => {
      const result = overhead(args);
      expect(result.stderr).toMatch(text);
      expect(result.status).toBe(status);
      expect(result.stdout).toBe("");
    },
    30_000,
  );

  it.skipIf(!canTrace)(
    "a command that is not there",
    () => {
      const result = overhead(["faults by comm", "--", "no-such-command"]);
      expect(result.stderr).toMatch(/there is no command "no-such-command"/);
      expect(result.status).toBe(2);
    },
    30_000,
  );

  it.skipIf(!canTrace)(
    "no privilege",
    () => {
      const result = overhead(["faults by comm", "--", "true"], ["setpriv", "--bounding-set=-all", "--"]);
      expect(result.stderr).toMatch(/may not trace here/);
      expect(result.status).toBe(3);
    },
    30_000,
  );
});

describe.skipIf(!canTrace)(`with bpftrace${canTrace ? "" : " (skipped: it cannot trace here)"}`, () => {
  it("gives ratios, and what a probe takes by the kernel's own count", () => {
    const before = readFileSync("/proc/sys/kernel/bpf_stats_enabled", "utf8");
    const workload = "i=0; while [ $i -lt 50 ]; do /bin/true; i=$((i+1)); done; exit 4";
    const result = overhead([
      "faults by comm",
      "--pairs",
      "2",
      "--format",
      "json",
      "--",
      "sh",
      "-c",
      workload,
    ]);
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/the command ended with exit status 4 in 5 runs/);
    const figures = JSON.parse(result.stdout) as {
      readonly wall: { readonly without: number; readonly ratio: { readonly median: number } };
      readonly cpu: { readonly ratio: { readonly median: number } };
      readonly probes: {
        readonly runs: number;
        readonly nanosecondsEach: number;
        readonly programs: readonly {
          readonly probe: string;
          readonly way: { readonly most: number } | null;
        }[];
      };
      readonly pairs: readonly unknown[];
    };
    expect(figures.pairs).toHaveLength(2);
    expect(figures.wall.without).toBeGreaterThan(0.01);
    // On a machine that does other things as well.
    expect(figures.wall.ratio.median).toBeGreaterThan(0.1);
    expect(figures.wall.ratio.median).toBeLessThan(10);
    // 50 programs that start take more than 50 faults each.
    expect(figures.probes.runs).toBeGreaterThan(2500);
    expect(figures.probes.nanosecondsEach).toBeGreaterThan(10);
    expect(figures.probes.nanosecondsEach).toBeLessThan(100_000);
    const faults = figures.probes.programs.find(({ probe }) => probe === "software:page-faults:1");
    expect(faults?.way?.most).toBeGreaterThan(0);
    expect(readFileSync("/proc/sys/kernel/bpf_stats_enabled", "utf8")).toBe(before);
  }, 120_000);

  it("prints a table", () => {
    const result = overhead(["faults by comm", "--pairs", "1", "--", "ls", "/usr/bin"]);
    expect(result.status).toBe(0);
    expect(result.stdout).toMatch(
      /^median of 1 +without +with +ratio +least to most\nwall time +[\d.]+ m?s +.*\nCPU time .*\nprograms ran \d+ times, [\d.]+ n?µ?s each, .*\nprobe +runs +program, each +way there, each +share of the way\nsoftware:page-faults:1 +\d+ .*%/,
    );
  }, 120_000);
});
