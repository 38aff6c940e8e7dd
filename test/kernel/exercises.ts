/**
 * The exercises, run in a guest as a reader runs them: `faultline exercise N --run`, and what must be in what it prints.
 * By hand: `npx tsx test/kernel/exercises.ts debian13 [NUMBER…]` prints it all, and ends with 1 when something is not as
 * it must be. It needs dist/.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { atLeast, between, exactly, type Seen } from "./checks/check.js";
import { runGuest, targets, type Check, type CheckResult } from "./guest/guest.js";

const root = join(import.meta.dirname, "../..");

/** What one command of a lesson printed. */
type Section = readonly string[];

export interface ExerciseCheck {
  readonly number: number;
  readonly row: string;
  readonly timeoutSeconds?: number;
  /** Throws when what came is wrong. `sections` are those of the `faultline` commands; `said` is standard error. */
  readonly verify: (sections: readonly Section[], said: string) => Seen;
}

/** The cells of a table's lines that match, split where there are two spaces. */
const cells = (section: Section | undefined, pattern: RegExp): readonly (readonly string[])[] =>
  (section ?? [])
    .filter((line) => pattern.test(line))
    .map((line) => line.trim().split(/\s{2,}|(?<=\S) +(?=\S+$)/));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The numbers that a pattern's first group finds, one a line. */
const numbers = (section: Section | undefined, pattern: RegExp): readonly number[] =>
  (section ?? []).flatMap((line) => {
    const found = pattern.exec(line)?.[1];
    return found === undefined ? [] : [Number(found)];
  });

/** A column of vmscan's lines, by its position behind the time. */
const column = (section: Section | undefined, position: number): readonly number[] =>
  (section ?? [])
    .filter((line) => /^\d\d:\d\d:\d\d[. ]/.test(line))
    .map((line) => Number(line.trim().split(/\s+/)[position + 1]));

const HEAD = /^time +S-SLABms/;

export const EXERCISE_CHECKS: readonly ExerciseCheck[] = [
  {
    number: 1,
    row: "C1",
    timeoutSeconds: 240,
    verify: ([scan, each, groups]) => {
      expect(sum(column(scan, 1))).toBeGreaterThan(0);
      expect(sum(column(scan, 2))).toBeGreaterThan(0);
      expect(groups?.some((line) => line.includes("dd"))).toBe(true);
      return atLeast((each ?? []).filter((line) => /^\d\d:.* hungry /.test(line)).length, 1);
    },
  },
  {
    number: 2,
    row: "C2",
    timeoutSeconds: 180,
    verify: ([twenty, five, own]) => {
      for (const [section, most] of [
        [twenty, 20],
        [five, 5],
      ] as const) {
        const lines = section?.filter((line) => HEAD.test(line) || /^\d\d:\d\d:\d\d[. ]/.test(line)) ?? [];
        const between = lines
          .join("\n")
          .split(/^time .*$/m)
          .map((block) => block.trim().split("\n").length);
        // What is before the first header, and after the last.
        for (const length of between.slice(1, -1)) expect(length).toBe(most);
      }
      expect(own?.filter((line) => line.includes("RECLAIMS")).length).toBeGreaterThanOrEqual(2);
      return atLeast((twenty ?? []).filter((line) => HEAD.test(line)).length, 2);
    },
  },
  {
    number: 3,
    row: "C3",
    timeoutSeconds: 180,
    verify: ([stacks, files]) => {
      const text = stacks?.join("\n") ?? "";
      expect(text).toContain("load_font");
      expect(text).toContain("insert_word");
      expect(files?.some((line) => line.includes("libc.so"))).toBe(true);
      // startup.c says so: 300, 150 and 20.
      return exactly(sum(numbers(stacks, /^startup +(\d+) .*(?:fill|insert_word)/)), 470);
    },
  },
  {
    number: 4,
    row: "C4",
    timeoutSeconds: 180,
    verify: ([, folded], said) => {
      expect(said).toContain("the picture names load_font");
      return exactly(sum(numbers(folded, /^startup;.*;main \[startup\];.* (\d+)$/)), 470);
    },
  },
  {
    number: 5,
    row: "C5",
    timeoutSeconds: 180,
    verify: ([growth, each, stacks]) => {
      // 64 MB and two pages, and what the start of any program maps.
      const mapped = cells(each, / dd /).map((line) => Number(line.at(-1)));
      expect(mapped).toContain(65544);
      expect(stacks?.some((line) => line.includes("brk"))).toBe(true);
      return between(numbers(growth, / dd +([\d.]+) MiB/)[0] ?? 0, 64, 80);
    },
  },
  {
    number: 6,
    row: "C6",
    timeoutSeconds: 120,
    verify: ([each, summed]) => {
      const steps = each?.filter((line) => / awk .*132 KiB$/.test(line)).length ?? 0;
      expect(summed?.filter((line) => /^comm awk /.test(line)).length).toBe(2);
      return atLeast(steps, 8);
    },
  },
  {
    number: 7,
    row: "C7",
    timeoutSeconds: 180,
    verify: ([summed, each], said) => {
      const wanted = Number(/compactions: (\d+)/.exec(said)?.[1]);
      expect(each?.some((line) => line.includes("workload.sh"))).toBe(true);
      return exactly(numbers(summed, /count\(\)? *(\d+)/)[0] ?? numbers(summed, /^ *(\d+) /)[0] ?? 0, wanted);
    },
  },
  {
    number: 8,
    row: "C8",
    timeoutSeconds: 120,
    verify: ([summed, histogram]) => {
      expect(histogram?.some((line) => line.includes("super_cache_scan"))).toBe(true);
      return atLeast(numbers(summed, /super_cache_scan(?:\+0)? +(\d+)/)[0] ?? 0, 1);
    },
  },
  {
    number: 9,
    row: "C9",
    timeoutSeconds: 400,
    verify: ([leaks, cost]) => {
      expect(leaks?.join("\n")).toContain("new_session");
      expect(cost?.some((line) => /^wall time .* \d+\.\d+/.test(line))).toBe(true);
      return exactly(numbers(leaks, / KiB +(\d+) +new_session/).at(-1) ?? 0, 200);
    },
  },
  {
    number: 10,
    row: "C10",
    timeoutSeconds: 240,
    verify: ([swapin, residency], said) => {
      const pages = [...said.matchAll(/pages in: (\d+)/g)].map((found) => Number(found[1])).at(-1) ?? 0;
      expect(sum(numbers(swapin, /^(?:\S+ +)?dd +\d+ +(\d+)/))).toBeGreaterThan(1000);
      // Those that were out during the pause of six seconds; bpftrace 0.17 has no buckets from 2^31 on.
      expect(residency?.some((line) => /^\[(4\.29 s, 8\.59 s|2\.15 s, \.\.\.)\)/.test(line))).toBe(true);
      return between(
        numbers(residency, /^(?:count\(\) )? *(\d+)/)[0] ?? 0,
        // A huge page that goes out in one piece has one place.
        Math.floor(pages * 0.7),
        Math.ceil(pages * 1.05),
      );
    },
  },
];

