/** Options for the destination and format of results. */
import { FORMAT_NAMES } from "../../view/formats.js";
import { choice, choiceOr, text } from "./options.js";

export const output = text(
  "-o, --output <file>",
  "file",
  "write the result to a file, in the format that its name ends in",
);

export const format = choice(
  "--format <format>",
  "format",
  FORMAT_NAMES,
  `${FORMAT_NAMES.join(", ")} (default: table)`,
);

/** For output that is not the result of a query. */
export const textOrJson = choiceOr("--format <format>", "format", ["text", "json"], "text", "text or json");
export const tableOrJson = choiceOr(
  "--format <format>",
  "format",
  ["table", "json"],
  "table",
  "table or json",
);
