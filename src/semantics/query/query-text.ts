/** Formats a query as one line of text, with a tool's parameters replaced by their values. */
import type { Span } from "../../diagnostics/diagnostic.js";
import { printQuery } from "../../syntax/print/print-expression.js";
import { substituteInQuery } from "../../syntax/substitute.js";
import type { Expression, Name, Query } from "../../syntax/tree.js";
import type { QueryContext } from "./query-context.js";
import type { Typed } from "../typed.js";
import { quoteText } from "../../types/text.js";
import { inLargestUnit } from "../../types/unit-spellings.js";

export function queryText(
  query: Query,
  { constants, sources }: Pick<QueryContext, "constants" | "sources">,
): string {
  if (constants.size === 0 && sources.size === 0) return printQuery(query);
  const expression = ({ text, span }: Name): Expression | undefined => {
    const source = sources.get(text);
    if (source?.kind === "namedSource") return source.name;
    // A probe within an expression has no parameters.
    if (source?.kind === "probeSource") return { kind: "probe", span, probe: source.probe };
    const constant = constants.get(text);
    return constant && literal(constant, span);
  };
  return printQuery(substituteInQuery(query, { expression, source: ({ text }) => sources.get(text) }));
}

function literal(value: Typed, span: Span): Expression | undefined {
  if (value.op === "string")
    return { kind: "string", span, value: value.value, text: quoteText(value.value) };
  if (value.op !== "integer") return undefined;
  if (value.type.kind === "bool") return { kind: "boolean", span, value: value.value !== 0n };
  if (value.type.kind !== "number") return number(value.value, "", span);
  const { amount, spelling } = inLargestUnit(value.value, value.type.unit);
  return number(amount, spelling, span);
}

function number(value: bigint, unit: string, span: Span): Expression {
  if (value < 0n) return { kind: "unary", span, operator: "-", operand: number(-value, unit, span) };
  const exact = { kind: "number", span, text: `${value}${unit}`, numerator: value, denominator: 1n } as const;
  return unit === "" ? exact : { ...exact, unit };
}
