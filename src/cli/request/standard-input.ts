/** Reads a query from stdin: `-`. */
import { readSync } from "node:fs";
import { reason } from "../../diagnostics/system-error.js";
import { CliError } from "../failure.js";

const PIECE = 64 * 1024;
/** The interval between attempts to read a non-blocking stdin, in milliseconds. */
const PAUSE = 20;

/** Reads all of stdin, up to a limit in bytes; on a terminal, up to Ctrl-D. Throws a `CliError`. */
export function readStandardInput(most: number): string {
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const piece = readPiece();
    if (piece === undefined) continue;
    if (piece.length === 0) return Buffer.concat(pieces).toString("utf8");
    length += piece.length;
    if (length > most) throw new CliError("what standard input has is too large to be queries");
    pieces.push(piece);
  }
}

/** Reads a chunk: empty at the end of the input, undefined if none is available yet. */
function readPiece(): Buffer | undefined {
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    return piece.subarray(0, readSync(0, piece));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EOF") return piece.subarray(0, 0);
    if (code !== "EAGAIN") throw new CliError(`cannot read standard input: ${reason(error)}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    return undefined;
  }
}
