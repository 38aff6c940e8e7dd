/** The tables of docs/formats.md. */
import { TOPICS } from "../../src/cli/request/help-topics.js";
import { FORMAT_NAMES, formatRow, type Format } from "../../src/view/formats.js";
import { RESULTS_SCHEMA } from "../../src/view/formats/json.js";
import { LINES_SCHEMA } from "../../src/view/formats/ndjson.js";
import { code, table } from "./markdown.js";

/** The formats that have a schema, with its file. */
const SCHEMAS: Readonly<Partial<Record<Format, readonly [id: string, file: string]>>> = {
  json: [RESULTS_SCHEMA, "schemas/results.schema.json"],
  ndjson: [LINES_SCHEMA, "schemas/lines.schema.json"],
};

function formats(): string {
  return table(
    ["`--format`", "Ending of `-o`", "What it is", "Schema"],
    FORMAT_NAMES.map((name) => {
      const { about, extension } = formatRow(name);
      const [id, file] = SCHEMAS[name] ?? [];
      return [
        code(name),
        code(extension),
        about,
        id === undefined || file === undefined ? "" : `[${code(id)}](../${file})`,
      ];
    }),
  );
}

function exitCodes(): string {
  const rows = TOPICS.find(({ name }) => name === "exit-codes")?.parts()[0] ?? [];
  return table(["Exit status", "What it says"], typeof rows === "string" ? [] : rows);
}

/** The parts of docs/formats.md by their names. */
export const FORMAT_PARTS: Readonly<Record<string, () => string>> = { formats, "exit codes": exitCodes };
