/** How what a tracer prints is read: lines in, events out. */
import type { ResultEvent } from "../results/events.js";
import type { Line } from "../results/lines.js";
import type { CodeMessage } from "./code-messages.js";
import type { NameStack } from "./stack-names.js";

export interface DecodeOptions {
  /** Of the tracer: the keys of maps are printed differently. */
  readonly version?: string;
  /** For the frames that the tracer could not name. */
  readonly nameStack?: NameStack;
  readonly onCode?: (told: CodeMessage) => void;
}

/** Turns what a tracer prints into events, a line at a time. */
export interface LineDecoder {
  /** All probes are attached. `nsecs`: since boot. */
  attached(nsecs: bigint): void;
  read(line: Line): ResultEvent[];
  /** What is left when the stream ends. `isWhole`: the tracer printed all that it had, and ended in order. */
  end(isWhole: boolean): ResultEvent[];
}
