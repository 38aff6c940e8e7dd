/** The format of results, from the flags. */
import { extname } from "node:path";
import type { Plan } from "../../plan/plan.js";
import { EXTENSIONS, FORMAT_NAMES, formatGap, formatOfFile, type Format } from "../../view/view.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import type { Flags } from "../request/request.js";

/** As asked; or as the name of the file asks; or a table. */
export function formatOf(flags: Flags): Format {
  if (flags.format === undefined)
    return typeof flags.output === "string" ? formatNamed(flags.output) : "table";
  const format = FORMAT_NAMES.find((name) => name === flags.format);
  if (format) return format;
  throw new CliError(
    `there is no format \`${String(flags.format)}\``,
    EXIT.usage,
    `there are ${FORMAT_NAMES.join(", ")}`,
  );
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
