import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareCommand } from "../../src/run/process/command.js";
import { findTracer } from "../../src/tracers/runners.js";
import { findCommand, findProgram, ownEnvironment } from "../../src/files/programs.js";
import { COMMAND } from "../cli/faultline.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();

function place(name: string, mode = 0o755): string {
  const folder = join(directory, name);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, mode);
  return folder;
}

function program(folder: string, name: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, "#!/bin/sh\necho bpftrace v0.23.2\n");
  chmodSync(path, mode);
  return path;
}

describe("a program of our own", () => {
  it("is found by its absolute path", () => {
    const path = program(place("own"), "odd-tracer");
    expect(findProgram("odd-tracer", { PATH: join(directory, "own") })).toBe(path);
  });

  it("never comes from the working directory", () => {
    const path = program(place("own"), "odd-tracer");
    for (const PATH of ["", ".", ":", "own", `::${directory}/nowhere`])
      expect(findProgram("odd-tracer", { PATH })).toBeUndefined();
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ["a directory that others may write to", 0o777, 0o755],
    ["a directory that a group may write to", 0o775, 0o755],
    ["a file that others may write to", 0o755, 0o777],
  ])("never comes from %s", (_, ofFolder, ofFile) => {
    const folder = place(`unsafe-${ofFolder}-${ofFile}`, ofFolder);
    program(folder, "odd-tracer", ofFile);
    expect(findProgram("odd-tracer", { PATH: folder })).toBeUndefined();
    const link = place(`link-${ofFolder}-${ofFile}`);
    symlinkSync(join(folder, "odd-tracer"), join(link, "odd-tracer"));
    expect(findProgram("odd-tracer", { PATH: link })).toBeUndefined();
  });

  it("is passed over with a word where another one is used, or none", async () => {
    const folder = place("unsafe", 0o777);
    program(folder, "bpftrace");
    const found = await findTracer("bpftrace", { PATH: folder }).catch((error: unknown) => error);
    if (found instanceof Error) expect(found.message).toContain(`${folder}/bpftrace is not used`);
    else expect(found).not.toMatchObject({ path: join(folder, "bpftrace") });
  });

  it("is given no more of the environment than words and places", () => {
    const given = ownEnvironment(
      {
        PATH: `.:${place("unsafe-2", 0o777)}:${place("own")}`,
        LC_ALL: "C",
        BPFTRACE_BTF: "/btf",
        LD_PRELOAD: "/tmp/x.so",
        PYTHONPATH: "/tmp",
        BASH_ENV: "/tmp/x",
        NODE_OPTIONS: "--require /tmp/x",
      },
      { BPFTRACE_STRLEN: "100" },
    );
    const { PATH, ...others } = given;
    expect(others).toEqual({ LC_ALL: "C", BPFTRACE_BTF: "/btf", BPFTRACE_STRLEN: "100" });
    expect(PATH?.split(":")[0]).toBe(join(directory, "own"));
    expect(PATH).not.toContain("unsafe");
  });
});

describe("a command of the user's", () => {
  it("is found as a shell finds it, but for the working directory", async () => {
    const folder = place("theirs", 0o777);
    const path = program(folder, "odd-command");
    expect(findCommand("odd-command", { PATH: folder })).toBe(path);
    expect(findCommand("odd-command", { PATH: "." })).toBeUndefined();
    await expect(prepareCommand("no-such-command-here")).rejects.toThrow("there is no command");
  });
});

describe("Python", () => {
  it("runs no module that lies in the working directory", () => {
    const folder = place("cwd");
    const marker = join(folder, "ran");
    for (const module of ["bcc", "ctypes", "json", "argparse"])
      writeFileSync(join(folder, `${module}.py`), `open(${JSON.stringify(marker)}, "w").close()\n__version__ = "0.35.0"\n`); // prettier-ignore
    const [node, ...words] = COMMAND;
    const run = (...args: string[]): void => {
      try {
        const env = { ...process.env, PYTHONPATH: folder };
        execFileSync(node, [...words, ...args], { cwd: folder, env, stdio: "ignore" });
      } catch {
        // Whether this machine can trace is another matter.
      }
    };
    run("doctor");
    run("run", "--via", "bcc", "faults by comm for 1s");
    expect(existsSync(marker)).toBe(false);
  });
});
