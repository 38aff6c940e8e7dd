/** A file that may run out of room. What it does not take is kept: it is the last of the results, and shown otherwise. */
import type { WriteStream } from "node:fs";
import { finished, Writable } from "node:stream";

export class RoomyFile extends Writable {
  readonly isFile = true;
  /** How many bytes the file has, to where a piece ends. */
  written = 0;
  /** The pieces that come after them. */
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

  /** It always ends well; whether the file did is told by the file. */
  override _final(done: () => void): void {
    finished(this.file, () => done());
    this.file.end();
  }
}
