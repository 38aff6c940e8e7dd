/** Where results go: standard output, or a file that takes its name when it is whole. */
import { createWriteStream } from "node:fs";
import { chmod, rename, rm } from "node:fs/promises";
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
    private readonly file?: { readonly path: string; readonly place: Place; readonly written: Writable },
  ) {
    if (file) for (const each of [stream, file.written]) each.on("error", (error) => this.fail(error));
    if (file && stream !== file.written) {
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
      const { beside, mode } = place;
      written = createWriteStream(beside ?? place.path, {
        flags: beside === undefined ? "w" : "wx",
        highWaterMark: WAITING,
      });
      await once(written, "open");
      if (beside !== undefined && mode !== undefined) await chmod(beside, mode);
    } catch (error) {
      throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
    }
    let stream: Writable = written;
    if (packed) {
      const gzip = createGzip();
      gzip.pipe(written);
      stream = gzip;
    }
    return new Sink(stream, { path, place, written });
  }

  /** Told once, when it happens. */
  onFailure: ((error: Error) => void) | undefined;

  /** Throws a `CliError`: the file is not whole. `keep`: what there is of it is of use. */
  async close(keep = false): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    const { path, place, written } = this.file;
    const { beside } = place;
    try {
      if (!this.failure) {
        this.stream.end();
        await finished(written);
        if (beside !== undefined) await rename(beside, place.path);
        return;
      }
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
    if (!keep && beside !== undefined) await rm(beside, { force: true });
    throw new CliError(
      `cannot write ${path}: ${reason(this.failure)}`,
      EXIT.tracerFailed,
      keep ? `what was written so far is in ${beside ?? path}` : undefined,
    );
  }

  /** Nothing is left of it, unless it has been closed. */
  async discard(): Promise<void> {
    clearInterval(this.flushing);
    if (!this.file) return;
    this.stream.destroy();
    this.file.written.destroy();
    const { beside } = this.file.place;
    if (beside !== undefined) await rm(beside, { force: true });
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.onFailure?.(error);
  }
}
