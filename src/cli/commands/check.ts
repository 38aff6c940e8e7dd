/** `faultline check`: prints diagnostics only; `--kernel all` checks for every bundled kernel. */
import { summarizeDiagnostics } from "../../diagnostics/render.js";
import { bundledNames, check, type Compiled } from "../../index.js";
import { pointText } from "../../semantics/source/probe-points.js";
import { escapeText } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import type { OptionValues } from "../request/options.js";
import { queryArgument, queryOptions } from "../request/query-options.js";
import { bundledTarget, compileFor, targetKernel, type TargetKernel } from "../request/target-kernel.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest, type Request } from "../request/request.js";
import { targetVersion } from "../request/versions.js";

const options = queryOptions;

type CheckValues = OptionValues<typeof options>;

export const checkCommand = defineCommand({
  arguments: [queryArgument],
  options,
  allowsUnknownOptions: true,
  async action([what], values) {
    const request = readRequest(what, values);
    if (values.kernel === "all") return checkEverywhere(request, values);
    const target = await targetKernel(values.kernel);
    const { diagnostics, unavailable } = await compileOrCheck(request, target, values);
    await printDiagnostics(diagnostics);
    if (!diagnostics.some((d) => d.severity === "error")) {
      process.stdout.write("no errors\n");
      return EXIT.done;
    }
    return unavailable ? EXIT.machineCannot : EXIT.usage;
  },
});

/** A file of definitions is valid without a query; a query is valid if the target can answer it. */
async function compileOrCheck(
  request: Request,
  target: TargetKernel,
  values: CheckValues,
): Promise<Compiled> {
  const version = await targetVersion(values.versions, target);
  const options = { ...request.options, ...(version === undefined ? {} : { version }) };
  const compiled = compileFor(target, request.text, options);
  if (!compiled.diagnostics.some((d) => d.code === "no-query")) return compiled;
  const { diagnostics, tools } = check(request.text, { ...options, kernel: target.kernel });
  return tools.length === 0 && !hasDefinitions(request.text) ? compiled : { diagnostics };
}

function hasDefinitions(text: string): boolean {
  return /^\s*(?:event|span|tool)\b/m.test(text);
}

/** Prints a line for each kernel: whether it can answer the query, and with which probes. Exits with 3 if one cannot. */
async function checkEverywhere(request: Request, values: CheckValues): Promise<number> {
  let cannot = false;
  for (const name of bundledNames) {
    const target = await bundledTarget(name);
    const compiled = await compileOrCheck(request, target, values);
    const { diagnostics, plan, unavailable } = compiled;
    const errors = diagnostics.filter((d) => d.severity === "error");
    if (errors.length > 0 && !unavailable) {
      await printDiagnostics(diagnostics);
      return EXIT.usage;
    }
    cannot ||= errors.length > 0;
    const probes = [...new Set(plan?.probes.map((p) => pointText(p.point)))];
    process.stdout.write(
      `${name.padEnd(10)} ${errors.length === 0 ? "yes" : "no "}  ${escapeText(errors.length === 0 ? probes.join(", ") : summarizeDiagnostics(errors))}\n`,
    );
  }
  return cannot ? EXIT.machineCannot : EXIT.done;
}
