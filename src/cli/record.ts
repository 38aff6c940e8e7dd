/** `--record FILE`: keeps what the tracer prints, beside showing it. */
import { headerOf, type RunFacts } from "../recording/header.js";
import { RecordingWriter } from "../recording/writer.js";
import type { Summary } from "../runtime/tracer.js";
import { escapeText } from "../view/escape.js";
import { reason, type Flags } from "./input.js";
import { Sink } from "./sink.js";

export interface ActiveRecording {
  readonly writer: RecordingWriter;
  /** Throws a `CliError`: it could not be written whole. */
  end(summary: Summary): Promise<void>;
  discard(): Promise<void>;
}

export async function startRecord(facts: RunFacts, flags: Flags): Promise<ActiveRecording | undefined> {
  if (typeof flags.record !== "string") return undefined;
  const path = flags.record;
  const sink = await Sink.open(path, path.endsWith(".gz"));
  // The results are worth having all the same.
  sink.onFailure = (error) =>
    process.stderr.write(
      `warning: ${escapeText(`cannot write ${path}: ${reason(error)}; the trace goes on`)}\n`,
    );
  const writer = new RecordingWriter(sink.stream, headerOf(facts));
  let isKept = false;
  return {
    writer,
    async end({ ended, events, lost, damaged, elapsed, failure }) {
      isKept = true;
      writer.end({ ended, events, lost, damaged, elapsed, ...(failure ? { failure: failure.message } : {}) });
      await sink.close(true);
    },
    async discard() {
      if (!isKept) await sink.discard();
    },
  };
}
