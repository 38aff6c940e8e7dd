/** The interface of a decoder of a tracer's output: lines in, events out. */
import type { ResultEvent } from "../results/events.js";
import { shorten } from "../results/bytes.js";
import type { Line } from "../results/lines.js";
import type { CodeMessage } from "./code-messages.js";
import type { ProcessNames } from "./stack-names.js";

export interface DecodeOptions extends ProcessNames {
  /** The version of the tracer: versions print map keys differently. */
  readonly version?: string;
  /** The script has confirmed its stop signal. */
  readonly onStopped?: () => void;
  readonly onCode?: (told: CodeMessage) => void;
}

/** Converts a tracer's output to events, a line at a time. */
export interface LineDecoder {
  /** Called when all probes are attached, at `nsecs` since boot. */
  attached(nsecs: bigint): void;
  /** Called when the process that is traced had ended, at `nsecs` since boot. */
  tracedUntil(nsecs: bigint): void;
  read(line: Line): ResultEvent[];
  /** Returns the remaining events at the end of the stream. `isWhole`: the tracer printed everything and exited normally. */
  end(isWhole: boolean): ResultEvent[];
}

/** Reports a line that cannot be read. */
export function damaged(line: string, why: string): ResultEvent {
  return { kind: "damaged", line: shorten(line), why };
}
