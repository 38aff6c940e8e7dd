/** Whether a process is still there. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startOf } from "../../src/run/process/traced-process.js";
import { temporaryFolder } from "../temporary-folder.js";

/** `/proc/7/stat`, of a program whose name is meant to be in the way. */
function startWith(state: string, threads: number): string | undefined {
  const root = temporaryFolder();
  mkdirSync(join(root, "7"));
  const numbers = Array.from({ length: 16 }, () => "0").join(" ");
  writeFileSync(join(root, "7", "stat"), `7 (a) Z 1 (b) ${state} ${numbers} ${threads} 0 4321 0 0\n`);
  return startOf(7, root);
}

describe("a process", () => {
  it("is told by when it started", () => {
    expect(startWith("S", 1)).toBe("4321");
  });

  it("has ended when nobody has asked how", () => {
    expect(startWith("Z", 1)).toBeUndefined();
    expect(startWith("X", 0)).toBeUndefined();
  });

  it("goes on when only its first thread has ended", () => {
    expect(startWith("Z", 3)).toBe("4321");
  });

  it.runIf(process.platform === "linux")("of this machine", async () => {
    const child = spawn("sleep", ["60"]);
    const pid = child.pid ?? 0;
    expect(startOf(pid)).toMatch(/^\d+$/);
    child.kill();
    await once(child, "exit");
    expect(startOf(pid)).toBeUndefined();
  });
});
