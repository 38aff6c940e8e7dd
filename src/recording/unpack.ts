/** The bytes of a recording, packed or not. */
import { Readable } from "node:stream";
import { constants, createGunzip, type Gunzip } from "node:zlib";

/** In bytes, also unpacked: more than any run prints. */
export const LARGEST_RECORDING = 64 * 1024 ** 3;

/** Of a file or of a pipe, which is read once and cannot be looked into before. */
export async function* recordingBytes(
  stream: Readable,
  largest = LARGEST_RECORDING,
): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let start = Buffer.alloc(0);
  while (start.length < GZIP.length) {
    const { value, done } = await chunks.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  const isPacked = start.subarray(0, GZIP.length).equals(GZIP);
  // A file that is cut off is not refused as a whole.
  const gunzip = (): Gunzip => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  let length = 0;
  try {
    for await (const chunk of isPacked ? unpacked(Readable.from(all()), gunzip()) : all()) {
      length += chunk.length;
      if (length > largest) throw new Error("it is larger than any recording");
      yield chunk;
    }
  } finally {
    stream.destroy();
  }
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Beyond this the file waits. */
const MOST_WAITING = 16;

/** Unpacks a stream so that all which comes before an error comes out: a stream's own reader drops it. */
export async function* unpacked(packed: Readable, gunzip: Gunzip): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let failure: Error | undefined;
  let isOver = false;
  let wake: () => void = () => undefined;
  const over = (error?: Error): void => {
    failure ??= error;
    isOver = true;
    wake();
  };
  packed.on("error", over);
  gunzip.on("error", over).on("end", () => over());
  gunzip.on("data", (chunk: Uint8Array) => {
    waiting.push(chunk);
    if (waiting.length >= MOST_WAITING) gunzip.pause();
    wake();
  });
  packed.pipe(gunzip);
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk) {
        yield chunk;
        if (waiting.length < MOST_WAITING / 2) gunzip.resume();
      } else if (isOver) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
  if (failure) throw failure;
}
