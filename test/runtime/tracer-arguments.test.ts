/** Which process bpftrace is told to attach to. */
import { expect, it } from "vitest";
import type { PlanProbe } from "../../src/plan/plan.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";
import { plan } from "./build-script.js";

const MALLOC: PlanProbe = {
  point: { type: "uprobe", parts: ["/lib/libc.so.6", "malloc"] },
  purposes: [],
  filter: [],
  steps: [],
};
const SWITCH: PlanProbe = { ...MALLOC, point: { type: "tracepoint", parts: ["sched", "sched_switch"] } };
const ALONE = { pid: 77, followed: false };

function argumentsFor(probes: PlanProbe[], process: typeof ALONE | undefined, version = "0.23.2"): string {
  const of = plan([], { probes, ...(process ? { process } : {}) });
  return bpftraceRunner.arguments("query.bt", of, version).join(" ");
}

it("attaches uprobes to the traced process alone, where bpftrace can", () => {
  expect(argumentsFor([MALLOC], ALONE)).toBe("-f json -p 77 query.bt");
  expect(argumentsFor([MALLOC, SWITCH], ALONE, "0.27.1")).toBe("-f json -p 77 query.bt");
  expect(argumentsFor([MALLOC], ALONE, "0.17.0")).toBe("-f json query.bt");
});

it("does not limit what other processes must be seen for", () => {
  expect(argumentsFor([MALLOC], undefined)).toBe("-f json query.bt");
  expect(argumentsFor([MALLOC], { pid: 77, followed: true })).toBe("-f json query.bt");
  expect(argumentsFor([MALLOC, { ...SWITCH, unattributed: true }], ALONE, "0.27.1")).toBe("-f json query.bt");
  expect(argumentsFor([SWITCH], ALONE)).toBe("-f json query.bt");
});
