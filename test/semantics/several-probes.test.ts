/** Several probes in one place: what they share is said once, and each is attached. */
import { describe, expect, it } from "vitest";
import { compile, parse } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";

const { kernel } = openProfile("profiles/debian13.profile");

function probesOf(text: string, to = "bpftrace"): readonly string[] {
  const { plan, diagnostics } = compile(text, { kernel, to });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return plan?.probes.map(({ point }) => point.parts.join(":")) ?? [];
}

const BOTH = ["syscalls:sys_enter_read", "syscalls:sys_enter_write"];

describe.each(["bpftrace", "bcc"])("several probes with %s", (to) => {
  it("of a provider share its fields and its condition", () => {
    const event = (probes: string): string =>
      `event e { provider ${probes} where args.fd > 2 { fd: int = args.fd size: bytes = args.count } } e sum(size) by fd`;
    const listed = event(BOTH.map((probe) => `tracepoint:${probe}`).join(", "));
    expect(probesOf(listed, to)).toEqual(BOTH);
    expect(probesOf(event("tracepoint:syscalls:sys_enter_{read,write}"), to)).toEqual(BOTH);
    for (const { filter, steps } of compile(listed, { kernel, to }).plan?.probes ?? []) {
      expect(filter.length + steps.flatMap((step) => (step.do === "when" ? step.all : [])).length).toBe(1);
      expect(JSON.stringify(steps, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v))).toContain(
        '"count"',
      );
    }
  });

  it("of a span begin and end it", () => {
    const text = `span s on tid { begin tracepoint:syscalls:sys_enter_{read,write} once { fd: int = args.fd }
      end tracepoint:syscalls:sys_exit_{read,write} { got: result = args.ret } } s sum(latency) by fd, got`;
    expect(probesOf(text, to)).toEqual([...BOTH, "syscalls:sys_exit_read", "syscalls:sys_exit_write"]);
  });

  it("of a query are counted apart", () => {
    expect(probesOf("tracepoint:syscalls:sys_{enter,exit}_{read,write} by probe", to)).toHaveLength(4);
  });
});

describe("several probes", () => {
  it("need not be of sources alone", () => {
    const text = "event e { provider tracepoint:syscalls:sys_enter_read, file_open { } } e by comm";
    expect(probesOf(text)).toContain("syscalls:sys_enter_read");
  });

  it("are all needed: another provider is taken where one is absent", () => {
    const text = "event e { provider kprobe:vfs_{read,nosuch} provider kprobe:vfs_write } e by comm";
    expect(probesOf(text)).toEqual(["vfs_write"]);
  });

  it("are at most so many", () => {
    const many = "{a,b,c,d}".repeat(5);
    const { diagnostics } = compile(`kprobe:vfs_${many} by probe`, { kernel });
    expect(diagnostics.map(({ code }) => code)).toContain("too-many");
  });

  it("are kept as they are written", () => {
    const { file, diagnostics } = parse({
      name: "t",
      text: "event e { provider kprobe:a{b,c}, kprobe:d { x: int = arg0 } }",
    });
    expect(diagnostics).toEqual([]);
    const [event] = file.items;
    expect(event?.kind === "event" && event.providers[0]?.more).toHaveLength(1);
  });
});
