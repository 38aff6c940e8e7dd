/** A stream of bytes as lines, without ever holding more than the longest. */

/** A line may be a whole map; longer than this is no map that could be shown. */
const LIMIT = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Yields each line without its newline, the last also when it has none. Of a line over the limit
 * only the beginning is kept, which its reader will find cut.
 */
export async function* splitLines(stream: AsyncIterable<Uint8Array>, limit = LIMIT): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts);
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length && length < limit) {
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
    }
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
