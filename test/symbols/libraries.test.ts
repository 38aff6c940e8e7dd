/** Where a library is that a query names: told by processes and programs of this machine. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findBinaries, LibraryLookupError } from "../../src/symbols/libraries.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const hasCompiler = spawnSync("gcc", ["--version"]).status === 0;

/** A program that waits, linked with these flags. */
function program(name: string, ...flags: string[]): string {
  const source = join(folder, `${name}.c`);
  writeFileSync(
    source,
    "#include <stdlib.h>\n#include <unistd.h>\nint main(void) { void *p = malloc(7); pause(); free(p); return 0; }\n",
  );
  execFileSync("gcc", ["-o", join(folder, name), source, ...flags]);
  return join(folder, name);
}

async function running<T>(path: string, use: (pid: number) => T): Promise<T> {
  const child = spawn(path, { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return use(child.pid ?? 0);
  } finally {
    child.kill("SIGKILL");
  }
}

describe("the C library", () => {
  it("of a process is the file it has mapped, seen from its root", () => {
    const binaries = findBinaries({ pid: process.pid });
    const path = binaries.locate("libc");
    expect(path).toMatch(new RegExp(`^/proc/${process.pid}/root/.*/libc[.-].*so`));
    expect(binaries.gap(path, "malloc")).toBeUndefined();
    expect(binaries.gap(path, "no_such_function")).toContain("has no function no_such_function");
  });

  it.skipIf(!hasCompiler)("of a static program is the program", async () => {
    const path = program("static", "-static");
    expect(findBinaries({ program: path }).locate("libc")).toBe(path);
    await running(path, (pid) => {
      const binaries = findBinaries({ pid });
      expect(binaries.locate("libc")).toBe(`/proc/${pid}/exe`);
      expect(binaries.gap(`/proc/${pid}/exe`, "malloc")).toBeUndefined();
    });
  });

  it.skipIf(!hasCompiler)("of a dynamic program, and of a script, is what the tracer finds", () => {
    expect(findBinaries({ program: program("dynamic") }).locate("libc")).toBe("libc");
    const script = join(folder, "script.sh");
    writeFileSync(script, "#!/bin/sh\n");
    expect(findBinaries({ program: script }).locate("libc")).toBe("libc");
  });

  it("can be another by name or by path", () => {
    expect(findBinaries({ library: "jemalloc" }).locate("libc")).toBe("jemalloc");
    expect(findBinaries({ library: process.execPath }).locate("libc")).toBe(process.execPath);
    expect(() => findBinaries({ library: "/nowhere/x.so" }).locate("libc")).toThrow(LibraryLookupError);
  });

  it("that a process does not have is told, with those it has", () => {
    const { locate } = findBinaries({ pid: process.pid, library: "jemalloc" });
    let told: unknown;
    try {
      locate("libc");
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ exitCode: 2, hint: expect.stringContaining("libc.so") as string });
  });

  it("of a process that is not there is told", () => {
    expect(() => findBinaries({ pid: 2 ** 22 + 1 }).locate("libc")).toThrow("there is no process");
  });
});
