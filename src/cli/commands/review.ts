/** `faultline review`: writes what a reviewer signs, which `faultline run FILE --expect HASH` runs. */
import { compare } from "../../explain/elsewhere.js";
import { explain } from "../../explain/explain.js";
import type { CompileOptions, Plan } from "../../index.js";
import { accountText, type CheckedTarget } from "../../review/account.js";
import { sha256, writeReview } from "../../review/document.js";
import type { ReviewedRequest } from "../../review/request.js";
import { possibleCpus, USUAL_CPUS } from "../../run/possible-cpus.js";
import { backEndNamed } from "../../tracers/registry.js";
import { RUNNER_NAMES } from "../../tracers/runners.js";
import { codeOf, type Script } from "../../tracers/script.js";
import { escapeText } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { choiceOr, text, type OptionValues } from "../request/options.js";
import { compileElsewhere, whyNot } from "../request/other-targets.js";
import { maxEntries, pid, queryArgument, queryOptions } from "../request/query-options.js";
import { readRequest, type Request } from "../request/request.js";
import { reviewedBinaries, type Located } from "../request/reviewed.js";
import { compileFor, targetKernel, type TargetKernel } from "../request/target-kernel.js";
import { targetVersion } from "../request/versions.js";
import { version as ownVersion } from "../version.js";

const options = {
  ...queryOptions,
  to: choiceOr("--to <backend>", "back end", RUNNER_NAMES, "bpftrace", "the tracer that is to run it"),
  pid,
  output: text("-o, --output <file>", "file", "write the review to a file: NAME.reviewed"),
  maxEntries,
};

type ReviewValues = OptionValues<typeof options>;

export const reviewCommand = defineCommand({
  arguments: [queryArgument],
  options,
  allowsUnknownOptions: true,
  async action([what], values) {
    const imports: ReviewedRequest["imports"] = [];
    const request = keepingImports(readRequest(what, values), imports);
    const target = await targetKernel(values.kernel);
    if (target.note !== undefined) process.stderr.write(`note: ${target.note}\n`);
    const { to, output } = values;
    const backEnd = backEndNamed(to);
    const version = (await targetVersion(values.versions, target, to)) ?? backEnd.versions?.newest ?? "";
    const located = locatedFor(values, target);
    const how: CompileOptions = {
      to,
      version,
      form: "stream",
      ...reviewedBinaries(located),
      ...limits(values),
    };
    const compiled = compileFor(target, request.text, { ...request.options, ...how });
    await printDiagnostics(compiled.diagnostics);
    const { script, plan } = compiled;
    if (!script || !plan) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
    const { id, release } = target.kernel;
    const cpus = id === "live" ? possibleCpus() : USUAL_CPUS;
    const { hash, text } = writeReview({
      script: script.text,
      lineComment: backEnd.lineComment ?? "",
      description: accountText({
        plan,
        explanation: explain(plan, {
          backEnd: to,
          target: { kernel: id, release, bpftrace: version, cpus },
        }),
        tracer: { title: backEnd.title, version },
        parts: script.parts ?? { added: [] },
        helperBytes: backEnd.footprint?.(plan, { version, cpus }).helperBytes ?? 0,
        targets: [
          { kernel: id, release, version },
          ...(await elsewhere(request, target, { ...limits(values), to }, { script, plan })),
        ],
        faultline: ownVersion(),
      }),
      request: {
        faultline: ownVersion(),
        to,
        version,
        target: { kernel: id, release },
        query: what.join(" "),
        ...requestData(request),
        imports,
        ...located,
        ...(values.maxEntries === undefined ? {} : { maxEntries: values.maxEntries }),
        code: sha256(codeOf(script)),
      },
    });
    if (output === undefined) process.stdout.write(text);
    else await (await import("../output/whole-file.js")).writeWhole(output, text);
    process.stderr.write(
      `once it is approved: faultline run ${escapeText(output ?? "FILE.reviewed")} --expect ${hash}\n`,
    );
    return EXIT.done;
  },
});

/** The request, which keeps what it imports. */
function keepingImports({ text, options }: Request, kept: ReviewedRequest["imports"]): Request {
  const { resolveImport } = options;
  if (!resolveImport) return { text, options };
  return {
    text,
    options: {
      ...options,
      resolveImport: (path, from) => {
        const found = resolveImport(path, from);
        if (found && !kept.some((each) => each.path === path && each.from === from.name))
          kept.push({ path, from: from.name, ...found });
        return found;
      },
    },
  };
}

function requestData({
  text,
  options: { name, tool, amendments },
}: Request): Pick<ReviewedRequest, "text" | "name" | "tool" | "amendments"> {
  return {
    text,
    ...(name === undefined ? {} : { name }),
    ...(tool ? { tool: { name: tool.name, arguments: Object.entries(tool.arguments) } } : {}),
    ...(amendments
      ? { amendments: Object.entries(amendments) as NonNullable<ReviewedRequest["amendments"]> }
      : {}),
  };
}

/** Programs are looked up where it was compiled for this machine, or for a library that was named. */
function locatedFor({ pid, library, prefix }: ReviewValues, { kernel }: TargetKernel): Located {
  return {
    isLocated: kernel.id === "live" || library !== undefined,
    ...(pid === undefined ? {} : { pid }),
    ...(library === undefined ? {} : { library }),
    ...(prefix === undefined ? {} : { prefixes: [...prefix] }),
  };
}

function limits({ maxEntries, pid }: ReviewValues): CompileOptions {
  return {
    ...(maxEntries === undefined ? {} : { maxEntries }),
    ...(pid === undefined ? {} : { process: { pid, followed: false } }),
  };
}

/** Whether the bundled kernels get the same script. */
async function elsewhere(
  request: Request,
  { kernel }: TargetKernel,
  options: CompileOptions,
  { script, plan }: { readonly script: Script; readonly plan: Plan },
): Promise<readonly CheckedTarget[]> {
  const newest = backEndNamed(options.to ?? "").versions?.newest ?? "";
  const others = await compileElsewhere(request, kernel, { ...options, newest });
  return others.map(({ target, version, compiled }) => {
    const at = { kernel: target.id, release: target.release, version };
    const other = compiled.script;
    if (!other || !compiled.plan) return { ...at, differs: [whyNot(compiled)] };
    if (codeOf(other) === codeOf(script)) return at;
    const { differences } = compare(plan, {
      target: { kernel: target.id, release: target.release, bpftrace: version },
      plan: compiled.plan,
    });
    return { ...at, differs: differences.length > 0 ? differences : ["spelled otherwise for its tracer"] };
  });
}
