/** Unpacks a stream so that all which comes before an error comes out: a stream's own reader drops it. */
import type { Readable } from "node:stream";
import type { Gunzip } from "node:zlib";

/** Beyond this the file waits. */
const MOST_WAITING = 16;

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
