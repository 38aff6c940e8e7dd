/** The files generated from the grammar, by their paths in the package. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { generateCstDts } from "chevrotain";
import { AGGREGATE_NAMES } from "../../src/aggregates/aggregates.js";
import { FaultlineParser } from "../../src/syntax/grammar/grammar.js";
import { UNIT_NAMES } from "../../src/types/unit-spellings.js";
import { ebnf } from "./ebnf.js";
import { productions } from "./productions.js";
import { railroadPage } from "./railroad.js";
import { TEXT_MATE } from "./text-mate.js";

const RECORDING_SCHEMA = join(import.meta.dirname, "../../schemas/recording.schema.json");
const WIDTH = { printWidth: 110 };

export async function grammarFiles(): Promise<ReadonlyMap<string, string>> {
  const found = productions();
  const json = JSON.stringify(TEXT_MATE, null, 2);
  return new Map([
    ["grammar/faultline.ebnf", ebnf(found)],
    ["docs/grammar.html", railroadPage(found)],
    ["grammar/faultline.tmLanguage.json", await format(json, { ...WIDTH, parser: "json" })],
    ["schemas/recording.schema.json", await format(recordingSchema(), { ...WIDTH, parser: "json" })],
    ["src/syntax/grammar/cst.ts", await format(treeTypes(), { ...WIDTH, parser: "typescript" })],
  ]);
}

/** Returns the schema of recordings with the units and the aggregates that there are. */
function recordingSchema(): string {
  const lists = { unit: UNIT_NAMES, fn: AGGREGATE_NAMES };
  return Object.entries(lists).reduce(
    (text, [key, names]) =>
      text.replace(new RegExp(`("${key}": \\{\\s*"enum": )\\[[^\\]]*\\]`), `$1${JSON.stringify(names)}`),
    readFileSync(RECORDING_SCHEMA, "utf8"),
  );
}

/** Returns the types of the parse tree, with a node for each rule. */
function treeTypes(): string {
  const rules = new FaultlineParser().getGAstProductions();
  const types = generateCstDts(rules, { includeVisitorInterface: false });
  const head = "/** The parse tree of the grammar, written from it by `npm run grammar`. */\n";
  return head + types.replace("CstNode, ICstVisitor, IToken", "CstNode, IToken");
}
