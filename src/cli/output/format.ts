/** The format of results. */
import { extname } from "node:path";
import type { Plan } from "../../plan/plan.js";
import { EXTENSIONS, formatGap, formatOfFile, type Format } from "../../view/formats.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** As asked; or as the name of the file asks; or a table. */
export function formatOf({
  format,
  output,
}: {
  readonly format?: Format | undefined;
  readonly output?: string | undefined;
}): Format {
  return format ?? (output === undefined ? "table" : formatNamed(output));
}

/** A name without an ending says nothing, and is a table; one that is not known was meant to say something. */
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

/** Before anything is traced: throws a `CliError` where the results have no such form. */
export function checkFits(format: Format, plan: Plan): void {
  const gap = formatGap(format, plan);
  if (gap !== undefined) throw new CliError(`no ${format} of this: ${gap}`, EXIT.usage);
}
