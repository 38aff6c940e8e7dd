/** `faultline fmt`: formats queries with the Prettier plugin. */
import { format, SyntaxErrors } from "../../syntax/print/prettier.js";
import { escapeText } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, flag } from "../request/options.js";
import { CliError } from "../failure.js";
import { LARGEST_FILE, readText } from "../request/request.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readStandardInput } from "../request/standard-input.js";
import { writeWhole } from "../output/whole-file.js";

export const fmtCommand = defineCommand({
  arguments: [argument("<what...>", "query", "a query, .fl files, or - for standard input")],
  options: {
    check: flag("--check", "only report whether they are formatted"),
    write: flag("--write", "write the files in place"),
  },
  action: ([what], values) => fmt(what, values),
});

interface FmtValues {
  readonly check?: boolean | undefined;
  readonly write?: boolean | undefined;
}

async function fmt(what: readonly string[], { check, write }: FmtValues): Promise<number> {
  const files = what.filter((w) => w.endsWith(".fl"));
  if (files.length > 0 && files.length !== what.length)
    throw new CliError("give either a query or .fl files");
  if (files.length === 0 && write) throw new CliError("--write is for files");
  const inputs =
    files.length > 0
      ? files.map((path) => ({ name: path, text: readText(path) }))
      : [
          what.join(" ") === "-"
            ? { name: "standard input", text: readStandardInput(LARGEST_FILE) }
            : { name: "query", text: what.join(" ") },
        ];
  let changed = 0;
  for (const { name, text } of inputs) {
    const formatted = await formatOne(name, text);
    if (formatted === undefined) return EXIT.usage;
    if (check) {
      if (formatted !== text && formatted !== `${text}\n`) {
        changed++;
        process.stderr.write(`${escapeText(name)} is not formatted\n`);
      }
    } else if (write) {
      if (formatted !== text) await writeWhole(name, formatted);
    } else {
      process.stdout.write(formatted);
    }
  }
  return changed > 0 ? EXIT.tracerFailed : EXIT.done;
}

/** Returns undefined after reporting syntax errors: text that cannot be parsed is left unchanged. */
async function formatOne(name: string, text: string): Promise<string | undefined> {
  try {
    return await format(text, { name });
  } catch (error) {
    if (!(error instanceof SyntaxErrors)) throw error;
    await printDiagnostics(error.diagnostics);
    return undefined;
  }
}
