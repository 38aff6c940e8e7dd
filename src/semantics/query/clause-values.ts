/** Evaluates the constants in clauses of any kind of query: intervals, durations and counts. */
import { write } from "../../diagnostics/advice.js";
import type { Advice } from "../../diagnostics/diagnostic.js";
import type { Expression, Query } from "../../syntax/tree.js";
import { fail, type Scope } from "../context.js";
import { checkValue } from "../expression/expressions.js";
import type { CheckedQuery } from "../typed.js";
import type { Clauses, Constants, QueryContext } from "./query-context.js";
import { queryText } from "./query-text.js";

/** Returns the properties that every kind of query has. */
export function commonParts(
  query: Query,
  clauses: Clauses,
  context: QueryContext,
): Pick<CheckedQuery, "text" | "span" | "doc" | "header" | "duration"> & { every?: bigint } {
  const every = clauses.every && duration(clauses.every.interval, "every", "1s", context);
  const header = clauses.every?.header && wholeNumber(clauses.every.header, "header", context);
  const length = clauses.for && duration(clauses.for.duration, "for", "30s", context);
  return {
    text: queryText(query, context),
    span: query.span,
    ...(query.doc ? { doc: query.doc.text } : {}),
    ...(every === undefined ? {} : { every }),
    ...(header === undefined ? {} : { header }),
    ...(length === undefined ? {} : { duration: length }),
  };
}

/** Returns a scope with only constants, for expressions that do not depend on an event. */
export function constantScope(constants: Constants, what: string): Scope {
  return {
    what,
    names: () => [...constants.keys()],
    lookUp: (name) => constants.get(name),
    lookUpIn: () => undefined,
  };
}

/** The limits on durations, in nanoseconds: a longer one is a mistake, and no tracer needs a shorter timer. */
const LONGEST = 30n * 24n * 3600n * 1_000_000_000n;
const SHORTEST = 1_000_000n;

function duration(
  expression: Expression,
  clause: string,
  example: string,
  context: QueryContext,
): bigint | undefined {
  const typed = checkValue(expression, constantScope(context.constants, `\`${clause}\``), context);
  if (typed.type.kind === "error") return undefined;
  const { span } = expression;
  const say = (code: string, message: string, hint?: string | Advice): undefined =>
    void fail(context, span, code, message, hint);
  if (typed.op !== "integer" || typed.type.kind !== "number")
    return say("not-a-duration", `\`${clause}\` needs a duration`, `for example \`${clause} ${example}\``);
  if (typed.type.unit === "none")
    return say("missing-unit", `${typed.value} what?`, write(span, [`${typed.value}s`, `${typed.value}ms`]));
  if (typed.type.unit !== "duration")
    return say("not-a-duration", `\`${clause}\` needs a duration`, `for example \`${clause} ${example}\``);
  if (typed.value < SHORTEST) return say("too-short", `\`${clause}\` cannot be shorter than 1ms`);
  if (typed.value > LONGEST) return say("too-long", `\`${clause}\` cannot be longer than 30 days`);
  return typed.value;
}

export function wholeNumber(
  expression: Expression,
  clause: string,
  context: QueryContext,
): bigint | undefined {
  const typed = checkValue(expression, constantScope(context.constants, `\`${clause}\``), context);
  if (typed.type.kind === "error") return undefined;
  if (
    typed.op === "integer" &&
    typed.type.kind === "number" &&
    typed.type.unit === "none" &&
    typed.value > 0n &&
    typed.value <= 1_000_000n
  )
    return typed.value;
  fail(
    context,
    expression.span,
    "not-a-count",
    `\`${clause}\` needs a whole number from 1 to 1,000,000`,
    `for example \`${clause} 10\``,
  );
  return undefined;
}
