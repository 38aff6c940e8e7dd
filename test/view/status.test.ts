import type { WriteStream } from "node:tty";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunStatus } from "../../src/run/run.js";
import { compile, type Plan } from "../../src/index.js";
import { countedIn, createStatusLine, statusText } from "../../src/view/live/status.js";
import { Memory } from "./show.js";

const ROWS = compile("faults show pid, comm").plan as Plan;
const TRACING: RunStatus = { phase: "tracing", probes: 2, events: 1, lost: 0, elapsed: 61_400 };

describe("the status line", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("says what is going on", () => {
    expect(statusText({ ...TRACING, phase: "attaching" }, undefined)).toBe("attaching…");
    expect(statusText(TRACING, "event")).toBe("tracing 1m01s · 1 event · 2 probes · Ctrl-C to end");
    expect(statusText({ ...TRACING, events: 7000, lost: 3, elapsed: 400 }, "event")).toBe(
      "tracing 0 s · 3 lost · 7,000 events · 2 probes · Ctrl-C to end",
    );
  });

  it.each([
    ["faults show pid, comm", "event"],
    ["faults by comm every 1s", "interval"],
    // What comes before the end is nothing that was asked for.
    ["faults by comm, ustack", undefined],
  ])("counts what was asked for: %s", (query, counted) => {
    expect(countedIn(compile(query).plan as Plan)).toBe(counted);
  });

  it("does not draw on a terminal on which a command writes", () => {
    const stream = new Memory({ columns: 80 });
    const status = createStatusLine(stream as unknown as WriteStream, ROWS, true);
    status.update(TRACING);
    vi.advanceTimersByTime(1000);
    status.clear();
    status.end();
    expect(stream.text).toBe("Tracing... Hit Ctrl-C to end.\n");
  });

  it("is drawn four times a second at most, and taken away before anything else", () => {
    const stream = new Memory({ columns: 20 });
    const status = createStatusLine(stream as unknown as WriteStream, ROWS, false, () => 0);
    for (let i = 0; i < 100; i++) status.update({ ...TRACING, events: i });
    expect(stream.text).toBe("\r\u001b[Ktracing 1m01s · 0 e");
    vi.advanceTimersByTime(1000);
    expect(stream.text.split("\r")).toHaveLength(6);
    status.clear();
    expect(stream.text.endsWith("\r\u001b[K")).toBe(true);
    status.end();
    const { length } = stream.text;
    vi.advanceTimersByTime(1000);
    expect(stream.text).toHaveLength(length);
  });

  it("is one line, when the trace begins, where there is no terminal", () => {
    const stream = new Memory();
    const status = createStatusLine(stream as unknown as WriteStream, ROWS);
    status.update({ ...TRACING, phase: "attaching" });
    expect(stream.text).toBe("");
    status.update(TRACING);
    status.update(TRACING);
    vi.advanceTimersByTime(1000);
    status.update({ ...TRACING, phase: "ending" });
    status.end();
    expect(stream.text).toBe("Tracing... Hit Ctrl-C to end.\n");
  });
});
