/** A file that is written beside its place, and takes its name when it is whole. */
import { createWriteStream, write, writev, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { reason } from "../../diagnostics/system-error.js";
import { openPlace, PlaceTaken, type Place } from "./place.js";

/** How much may wait for the disk before the tracer does, in bytes. */
const WAITING = 1024 * 1024;

export class PartFile {
  /** Why it cannot be written any more. */
  private failure: Error | undefined;
  private isSettled = false;
  /** Whether all of it is written, wherever it stands. */
  isWhole = false;
  /** Whether it is written and has no name: someone gave that to another file. */
  isNameless = false;

  private constructor(
    readonly path: string,
    private readonly place: Place,
    readonly stream: WriteStream,
  ) {
    stream.on("error", (error) => this.fail(error));
  }

  /** Throws a `CliError` where there can be no such file. */
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

  /** All has been given to its stream. Whether it has its name now. */
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

  /** Why it could not be written; `hint`: what became of what should have been. */
  error(hint: string): CliError {
    return new CliError(`cannot write ${this.path}: ${reason(this.failure)}`, EXIT.tracerFailed, hint);
  }

  /** Says what is left of it, where that is something. */
  async remains(): Promise<string> {
    if (this.isNameless) return "nothing of it is left";
    if (this.stream.bytesWritten > 0) return this.whereabouts;
    await this.cut(0);
    return "nothing of it was written";
  }

  /** No more of it is left than so many bytes; nothing, where that is none. */
  async cut(length: number): Promise<void> {
    if (length === 0) await this.place.drop();
    else await this.place.cut(length);
  }

  /** All that was written, also where it is nameless. */
  pieces(): AsyncIterable<Uint8Array> {
    return this.place.pieces();
  }

  /** Nothing is left of it, unless it has been settled. */
  async discard(): Promise<void> {
    this.stream.destroy();
    if (!this.isSettled) await this.place.drop();
    // Not under a write that goes on.
    const close = (): void => void this.place.close();
    if (this.stream.closed) close();
    else this.stream.once("close", close);
  }
}

/** A stream into the open file, which stays open when the stream ends: its mode and its name come after. */
function streamOf({
  descriptor,
}: Place): NonNullable<Exclude<Parameters<typeof createWriteStream>[1], string>> {
  return {
    fd: descriptor,
    fs: { write, writev, close: (_, done) => done?.(null) },
  };
}
