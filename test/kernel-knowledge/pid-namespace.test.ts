import { describe, expect, it } from "vitest";
import { numberInside, pidNamespace } from "../../src/kernel/live/pid-namespace.js";
import { procGap } from "../../src/run/proc-gap.js";

const machine = (links: Record<string, string>, texts: Record<string, string>) => ({
  linkAt: (path: string) => links[path],
  textOf: (path: string) => texts[path],
  namesIn: () => ["1", "7", "meminfo"],
  exists: () => true,
});

describe("the PID namespace that this is in", () => {
  it("is not told where it is the initial one", () => {
    expect(pidNamespace(machine({ "/proc/self/ns/pid": "pid:[4026531836]" }, {}))).toBeUndefined();
  });

  it("has as many levels as the processes that are seen, and one more", () => {
    const links = { "/proc/self/ns/pid": "pid:[4026532178]" };
    const status = (numbers: string) => `Name:\tx\nNSpid:\t${numbers}\n`;
    const texts = { "/proc/self/status": status("5"), "/proc/7/status": status("7\t3\t1") };
    expect(pidNamespace(machine(links, { ...texts, "/proc/1/status": status("1") }))).toEqual({
      inode: 4026532178n,
      levels: 4,
    });
  });

  it("gives a process another number inside", () => {
    const read = { textOf: () => "NSpid:\t4711\t7\n" };
    expect(numberInside("4711", read)).toBe(7);
    expect(numberInside("4711", { textOf: () => "NSpid:\t4711\n" })).toBeUndefined();
  });

  it("is an error where /proc is of another one", () => {
    const files = machine({}, { "/proc/self/status": "NSpid:\t812\t2\n" });
    expect(procGap(files, 2)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("another PID namespace"),
    });
    expect(procGap(machine({}, { "/proc/self/status": "NSpid:\t2\n" }), 2)).toBeUndefined();
  });
});
