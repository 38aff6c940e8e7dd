/** Reads a recording: the events of its run come again, as they would on the machine that made it. */
import type { GenericSchema } from "valibot";
import { reason } from "../diagnostics/system-error.js";
import { checkedData, DataError } from "../files/checked-data.js";
import type { CgroupNames } from "../kernel/cgroups/cgroup-names.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import { clockFrom, type Clock } from "../results/clock.js";
import type { ResultEvent } from "../results/events.js";
import { textOf } from "../results/bytes.js";
import { LineSplitter, textOfLine, whyCut, type Line } from "../results/lines.js";
import { warningOf } from "../results/shortfall.js";
import { EventCounts } from "../results/event-counts.js";
import type { LineDecoder } from "../tracers/line-decoder.js";
import { UNKNOWN_PROCESS } from "../symbols/command-lines.js";
import { processKey, withoutMark } from "../tracers/stack-names.js";
import { RUNNERS, runnerTitled } from "../tracers/runners.js";
import { keyOfStack, scriptOf, type RecordingEnd, type RecordingHeader } from "./format.js";
import {
  recordedGroup,
  recordedNames,
  recordedProbes,
  recordedTime,
  recordedWarning,
  recordingEnd,
} from "./line-schemas.js";
import { groupsOf } from "./header.js";
import { readHeader } from "./read-header.js";

/** The file is not a recording, or of none of its lines is anything whole. */
export class RecordingError extends Error {
  readonly exitCode = 2;
}

/** Where a recording is not what it should be. */
export interface RecordingProblem {
  /** From 1. */
  readonly line: number;
  /** Where that line begins, from 0; in a packed recording, of what it unpacks to. */
  readonly byte: number;
  readonly why: string;
}

export interface PlayOptions {
  readonly onEvent: (event: ResultEvent) => void | Promise<void>;
  /** How many times as fast as it was; absent: at once. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
}

export interface Played {
  readonly events: number;
  readonly lost: number;
  readonly damaged: number;
  /** How the run ended, where that is known. */
  readonly end?: RecordingEnd;
  /** The first of them, and how many there are. */
  readonly problems: readonly RecordingProblem[];
  readonly problemCount: number;
}

const MOST_PROBLEMS = 3;
/** In bytes: a plan, a script and the names of a kernel's numbers are some hundred kilobytes. */
const LARGEST_HEADER = 16 * 1024 * 1024;

export class Recording {
  private constructor(
    readonly header: RecordingHeader,
    private readonly chunks: AsyncIterator<Uint8Array>,
    private readonly lines: LineSplitter,
    private readonly start: FilePosition,
  ) {}

  /** Reads the header. Throws a `RecordingError`. */
  static async open(stream: AsyncIterable<Uint8Array>): Promise<Recording> {
    const chunks = stream[Symbol.asyncIterator]();
    const lines = new LineSplitter();
    let line: Line | undefined;
    let isCut = false;
    for (let read = 0; !line;) {
      const next = await nextChunk(chunks);
      if (typeof next === "string") throw new RecordingError(`it is not a recording: ${next}`);
      if (!next) {
        line = lines.end();
        isCut = true;
        break;
      }
      read += next.length;
      lines.push(next);
      line = lines.next();
      if (line ? line.end - line.start > LARGEST_HEADER : read > LARGEST_HEADER)
        throw new RecordingError("it is not a recording: its first line is longer than any header");
    }
    if (!line) throw new RecordingError("it is empty");
    try {
      const header = readHeader(Buffer.from(textOfLine(line), "latin1").toString("utf8"));
      return new Recording(header, chunks, lines, { line: 2, byte: line.end - line.start + 1 });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new RecordingError(
        isCut ? "line 1 (byte 0): its header is cut off" : `line 1 (byte 0): ${error.message}`,
      );
    }
  }

  /** Of the machine that it was made on. */
  get clock(): Clock {
    return clockFrom(this.header.clock);
  }

  /** Once. What is whole is handed on whatever comes of the rest. */
  async play(options: PlayOptions): Promise<Played> {
    return new Player(this.header, this.chunks, this.lines, this.start, options).play();
  }
}

interface FilePosition {
  readonly line: number;
  readonly byte: number;
}

/** A text: the bytes cannot be read on, and why. */
async function nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | string | undefined> {
  try {
    const { value, done } = await chunks.next();
    return done ? undefined : (value as Uint8Array);
  } catch (error) {
    return reason(error);
  }
}

const DIGIT_0 = 48;
const SPACE = 32;

class Player {
  private readonly groups: CgroupNames | undefined;
  private readonly decoder: LineDecoder;
  private readonly names = new Map<string, string>();
  private readonly tally = new EventCounts();
  private readonly problems: RecordingProblem[] = [];
  private problemCount = 0;
  private end: RecordingEnd | undefined;
  private line: number;
  private byte: number;
  /** When it began: here, and there. */
  private began: { readonly here: number; readonly there: number } | undefined;

  constructor(
    header: RecordingHeader,
    private readonly chunks: AsyncIterator<Uint8Array>,
    private readonly lines: LineSplitter,
    start: FilePosition,
    private readonly options: PlayOptions,
  ) {
    const groups = groupsOf(header);
    this.groups = groups;
    // The header has been checked.
    const runner = runnerTitled(header.tracer.name) ?? RUNNERS.bpftrace;
    this.decoder = runner.decoder(scriptOf(header), {
      version: header.tracer.version,
      ...(groups && { nameGroup: (of: string, id: bigint) => groups.representative(of, id) }),
      nameProcess: (number) => this.names.get(keyOfStack(processKey(number), undefined)) ?? UNKNOWN_PROCESS,
      ...(showsUserStacks(header.plan) && {
        nameStack: (stack: string, pid?: number) =>
          this.names.get(keyOfStack(stack, pid)) ?? withoutMark(stack),
      }),
    });
    this.line = start.line;
    this.byte = start.byte;
  }

