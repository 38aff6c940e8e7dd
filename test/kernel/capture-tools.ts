/**
 * Runs the example of each tool in a guest, and the first command of each exercise. What a tool printed goes to
 * docs/outputs/NAME.txt, from which scripts/generate-tool-docs.ts makes docs/tools.md; the recordings of both go to
 * recordings/NAME.flrec.gz.  usage: capture-tools.ts TARGET [NAME…]   It needs dist/.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readExercises, readLesson } from "../../src/cli/exercises/exercises.js";
import { stepsOf } from "../../src/cli/exercises/steps.js";
import { TOOL_NOTES } from "../../scripts/tool-notes.js";
import { query as quote } from "./checks/check.js";
import { faultlineFiles } from "./faultline-files.js";
import { buildWorkloads, runGuest, targets } from "./guest/guest.js";

const root = join(import.meta.dirname, "../..");
const outputs = join(root, "docs/outputs");
/** Of a person's patience. */
const MOST_LINES = 24;

const [wanted, ...only] = process.argv.slice(2);
const target = targets.find((each) => each === wanted);
if (!target) throw new Error(`usage: capture-tools.ts ${targets.join("|")} [NAME…]`);

interface Example {
  readonly name: string;
  readonly command: string;
  readonly isRecorded: boolean;
  /** Whether its output is for docs/tools.md. */
  readonly isShown: boolean;
}

const CLI = "node /job/dist/cli.cjs";
const RECORDING = "/tmp/recording.flrec.gz";
/** A line between what the command prints and its recording. */
const MARK = "-----recording-----";

function recorded(command: string): string {
  return `${command} --record ${RECORDING} && echo ${MARK} && base64 -w 0 ${RECORDING} && rm ${RECORDING}`;
}

const lessons = readExercises().map((exercise): Example => {
  const [first] = stepsOf(readLesson(exercise)).filter(
    ({ kind, words }) => kind === "faultline" && words[0] !== "overhead",
  );
  if (!first) throw new Error(`${exercise.name} has no command to record`);
  const line = first.line.replace(/ -o \S+/, "");
  return {
    name: `exercise-${exercise.number}`,
    command: `cd /job/examples/exercises/${basename(exercise.folder)} && ${recorded(`${CLI} run ${line}`)}`,
    isRecorded: true,
    isShown: false,
  };
});

const examples = [
  ...Object.entries(TOOL_NOTES).map(([name, { command, workload }]): Example => ({
    name,
    command: recorded(`${CLI} run ${command} -c ${quote(workload)}`),
    isRecorded: true,
    isShown: true,
  })),
  { name: "memory", command: `${CLI} memory -p $$`, isRecorded: false, isShown: true },
  ...lessons,
].filter(({ name }) => only.length === 0 || only.includes(name));

const workloads = await buildWorkloads();
try {
  const run = await runGuest(target, {
    files: faultlineFiles(target, workloads),
    checks: examples.map(({ name, command }) => ({
      id: name,
      command: `export PATH=/job/workloads:/job/bin:$PATH; ${command}`,
      timeoutSeconds: 240,
    })),
    timeoutSeconds: 2400,
  });
  mkdirSync(outputs, { recursive: true });
  writeFileSync(join(outputs, "on.txt"), `${target}: kernel ${run.kernel}, bpftrace ${run.bpftrace}\n`);
  for (const { name, isRecorded, isShown } of examples) {
    const result = run.results.get(name);
    if (!result || result.exitCode !== 0) {
      console.error(
        `${name}: ${result ? `exit ${String(result.exitCode)}\n${result.stderr}` : "did not run"}`,
      );
      process.exitCode = 1;
      continue;
    }
    const [printed = "", recording = ""] = result.stdout.split(`${MARK}\n`);
    if (isRecorded)
      writeFileSync(join(root, "recordings", `${name}.flrec.gz`), Buffer.from(recording, "base64"));
    if (!isShown) continue;
    const lines = printed
      .replace(/^\n+/, "")
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"] : lines;
    writeFileSync(join(outputs, `${name}.txt`), `${shown.join("\n")}\n`);
  }
} finally {
  rmSync(workloads, { recursive: true, force: true });
}
