/** Where results go: standard output, or a file that takes its name when it is whole. */
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { constants, createGzip, type Gzip } from "node:zlib";
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
  private readonly flushing: NodeJS.Timeout | undefined;

  private constructor(
    readonly stream: Writable,
    /** Absent: standard output. */
    private readonly file?: { readonly path: string; readonly place: Place; readonly stream: Writable },
  ) {
    if (file) for (const each of [stream, file.stream]) each.on("error", (error) => this.fail(error));
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
    let written: Writable;
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

  /** Throws a `CliError`: the file is not whole. `keep`: what there is of it is of use. */
  async close(keep = false): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    const { path, place, stream } = this.file;
    try {
      if (!this.failure) {
        this.stream.end();
        await finished(stream);
        await place.settle();
        return;
      }
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
    if (!keep) await place.drop();
    throw new CliError(
      `cannot write ${path}: ${reason(this.failure)}`,
      EXIT.tracerFailed,
      keep ? `what was written so far is in ${place.written}` : undefined,
    );
  }

  /** Nothing is left of it, unless it has been closed. */
  async discard(): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    this.stream.destroy();
    this.file.stream.destroy();
    await this.file.place.drop();
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.onFailure?.(error);
  }
}