  async play(): Promise<Played> {
    let rest: string | undefined;
    for (;;) {
      for (let line = this.lines.next(); line; line = this.lines.next()) {
        if (this.options.signal?.aborted) return await this.finish();
        const held = this.take(line);
        if (held) await held;
        this.byte += line.end - line.start + 1;
        this.line++;
      }
      const chunk = await nextChunk(this.chunks);
      if (typeof chunk === "string") rest = chunk;
      if (typeof chunk !== "object") break;
      this.lines.push(chunk);
    }
    const cut = this.lines.end();
    if (rest !== undefined) this.problem(`it cannot be unpacked from here on: ${rest}`);
    else if (cut) this.problem("it is cut off in the middle of this line");
    else if (!this.end) this.problem("it is cut off here: the end of the run is missing");
    return await this.finish();
  }

  private take(line: Line): void | Promise<void> {
    if (this.end) return this.problem("there is more after its end");
    const why = whyCut(line);
    if (why !== undefined) return this.problem(why);
    let at = line.start;
    let time = 0;
    let digit = (line.bytes[at] as number) - DIGIT_0;
    while (digit >= 0 && digit <= 9) {
      time = time * 10 + digit;
      digit = (line.bytes[++at] as number) - DIGIT_0;
    }
    if (at === line.start || at - line.start > 15 || line.bytes[at] !== SPACE)
      return this.problem("it does not begin with its time");
    const space = line.chunk.indexOf(" ", at + 1);
    const kind = space === -1 || space > line.end ? "" : line.chunk.slice(at + 1, space);
    const wait = this.wait(time);
    const body: Line = { ...line, start: space + 1 };
    if (!wait) return this.entry(kind, body, time);
    return wait.then(() => this.entry(kind, body, time));
  }

  private entry(kind: string, body: Line, time: number): void | Promise<void> {
    if (kind === "out") return this.out(body);
    const fact = <T>(
      schema: GenericSchema<unknown, T>,
      use: (value: T) => void | Promise<void>,
    ): void | Promise<void> => {
      try {
        return use(checkedData(schema, JSON.parse(textOf(textOfLine(body)))));
      } catch (error) {
        if (error instanceof DataError || error instanceof SyntaxError)
          return this.problem(`its ${kind} cannot be read: ${error.message}`);
        throw error;
      }
    };
    switch (kind) {
      case "attached":
        return fact(recordedProbes, ({ probes, nsecs }) => {
          if (nsecs !== undefined) this.decoder.attached(nsecs);
          this.began = { here: performance.now(), there: time };
          return this.options.onEvent({ kind: "attached", probes });
        });
      case "until":
        return fact(recordedTime, ({ nsecs }) => this.decoder.tracedUntil(nsecs));
      case "warning":
        return fact(recordedWarning, ({ text }) => this.deliver(warningOf(text)));
      case "named":
        return fact(
          recordedNames,
          ({ stack, pid, named }) => void this.names.set(keyOfStack(stack, pid), named),
        );
      case "group":
        return fact(recordedGroup, (group) => this.groups?.add(group));
      case "end":
        return fact(recordingEnd, (end) => void (this.end = end));
      default:
        return this.problem("it is none of out, attached, until, warning, named, group and end");
    }
  }

  private out(line: Line): void | Promise<void> {
    const events = this.decoder.read(line);
    const [only] = events;
    if (only && events.length === 1) return this.deliver(only);
    if (events.length > 0) return this.deliverAll(events);
  }

  private async deliverAll(events: readonly ResultEvent[]): Promise<void> {
    for (const event of events) await this.deliver(event);
  }

  private deliver(event: ResultEvent): void | Promise<void> {
    // The tracer says when it begins to attach, the recording when that was done.
    if (event.kind === "attached") return;
    this.tally.add(event);
    const shown = event.kind === "damaged" ? { ...event, why: `line ${this.line}: ${event.why}` } : event;
    return this.options.onEvent(shown);
  }

  /** Until it is time, as it was then. */
  private wait(time: number): Promise<void> | undefined {
    const { speed, signal } = this.options;
    if (speed === undefined || !this.began || signal?.aborted) return undefined;
    const milliseconds = (time - this.began.there) / speed - (performance.now() - this.began.here);
    if (milliseconds < 1) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(milliseconds, 2 ** 31 - 1));
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
      signal?.addEventListener("abort", done);
    });
  }

  private async finish(): Promise<Played> {
    const { end } = this;
    const isWhole = end !== undefined && (end.isWhole ?? end.failure === undefined);
    // What came of a run that nobody read to its end, or that never traced, had no end either.
    const isHeard = end === undefined || (end.ended !== "closed" && this.began !== undefined);
    for (const event of isHeard ? this.decoder.end(isWhole) : []) await this.deliver(event);
    const { events, lost, damaged } = this.tally;
    // Lines that were changed, or left out in the middle, show in the counts.
    if (this.end && this.problemCount === 0 && !this.options.signal?.aborted)
      for (const [name, is] of Object.entries({ events, lost, damaged })) {
        const was = this.end[name as "events" | "lost" | "damaged"];
        if (was !== is) this.problem(`its end says ${was} ${WORDS[name]}, and it has ${is}: it was changed`);
      }
    return {
      events,
      lost,
      damaged,
      ...(this.end ? { end: this.end } : {}),
      problems: this.problems,
      problemCount: this.problemCount,
    };
  }

  private problem(why: string): void {
    this.problemCount++;
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ line: this.line, byte: this.byte, why });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  events: "lines and groups",
  lost: "lost events",
  damaged: "damaged lines",
};
