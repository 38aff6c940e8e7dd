/** Checks one query: whether its clauses fit together, and fit its source. */
import { definitionOf, type AggregateFunction } from "../../aggregates/aggregates.js";
import { isRanked } from "../../aggregates/shapes.js";
import { write } from "../../diagnostics/advice.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import type { Clause, Column as ColumnSyntax, Expression, Query } from "../../syntax/tree.js";
import { checkTable } from "./check-table.js";
import { commonParts, wholeNumber } from "./clause-values.js";
import { checkAggregate, checkColumn, checkDistinct, isAggregateCall } from "./columns.js";
import { fail, type Context, type Scope } from "../context.js";
import { elaborate, sourceScope } from "../source/elaborate.js";
import { namesIn } from "../names.js";
import { checkCondition } from "../expression/expressions.js";
import { knownTruth } from "../expression/fold.js";
import { nearest } from "../../diagnostics/suggest.js";
import { printExpression } from "../../syntax/print/print-expression.js";
import { limited, limitedColumns } from "../limited.js";
import { MOST_QUERIES } from "../limits.js";
import { UNSIGNED } from "../../types/types.js";
import type { Aggregate, CheckedQuery } from "../typed.js";
import { isMissing } from "./missing-probe.js";
import { shapeOf, type ClauseOf, type Clauses, type Constants, type QueryContext } from "./query-context.js";
import { withoutSettledTests } from "./settled-tests.js";
import { applyVia } from "./via.js";

/** Returns the first clause of each kind; the parser has reported any others. */
function clausesOf(query: Query): Clauses {
  const found: Partial<Record<Clause["kind"], Clause>> = {};
  for (const clause of query.clauses) found[clause.kind] ??= clause;
  return found as Clauses;
}

export function checkQuery(query: Query, context: QueryContext): CheckedQuery | undefined {
  const before = context.diagnostics.list.length;
  const clauses = clausesOf(query);
  const checked = query.source ? checkSourced(query, clauses, context) : checkTable(query, clauses, context);
  const failed = context.diagnostics.list.slice(before).some((d) => d.severity === "error");
  return failed ? undefined : checked;
}

/** Limits the number of queries of a text or a tool. */
export function limitedQueries<T extends { readonly span: Span }>(
  queries: readonly T[],
  context: Context,
): readonly T[] {
  return limited(queries, MOST_QUERIES, "queries here", "put them into several files, or tools", context);
}

function withConstants(scope: Scope, constants: Constants): Scope {
  if (constants.size === 0) return scope;
  return {
    ...scope,
    names: () => [...constants.keys(), ...scope.names()],
    lookUp: (name, context, span) => constants.get(name) ?? scope.lookUp(name, context, span),
  };
}

