/** Runs the checks on one target: few boots for all of them, and a test for each. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptance, type Acceptance } from "./acceptance.js";
import { execFileSync } from "node:child_process";
import { SUITE_BCC_CHECKS } from "./bcc-checks.js";
import { CHECKS } from "./checks/all.js";
import { batchesOf, reportOn, type Batch } from "./checks/batch.js";
import { isFor, type GuestCheck } from "./checks/check.js";
import { DEB, DEB_TARGET, debFiles, verifyDeb } from "./deb.js";
import { EXERCISE_CHECKS, exerciseGuestCheck, verifyExercise, type ExerciseCheck } from "./exercises.js";
import { faultlineFiles } from "./faultline-files.js";
import { expectLists, LISTS } from "./lists.js";
import { ORIGINAL_CHECKS } from "./checks/originals.js";
import { Results } from "./results.js";
import { buildWorkloads, ensureImage, targets, type GuestRun, type Job, type Target } from "./guest/guest.js";
import { runGuests } from "./guest/several.js";

/** FAULTLINE_SEED=N makes other queries; the same ones come by default, as a run must not fail by chance. */
const SEED = Number(process.env["FAULTLINE_SEED"] ?? 20261125);
/** Of generated queries: all of them on one target a run, and the first of them on the others. */
const GENERATED = { whole: 200, part: 40 };

/** By hand: FAULTLINE_CHECKS=vmscan,heap runs those whose ids begin so; the table of results keeps what the others gave. */
const ONLY = process.env["FAULTLINE_CHECKS"]?.split(",");

/** `npm run test:kernel:all`: every check on every target, and the table of results. */
const ALL = process.env["FAULTLINE_ALL"] !== undefined;
/** A number that each commit changes. */
const TURN = Number(execFileSync("git", ["rev-list", "--count", "HEAD"], { encoding: "utf8" }).trim());

const checksFor = (target: Target): readonly GuestCheck[] =>
  [...CHECKS, ...SUITE_BCC_CHECKS]
    .filter((c) => isFor(c, target))
    .filter((c) => ONLY?.some((start) => c.id.startsWith(start)) ?? isDue(c, target));

/** What a run does not repeat on each target: the originals, what no row of the book's chapter asks for, and BCC. */
const ROTATED: readonly Batch[] = batchesOf([
  ...CHECKS.filter((check) => check.row === undefined || ORIGINAL_CHECKS.includes(check)),
  ...SUITE_BCC_CHECKS,
]);

/** Each of those runs on one target and not in every run, as two tracers, and a compiler, take long to start. */
function isDue(check: GuestCheck, target: Target): boolean {
  const place = ROTATED.findIndex(({ checks }) => checks.includes(check));
  return place < 0 || isTurnOf(target, place, check);
}

/** In so many runs each of those comes once: all of them in each would take more than a run may. */
const RUNS = 2;

/** Whether it is this target's turn with something that a run has on one target at most; the commit decides. */
function isTurnOf(target: Target, place: number, restriction: Pick<GuestCheck, "targets"> = {}): boolean {
  const possible = targets.filter((each) => isFor(restriction, each));
  return ALL || possible[(place + TURN) % (RUNS * possible.length)] === target;
}

const generatedFor = (target: Target): number => (isTurnOf(target, 0) ? GENERATED.whole : GENERATED.part);

/** Those of this target's turn: a lesson starts several traces, of what the checks look at too. */
const exercisesFor = (target: Target): readonly ExerciseCheck[] =>
  EXERCISE_CHECKS.filter((c, i) => ONLY?.includes(exerciseGuestCheck(c).id) ?? isTurnOf(target, i));

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
    const batches = batchesOf(checksFor(target));
    beforeAll(async () => {
      run = await boot(target, batches, accepted);
    });
    afterAll(() => {
      // The table is of whole runs, and of what was looked at by hand.
      if (run && (ALL || ONLY)) results.write(run.kernel, run.bpftrace);
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

    const each = batches.flatMap((batch) => batch.checks.map((check) => ({ ...check, check, batch })));
    it.each(each)("$id: $command", ({ check, batch }) => {
      const ran = result(batch.guest.id);
      try {
        results.passed(check, check.verify(reportOn(check, batch, ran), target));
      } catch (error) {
        results.failed(check);
        throw new Error(
          `${String(error)}\n${ran.stdout.slice(0, 3000)}\n${ran.stderr.slice(-2000)}\nrun as ${batch.guest.command}`,
          { cause: error },
        );
      }
    });

    it.each(exercisesFor(target))("exercise $number", (check) => {
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

/** Where the time went, in that of the processor: the other checks of a run, and the rest of the host, are not in it. */
function slowest({ results }: GuestRun): string {
  const checks = [...results.values()].sort((a, b) => b.cpuSeconds - a.cpuSeconds);
  const seconds = checks.reduce((sum, c) => sum + c.cpuSeconds, 0);
  const each = checks.map((c) => `${c.id} ${c.cpuSeconds.toFixed(0)} s`);
  return `${checks.length} checks took ${seconds.toFixed(0)} s: ${each.join(", ")}`;
}

const tryDeb = (target: Target): boolean => target === DEB_TARGET && (ONLY?.includes(DEB.id) ?? true);

async function boot(
  target: Target,
  batches: readonly Batch[],
  accepted: Acceptance | undefined,
): Promise<GuestRun> {
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
      ...exercisesFor(target).map(exerciseGuestCheck),
      // They take longest, and would be waited for at the end.
      ...(accepted?.checks ?? []),
      ...batches.map(({ guest }) => guest),
    ],
  };
  return runGuests(target, job).finally(() => rm(workloads, { recursive: true, force: true }));
}
