/** Measures the answers of the language service after a change in a text of 2,000 lines. Can be run alone: `npx tsx bench/service.ts`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledKernel, standardLibrary } from "../src/index.js";
import { complete } from "../src/service/completion/complete.js";
import { highlightsOf } from "../src/service/highlight.js";
import { hoverAt } from "../src/service/hover.js";
import { definitionsAt, referencesAt } from "../src/service/navigate.js";
import { foldsOf, inlayHintsOf, outlineOf } from "../src/service/outline.js";
import { signatureAt } from "../src/service/signature.js";
import { Workspace, type Analysis } from "../src/service/workspace.js";

const LINES = 2_000;
const RUNS = 21;
const LIMIT = 20;

const folder = join(import.meta.dirname, "../stdlib");
const definitions = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".fl"))
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n")
  .split("\n");
const QUERY = "direct_reclaim hist(latency) by comm where latency > 1ms";
// The end of what is cut off would be a definition without its end.
const whole = definitions.slice(0, definitions.slice(0, LINES - 2).lastIndexOf("}") + 1);
const base = [...whole, ...Array<string>(LINES - whole.length - 1).fill("// More."), ""].join("\n");

const at = (text: string, piece: string): number => text.lastIndexOf(piece) + piece.length;

const ANSWERS: Readonly<Record<string, (analysis: Analysis, text: string) => unknown>> = {
  diagnostics: (analysis) => analysis.problems(),
  completion: (analysis, text) => complete(analysis, at(text, "where lat")),
  hover: (analysis, text) => hoverAt(analysis, at(text, "direct_recl")),
  signature: (analysis, text) => signatureAt(analysis, at(text, "hist(")),
  definition: (analysis, text) => definitionsAt(analysis, at(text, "hist(lat")),
  references: (analysis, text) => referencesAt(analysis, at(text, "direct_recl")),
  outline: (analysis) => outlineOf(analysis),
  folds: (analysis) => foldsOf(analysis),
  "inlay hints": (analysis, text) =>
    inlayHintsOf(analysis, { start: at(text, "// More."), end: text.length }),
  highlights: (analysis) => highlightsOf(analysis),
};

const workspace = new Workspace({ kernel: bundledKernel("debian13"), library: standardLibrary() });
let edit = 0;
/** A text that was changed by a key. */
const changed = (): string => `${base}${QUERY.replace("1ms", `${++edit}ms`)}\n`;

for (const [name, answer] of Object.entries(ANSWERS)) {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const text = changed();
    const before = process.cpuUsage();
    answer(workspace.analyse({ name: "file:///bench.fl", text }), text);
    const { user, system } = process.cpuUsage(before);
    // The first answer is about a text that was just opened.
    if (run > 0) times.push((user + system) / 1000);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
  console.log(
    `${name.padEnd(12)} ${median.toFixed(1).padStart(6)} ms of CPU time${median > LIMIT ? `, which is over ${LIMIT}` : ""}`,
  );
}
