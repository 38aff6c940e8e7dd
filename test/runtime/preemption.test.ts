/** What is said beside results of a kernel that takes the processor from probes. */
import { describe, expect, it } from "vitest";
import { preemptsItself } from "../../src/kernel/live/preemption.js";
import { bundledKernel, compile } from "../../src/index.js";
import { preemptionDoubts } from "../../src/run/preemption-doubts.js";
import { RUNNERS, type RunnerName } from "../../src/tracers/runners.js";

describe("whether the kernel preempts itself", () => {
  const preempts = (texts: Record<string, string>): boolean =>
    preemptsItself("7.2.0", { textOf: (path) => texts[path], bytesOf: () => undefined });
  const MODE = "/sys/kernel/debug/sched/preempt";
  const CONFIG = "/boot/config-7.2.0";

  it("is read as it runs, else as it was booted, else as it was built", () => {
    expect(preempts({ [MODE]: "none voluntary full (lazy)\n", [CONFIG]: "" })).toBe(true);
    expect(preempts({ [MODE]: "none (voluntary) full\n", "/proc/cmdline": "preempt=full" })).toBe(false);
    expect(preempts({ "/proc/cmdline": "quiet preempt=full\n", [CONFIG]: "CONFIG_PREEMPT_NONE=y\n" })).toBe(
      true,
    );
    expect(preempts({ "/proc/cmdline": "quiet\n", [CONFIG]: "CONFIG_PREEMPT_LAZY=y\n" })).toBe(true);
    expect(preempts({ [CONFIG]: "# CONFIG_PREEMPT_LAZY is not set\nCONFIG_PREEMPT_VOLUNTARY=y\n" })).toBe(
      false,
    );
    expect(preempts({})).toBe(false);
  });
});

describe("what a kernel that preempts itself may take from figures", () => {
  const doubts = (
    query: string,
    version = "0.27.1",
    name: RunnerName = "bpftrace",
    preempts = true,
    kernel = "6.12.9",
  ): string => {
    const { plan } = compile(query, { kernel: bundledKernel("sid") });
    if (!plan) throw new Error(`${query} has no plan`);
    const tracer = { runner: RUNNERS[name], version, path: "/usr/bin/tracer" };
    return preemptionDoubts(tracer, plan, kernel, () => preempts).join("\n");
  };
  const CPU = /text, a stack or a key may be that of another thread/;

  it("is told of stacks and texts that bpftrace keeps for the CPU", () => {
    expect(doubts("malloc by ustack")).toMatch(CPU);
    expect(doubts("malloc by ustack", "0.17.0")).toBe("");
    expect(doubts("malloc by comm, pid, size")).toBe("");
    expect(doubts("open allocation sum(size) by pid")).toBe("");
    // BCC counts what it leaves out.
    expect(doubts("malloc by ustack", "0.30.0", "bcc")).toBe("");
  });

  it("is told of all that a user function's program keeps, where its stack is of the CPU, too", () => {
    const onNew = (query: string, name: RunnerName = "bpftrace"): string =>
      doubts(query, "0.27.1", name, true, "7.2.13+deb14-cloud-amd64");
    expect(onNew("open allocation sum(size) by pid")).toMatch(/a number, a text.*`--via bcc`/);
    expect(onNew("malloc by comm, pid, size")).toMatch(CPU);
    expect(onNew("malloc count() by comm")).toBe("");
    expect(onNew("brk by pid, ustack, comm via tracepoint")).toBe("");
    expect(onNew("open allocation sum(size) by pid", "bcc")).toBe("");
  });

  it("is not told where a probe runs to its end", () => {
    expect(doubts("brk by ustack via tracepoint")).toBe("");
    expect(doubts("malloc by ustack", "0.27.1", "bpftrace", false)).toBe("");
  });

  it("is told of software events with either tracer", () => {
    expect(doubts("faults by comm")).toMatch(/^this kernel interrupts what reads maps/);
    expect(doubts("faults by comm", "0.30.0", "bcc")).toMatch(/^this kernel interrupts what reads maps/);
    expect(doubts("faults by comm", "0.27.1", "bpftrace", false)).toBe("");
  });
});
