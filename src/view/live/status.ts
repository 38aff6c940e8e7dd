/**
 * The status line of a running trace: on stderr, redrawn at an interval, removed at the end. Where stderr is no terminal,
 * it is one line that says when the trace has begun.
 */
import type { WriteStream } from "node:tty";
import { TRACING } from "../../plan/words.js";
import type { RunStatus } from "../../run/run.js";
import { formatDuration } from "../value/format-value.js";

export interface StatusLine {
  update(status: RunStatus): void;
  /** Removes the line, so that something else can be written. */
  clear(): void;
  end(): void;
}

const INTERVAL = 250;
const ERASE = "\r\u001b[K";

export function createStatusLine(
  stream: WriteStream,
  now: () => number = () => performance.now(),
): StatusLine {
  return stream.isTTY ? new LiveStatus(stream, now) : new StartLine(stream);
}

class StartLine implements StatusLine {
  private isWritten = false;

  constructor(private readonly stream: NodeJS.WritableStream) {}

  update({ phase }: RunStatus): void {
    if (phase !== "tracing" || this.isWritten) return;
    this.isWritten = true;
    this.stream.write(`${TRACING}\n`);
  }

  clear(): void {
    // The line stays.
  }

  end(): void {
    // The line stays.
  }
}

class LiveStatus implements StatusLine {
  private readonly run: RunClock;
  private isShown = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly stream: WriteStream,
    now: () => number,
  ) {
    this.run = new RunClock(now);
    this.timer = setInterval(() => this.draw(), INTERVAL);
    this.timer.unref();
  }

  update(status: RunStatus): void {
    if (this.run.update(status)) this.draw();
  }

  clear(): void {
    if (this.isShown) this.stream.write(ERASE);
    this.isShown = false;
  }

  end(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private draw(): void {
    const status = this.run.status();
    if (!status) return;
    const text = statusText(status);
    // A line that wraps could not be erased.
    this.stream.write(`${ERASE}${text.slice(0, Math.max(0, (this.stream.columns || 80) - 1))}`);
    this.isShown = true;
  }
}

/** The last status that the runner reported, with the time elapsed since then added. */
export class RunClock {
  private reported: RunStatus | undefined;
  private reportedAt = 0;

  constructor(private readonly now: () => number) {}

  /** Stores a status. Returns whether a new phase has begun. */
  update(status: RunStatus): boolean {
    const isNews = status.phase !== this.reported?.phase;
    this.reported = status;
    this.reportedAt = this.now();
    return isNews;
  }

  /** Returns the current status; undefined before the first report. */
  status(): RunStatus | undefined {
    if (this.reported?.phase !== "tracing") return this.reported;
    return { ...this.reported, elapsed: this.reported.elapsed + this.now() - this.reportedAt };
  }
}

/** Returns the status as text. `more`: other facts that cast doubt on the results. */
export function statusText(
  { phase, probes, events, lost, elapsed }: RunStatus,
  more: readonly string[] = [],
  keys = "Ctrl-C to end",
): string {
  if (phase === "attaching") return "attaching…";
  if (phase === "ending") return "ending…";
  const time = formatDuration(Math.floor(elapsed / 1000) * 1e9).replace(/^0 ns$/, "0 s");
  // Doubts come first, since a narrow terminal cuts off the rest.
  const doubts = [...(lost > 0 ? [`${lost} lost`] : []), ...more];
  const counts = [count(events, "line"), count(probes, "probe")];
  return `tracing ${time} · ${[...doubts, ...counts].join(" · ")} · ${keys}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
