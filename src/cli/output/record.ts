/** `--record FILE`: records the tracer's output while showing it. */
import { constants, createGzip, type Gzip } from "node:zlib";
import { headerOf, type RunFacts } from "../../recording/header.js";
import { RecordingWriter } from "../../recording/writer.js";
import type { Summary } from "../../run/run.js";
import { ownFault, type TracerError } from "../../tracers/tracer-error.js";
import { escapeText } from "../../view/value/escape.js";
import { reason } from "../../diagnostics/system-error.js";
import { PartFile } from "./part-file.js";

/** The longest period, in milliseconds, that is lost when a compressed recording is cut off. */
const FLUSH_EVERY = 1000;

export interface ActiveRecording {
  readonly writer: RecordingWriter;
  /** Closes the recording and returns the error that it ends with. Throws a `CliError` if it could not be written. */
  end(summary: Summary): Promise<TracerError | undefined>;
  discard(): Promise<void>;
}

export async function startRecord(
  facts: RunFacts,
  path: string | undefined,
): Promise<ActiveRecording | undefined> {
  if (path === undefined) return undefined;
  // Tracing goes on after such an error: the results are still useful.
  const file = await PartFile.open(path);
  file.stream.once("error", (error) =>
    process.stderr.write(
      `warning: ${escapeText(`cannot write ${path}: ${reason(error)}; the trace goes on`)}\n`,
    ),
  );
  const gzip = path.endsWith(".gz") ? packInto(file) : undefined;
  const stream = gzip ?? file.stream;
  const writer = new RecordingWriter(stream, headerOf(facts));
  return {
    writer,
    async end({ ended, events, lost, damaged, elapsed, failure, isWhole }) {
      let fault: TracerError | undefined;
      try {
        writer.end({
          ended,
          events,
          lost,
          damaged,
          elapsed,
          isWhole,
          ...(failure ? { failure: failure.message } : {}),
        });
      } catch (error) {
        // A recording without an end can be replayed, too.
        process.stderr.write(`warning: ${escapeText(path)} is incomplete\n`);
        fault = ownFault(error);
      }
      stream.end();
      if (!(await file.settle())) throw file.error(await file.remains());
      return fault;
    },
    async discard() {
      gzip?.destroy();
      await file.discard();
    },
  };
}

function packInto(file: PartFile): Gzip {
  const gzip = createGzip();
  const flushing = setInterval(() => gzip.flush(constants.Z_SYNC_FLUSH), FLUSH_EVERY);
  flushing.unref();
  gzip.on("error", (error) => file.stream.destroy(error)).on("close", () => clearInterval(flushing));
  gzip.pipe(file.stream);
  return gzip;
}
