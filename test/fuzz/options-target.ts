/** What comes from the command line: a tool's options, and clauses that are put into a query. */
import { standardLibrary, type CompileOptions } from "../../src/index.js";
import type { Amendments } from "../../src/syntax/amend.js";
import { QUERIES } from "../syntax/helpers.js";
import type { Chance } from "./chance.js";
import { hostile, literal } from "./hostile.js";
import { mutateTokens } from "./mutate.js";
import { checkScript } from "./query-target.js";
import type { Target } from "./target.js";

interface Given {
  readonly text: string;
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, string>> };
  readonly amendments: Amendments;
}

const CLAUSES = ["by", "where", "top", "every", "for", "show", "comm", "cgroup", "container", "pod"] as const;
const VALUES = ["comm", "pid == 1", "10", "1s", "comm, pid", "comm == X", "X", 'comm ~ "a*"', "1s header 2"];
const library = standardLibrary();

function word(chance: Chance): string {
  const chosen = chance.pick(VALUES).replace("X", () => literal(hostile(chance)));
  if (chance.is(0.3)) return hostile(chance);
  return chance.is(0.3) ? mutateTokens(chosen, chance.pick(QUERIES), chance) : chosen;
}

function make(chance: Chance): string {
  const amendments = Object.fromEntries(
    CLAUSES.flatMap((clause) => (chance.is(0.25) ? [[clause, word(chance)]] : [])),
  );
  if (chance.is(0.4))
    return JSON.stringify({ text: chance.pick(QUERIES), amendments } satisfies Given, null, 1);
  const name = chance.pick(library.toolNames());
  const parameters = library.tool(name)?.definition.parameters ?? [];
  const options = Object.fromEntries(
    parameters.flatMap((p) => (chance.is(0.5) ? [[p.name.text, word(chance)]] : [])),
  );
  if (chance.is(0.05)) options[hostile(chance)] = word(chance);
  return JSON.stringify(
    { text: "", tool: { name, arguments: options }, amendments } satisfies Given,
    null,
    1,
  );
}

function run(input: string, thorough: boolean): void {
  let given: Given;
  try {
    given = JSON.parse(input) as Given;
  } catch {
    return; // cut while it was made smaller
  }
  const { text, tool, amendments } = given;
  if (typeof text !== "string" || (tool !== undefined && typeof tool.name !== "string")) return;
  if (![tool?.arguments ?? {}, amendments].every(isTexts)) return;
  const options: CompileOptions = { amendments, ...(tool ? { tool } : {}) };
  for (const to of thorough ? (["bpftrace", "bcc", "bcc-oneliner"] as const) : (["bpftrace"] as const))
    checkScript(text, { ...options, to }, input);
}

function isTexts(values: unknown): boolean {
  return (
    typeof values === "object" && values !== null && Object.values(values).every((v) => typeof v === "string")
  );
}

export const optionsTarget: Target = { name: "options", share: 8, make, run };
