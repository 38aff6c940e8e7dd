/**
 * The status line of a running trace: on stderr, redrawn at an interval, removed at the end. Where stderr is no terminal,
 * it is one line that says when the trace has begun.
 */
import { grouped } from "../../integers.js";
import type { WriteStream } from "node:tty";
import { TRACING } from "../../plan/words.js";
import type { Plan } from "../../plan/plan.js";
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

/** `isShared`: a command writes to the same terminal, whose lines would be erased and continued. */
export function createStatusLine(
  stream: WriteStream,
  plan: Pick<Plan, "results">,
  isShared = false,
  now: () => number = () => performance.now(),
): StatusLine {
  return stream.isTTY && !isShared ? new LiveStatus(stream, countedIn(plan), now) : new StartLine(stream);
}

/** What the events of a run are to its user; undefined where nothing is shown before the end. */
export function countedIn({ results }: Pick<Plan, "results">): string | undefined {
  if (results.every(({ kind }) => kind === "rows")) return "event";
  return results.length === 1 && results[0]?.every !== undefined ? "interval" : undefined;
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
    private readonly counted: string | undefined,
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
    const text = statusText(status, this.counted);
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
  counted: string | undefined,
  more: readonly string[] = [],
  keys = "Ctrl-C to end",
): string {
  if (phase === "attaching") return "attaching…";
  if (phase === "ending") return "ending…";
  const time = formatDuration(Math.floor(elapsed / 1000) * 1e9).replace(/^0 ns$/, "0 s");
  // Doubts come first, since a narrow terminal cuts off the rest.
  const doubts = [...(lost > 0 ? [`${lost} lost`] : []), ...more];
  const counts = [...(counted === undefined ? [] : [count(events, counted)]), count(probes, "probe")];
  return `tracing ${time} · ${[...doubts, ...counts].join(" · ")} · ${keys}`;
}

function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}
