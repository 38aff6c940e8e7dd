/** A stream of bytes as lines, without ever holding more than the longest. */

/** A line may be a whole map; longer than this is no map that could be shown. */
const LIMIT = 256 * 1024 * 1024;

/**
 * A line, where it stands in its chunk: as bytes, which are quickest to look at one by one, and as a byte string
 * (see `bytes.ts`), which is quickest to cut. From `start` up to `end`, where its newline stands.
 */
export interface Line {
  readonly bytes: Uint8Array;
  readonly chunk: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a line over the limit begins with, and nothing else does: no reader takes it for anything but damaged. After it
 * comes the line's beginning, and nothing of what was left out joins what comes after.
 */
const TOO_LONG = "\0";

/** Undefined: it is whole. */
export function whyCut(line: Line): string | undefined {
  return line.bytes[line.start] === 0 ? "it is longer than any line may be" : undefined;
}

export function textOfLine({ chunk, start, end }: Line): string {
  return start === 0 && end === chunk.length ? chunk : chunk.slice(start, end);
}

/** A text of its own as a line. `text` is a byte string. */
export function lineOf(text: string): Line {
  return { bytes: Buffer.from(text, "latin1"), chunk: text, start: 0, end: text.length };
}

const NO_BYTES = Buffer.alloc(0);

/** Puts lines together that come in pieces: `push` a chunk, then take `next` until there is none. */
export class LineSplitter {
  private parts: string[] = [];
  private length = 0;
  private isTooLong = false;
  private at = 0;
  /** Handed out again and again: there are millions. */
  private readonly line = { bytes: NO_BYTES as Uint8Array, chunk: "", start: 0, end: 0 };

  /** Of a line over the limit only the beginning is kept: see `whyCut`. */
  constructor(private readonly limit = LIMIT) {}

  push(chunk: Uint8Array): void {
    this.line.bytes = chunk;
    // A chunk at a time: a conversion a line costs more than reading it.
    this.line.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    this.at = 0;
  }

  /** Good until the next call. Undefined: the rest of the chunk is no whole line yet. */
  next(): Line | undefined {
    const { line } = this;
    const start = this.at;
    const end = line.chunk.indexOf("\n", start);
    if (end === -1) {
      this.keep(line.chunk, start);
      return undefined;
    }
    this.at = end + 1;
    if (this.parts.length > 0 || end - start > this.limit)
      return lineOf(this.take(line.chunk.slice(start, end)));
    line.start = start;
    line.end = end;
    return line;
  }

  /** What comes after the last newline; undefined where that is nothing. */
  end(): Line | undefined {
    return this.parts.length === 0 ? undefined : lineOf(this.take(""));
  }

  private keep(chunk: string, start: number): void {
    this.at = chunk.length;
    if (start >= chunk.length || this.isTooLong) return;
    this.length += chunk.length - start;
    this.isTooLong = this.length > this.limit;
    this.parts = this.isTooLong
      ? [beginningOf(this.parts, chunk.slice(start))]
      : [...this.parts, chunk.slice(start)];
  }

  private take(last: string): string {
    const isTooLong = this.isTooLong || this.length + last.length > this.limit;
    const line = isTooLong ? TOO_LONG + beginningOf(this.parts, last) : this.parts.join("") + last;
    this.parts = [];
    this.length = 0;
    this.isTooLong = false;
    return line;
  }
}

/** Enough to tell which line it was, and what a message for people says. */
const SHOWN = 16 * 1024;

function beginningOf(parts: readonly string[], last: string): string {
  return (parts.length > 0 ? parts.join("") : last).slice(0, SHOWN);
}

/** Yields each line for a person, as a byte string: the last also when it has no newline, a long one its beginning. */
export async function* splitLines(stream: AsyncIterable<Uint8Array>, limit = LIMIT): AsyncGenerator<string> {
  const splitter = new LineSplitter(limit);
  for await (const chunk of stream) {
    splitter.push(chunk);
    for (let line = splitter.next(); line; line = splitter.next()) yield shownOf(line);
  }
  const rest = splitter.end();
  if (rest) yield shownOf(rest);
}

function shownOf(line: Line): string {
  return whyCut(line) === undefined ? textOfLine(line) : textOfLine(line).slice(TOO_LONG.length);
}