function checkSourced(query: Query, clauses: Clauses, context: QueryContext): CheckedQuery | undefined {
  const shape = query.source && shapeOf(query.source, context);
  if (!shape || isMissing(shape, query, context)) return undefined;
  const scope = withConstants(sourceScope(shape, context, query.open), context.constants);
  const parts = commonParts(withoutSettledTests(query, scope, context), clauses, context);
  if (clauses.every?.header)
    fail(
      context,
      clauses.every.header.span,
      "misplaced-header",
      "`header` repeats the column names of a table with one line per interval",
      write(
        { start: clauses.every.interval.span.end, end: clauses.every.header.span.end },
        "",
        "leave it out here",
      ),
    );
  if (query.open && shape.kind !== "span") {
    fail(
      context,
      query.source?.span ?? query.span,
      "not-a-span",
      `\`${shape.name}\` has no end, so it is never open`,
      "`open` is for spans, such as `open allocation`",
    );
    return undefined;
  }
  const where = clauses.where && checkCondition(clauses.where.condition, scope, context);
  const known = where && knownTruth(where);
  if (known === false)
    context.diagnostics.warning(
      "never-true",
      context.source,
      clauses.where?.condition.span ?? query.span,
      "this condition is never true, so there will be no result",
    );
  // A condition that is always true needs no test.
  const condition = where && known !== true ? { condition: where } : {};

  const columns = limitedColumns(clauses.show?.columns ?? [], "columns", context);
  const by = limitedColumns(clauses.by?.keys ?? [], "keys", context);
  const summed = limitedColumns(clauses.aggregates?.columns ?? [], "aggregates", context);
  if (clauses.show) checkShowAlone(clauses, columns, query, context);
  const shown = clauses.show
    ? columns.filter((c) => !isAggregateCall(c.expression)).map((c) => checkColumn(c, scope, context))
    : [];
  const keys = by.map((k) => checkKey(k, scope, context));
  const aggregates = clauses.show ? [] : checkAggregates(clauses.aggregates && summed, scope, context);
  if (query.open) checkOpenAggregates(aggregates, summed, context);
  checkDistinct([...shown, ...keys, ...aggregates], [...columns, ...by, ...summed], context);

  const wanted = new Set(query.clauses.flatMap(namesInClause));
  const all = elaborate(shape, wanted, clauses.via ? { ...context, exhaustive: true } : context);
  const source = clauses.via ? applyVia(all, clauses.via.provider, context) : all;
  if (!source) return undefined;
  if (clauses.show) return { kind: "show", ...parts, source, open: query.open, columns: shown, ...condition };
  const top = clauses.top && checkTop(clauses.top, keys.length, aggregates, clauses, scope, context);
  return {
    kind: "aggregate",
    ...parts,
    source,
    open: query.open,
    keys,
    aggregates,
    ...condition,
    ...(top ? { top } : {}),
  };
}

function namesInClause(clause: Clause): string[] {
  switch (clause.kind) {
    case "aggregates":
    case "show":
      return clause.columns.flatMap((c) => namesIn(c.expression));
    case "by":
      return clause.keys.flatMap((c) => namesIn(c.expression));
    case "where":
      return namesIn(clause.condition);
    case "every":
    case "for":
    case "top":
    case "via":
      return [];
  }
}

function checkShowAlone(
  clauses: Clauses,
  columns: readonly ColumnSyntax[],
  query: Query,
  context: QueryContext,
): void {
  const aggregate = columns.find((c) => isAggregateCall(c.expression));
  if (aggregate)
    fail(
      context,
      aggregate.span,
      "aggregate-in-show",
      "`show` shows each event, and an aggregate sums them up",
      clauses.show
        ? write(
            { start: clauses.show.span.start, end: columns[0]?.span.start ?? clauses.show.span.end },
            "",
            "leave the word `show` out",
          )
        : undefined,
    );
  const misplaced = (clause: { readonly span: Span } | undefined, message: string, hint: string): void => {
    if (clause) fail(context, clause.span, "clash-with-show", message, write(clause.span, "", hint));
  };
  misplaced(
    clauses.aggregates,
    "`show` shows each event, and an aggregate sums them up",
    "use one of the two",
  );
  misplaced(
    clauses.by,
    "`show` shows each event, so there is nothing to group",
    "leave out `show`, or make the keys columns of it",
  );
  misplaced(
    clauses.top,
    "`top` ranks groups, and `show` shows each event as it comes",
    "leave out `show`, and group with `by`",
  );
  if (!query.open)
    misplaced(
      clauses.every,
      "`show` shows each event as it comes, so there is nothing to print at an interval",
      "leave `every` out",
    );
}

function checkKey(column: ColumnSyntax, scope: Scope, context: Context): ReturnType<typeof checkColumn> {
  if (isAggregateCall(column.expression))
    fail(context, column.span, "aggregate-as-key", "an aggregate cannot be a key", "write it before `by`");
  const key = isAggregateCall(column.expression) ? undefined : checkColumn(column, scope, context);
  if (key?.value.type.kind === "number" && key.value.type.unit === "timestamp")
    context.diagnostics.warning(
      "key-without-end",
      context.source,
      column.span,
      "every event has a time of its own, so each will be a group of its own",
      "divide it, for example `elapsed / 1s`",
    );
  return key ?? { label: "", value: { op: "integer", value: 0n, type: { kind: "error" } } };
}

