import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { signalAtRest, whatItDoes, type Doing } from "../../src/run/process/at-rest.js";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function start(script: string): Promise<number> {
  child = spawn("/bin/sh", ["-c", `exec ${script}`], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child, "spawn");
  return child.pid ?? 0;
}

async function until(pid: number, wanted: Doing): Promise<void> {
  for (let i = 0; i < 500 && whatItDoes(pid) !== wanted; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(whatItDoes(pid)).toBe(wanted);
}

describe("a process that waits", () => {
  it("gets the signal", async () => {
    const pid = await start("sleep 60");
    await until(pid, "waiting");
    const ended = once(child as ChildProcess, "exit");
    expect(signalAtRest(pid, "SIGINT")).toBe(true);
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(whatItDoes(pid)).toBe("gone");
  });
});

describe("a process that writes to who does not read", () => {
  it("does not get it, and goes on", async () => {
    // Nobody reads the pipe, which is soon full.
    const pid = await start("yes");
    await until(pid, "writing");
    expect(signalAtRest(pid, "SIGINT")).toBe(false);
    await until(pid, "writing");
  });
});

it("has nothing to say of a process that is not there", () => {
  expect(whatItDoes(2 ** 30)).toBe("gone");
  expect(signalAtRest(2 ** 30, "SIGINT")).toBe(true);
});
