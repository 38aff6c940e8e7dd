/** A file whose disk may become full. What cannot be written is kept and printed instead: it is the end of the results. */
import type { WriteStream } from "node:fs";
import { finished, Writable } from "node:stream";

export class RoomyFile extends Writable {
  readonly isFile = true;
  /** The number of bytes in the file, up to the end of a chunk. */
  written = 0;
  /** The chunks that could not be written. */
  readonly rest: Buffer[] = [];

  constructor(private readonly file: WriteStream) {
    super({ highWaterMark: file.writableHighWaterMark });
  }

  override _write(piece: Buffer, _: BufferEncoding, done: () => void): void {
    this.file.write(piece, (error) => {
      if (error) this.rest.push(piece);
      else this.written += piece.length;
      done();
    });
  }

  /** The stream always finishes without an error; the file reports whether it failed. */
  override _final(done: () => void): void {
    finished(this.file, () => done());
    this.file.end();
  }
}
