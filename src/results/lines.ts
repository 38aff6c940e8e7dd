/** Splits a stream of bytes into lines, holding no more than the longest line. */

/** The longest line: a line may be a whole map, but no displayable map is longer. */
const LIMIT = 256 * 1024 * 1024;

/**
 * A line within its chunk, as bytes, which are fastest to examine one by one, and as a byte string
 * (see `bytes.ts`), which is fastest to slice. It ends at `end`, the position of its newline.
 */
export interface Line {
  readonly bytes: Uint8Array;
  readonly chunk: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The marker that begins a line over the limit, and nothing else: every reader treats the line as damaged. The
 * beginning of the line follows the marker; the omitted rest is never joined with the next line.
 */
const TOO_LONG = "\0";

/** Why the line was cut; undefined if it is whole. */
export function whyCut(line: Line): string | undefined {
  return line.bytes[line.start] === 0 ? "it is longer than any line may be" : undefined;
}

export function textOfLine({ chunk, start, end }: Line): string {
  return start === 0 && end === chunk.length ? chunk : chunk.slice(start, end);
}

/** Makes a line of a byte string. */
export function lineOf(text: string): Line {
  return { bytes: Buffer.from(text, "latin1"), chunk: text, start: 0, end: text.length };
}

const NO_BYTES = Buffer.alloc(0);

/** Assembles lines from chunks: `push` a chunk, then call `next` until it returns undefined. */
export class LineSplitter {
  private parts: string[] = [];
  private length = 0;
  private isTooLong = false;
  private at = 0;
  /** Reused for every line: there are millions. */
  private readonly line = { bytes: NO_BYTES as Uint8Array, chunk: "", start: 0, end: 0 };

  /** Only the beginning of a line over the limit is kept: see `whyCut`. */
  constructor(private readonly limit = LIMIT) {}

  push(chunk: Uint8Array): void {
    this.line.bytes = chunk;
    // Converted by the chunk: converting each line costs more than reading it.
    this.line.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    this.at = 0;
  }

  /** Returns a line, valid until the next call; undefined if the rest of the chunk is not a whole line. */
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

  /** Returns the text after the last newline; undefined if there is none. */
  end(): Line | undefined {
    return this.parts.length === 0 ? undefined : lineOf(this.take(""));
  }

  private keep(chunk: string, start: number): void {
    this.at = chunk.length;
    if (start >= chunk.length || this.isTooLong) return;
    this.length += chunk.length - start;
    this.isTooLong = this.length > this.limit;
    if (this.isTooLong) this.parts = [beginningOf(this.parts, chunk.slice(start))];
    else this.parts.push(chunk.slice(start));
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

/** Enough to identify the line, for a message. */
const SHOWN = 16 * 1024;

function beginningOf(parts: readonly string[], last: string): string {
  return (parts.length > 0 ? parts.join("") : last).slice(0, SHOWN);
}

/** Yields each line as a byte string: also a last line without a newline, and the beginning of a long line. */
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
