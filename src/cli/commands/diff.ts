/** `faultline diff BEFORE AFTER`: shows the changes from one recording to another. */
import { comparedKeys, Totals } from "../../compare/totals.js";
import { measuresOf } from "../../compare/measures.js";
import { comparisonPlan, differences, differencesEvent } from "../../compare/differences.js";
import type { Result, ResultColumn } from "../../plan/plan.js";
import { namesOf } from "../../recording/header.js";
import type { Played, Recording } from "../../recording/replay.js";
import { DifferenceChart } from "../../compare/difference-chart.js";
import { formatDuration } from "../../view/value/format-value.js";
import type { Message } from "../../results/events.js";
import { warningOf } from "../../results/shortfall.js";
import { partialText } from "../../view/partial.js";
import { formatRow } from "../../view/formats.js";
import { createView } from "../../view/view.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, text, wholeNumber, type OptionValues } from "../request/options.js";
import { format, output } from "../request/output-options.js";
import { CliError, reportFailure } from "../failure.js";
import { formatOf } from "../output/format.js";
import { openRecording, report } from "./replay.js";
import { Sink } from "../output/sink.js";

const options = {
  output,
  format,
  by: text("--by <keys>", "text", "only by these of the query's keys: comm,pid"),
  top: wholeNumber("--top <n>", "show only the n largest changes"),
};

export const diffCommand = defineCommand({
  arguments: [
    argument("<before>", "recording", "a recording"),
    argument("<after>", "recording", "a recording of the same query"),
  ],
  options,
  action: ([before, after], values) => diff(before, after, values),
});

async function diff(before: string, after: string, values: OptionValues<typeof options>): Promise<number> {
  const format = formatOf(values);
  const gap = formatRow(format).comparisonGap;
  if (gap !== undefined) throw new CliError(gap, EXIT.usage, "use -o x.svg, .html, .csv or .json");
  const a = await openRecording(before);
  const b = await openRecording(after);
  const { results } = a.recording.header.plan;
  checkSame(results, b.recording.header.plan.results);
  const keys = results.map((result) => keysOf(result, values.by));
  const first = await totalsOf(a.recording, keys);
  const second = await totalsOf(b.recording, keys);

  const plan = comparisonPlan(results, keys);
  const sink = await Sink.open(values.output);
  try {
    const { header } = b.recording;
    const view = createView(format, plan, { out: sink.stream, err: process.stderr }, namesOf(header), {
      clock: b.recording.clock,
      about: { query: `${header.query}: ${before} → ${after}`, kernel: header.kernel.release },
      chart: (result, context) =>
        result.kind === "groups" ? new DifferenceChart(result, context) : undefined,
    });
    const notice = unequal(first.played, second.played);
    if (notice !== undefined) await view.event({ kind: "message", level: "warning", text: notice });
    for (const [side, { messages }] of Object.entries({ before: first, after: second }))
      for (const message of messages) await view.event({ ...message, text: `${side}: ${message.text}` });
    const all = results.flatMap((result, i) =>
      differences(result, first.totals[i] as Totals, second.totals[i] as Totals, values.top),
    );
    for (const [i, groups] of all.entries()) await view.event(differencesEvent(i, groups));
    const sum = (name: "lost" | "damaged"): number => first.played[name] + second.played[name];
    const fault = await sink.finish(view, { lost: sum("lost"), damaged: sum("damaged") });
    if (fault) return reportFailure(fault);
  } finally {
    await sink.discard();
  }
  return Math.max(report(a.path, first.played), report(b.path, second.played));
}

interface Whole {
  readonly totals: readonly Totals[];
  readonly played: Played;
  /** The messages that came with the results. */
  readonly messages: readonly Message[];
}

async function totalsOf(recording: Recording, keys: readonly (readonly ResultColumn[])[]): Promise<Whole> {
  const { header } = recording;
  const messages: Message[] = [];
  const totals = header.plan.results.map((result, i) => {
    // The columns of this recording, with the names of the other's.
    const own = comparedKeys(result).filter(({ label }) => keys[i]?.some((key) => key.label === label));
    return new Totals(result, own, namesOf(header));
  });
  const played = await recording.play({
    onEvent: (event) => {
      if (event.kind === "row" || event.kind === "groups") totals[event.result]?.add(event);
      else if (event.kind === "message") messages.push(inComparison(event, header.plan.results));
    },
  });
  const failure = played.end?.failure;
  if (failure !== undefined) messages.push(warningOf(`the run failed: ${failure}`));
  if (played.problemCount > 0)
    messages.push(warningOf("the recording is not whole: only its readable part is compared"));
  for (const [i, { partial }] of totals.entries()) {
    const what = partial && partialText(partial);
    if (what !== undefined)
      messages.push(
        warningOf(
          `the last interval of \`${header.plan.results[i]?.query ?? ""}\` is ${what}: sums include it`,
        ),
      );
  }
  return { totals, played, messages };
}

/** Returns the message about the first comparison of its result. */
function inComparison(message: Message, results: readonly Result[]): Message {
  const { shortfall } = message;
  if (shortfall?.result === undefined) return message;
  const first = results.slice(0, shortfall.result).flatMap(measuresOf).length;
  return { ...message, shortfall: { ...shortfall, result: first } };
}

function keysOf(result: Result, by: string | undefined): readonly ResultColumn[] {
  const all = comparedKeys(result);
  if (by === undefined) return all;
  const wanted = by.split(",").map((each) => each.trim()).filter((each) => each !== ""); // prettier-ignore
  const unknown = wanted.find((label) => !all.some((key) => key.label === label));
  if (unknown !== undefined)
    throw new CliError(
      `\`${result.query}\` is not by \`${unknown}\``,
      EXIT.usage,
      all.length === 0 ? undefined : `it is by ${all.map(({ label }) => label).join(", ")}`,
    );
  return all.filter(({ label }) => wanted.includes(label));
}

/** Results of the same query have the same columns; the kernels and probes may differ. */
function checkSame(a: readonly Result[], b: readonly Result[]): void {
  const shape = (results: readonly Result[]): string =>
    results
      .map((result) =>
        [
          result.kind,
          ...comparedKeys(result).map(({ label, type }) => `${label} ${type.kind}`),
          ...("aggregates" in result ? result.aggregates.map(({ label }) => label) : []),
        ].join(),
      )
      .join(";");
  if (shape(a) !== shape(b))
    throw new CliError(
      `these recordings answer different questions: \`${queries(a)}\` and \`${queries(b)}\``,
      EXIT.usage,
    );
}

function queries(results: readonly Result[]): string {
  return results.map(({ query }) => query).join("; ");
}

/** Reports runs of different lengths; their counts are not scaled. */
function unequal(a: Played, b: Played): string | undefined {
  const [x, y] = [a.end?.elapsed ?? 0, b.end?.elapsed ?? 0];
  if (x === 0 || y === 0 || Math.abs(x - y) < 0.1 * Math.max(x, y)) return undefined;
  const time = (milliseconds: number): string => formatDuration(Math.round(milliseconds) * 1e6);
  return `before ran for ${time(x)} and after for ${time(y)}: the numbers are not scaled`;
}
