/** `faultline explain`: what a query means, which probes it uses and why, and what it costs. */
import { backEnds, type Kernel } from "../../index.js";
import { possibleCpus, USUAL_CPUS } from "../../run/possible-cpus.js";
import { backEndNamed, DEFAULT_BACK_END } from "../../tracers/registry.js";
import type { Attempt } from "../../explain/back-ends.js";
import { explain, type OtherTarget } from "../../explain/explain.js";
import { renderExplanation } from "../../explain/render-text.js";
import { firstInstructions } from "../../symbols/first-instruction.js";
import { calibratedTracer, machineCosts } from "../../overhead/calibration-file.js";
import { escapeText, jsonDocument } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { optionalText, type OptionValues } from "../request/options.js";
import { textOrJson } from "../request/output-options.js";
import { optionalQueryArgument, queryOptions, type AskedVersions } from "../request/query-options.js";
import { compileFor, targetKernel, type TargetKernel } from "../request/target-kernel.js";
import { compileElsewhere, whyNot } from "../request/other-targets.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest, type Request } from "../request/request.js";
import { targetVersion } from "../request/versions.js";
import { textStyle } from "../output/terminal.js";

export const explainCommand = defineCommand({
  arguments: [optionalQueryArgument],
  options: {
    ...queryOptions,
    format: textOrJson,
    concept: optionalText(
      "--concept [name]",
      "concept",
      "a lesson on one of the concepts of BPF; without a name, which there are",
    ),
  },
  allowsUnknownOptions: true,
  async action([what], values) {
    if (values.concept === undefined) return explainQuery(what, values, values.format === "json");
    const { showConcept, showConcepts } = await import("./explain-concept.js");
    // Further words of the name, as in `--concept raw tracepoint`.
    return values.concept === true
      ? showConcepts(values.format === "json")
      : showConcept([values.concept, ...what].join(" "), values.format === "json");
  },
});

type ExplainValues = OptionValues<typeof queryOptions>;

async function explainQuery(
  what: readonly string[],
  values: ExplainValues,
  asJson: boolean,
): Promise<number> {
  const request = readRequest(what, values);
  const target = await targetKernel(values.kernel);
  if (target.note !== undefined) process.stderr.write(`note: ${target.note}\n`);
  const version = (await targetVersion(values.versions, target)) ?? newest();
  const compiled = compileFor(target, request.text, { ...request.options, form: "stream", version });
  await printDiagnostics(compiled.diagnostics);
  const { plan } = compiled;
  if (!plan || compiled.diagnostics.some((d) => d.severity === "error"))
    return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
  const { id, release } = target.kernel;
  const machine = id === "live" ? machineCosts({ kernel: release, tracer: tracerText(version) }) : undefined;
  if (machine?.note !== undefined) process.stderr.write(`note: ${escapeText(machine.note)}\n`);
  const explanation = explain(plan, {
    target: { kernel: id, release, bpftrace: version, cpus: id === "live" ? possibleCpus() : USUAL_CPUS },
    others: await elsewhere(request, target.kernel),
    scripts: await attempts(request, target, values.versions),
    ...(machine ? { costs: machine.costs, firstInstruction: firstInstructions() } : {}),
  });
  process.stdout.write(
    asJson ? jsonDocument(explanation) : renderExplanation(explanation, await textStyle(process.stdout)),
  );
  return EXIT.done;
}

function tracerText(version: string): string {
  return calibratedTracer(backEndNamed(DEFAULT_BACK_END).title, version);
}

/** The newest version of the usual tracer that was tested. */
function newest(): string {
  return backEndNamed(DEFAULT_BACK_END).versions?.newest ?? "";
}

/** Compiles for each back end whose scripts have parts. */
async function attempts(
  request: Request,
  target: TargetKernel,
  asked: AskedVersions,
): Promise<readonly Attempt[]> {
  const all: Attempt[] = [];
  for (const [name, { title, hasParts, versions }] of backEnds()) {
    if (!hasParts) continue;
    const version = (await targetVersion(asked, target, name)) ?? versions?.newest;
    const by = version === undefined ? {} : { version };
    const compiled = compileFor(target, request.text, {
      ...request.options,
      form: "stream",
      to: name,
      ...by,
    });
    const parts = compiled.script?.parts;
    all.push({ name, title, ...by, ...(parts ? { parts } : { why: whyNot(compiled) }) });
  }
  return all;
}

async function elsewhere(request: Request, kernel: Kernel): Promise<readonly OtherTarget[]> {
  const others = await compileElsewhere(request, kernel, { newest: newest() });
  return others.map(({ target, version, compiled }) => ({
    target: { kernel: target.id, release: target.release, bpftrace: version },
    ...(compiled.script && compiled.plan ? { plan: compiled.plan } : { why: whyNot(compiled) }),
  }));
}
