/** The line on a terminal that says a trace is running: on stderr, redrawn now and then, gone at the end. */
import type { WriteStream } from "node:tty";
import type { RunStatus } from "../../run/run.js";
import { formatDuration } from "../value/format-value.js";

export interface StatusLine {
  update(status: RunStatus): void;
  /** Takes it away, so that something else can be written. */
  clear(): void;
  end(): void;
}

const NONE: StatusLine = { update: () => undefined, clear: () => undefined, end: () => undefined };
const INTERVAL = 250;
const ERASE = "\r\u001b[K";

export function createStatusLine(
  stream: WriteStream,
  now: () => number = () => performance.now(),
): StatusLine {
  return stream.isTTY ? new LiveStatus(stream, now) : NONE;
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
    // A line that wraps cannot be taken away.
    this.stream.write(`${ERASE}${text.slice(0, Math.max(0, (this.stream.columns || 80) - 1))}`);
    this.isShown = true;
  }
}

/** What was told of a run, with the time that has gone by since. */
export class RunClock {
  private told: RunStatus | undefined;
  private toldAt = 0;

  constructor(private readonly now: () => number) {}

  /** Whether another phase has begun. */
  update(status: RunStatus): boolean {
    const isNews = status.phase !== this.told?.phase;
    this.told = status;
    this.toldAt = this.now();
    return isNews;
  }

  /** Undefined: nothing was told yet. */
  status(): RunStatus | undefined {
    if (this.told?.phase !== "tracing") return this.told;
    return { ...this.told, elapsed: this.told.elapsed + this.now() - this.toldAt };
  }
}

/** `more`: what else casts doubt on the results. */
export function statusText(
  { phase, probes, events, lost, elapsed }: RunStatus,
  more: readonly string[] = [],
  keys = "Ctrl-C to end",
): string {
  if (phase === "attaching") return "attaching…";
  if (phase === "ending") return "ending…";
  const time = formatDuration(Math.floor(elapsed / 1000) * 1e9).replace(/^0 ns$/, "0 s");
  // First what casts doubt on the rest: a narrow terminal has not all of it.
  const doubts = [...(lost > 0 ? [`${lost} lost`] : []), ...more];
  const counts = [count(events, "line"), count(probes, "probe")];
  return `tracing ${time} · ${[...doubts, ...counts].join(" · ")} · ${keys}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
