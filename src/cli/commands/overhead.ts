/** `faultline overhead`: measures what a query costs a command, by running it with and without the query. */
import { checkMachine } from "../../run/machine.js";
import { findTracer } from "../../tracers/runners.js";
import { measureOverhead, type Measurement } from "../../overhead/overhead.js";
import { calibratedTracer, machineCosts } from "../../overhead/calibration-file.js";
import { firstInstructions } from "../../symbols/first-instruction.js";
import { jsonText, tableText } from "../../overhead/report.js";
import { procGap } from "../../run/proc-gap.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, flag, wholeNumber, type OptionValues } from "../request/options.js";
import { tableOrJson } from "../request/output-options.js";
import { targetOptions, toolOptions } from "../request/query-options.js";
import { CliError } from "../failure.js";
import { compileFor, targetKernel } from "../request/target-kernel.js";
import { clearProgress, measuring, say, showProgress } from "../output/measuring.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest } from "../request/request.js";

const DEFAULT_PAIRS = 5;

const options = {
  ...targetOptions,
  ...toolOptions,
  pid: wholeNumber("-p, --pid <pid>", "trace only this process (default: all)"),
  pairs: wholeNumber("--pairs <n>", `how many times with and without (default: ${DEFAULT_PAIRS})`),
  format: tableOrJson,
  calibrate: flag(
    "--calibrate",
    "without a query: measure what events cost on this machine, for explain and for what is said before a trace",
  ),
};

export const overheadCommand = defineCommand({
  arguments: [
    argument("[query]", "query", "a query, a .fl file, or the name of a tool"),
    argument("[command...]", "command", "after `--`; its output is dropped"),
  ],
  options,
  async action([query, command], values) {
    if (values.calibrate !== true) return overhead(query, command, values);
    if (query !== undefined)
      throw new CliError(
        "`--calibrate` measures what it knows, not a query",
        EXIT.usage,
        "leave out one of them",
      );
    const { calibrateMachine } = await import("./calibrate.js");
    return calibrateMachine(values);
  },
});

async function overhead(
  query: string | undefined,
  command: readonly string[],
  values: OptionValues<typeof options>,
): Promise<number> {
  const { format, pid, pairs = DEFAULT_PAIRS } = values;
  if (query === undefined || command.length === 0)
    throw new CliError(
      `there is no ${query === undefined ? "query" : "command"}`,
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

  const { script } = compiled;
  return measuring(async (signal) => {
    const measured = await measureOverhead(script, command, {
      tracer,
      pairs,
      signal,
      onStep: (done, of) => showProgress(`run ${done} of ${of}`),
      onWarning: say,
    });
    clearProgress();
    report(measured);
    const machine = machineCosts({
      kernel: target.kernel.release,
      tracer: calibratedTracer(tracer.runner.title, tracer.version),
    });
    if (machine.note !== undefined) say(machine.note);
    const context = { costs: machine.costs, firstInstruction: firstInstructions() };
    if (measured.pairs.length > 0 || measured.programs.length > 0)
      process.stdout.write(
        format === "json" ? jsonText(measured, context, query, command) : tableText(measured, context),
      );
    return EXIT.done;
  });
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
