/** Where results go: standard output, or a file that takes its name when it is whole. */
import { createWriteStream, type WriteStream } from "node:fs";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { constants, createGzip, type Gzip } from "node:zlib";
import { ownFault, type TracerError } from "../runtime/failure.js";
import { escapeText } from "../view/escape.js";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";
import { reason } from "./input.js";
import { placeOf, type Place } from "./place.js";

/** How much of a packed file is lost when it is cut off, in milliseconds. */
const FLUSH_EVERY = 1000;

/** How much may wait for the disk before the tracer does, in bytes. */
const WAITING = 1024 * 1024;

export class Sink {
  private failure: Error | undefined;
  private isClosed = false;
  private readonly flushing: NodeJS.Timeout | undefined;

  private constructor(
    readonly stream: Writable,
    /** Absent: standard output. */
    private readonly file?: { readonly path: string; readonly place: Place; readonly stream: WriteStream },
  ) {
    if (file) for (const each of [stream, file.stream]) each.on("error", (error: Error) => this.fail(error));
    if (file && stream !== file.stream) {
      const gzip = stream as Gzip;
      this.flushing = setInterval(() => gzip.flush(constants.Z_SYNC_FLUSH), FLUSH_EVERY);
      this.flushing.unref();
    }
  }

  /** Throws a `CliError` where there can be no such file. `packed`: by gzip. */
  static async open(path: string | undefined, packed = false): Promise<Sink> {
    if (path === undefined) return new Sink(process.stdout);
    let place: Place;
    let written: WriteStream;
    try {
      place = placeOf(path);
      const { flags, mode } = place;
      written = createWriteStream(place.written, { flags, mode, highWaterMark: WAITING });
      await once(written, "open");
    } catch (error) {
      throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
    }
    let stream: Writable = written;
    if (packed) {
      const gzip = createGzip();
      gzip.pipe(written);
      stream = gzip;
    }
    return new Sink(stream, { path, place, stream: written });
  }

  /** Told once, when it happens. */
  onFailure: ((error: Error) => void) | undefined;

  /**
   * `write` writes the last of the results. What it throws is told to the caller, and does not lose what is there:
   * that takes the name, or, where there is nothing, no file does. Throws as `close`.
   */
  async finish(write: () => void): Promise<TracerError | undefined> {
    try {
      write();
    } catch (error) {
      const isEmpty = this.file?.stream.bytesWritten === 0 && this.file.stream.writableLength === 0;
      if (isEmpty) await this.discard();
      else await this.close();
      const became = isEmpty ? "was not written: there was nothing of it yet" : "is incomplete";
      if (this.file) process.stderr.write(`warning: ${escapeText(this.file.path)} ${became}\n`);
      return ownFault(error, !isEmpty);
    }
    await this.close();
    return undefined;
  }

  /** Throws a `CliError`: the file is not whole. `keep`: what there is of it is of use. */
  async close(keep = false): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    this.isClosed = true;
    const { path, place, stream } = this.file;
    let isWhole = false;
    try {
      if (!this.failure) {
        this.stream.end();
        await finished(stream);
        isWhole = true;
        await place.settle();
        return;
      }
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
    // Of results only what is whole is worth having: it could not take its name.
    const isKept = keep || isWhole;
    if (!isKept) await place.drop();
    throw new CliError(
      `cannot write ${path}: ${reason(this.failure)}`,
      EXIT.tracerFailed,
      isKept ? `what was written so far is in ${place.written}` : undefined,
    );
  }

  /** Nothing is left of it, unless it has been closed. */
  async discard(): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    this.stream.destroy();
    this.file.stream.destroy();
    if (!this.isClosed) await this.file.place.drop();
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.onFailure?.(error);
  }
}
