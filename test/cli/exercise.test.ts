/** The lessons: whole, and every command of theirs is one. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { exercise, type ExerciseValues } from "../../src/cli/commands/exercise.js";
import { readExercises, readLesson, titleOf } from "../../src/cli/exercises/exercises.js";
import { placed, stepsOf, type LessonStep } from "../../src/cli/exercises/steps.js";
import { bundledTarget, compileFor } from "../../src/cli/request/target-kernel.js";
import type { QueryValues } from "../../src/cli/request/query-options.js";
import { readRequest } from "../../src/cli/request/request.js";
import { bundledNames } from "../../src/index.js";
import { wordsOf } from "../../src/run/process/command.js";
import { temporaryFolder } from "../temporary-folder.js";

const exercises = readExercises();

afterEach(() => vi.restoreAllMocks());

/** What it writes to standard output. */
async function printed(which: string | undefined, values: ExerciseValues = {}): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  await exercise(which, values, () => Promise.reject(new Error("nothing is to run")));
  vi.restoreAllMocks();
  return text;
}

const TAKES_A_VALUE = new Map([
  ["--by", "by"],
  ["--comm", "comm"],
  ["--top", "top"],
  ["--format", "format"],
  ["-o", "output"],
  ["-c", "command"],
  ["--pairs", "pairs"],
]);

/** The options that are not a tool's own, as the command line reads them. */
function read(words: readonly string[]): { readonly what: readonly string[]; readonly flags: QueryValues } {
  const flags: Record<string, string> = {};
  const what: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const name = TAKES_A_VALUE.get(words[i] ?? "");
    if (name === undefined) what.push(words[i] ?? "");
    else flags[name] = words[++i] ?? "";
  }
  return { what, flags };
}

/** The words that are compiled: those of a run, or the query that is measured. */
function compiled({ words }: LessonStep): { readonly what: readonly string[]; readonly flags: QueryValues } {
  if (words[0] !== "overhead") return read(words);
  const end = words.indexOf("--");
  expect(end).toBeGreaterThan(1);
  expect(words[end + 1]).toBe("./workload.sh");
  return read(words.slice(1, end));
}

