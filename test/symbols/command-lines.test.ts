/** Command lines of processes, which are told from others that had their ids. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processNumberOf, TICK } from "../../src/semantics/source/process-number.js";
import { CommandLines, UNKNOWN_PROCESS } from "../../src/symbols/command-lines.js";
import { temporaryFolder } from "../temporary-folder.js";

interface Shown {
  readonly started: number;
  readonly at: number;
  readonly line: string;
}

/** As /proc shows a process. */
function show(root: string, pid: number, { started, at, line }: Shown): void {
  mkdirSync(join(root, String(pid)), { recursive: true });
  const zeros = (n: number): string => Array.from({ length: n }, () => "0").join(" ");
  writeFileSync(
    join(root, String(pid), "stat"),
    `${pid} (a) b) S ${zeros(18)} ${started} ${zeros(25)} ${at} 0\n`,
  );
  writeFileSync(join(root, String(pid), "cmdline"), line);
}

/** As the kernel's probes work it out. */
function numberOf(pid: number, { started, at }: Omit<Shown, "line">): bigint {
  const word = (value: bigint): bigint => BigInt.asUintN(64, value);
  return processNumberOf(
    { pid: BigInt(pid), started: BigInt(started) * TICK + 123n, arguments: BigInt(at) },
    (operator, a, b) =>
      word(
        { "+": a + b, "*": a * b, "/": b === 0n ? 0n : a / b, "<<": a << (b & 63n), "|": a | b }[operator],
      ),
  );
}

const ONE: Shown = { started: 4321, at: 0x7ffc_1234_5678, line: "program\0-a\0two words\0" };

describe("a command line", () => {
  it("is known of processes that were there, also when they have ended", () => {
    const root = temporaryFolder();
    show(root, 7, ONE);
    const lines = new CommandLines(undefined, root);
    rmSync(join(root, "7"), { recursive: true });
    expect(lines.name(numberOf(7, ONE))).toBe("program -a two words");
    expect(lines.notes()).toEqual([]);
  });

  it("is known of processes that were announced, or are there when it is asked for", () => {
    const root = temporaryFolder();
    const lines = new CommandLines(undefined, root);
    show(root, 7, ONE);
    lines.look(7);
    rmSync(join(root, "7"), { recursive: true });
    show(root, 8, ONE);
    expect(lines.name(numberOf(7, ONE))).toBe("program -a two words");
    expect(lines.name(numberOf(8, ONE))).toBe("program -a two words");
  });

  it("is never that of another process with the same id, nor of the next program of the same process", () => {
    for (const other of [
      { ...ONE, started: 4322 },
      { ...ONE, at: ONE.at + 16 },
    ]) {
      const root = temporaryFolder();
      show(root, 7, { ...other, line: "another\0" });
      const lines = new CommandLines(undefined, root);
      expect(lines.name(numberOf(7, ONE))).toBe(UNKNOWN_PROCESS);
      expect(lines.name(numberOf(7, ONE))).toBe(UNKNOWN_PROCESS);
      expect(lines.name(numberOf(7, other))).toBe("another");
      expect(lines.notes()).toEqual([expect.stringContaining("stands for 1 process that had ended")]);
    }
  });

  it("of a thread of the kernel is its name", () => {
    const root = temporaryFolder();
    show(root, 2, { started: 1, at: 0, line: "" });
    expect(new CommandLines(undefined, root).name(numberOf(2, { started: 1, at: 0 }))).toBe("[a) b]");
  });

  it("is read from the real /proc", async () => {
    const child = spawn("sleep", ["60.25"], { stdio: "ignore" });
    await once(child, "spawn");
    const { readFileSync } = await import("node:fs");
    const stat = (): string[] =>
      readFileSync(`/proc/${child.pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
    // Until it has started the program it is a copy of this one.
    while (!readFileSync(`/proc/${child.pid}/cmdline`, "utf8").startsWith("sleep"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const lines = new CommandLines(child.pid);
    const number = numberOf(child.pid ?? 0, { started: Number(stat()[19]), at: Number(stat()[45]) });
    child.kill();
    await once(child, "exit");
    expect(lines.name(number)).toBe("sleep 60.25");
  });
});
