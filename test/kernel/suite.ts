/** Runs the checks on one target: few boots for all of them, and a test for each. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptance, type Acceptance } from "./acceptance.js";
import { execFileSync } from "node:child_process";
import { isOnEachTarget, SUITE_BCC_CHECKS } from "./bcc-checks.js";
import { CHECKS } from "./checks/all.js";
import { guestCheck, isFor, readReport, type GuestCheck } from "./checks/check.js";
import { DEB, DEB_TARGET, debFiles, verifyDeb } from "./deb.js";
import { EXERCISE_CHECKS, exerciseGuestCheck, verifyExercise } from "./exercises.js";
import { faultlineFiles } from "./faultline-files.js";
import { expectLists, LISTS } from "./lists.js";
import { ORIGINAL_CHECKS } from "./checks/originals.js";
import { Results } from "./results.js";
import { buildWorkloads, ensureImage, targets, type GuestRun, type Job, type Target } from "./guest/guest.js";
import { runGuests } from "./guest/several.js";

/** FAULTLINE_SEED=N makes other queries; the same ones come by default, as a run must not fail by chance. */
const SEED = Number(process.env["FAULTLINE_SEED"] ?? 20261125);
/** Of generated queries: all of them on one target a run, and the first of them on the others. */
const GENERATED = { whole: 300, part: 100 };

/** By hand: FAULTLINE_CHECKS=vmscan,heap runs those whose ids begin so; the table of results keeps what the others gave. */
const ONLY = process.env["FAULTLINE_CHECKS"]?.split(",");

/** `npm run test:kernel:all`: every check on every target. */
const ALL = process.env["FAULTLINE_ALL"] !== undefined;
/** A number that each commit changes. */
const TURN = Number(execFileSync("git", ["rev-list", "--count", "HEAD"], { encoding: "utf8" }).trim());

const checksFor = (target: Target): readonly GuestCheck[] =>
  [...CHECKS, ...SUITE_BCC_CHECKS]
    .filter((c) => isFor(c, target))
    .filter((c) => ONLY?.some((start) => c.id.startsWith(start)) ?? isDue(c, target));

/** What a run does not say again on each target: the originals, and most of what is traced through BCC. */
const ROTATED: readonly GuestCheck[] = [
  ...ORIGINAL_CHECKS,
  ...SUITE_BCC_CHECKS.filter((c) => !isOnEachTarget(c)),
];

/** Each of those runs on one target, as two tracers, and a compiler, take long to start; on which, the commit says. */
function isDue(check: GuestCheck, target: Target): boolean {
  const place = ROTATED.indexOf(check);
  if (place < 0 || ALL) return true;
  const possible = targets.filter((each) => isFor(check, each));
  return possible[(place + TURN) % possible.length] === target;
}

function generatedFor(target: Target): number {
  return ALL || targets[TURN % targets.length] === target ? GENERATED.whole : GENERATED.part;
}

/** Whether sid can be installed is not ours to say; the other two must be. */
async function isInstallable(target: Target): Promise<boolean> {
  try {
    await ensureImage(target);
    return true;
  } catch (error) {
    if (target !== "sid") throw error;
    console.error(`SKIPPED: the sid guest cannot be built, so nothing was tested on it: ${String(error)}`);
    return false;
  }
}

export async function defineSuite(target: Target): Promise<void> {
  const installable = await isInstallable(target);
  describe.skipIf(!installable)(target, () => {
    let run: GuestRun | undefined;
    const accepted = ONLY ? undefined : acceptance(target, generatedFor(target), SEED);
    const results = new Results(target);
    beforeAll(async () => {
      run = await boot(target, accepted);
    });
    afterAll(() => {
      if (run) results.write(run.kernel, run.bpftrace);
      if (run)
        console.error(
          `${target}: kernel ${run.kernel}, bpftrace ${run.bpftrace}, booted in ${run.bootSeconds.toFixed(0)} s; ${slowest(run)}`,
        );
    });
    const result = (id: string) => {
      const found = run?.results.get(id);
      if (!found)
        throw new Error(`${id} did not run\n${run?.console.slice(-3000) ?? "the guest did not boot"}`);
      return found;
    };

    it.each(checksFor(target))("$id: $command", (check) => {
      const report = readReport(result(check.id));
      try {
        results.passed(check, check.verify(report, target));
      } catch (error) {
        results.failed(check);
        throw new Error(
          `${String(error)}\nrows: ${JSON.stringify(report.rows).slice(0, 3000)}\n${report.stderr.slice(-2000)}`,
          { cause: error },
        );
      }
    });

    it.each(EXERCISES)("exercise $number", (check) => {
      const id = exerciseGuestCheck(check).id;
      try {
        results.passed({ id }, verifyExercise(check, result(id)));
      } catch (error) {
        results.failed({ id });
        throw error;
      }
    });

    if (tryDeb(target))
      it("has the Debian package count real events, with no Node", () => verifyDeb(result(DEB.id)));

    it.skipIf(ONLY)("has the tracepoints and functions of its bundled profile", () => {
      expectLists(target, result(LISTS.id), run?.kernel ?? "");
    });

    it.skipIf(!accepted).each(["bpftrace", "bcc"] as const)(
      `has %s accept the queries of the design and ${generatedFor(target)} generated ones (FAULTLINE_SEED=${SEED})`,
      (tracer) => {
        expect(accepted?.refused(tracer, result(`accept-${tracer}`))).toEqual([]);
      },
    );
  });
}

/** Where the time went. */
function slowest({ results }: GuestRun): string {
  const checks = [...results.values()].sort((a, b) => b.seconds - a.seconds);
  const seconds = checks.reduce((sum, c) => sum + c.seconds, 0);
  const first = checks.slice(0, 10).map((c) => `${c.id} ${c.seconds.toFixed(0)} s`);
  return `${checks.length} checks took ${seconds.toFixed(0)} s, the longest of them ${first.join(", ")}`;
}

const EXERCISES = EXERCISE_CHECKS.filter((c) => ONLY?.includes(exerciseGuestCheck(c).id) ?? true);

const tryDeb = (target: Target): boolean => target === DEB_TARGET && (ONLY?.includes(DEB.id) ?? true);

async function boot(target: Target, accepted: Acceptance | undefined): Promise<GuestRun> {
  const workloads = await buildWorkloads();
  const job: Job = {
    files: {
      ...faultlineFiles(target, workloads),
      ...accepted?.files,
      ...(tryDeb(target) ? debFiles() : {}),
    },
    timeoutSeconds: 4500,
    checks: [
      // First, as modules that a workload loads add to them.
      ...(ONLY ? [] : [LISTS]),
      ...(tryDeb(target) ? [DEB] : []),
      // Some need memory in large pieces, which later there may not be.
      ...EXERCISES.map(exerciseGuestCheck),
      // They take longest, and would be waited for at the end.
      ...(accepted?.checks ?? []),
      ...checksFor(target).map(guestCheck),
    ],
  };
  return runGuests(target, job).finally(() => rm(workloads, { recursive: true, force: true }));
}
