/** Shows results in a format on one stream, and messages about the run on another. */
import { shownResult } from "../plan/columns.js";
import pc from "picocolors";
import type { Plan } from "../plan/plan.js";
import { createClock, type Clock } from "../results/clock.js";
import { drained } from "../files/wait-for-drain.js";
import type { ResultEvent } from "../results/events.js";
import { BatchedWriter } from "../files/batched-writer.js";
import { escapeText } from "./value/escape.js";
import { writerOf, type Format } from "./formats.js";
import type { MemberNames } from "./value/format-value.js";
import { Shortfalls } from "../results/shortfall.js";
import type { LiveView } from "./live/live.js";
import { lostText } from "./notes.js";
import { wantsColor } from "./color.js";
import type { StatusLine } from "./live/status.js";
import type { Output } from "./streams.js";
import { TextWriter } from "./formats/text.js";
import type { About, ViewContext, ViewSummary, Writer } from "./types.js";

export interface Streams {
  /** Results only. */
  readonly out: Output;
  /** Messages about the run. */
  readonly err: Output;
  readonly status?: StatusLine;
  /** Redraws the results in place; it also serves as the status line. */
  readonly live?: LiveView;
}

export interface ViewOptions {
  readonly clock?: Clock;
  readonly about?: About;
  readonly chart?: NonNullable<ViewContext["chart"]>;
  readonly environment?: NodeJS.ProcessEnv;
  /** Show all rows of a result on a terminal, whole, whatever its size. */
  readonly showsAll?: boolean;
}

export interface View {
  /** Writes an event. Returns a promise where the output is full; it resolves when more can be written. */
  event(event: ResultEvent): void | Promise<void>;
  /** Ends the view. Throws an error of the format, after everything that could be written has been. */
  end(summary: ViewSummary): void;
  /** Picture formats only: writes the retained rows as a table to `out` instead. Returns the number of rows left out. */
  readonly showInstead?: (out: Output) => number;
}

const DEFAULT_WIDTH = 80;
const DEFAULT_HEIGHT = 24;
/** Damaged lines that are reported one by one; the total is reported at the end. */
const MOST_DAMAGED = 3;
/** Notes that a result shows. */
const MOST_NOTES = 20;

export function createView(
  format: Format,
  planned: Plan,
  streams: Streams,
  names: MemberNames,
  options: ViewOptions = {},
): View {
  const plan: Plan = { ...planned, results: planned.results.map(shownResult) };
  const { out, live } = streams;
  const err = live?.err ?? streams.err;
  const status = live ?? streams.status;
  const environment = options.environment ?? process.env;
  // A closed output is not an error of the view; the runner ends the trace.
  let isGone = false;
  out.on("error", () => (isGone = true));
  const batched = new BatchedWriter((text) => {
    if (isGone || !out.writable) return;
    status?.clear();
    out.write(text);
  });
  const clock = options.clock ?? createClock();
  const shortfalls = new Shortfalls();
  let hasLost = false;
  const contextOf = (to: Output, write: ViewContext["write"]): ViewContext => ({
    plan,
    names,
    write,
    clock,
    ...(options.about ? { about: options.about } : {}),
    ...(options.chart ? { chart: options.chart } : {}),
    isShort: (result) => hasLost || shortfalls.isMissing(result),
    colors: pc.createColors(wantsColor(to, environment)),
    width: to.columns ?? DEFAULT_WIDTH,
    isTerminal: to.isTTY === true,
    ...(to.isTTY === true && options.showsAll !== true ? { height: to.rows ?? DEFAULT_HEIGHT } : {}),
    isFile: to.isFile === true,
  });
  const context = contextOf(out, (text) => batched.write(text));
  const writer = live?.writer(context) ?? writerOf(format, context);
  const { retained }: Writer = writer;
  const notes = new Notes(err, wantsColor(err, environment), status);
  let noteCount = 0;
  return {
    event(event) {
      switch (event.kind) {
        case "row":
          writer.row(event);
          break;
        case "groups":
          writer.groups(event);
          break;
        case "attached":
          writer.begin?.();
          break;
        case "message":
          batched.flush();
          if (event.shortfall) shortfalls.add(event.shortfall);
          if (noteCount++ < MOST_NOTES) writer.note?.(event);
          notes.event(event);
          break;
        case "lost":
        case "damaged":
          if (event.kind === "lost") hasLost = true;
          batched.flush();
          notes.event(event);
      }
      if (out.writableNeedDrain && !isGone) return drained(out);
    },
    end(summary) {
      status?.end();
      try {
        if (summary.lost > 0) shortfalls.add({ why: "events lost", count: summary.lost });
        if (summary.damaged > 0) shortfalls.add({ why: "unreadable", count: summary.damaged });
        writer.end({ ...summary, shortfalls: shortfalls.all });
      } finally {
        // Whatever was written before the failure is a result too.
        batched.flush();
        notes.end(summary);
      }
    },
    ...(retained && {
      showInstead(to) {
        const table = new TextWriter(contextOf(to, (text) => to.write(text)));
        for (const each of retained) each.writeTo(table);
        return retained.reduce((sum, { missing }) => sum + missing, 0);
      },
    }),
  };
}

/** Writes warnings, errors and the count of lost events. */
class Notes {
  private damaged = 0;
  private readonly colors: ReturnType<typeof pc.createColors>;

  constructor(
    private readonly err: Output,
    color: boolean,
    private readonly status: StatusLine | undefined,
  ) {
    this.colors = pc.createColors(color);
  }

  event(event: ResultEvent): void {
    if (event.kind === "message") this.say(event.level, event.text);
    else if (event.kind === "damaged" && ++this.damaged <= MOST_DAMAGED)
      this.say("warning", `the tracer printed a line that cannot be read (${event.why}): ${event.line}`);
  }

  end({ lost, damaged }: ViewSummary): void {
    if (damaged > MOST_DAMAGED) this.say("warning", `${damaged} lines or names could not be read`);
    if (lost > 0) this.say("warning", lostText(lost));
  }

  private say(level: "warning" | "error", text: string): void {
    this.status?.clear();
    const color = level === "error" ? this.colors.red : this.colors.yellow;
    this.err.write(`${color(`${level}:`)} ${escapeText(text)}\n`);
  }
}
