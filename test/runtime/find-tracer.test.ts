import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TracerError } from "../../src/tracers/tracer-error.js";
import { checkMachine } from "../../src/run/machine.js";
import { askProgram } from "../../src/tracers/ask-program.js";
import { findTracer } from "../../src/tracers/runners.js";
import { parseVersion } from "../../src/tracers/bpftrace/find.js";
import { plan } from "./build-script.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();

describe("finding a tracer", () => {
  it("reads versions as they are written", () => {
    expect(parseVersion("bpftrace v0.17.0")).toBe("0.17.0");
    expect(parseVersion("bpftrace v0.22.0-34-gdeadbeef")).toBe("0.22.0");
    expect(parseVersion("bpftrace 0.27.1+dirty\n")).toBe("0.27.1");
    expect(parseVersion("bash: no")).toBeUndefined();
  });

  it("refuses one that is too old, or says nothing", async () => {
    const path = (text: string): NodeJS.ProcessEnv => {
      const bin = mkdtempSync(join(directory, "bin-"));
      writeFileSync(join(bin, "bpftrace"), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return { PATH: bin };
    };
    await expect(findTracer("bpftrace", path("echo bpftrace v0.16.0"))).rejects.toMatchObject({
      exitCode: 3,
      message: "bpftrace 0.16.0 is too old",
    });
    await expect(findTracer("bpftrace", path("exit 127"))).rejects.toMatchObject({ exitCode: 1 });
    expect(await findTracer("bpftrace", path("echo bpftrace v0.23.2"))).toMatchObject({ version: "0.23.2" });
  });

  it("reads an answer that came while this process was busy for longer than a program may take", async () => {
    const answer = askProgram("/bin/sh", ["-c", "echo here"], process.env, 50);
    const until = performance.now() + 400;
    while (performance.now() < until);
    expect(await answer).toEqual({ stdout: "here\n", stderr: "", failed: false });
    expect(await askProgram("/bin/sh", ["-c", "sleep 60; true"], process.env, 50)).toMatchObject({
      failed: true,
    });
  });

  it("knows what a machine lacks", () => {
    const tracer = { runner: bpftraceRunner, path: "/bpftrace", version: "0.23.2" };
    const all = { isRoot: true, capabilities: 2n ** 41n - 1n, hasTracefs: true };
    const faults = plan([]);
    const tracepoints = plan([], {
      probes: [{ point: { type: "tracepoint", parts: ["a", "b"] }, purposes: [], filter: [], steps: [] }],
    });
    const hint = (of: typeof faults, machine: typeof all, version = "0.23.2"): string | undefined => {
      try {
        checkMachine({ ...tracer, version }, of, machine);
        return undefined;
      } catch (error) {
        return (error as TracerError).hint;
      }
    };
    expect(hint(tracepoints, all)).toBeUndefined();
    expect(hint(faults, { ...all, isRoot: false, capabilities: 0n })).toContain("sudo");
    expect(hint(faults, { ...all, capabilities: 0xa80425fbn })).toContain("container");
    expect(hint(faults, { ...all, hasTracefs: false })).toBeUndefined();
    expect(hint(faults, { ...all, hasTracefs: false }, "0.27.1")).toContain("mount -t tracefs");
    expect(hint(tracepoints, { ...all, hasTracefs: false })).toContain("mount -t tracefs");
  });
});
