/** A file that is written beside its destination and renamed when it is complete. */
import { createWriteStream, write, writev, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { reason } from "../../diagnostics/system-error.js";
import { openPlace, PlaceTaken, type OutputPlace } from "./place.js";

/** The most bytes that may be queued for the disk before the tracer has to wait. */
const WAITING = 1024 * 1024;

export class PartFile {
  /** The error that stopped writing. */
  private failure: Error | undefined;
  private isSettled = false;
  /** Whether all of it has been written, under whatever name. */
  isWhole = false;
  /** Whether it has been written but could not be renamed because another file took the name. */
  isNameless = false;

  private constructor(
    readonly path: string,
    private readonly place: OutputPlace,
    readonly stream: WriteStream,
  ) {
    stream.on("error", (error) => this.fail(error));
  }

  /** Throws a `CliError` if the file cannot be created. */
  static async open(path: string): Promise<PartFile> {
    try {
      const place = await openPlace(path);
      return new PartFile(path, place, createWriteStream("", { ...streamOf(place), highWaterMark: WAITING }));
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
    }
  }

  get whereabouts(): string {
    return `what was written so far is in ${this.place.written}`;
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Completes the file after its stream has ended. Returns whether it has been renamed. */
  async settle(): Promise<boolean> {
    this.isSettled = true;
    try {
      if (!this.failure) await finished(this.stream);
      if (this.failure) return false;
      this.isWhole = true;
      await this.place.settle();
      return true;
    } catch (error) {
      this.fail(error);
      this.isNameless = error instanceof PlaceTaken;
      return false;
    }
  }

  /** The error for a file that could not be written; `hint` says what happened to its contents. */
  error(hint: string): CliError {
    return new CliError(`cannot write ${this.path}: ${reason(this.failure)}`, EXIT.tracerFailed, hint);
  }

  /** Describes what is left of the file, if anything. */
  async remains(): Promise<string> {
    if (this.isNameless) return "nothing of it is left";
    if (this.stream.bytesWritten > 0) return this.whereabouts;
    await this.cut(0);
    return "nothing of it was written";
  }

  /** Truncates the file to `length` bytes, or removes it if that is 0. */
  async cut(length: number): Promise<void> {
    if (length === 0) await this.place.drop();
    else await this.place.cut(length);
  }

  /** Yields everything that was written, even if the file has no name. */
  pieces(): AsyncIterable<Uint8Array> {
    return this.place.pieces();
  }

  /** Removes the file unless it has been completed. */
  async discard(): Promise<void> {
    this.stream.destroy();
    if (!this.isSettled) await this.place.drop();
    // Wait for a pending write.
    const close = (): void => void this.place.close();
    if (this.stream.closed) close();
    else this.stream.once("close", close);
  }
}

/** Returns a stream into the open file that does not close it: its mode and name are set afterwards. */
function streamOf({
  descriptor,
}: OutputPlace): NonNullable<Exclude<Parameters<typeof createWriteStream>[1], string>> {
  return {
    fd: descriptor,
    fs: { write, writev, close: (_, done) => done?.(null) },
  };
}