describe("the exercises", () => {
  it("are those of the chapter, one to ten", async () => {
    expect(exercises.map((e) => e.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const list = (await printed(undefined)).trimEnd().split("\n");
    expect(list).toHaveLength(10);
    exercises.forEach((each, i) => expect(list[i]).toContain(titleOf(readLesson(each))));
  });

  it("are shown with commands that run from anywhere, and with their questions", async () => {
    const [, , third] = exercises;
    if (!third) throw new Error("there is no third");
    const text = await printed("3");
    for (const which of ["c3", "startup-faults", "03-startup-faults"])
      expect(await printed(which)).toBe(text);
    const workload = join(third.folder, "workload.sh");
    expect(text).toContain(`\nfaultline faultstack --comm startup --top 8 -c ${workload}\n`);
    expect(text).toContain(`\n${workload} build\n`);
    expect(text).toContain("`faultline replay exercise-3`");
    expect(text).toContain("\n1. How many page faults does `load_font` take?\n");
  });

  it("tell what is wrong", async () => {
    await expect(printed("11")).rejects.toThrow("there is no exercise `11`");
    await expect(printed("shrinker")).rejects.toMatchObject({
      exitCode: 2,
      hint: "did you mean `shrinkers`?",
    });
    await expect(printed(undefined, { run: true })).rejects.toThrow("which exercise?");
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    await expect(exercise("3", { run: true }, () => Promise.resolve())).rejects.toMatchObject({
      exitCode: 3,
    });
  });

  it("run only what is theirs", () => {
    expect(() => stepsOf("```shell\nrm -rf /\n```")).toThrow("not its own");
    expect(() => stepsOf("```faultline\nfaults | sh\n```")).toThrow("not its own");
    expect(stepsOf("```text\nfaults\n```\nfaults\n")).toEqual([]);
  });

  it("find their workload from any folder, whatever its name", () => {
    const path = "/a folder/it's/workload.sh";
    const words = placed(["faults", "-c", "./workload.sh 3"], path);
    expect(wordsOf(words[2] ?? "")).toEqual([path, "3"]);
    expect(placed(["overhead", "faults", "--", "./workload.sh", "3"], path)[3]).toBe(path);
  });
});

describe.each(exercises)("$name", (each) => {
  const lesson = readLesson(each);
  const steps = stepsOf(lesson);
  const commands = steps.filter((step) => step.kind === "faultline");

  it("has its parts, in their order", () => {
    expect(lesson).toMatch(new RegExp(`^# ${each.number}\\. `));
    const parts = [...lesson.matchAll(/^## (.*)$/gm)].map((m) => m[1]);
    expect(parts).toEqual(["Task", "Run", "Seen", "Notice", "Go on"]);
    const seen = lesson.slice(lesson.indexOf("## Seen"), lesson.indexOf("## Notice"));
    expect(seen).toMatch(/```text\n\$ faultline [^\n]*\n[^`]*\S/);
  });

  it("shows output of commands that it has", () => {
    for (const [, shown] of lesson.matchAll(/^\$ faultline (.*)$/gm))
      expect(commands.map((step) => step.line)).toContain(shown);
  });

  it("runs each command on its workload", () => {
    expect(commands.length).toBeGreaterThan(0);
    for (const { line } of commands) expect(line).toContain("./workload.sh");
  });

  it.each(bundledNames)("compiles for %s, or says what it needs", async (name) => {
    const target = await bundledTarget(name);
    for (const step of commands) {
      const { what, flags } = compiled(step);
      const request = readRequest(what, flags);
      const { bpftrace } = target.versions;
      const { script, diagnostics, unavailable } = compileFor(target, request.text, {
        ...request.options,
        ...(bpftrace === undefined ? {} : { version: bpftrace }),
      });
      if (unavailable && !target.kernel.attach.kprobe) {
        expect(lesson).toContain("It needs kprobes");
        continue;
      }
      expect(diagnostics.filter((d) => d.severity === "error")).toEqual([]);
      expect(script?.text).toContain("{");
    }
  });

  it("has a workload that writes no file whose name can be guessed", () => {
    const workload = readFileSync(join(each.folder, "workload.sh"), "utf8");
    for (const [line] of workload.matchAll(/^.*\/(?:var\/)?tmp\/.*$/gm))
      expect(line).toMatch(/mktemp\b.*XXXXXX/);
  });

  it("has a workload that bash takes", () => {
    const workload = join(each.folder, "workload.sh");
    accessSync(workload, constants.X_OK);
    execFileSync("bash", ["-n", workload]);
    for (const [, sourced] of readFileSync(workload, "utf8").matchAll(/^\. (\S+)$/gm))
      execFileSync("bash", ["-n", join(each.folder, sourced ?? "")]);
  });

  it.skipIf(!hasProgram("shellcheck"))("has a workload that shellcheck finds nothing in", () => {
    execFileSync("shellcheck", ["-x", "-P", "SCRIPTDIR", join(each.folder, "workload.sh")], {
      stdio: "pipe",
    });
  });
});

describe.skipIf(!hasProgram("gcc"))("the programs of workloads", () => {
  it.each(exercises.filter(({ folder }) => readdirSync(folder).some((name) => name.endsWith(".c"))))(
    "$name is compiled once, and cleaned up",
    ({ folder }) => {
      const cache = temporaryFolder();
      const run = (what: string): unknown =>
        execFileSync(join(folder, "workload.sh"), [what], { env: { ...process.env, XDG_CACHE_HOME: cache } });
      const programs = join(cache, "faultline/exercises");
      run("build");
      const [program = ""] = readdirSync(programs);
      const made = statSync(join(programs, program)).mtimeMs;
      run("build");
      expect(statSync(join(programs, program)).mtimeMs).toBe(made);
      run("clean");
      expect(existsSync(join(programs, program))).toBe(false);
    },
  );
});

function hasProgram(name: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, name)));
}
