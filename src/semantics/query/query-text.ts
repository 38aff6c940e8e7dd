/** A query as one line for a reader, with the values of a tool's parameters where their names stand. */
import { lex } from "../../syntax/lexer/lexer.js";
import { printQuery, printSource, quoteString } from "../../syntax/print/print-expression.js";
import { Reporter } from "../../syntax/parser/reporter.js";
import type { Query } from "../../syntax/tree.js";
import type { QueryContext } from "./query-context.js";
import type { Typed } from "../typed.js";

export function queryText(
  query: Query,
  { constants, sources }: Pick<QueryContext, "constants" | "sources">,
): string {
  const text = printQuery(query);
  if (constants.size === 0 && sources.size === 0) return text;
  const { tokens } = lex(new Reporter({ name: "query", text }));
  let result = "";
  let at = 0;
  tokens.forEach((token, i) => {
    // `begin.size` is a field, whatever a parameter is called.
    const isField = tokens[i - 1]?.kind === ".";
    const value = token.kind === "word" && !isField ? spelled(token.text, constants, sources) : undefined;
    if (value === undefined) return;
    result += text.slice(at, token.start) + value;
    at = token.end;
  });
  return result + text.slice(at);
}

function spelled(
  name: string,
  constants: QueryContext["constants"],
  sources: QueryContext["sources"],
): string | undefined {
  const source = sources.get(name);
  if (source) return printSource(source);
  const constant = constants.get(name);
  return constant && literal(constant);
}

/** In the largest unit that leaves a whole number. */
const UNITS = {
  bytes: [["TB", 1n << 40n], ["GB", 1n << 30n], ["MB", 1n << 20n], ["KB", 1n << 10n], ["B", 1n]],
  duration: [["h", 3_600_000_000_000n], ["m", 60_000_000_000n], ["s", 1_000_000_000n], ["ms", 1_000_000n], ["us", 1_000n], ["ns", 1n]],
} as const; // prettier-ignore

function literal(value: Typed): string | undefined {
  if (value.op === "string") return quoteString(value.value);
  if (value.op !== "integer") return undefined;
  if (value.type.kind === "bool") return value.value === 0n ? "false" : "true";
  if (value.type.kind !== "number") return String(value.value);
  const { unit } = value.type;
  if (unit === "pages") return `${value.value}pages`;
  if (unit !== "bytes" && unit !== "duration") return String(value.value);
  if (value.value === 0n) return unit === "bytes" ? "0B" : "0s";
  const [spelling, factor] = UNITS[unit].find(([, f]) => value.value % f === 0n) ?? ["", 1n];
  return `${value.value / factor}${spelling}`;
}
