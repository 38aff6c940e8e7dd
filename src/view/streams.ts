/** Where results are written. */
import type { Writable } from "node:stream";

/** A stream that may be a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Who reads it sees nothing of what is told beside it. */
  readonly isFile?: boolean;
};