/** Rejects aggregates over time in `open` queries, which show a single moment. */
function checkOpenAggregates(
  aggregates: readonly Aggregate[],
  syntax: readonly ColumnSyntax[],
  context: Context,
): void {
  for (const column of syntax) {
    const call = column.expression;
    if (!isAggregateCall(call) || !aggregates.some(({ fn }) => fn === call.callee.text)) continue;
    if (definitionOf(call.callee.text as AggregateFunction).isByTime)
      fail(
        context,
        call.span,
        "rate-of-open",
        `\`${call.callee.text}\` is a rate over time, and \`open\` shows a single moment`,
        "use count() for their number",
      );
  }
}

function checkAggregates(
  columns: readonly ColumnSyntax[] | undefined,
  scope: Scope,
  context: Context,
): Aggregate[] {
  if (!columns) return [{ fn: "count", label: "count()", type: UNSIGNED }];
  return columns.flatMap((c) => checkAggregate(c, scope, context) ?? []);
}

function checkTop(
  clause: ClauseOf<"top">,
  keys: number,
  aggregates: readonly Aggregate[],
  clauses: Clauses,
  scope: Scope,
  context: QueryContext,
): { count: bigint; by: number } | undefined {
  const count = wholeNumber(clause.count, "top", context);
  if (keys === 0)
    fail(
      context,
      clause.span,
      "top-without-by",
      "`top` ranks groups, and there are none",
      write(clause.span, `by comm ${textOf(clause.span, context)}`, "group with `by`, for example {}"),
    );
  if (count === undefined) return undefined;
  const ranks = (a: Aggregate | undefined): boolean => a !== undefined && isRanked(a.type);
  const refuse = (span: Span): undefined =>
    void fail(
      context,
      span,
      "unrankable",
      "`top` needs one number per group to rank by, and a histogram or a summary is several",
      "add a count() or a sum(…), and rank by it",
    );
  if (!clause.by) {
    const first = aggregates.findIndex(ranks);
    if (first >= 0) return { count, by: first };
    return aggregates.length === 0 ? undefined : refuse(clause.span);
  }
  const by = clause.by;
  const written = clauses.aggregates?.columns ?? [];
  const text = by.kind === "name" ? by.text : undefined;
  const found = aggregates.findIndex(
    (a, i) =>
      a.label === text ||
      (text === undefined && isSameCall(by, written[i]?.expression)) ||
      (written.length === 0 && by.kind === "call" && by.callee.text === "count"),
  );
  if (found >= 0) return ranks(aggregates[found]) ? { count, by: found } : refuse(by.span);
  const isField = text !== undefined && scope.names().includes(text);
  const ranked = aggregates.flatMap((a, i) => (ranks(a) ? [rankText(a, written[i])] : []));
  const first = text === undefined ? [] : ranked.filter((rank) => rank.startsWith(`${text}(`));
  fail(
    context,
    by.span,
    "unknown-rank",
    isField
      ? `\`top … by ${text}\` ranks by an aggregate, and \`${text}\` is a field`
      : "`top … by` needs one of this query's aggregates",
    write(
      by.span,
      [...new Set([...nearest(text ?? "", ranked), ...first, ...ranked])],
      isField ? `write {}; to group by it write \`by ${text}\` before \`top\`` : "write {}",
      "add a count() or a sum(…), and rank by it",
    ),
  );
  return undefined;
}

function textOf({ start, end }: Span, { source }: Context): string {
  return source.text.slice(start, end);
}

/** An aggregate as `top … by` names it. */
function rankText({ label }: Aggregate, column: ColumnSyntax | undefined): string {
  if (column?.alias?.kind === "name") return column.alias.text;
  return column ? printExpression(column.expression) : label;
}

function isSameCall(a: Expression, b: Expression | undefined): boolean {
  return a.kind === "call" && b?.kind === "call" && printExpression(a) === printExpression(b);
}
