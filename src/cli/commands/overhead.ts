/** `faultline overhead`: measures what a query costs a command, by running it with and without the query. */
import { checkMachine } from "../../run/machine.js";
import { findTracer } from "../../tracers/runners.js";
import {
  measureOverhead,
  spreadOf,
  type Measurement,
  type Pair,
  type Spread,
} from "../../overhead/overhead.js";
import { procGap } from "../../run/proc-gap.js";
import { escapeText, jsonDocument } from "../../view/value/escape.js";
import { formatDuration } from "../../view/value/format-value.js";
import { layOut } from "../../view/table/layout.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, wholeNumber, type OptionValues } from "../request/options.js";
import { tableOrJson } from "../request/output-options.js";
import { targetOptions, toolOptions } from "../request/query-options.js";
import { CliError } from "../failure.js";
import { compileFor, targetKernel } from "../request/target-kernel.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest } from "../request/request.js";

const DEFAULT_PAIRS = 5;

const options = {
  ...targetOptions,
  ...toolOptions,
  pid: wholeNumber("-p, --pid <pid>", "trace only this process (default: all)"),
  pairs: wholeNumber("--pairs <n>", `how many times with and without (default: ${DEFAULT_PAIRS})`),
  format: tableOrJson,
};

export const overheadCommand = defineCommand({
  arguments: [
    argument("<query>", "query", "a query, a .fl file, or the name of a tool"),
    argument("<command...>", "command", "after `--`; its output is dropped"),
  ],
  options,
  action: ([query, command], values) => overhead(query, command, values),
});

async function overhead(
  query: string,
  command: readonly string[],
  values: OptionValues<typeof options>,
): Promise<number> {
  const { format, pid, pairs = DEFAULT_PAIRS } = values;
  if (command.length === 0)
    throw new CliError(
      "there is no command",
      EXIT.usage,
      "for example: faultline overhead 'faults by comm' -- ls -R /usr",
    );
  const request = readRequest([query], values);
  const target = await targetKernel(values.kernel);
  const compile = (version?: string): ReturnType<typeof compileFor> =>
    compileFor(target, request.text, {
      ...request.options,
      form: "stream",
      ...(version === undefined ? {} : { version }),
      ...(pid === undefined ? {} : { process: { pid, followed: false } }),
    });

  // Errors in the query are reported before the machine is checked.
  const draft = compile();
  if (!draft.script || !draft.plan) {
    await printDiagnostics(draft.diagnostics);
    return draft.unavailable ? EXIT.machineCannot : EXIT.usage;
  }
  if (
    draft.plan.duration !== undefined ||
    draft.plan.results.some((each) => "limit" in each && each.limit !== undefined)
  )
    throw new CliError(
      "the query ends by itself, and is measured as long as the command runs",
      EXIT.usage,
      "leave out `for`, and `top` of a `show`",
    );
  const gap = procGap();
  if (gap) throw gap;
  const tracer = await findTracer();
  checkMachine(tracer, draft.plan);
  const compiled = compile(tracer.version);
  await printDiagnostics(compiled.diagnostics);
  if (!compiled.script) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;

  const ending = new AbortController();
  const stop = (): void => ending.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    const measured = await measureOverhead(compiled.script, command, {
      tracer,
      pairs,
      signal: ending.signal,
      onStep: showProgress,
      onWarning: say,
    });
    clearProgress();
    report(measured);
    if (measured.pairs.length > 0 || measured.programs.length > 0)
      process.stdout.write(format === "json" ? jsonText(measured, query, command) : tableText(measured));
    return EXIT.done;
  } finally {
    clearProgress();
    for (const signal of signals) process.off(signal, stop);
  }
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Krun ${done} of ${of}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

function say(text: string): void {
  clearProgress();
  process.stderr.write(`warning: ${escapeText(text)}\n`);
}

/** Notes on the limits of the figures. */
function report({ pairs, programs, isPartial, failures, lost }: Measurement): void {
  for (const [how, runs] of failures) say(`the command ${how} in ${runs} run${runs === 1 ? "" : "s"}`);
  if (lost > 0) say(`${lost} events were lost because they came too fast`);
  if (isPartial) say(`ended after ${pairs.length} pair${pairs.length === 1 ? "" : "s"}`);
  if (programs.length === 0 && !isPartial)
    say(
      "no figures of single probes: they did not run, the kernel does not keep them, or another program switched them off meanwhile (kernel.bpf_stats_enabled)",
    );
}

interface CostRow {
  readonly what: "wall" | "cpu";
  readonly without: Spread;
  readonly with: Spread;
  readonly ratio: Spread | undefined;
}

function rowsOf(pairs: readonly Pair[]): CostRow[] {
  return (["wall", "cpu"] as const).flatMap((what) => {
    const without = spreadOf(pairs.map((pair) => pair.without[what]));
    const withIt = spreadOf(pairs.map((pair) => pair.with[what]));
    // A time too short to measure has no ratio.
    const ratio = spreadOf(
      pairs.filter((pair) => pair.without[what] > 0).map((pair) => pair.with[what] / pair.without[what]),
    );
    return without && withIt ? [{ what, without, with: withIt, ratio }] : [];
  });
}

function tableText(measured: Measurement): string {
  const rows = rowsOf(measured.pairs);
  const times = layOut(
    [
      { label: `median of ${measured.pairs.length}`, right: false },
      { label: "without", right: true },
      { label: "with", right: true },
      { label: "ratio", right: true },
      { label: "least to most", right: false },
    ],
    rows.map((row) => [
      row.what === "wall" ? "wall time" : "CPU time",
      formatDuration(row.without.median * 1e9),
      formatDuration(row.with.median * 1e9),
      row.ratio?.median.toFixed(3) ?? "-",
      row.ratio ? `${row.ratio.least.toFixed(3)} to ${row.ratio.most.toFixed(3)}` : "-",
    ]),
    (text) => text,
  );
  return `${rows.length > 0 ? times : ""}${probesText(measured)}`;
}

function probesText({ programs }: Measurement): string {
  const { runs, nanoseconds } = totalOf({ programs });
  if (runs === 0) return "";
  const parts = programs.map((each) => `  ${each.runs} × ${formatDuration(each.nanoseconds / each.runs)}`);
  return `probes ran ${runs} times, ${formatDuration(nanoseconds / runs)} each, ${formatDuration(nanoseconds)} in all${programs.length > 1 ? `:\n${parts.join("\n")}` : ""}\n`;
}

function totalOf({ programs }: Pick<Measurement, "programs">): { runs: number; nanoseconds: number } {
  return {
    runs: programs.reduce((sum, each) => sum + each.runs, 0),
    nanoseconds: programs.reduce((sum, each) => sum + each.nanoseconds, 0),
  };
}

/** Times in seconds; those of probes in nanoseconds. */
function jsonText(measured: Measurement, query: string, command: readonly string[]): string {
  const { runs, nanoseconds } = totalOf(measured);
  const figures = Object.fromEntries(
    rowsOf(measured.pairs).map(({ what, without, with: withIt, ratio }) => [
      what,
      { without: without.median, with: withIt.median, ratio: ratio ?? null },
    ]),
  );
  return jsonDocument({
    query,
    command,
    ...figures,
    probes: { runs, nanosecondsEach: runs === 0 ? null : nanoseconds / runs, programs: measured.programs },
    lost: measured.lost,
    failures: Object.fromEntries(measured.failures),
    pairs: measured.pairs.map((pair) => ({
      first: pair.first,
      without: { wall: pair.without.wall, cpu: pair.without.cpu },
      with: { wall: pair.with.wall, cpu: pair.with.cpu },
    })),
  });
}
