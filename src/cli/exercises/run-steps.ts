/** Runs an exercise's commands in turn, on its workload. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { reason } from "../../diagnostics/system-error.js";
import { ownEnvironment, WORKING_DIRECTORY } from "../../files/programs.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { untilSignal } from "../signals.js";
import type { Exercise } from "./exercises.js";
import { placed, stepsOf, WORKLOAD } from "./steps.js";

/** Runs the command line after `faultline` and sets `process.exitCode`. */
export type RunWords = (words: readonly string[]) => Promise<unknown>;

export async function runSteps(of: Exercise, lesson: string, does: RunWords): Promise<number> {
  const steps = stepsOf(lesson);
  const workload = join(of.folder, WORKLOAD);
  if (!existsSync(workload))
    throw new CliError(
      `the exercise has lost a file: ${workload}`,
      EXIT.machineCannot,
      "install the package again",
    );
  if (process.getuid?.() !== 0)
    throw new CliError(
      "an exercise traces the whole machine and changes its settings, so it needs root",
      EXIT.machineCannot,
      `sudo faultline exercise ${of.number} --run`,
    );
  return untilSignal(async (signal) => {
    for (const { kind, line, words } of steps) {
      process.stdout.write(`\n$ ${kind === "faultline" ? `faultline ${line}` : line}\n`);
      const status = await (kind === "faultline"
        ? runCommand(placed(words, workload), does)
        : runWorkload([workload, ...words.slice(1)]));
      if (status !== EXIT.done || signal.aborted) return status;
    }
    return EXIT.done;
  });
}

async function runCommand(words: readonly string[], does: RunWords): Promise<number> {
  process.exitCode = undefined;
  await does(words);
  return typeof process.exitCode === "number" ? process.exitCode : EXIT.done;
}

/** Converts the workload's status to ours: 3 if the machine cannot run it, 1 if it failed. */
function runWorkload(words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // Its output is not a result.
    spawn(words[0] ?? "", words.slice(1), {
      stdio: ["inherit", 2, 2],
      cwd: WORKING_DIRECTORY,
      env: ownEnvironment(),
    })
      .once("error", (error) =>
        reject(new CliError(`cannot start ${words[0]}: ${reason(error)}`, EXIT.tracerFailed)),
      )
      .once("close", (code) =>
        resolve(
          code === 0 ? EXIT.done : code === EXIT.machineCannot ? EXIT.machineCannot : EXIT.tracerFailed,
        ),
      );
  });
}
