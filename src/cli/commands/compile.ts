/** `faultline compile`: prints the script for review, or as it is run. */
import { backEnds } from "../../index.js";
import { backEndNamed, DEFAULT_BACK_END } from "../../tracers/registry.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { choiceOr, text } from "../request/options.js";
import { maxEntries, pid, queryArgument, queryOptions } from "../request/query-options.js";
import { readRequest } from "../request/request.js";
import { compileFor, targetKernel } from "../request/target-kernel.js";
import { targetVersion } from "../request/versions.js";

const NAMES = [...backEnds().keys()];
const FORMS = { review: "text", run: "stream" } as const;
const FORM_NAMES = ["review", "run"] as const;

export const compileCommand = defineCommand({
  arguments: [queryArgument],
  options: {
    ...queryOptions,
    to: choiceOr(
      "--to <backend>",
      "back end",
      NAMES,
      DEFAULT_BACK_END,
      [...backEnds()].map(([name, { writes }]) => `${name}: ${writes}`).join("; "),
    ),
    form: choiceOr(
      "--form <form>",
      "form",
      FORM_NAMES,
      "review",
      "review: prints for people, and runs by itself; run: as `faultline run` gives it to the tracer",
    ),
    pid,
    output: text("-o, --output <file>", "file", "write the script to a file"),
    maxEntries,
  },
  allowsUnknownOptions: true,
  async action([what], values) {
    const { to, form, pid, maxEntries, library, prefix, output } = values;
    if (maxEntries !== undefined && !backEndNamed(to).hasParts)
      throw new CliError(`--max-entries: what ${to} writes has tables of a size of its own`, EXIT.usage);
    const request = readRequest(what, values);
    const target = await targetKernel(values.kernel);
    if (target.note !== undefined) process.stderr.write(`note: ${target.note}\n`);
    const version = await targetVersion(values.versions, target, to);
    const compiled = compileFor(target, request.text, {
      ...request.options,
      to,
      form: FORMS[form],
      ...(version === undefined ? {} : { version }),
      ...(pid === undefined ? {} : { process: { pid, followed: false } }),
      ...(library === undefined
        ? {}
        : {
            binaries: (await import("../../symbols/libraries.js")).findBinaries({
              library,
              prefixes: prefix ?? [],
            }),
          }),
      ...(maxEntries === undefined ? {} : { maxEntries }),
    });
    await printDiagnostics(compiled.diagnostics);
    if (!compiled.script) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
    if (output === undefined) process.stdout.write(compiled.script.text);
    else await (await import("../output/whole-file.js")).writeWhole(output, compiled.script.text);
    return EXIT.done;
  },
});