/** The outputs of the `faultline` commands, in their order. */
function sectionsOf(stdout: string): readonly Section[] {
  return stdout
    .split(/^\$ /m)
    .slice(1)
    .filter((section) => section.startsWith("faultline "))
    .map((section) => section.split("\n").slice(1));
}

export function exerciseGuestCheck({ number, timeoutSeconds }: ExerciseCheck): Check {
  const picture =
    number === 4 ? " && grep -q load_font faults.svg && echo 'the picture names load_font' >&2" : "";
  return {
    id: `exercise-${number}`,
    command: `PATH=/job/bin:$PATH node /job/dist/cli.cjs exercise ${number} --run${picture}`,
    timeoutSeconds: timeoutSeconds ?? 120,
  };
}

export function verifyExercise(check: ExerciseCheck, result: CheckResult): Seen {
  if (result.exitCode !== 0)
    throw new Error(
      `exit ${String(result.exitCode)} after ${result.seconds} s\n${result.stderr.slice(-3000)}`,
    );
  return check.verify(sectionsOf(result.stdout), result.stderr);
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const target = targets.find((each) => each === words[0]);
  if (!target) {
    console.error(`usage: exercises.ts ${targets.join("|")} [NUMBER…]`);
    process.exitCode = 2;
    return;
  }
  const chosen = EXERCISE_CHECKS.filter((c) => words.length === 1 || words.includes(String(c.number)));
  const run = await runGuest(target, {
    files: { "bin/node": process.execPath, dist: join(root, "dist"), examples: join(root, "examples") },
    checks: chosen.map(exerciseGuestCheck),
    timeoutSeconds: 1500,
  });
  console.log(`${target}: kernel ${run.kernel}, bpftrace ${run.bpftrace}`);
  for (const check of chosen) {
    const result = run.results.get(`exercise-${check.number}`);
    if (!result) throw new Error(`exercise ${check.number} did not run\n${run.console.slice(-3000)}`);
    console.log(
      `\n===== ${check.row} (${result.seconds} s)\n${result.stdout}\n----- standard error\n${result.stderr}`,
    );
    try {
      const { expected, seen } = verifyExercise(check, result);
      console.log(`----- ok: ${expected} expected, ${seen} seen`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`----- BAD: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
