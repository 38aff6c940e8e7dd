import type { WriteStream } from "node:tty";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunStatus } from "../../src/run/run.js";
import { createStatusLine, statusText } from "../../src/view/live/status.js";
import { Memory } from "./show.js";

const TRACING: RunStatus = { phase: "tracing", probes: 2, events: 1, lost: 0, elapsed: 61_400 };

describe("the status line", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("says what is going on", () => {
    expect(statusText({ ...TRACING, phase: "attaching" })).toBe("attaching…");
    expect(statusText(TRACING)).toBe("tracing 1m01s · 1 line · 2 probes · Ctrl-C to end");
    expect(statusText({ ...TRACING, events: 7, lost: 3, elapsed: 400 })).toBe(
      "tracing 0 s · 3 lost · 7 lines · 2 probes · Ctrl-C to end",
    );
  });

  it("is drawn four times a second at most, and taken away before anything else", () => {
    const stream = new Memory({ columns: 20 });
    const status = createStatusLine(stream as unknown as WriteStream, () => 0);
    for (let i = 0; i < 100; i++) status.update({ ...TRACING, events: i });
    expect(stream.text).toBe("\r\u001b[Ktracing 1m01s · 0 l");
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
    const status = createStatusLine(stream as unknown as WriteStream);
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
