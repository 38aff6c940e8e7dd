/** The files generated from the grammar, by their paths in the package. */
import { format } from "prettier";
import { generateCstDts } from "chevrotain";
import { FaultlineParser } from "../../src/syntax/grammar/grammar.js";
import { ebnf } from "./ebnf.js";
import { productions } from "./productions.js";
import { railroadPage } from "./railroad.js";
import { TEXT_MATE } from "./text-mate.js";

const WIDTH = { printWidth: 110 };

export async function grammarFiles(): Promise<ReadonlyMap<string, string>> {
  const found = productions();
  const json = JSON.stringify(TEXT_MATE, null, 2);
  return new Map([
    ["grammar/faultline.ebnf", ebnf(found)],
    ["docs/grammar.html", railroadPage(found)],
    ["grammar/faultline.tmLanguage.json", await format(json, { ...WIDTH, parser: "json" })],
    ["src/syntax/grammar/cst.ts", await format(treeTypes(), { ...WIDTH, parser: "typescript" })],
  ]);
}

/** Returns the types of the parse tree, with a node for each rule. */
function treeTypes(): string {
  const rules = new FaultlineParser().getGAstProductions();
  const types = generateCstDts(rules, { includeVisitorInterface: false });
  const head = "/** The parse tree of the grammar, written from it by `npm run grammar`. */\n";
  return head + types.replace("CstNode, ICstVisitor, IToken", "CstNode, IToken");
}
