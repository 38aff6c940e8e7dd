/** The streams that results are written to. */
import type { Writable } from "node:stream";

/** A stream that may be a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Whether it is a file, whose reader does not see the messages on stderr. */
  readonly isFile?: boolean;
};
