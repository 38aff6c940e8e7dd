/** `faultline replay`: shows a recording again, in any format, on any machine. */
import { andMore } from "../../few.js";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../diagnostics/suggest.js";
import { streamNamed } from "../../files/untrusted-file.js";
import type { RecordingHeader } from "../../recording/format.js";
import { namesOf } from "../../recording/header.js";
import { Recording, RecordingError, type Played } from "../../recording/replay.js";
import { LARGEST_RECORDING, recordingBytes } from "../../recording/unpack.js";
import { ownFault, type TracerError } from "../../tracers/tracer-error.js";
import { escapeText } from "../../view/value/escape.js";
import type { About } from "../../view/types.js";
import { createView } from "../../view/view.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, TypedOption, type OptionValues } from "../request/options.js";
import { format, output } from "../request/output-options.js";
import { all, scroll } from "../request/query-options.js";
import { CliError, reportFailure } from "../failure.js";
import { checkFits, formatOf } from "../output/format.js";
import { reason } from "../../diagnostics/system-error.js";
import { liveView } from "../output/choose-live.js";
import { packageFile } from "../package-files.js";
import { listenForEnd } from "../signals.js";
import { Sink } from "../output/sink.js";
import { greatest } from "../../lists.js";

const options = {
  output,
  format,
  speed: speedOption(),
  scroll,
  all,
};

export const replayCommand = defineCommand({
  arguments: [
    argument(
      "[recording]",
      "recording",
      "a file that `run --record` made, or the name of one that comes with faultline",
    ),
  ],
  options,
  action: ([what], values) => (what === undefined ? list() : replay(what, values)),
});

async function replay(what: string, values: OptionValues<typeof options>): Promise<number> {
  const format = formatOf(values);
  const speed = speedOf(values.speed);
  const { path, recording } = await openRecording(what);
  checkFits(format, recording.header.plan);
  const sink = await Sink.open(values.output);
  const ending = listenForEnd();
  const gone = new AbortController();
  sink.target.on("error", () => gone.abort());
  const { header } = recording;
  // A replay at full speed has no live view.
  const live = speed === undefined ? undefined : liveView(format, header.plan, values);
  const streams = { out: sink.stream, err: process.stderr, ...(live ? { live } : {}) };
  const view = createView(format, header.plan, streams, namesOf(header), {
    clock: recording.clock,
    about: aboutOf(header),
    showsAll: values.all === true,
  });
  try {
    live?.begin();
    let played: Played | undefined;
    let fault: TracerError | undefined;
    try {
      played = await recording.play({
        onEvent: (event) => view.event(event),
        signal: AbortSignal.any([ending.asked, ending.broke, gone.signal]),
        ...(speed === undefined ? {} : { speed }),
      });
    } catch (error) {
      fault = ownFault(error);
    }
    if (ending.broke.aborted) fault ??= ownFault(ending.broke.reason);
    const ended = played?.end?.ended ?? (ending.asked.aborted ? "interrupted" : "cut off");
    const counts = played ?? { lost: 0, damaged: 0 };
    const summary = { ...counts, ended: fault ? "failed" : ended, elapsed: played?.end?.elapsed ?? 0 };
    const last = await sink.finish(view, summary);
    fault ??= last;
    return fault || !played ? reportFailure(fault) : report(path, played);
  } finally {
    live?.end();
    ending.release();
    await sink.discard();
  }
}

function aboutOf({ query, explanation, script, started, kernel, tracer }: RecordingHeader): About {
  return {
    query,
    script: script.ran,
    started,
    kernel: kernel.release,
    tracer: `${tracer.name} ${tracer.version}`,
    ...(explanation === undefined ? {} : { explanation }),
  };
}

/** Opens a recording. Throws a `CliError` that names the file. */
export async function openRecording(what: string): Promise<{ path: string; recording: Recording }> {
  const path = find(what);
  try {
    return { path, recording: await Recording.open(open(path)) };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new CliError(`${path}: ${error.message}`, error.exitCode);
  }
}

/** Reports problems of the recording and returns the exit status. */
export function report(path: string, { problems, problemCount, end }: Played): number {
  for (const { line, byte, why } of problems)
    process.stderr.write(`faultline: ${escapeText(`${path}: line ${line} (byte ${byte}): ${why}`)}\n`);
  if (problemCount > problems.length)
    process.stderr.write(
      `faultline: ${escapeText(path)}: ${andMore(problemCount - problems.length, "lines")}\n`,
    );
  if (problemCount > 0) {
    process.stderr.write("what is whole has been shown\n");
    return EXIT.usage;
  }
  if (end?.failure !== undefined)
    process.stderr.write(`the run that was recorded failed: ${escapeText(end.failure)}\n`);
  return EXIT.done;
}

function speedOption(): TypedOption<string> {
  return new TypedOption<string>("--speed <speed>", "real, max, or how many times as fast as it was", [
    "real",
    "max",
  ]).default("max");
}

/** `real` is the original speed, `max` is as fast as possible, and a number is a factor. */
function speedOf(given: string): number | undefined {
  if (given === "max") return undefined;
  if (given === "real") return 1;
  const speed = /^\d{1,6}(\.\d{1,6})?$/.test(given) ? Number(given) : 0;
  if (speed > 0) return speed;
  throw new CliError(`--speed is real, max or a number more than 0, not \`${given}\``);
}

const ENDING = /\.flrec(?:\.gz)?$/;

export function bundled(): ReadonlyMap<string, string> {
  const folder = packageFile("recordings");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => ENDING.test(name)) : [];
  return new Map(files.sort().map((name) => [name.replace(ENDING, ""), join(folder, name)]));
}

/** A file, or the name of a packaged recording. */
function find(what: string): string {
  if (existsSync(what) || what.includes("/") || ENDING.test(what)) return what;
  const known = bundled();
  const found = known.get(what);
  if (found !== undefined) return found;
  throw new CliError(
    `there is no recording \`${what}\``,
    EXIT.usage,
    known.size === 0
      ? "name a file that `--record` made"
      : (didYouMean(what, [...known.keys()]) ??
          `there are ${[...known.keys()].join(", ")}; or name a file that \`--record\` made`),
  );
}

function open(path: string): AsyncIterable<Uint8Array> {
  try {
    return recordingBytes(streamNamed(path, { largest: LARGEST_RECORDING }));
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${reason(error)}`);
  }
}

async function list(): Promise<number> {
  const lines: (readonly [string, string])[] = [];
  for (const [name, path] of bundled()) {
    const { header } = await Recording.open(open(path));
    lines.push([
      name,
      `${header.query}  (kernel ${header.kernel.release}, ${header.tracer.name} ${header.tracer.version})`,
    ]);
  }
  const wide = greatest(
    lines.map(([name]) => name.length),
    0,
  );
  for (const [name, about] of lines) process.stdout.write(`${name.padEnd(wide)}  ${escapeText(about)}\n`);
  if (lines.length === 0) process.stderr.write("no recordings come with this package\n");
  return EXIT.done;
}
