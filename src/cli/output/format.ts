/** Selects the output format. */
import { extname } from "node:path";
import type { Plan } from "../../plan/plan.js";
import { EXTENSIONS, formatGap, formatOfFile, type Format } from "../../view/formats.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** The format that is given, else the one for the file's extension, else a table. */
export function formatOf({
  format,
  output,
}: {
  readonly format?: Format | undefined;
  readonly output?: string | undefined;
}): Format {
  return format ?? (output === undefined ? "table" : formatNamed(output));
}

/** A name without an extension means a table; an unknown extension is an error. */
function formatNamed(path: string): Format {
  const format = formatOfFile(path);
  if (format) return format;
  const extension = extname(path);
  if (extension === "") return "table";
  throw new CliError(
    `\`${path}\`: there is no format for names that end in \`${extension}\``,
    EXIT.usage,
    `there are ${EXTENSIONS.join(", ")}; with \`--format\` a file may have any name`,
  );
}

/** Checks before tracing that the results can be shown in the format. Throws a `CliError`. */
export function checkFits(format: Format, plan: Plan): void {
  const gap = formatGap(format, plan);
  if (gap !== undefined) throw new CliError(`no ${format} of this: ${gap}`, EXIT.usage);
}
