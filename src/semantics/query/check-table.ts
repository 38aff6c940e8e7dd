/** Checks a query without a source: one line per interval, with aggregates of several sources. */
import { definitionOf, type AggregateFunction } from "../../aggregates/aggregates.js";
import { isAmount } from "../../aggregates/shapes.js";
import type { Column as ColumnSyntax, Expression, Query } from "../../syntax/tree.js";
import { write } from "../../diagnostics/advice.js";
import { commonParts } from "./clause-values.js";
import { aggregateOf, checkDistinct, isAggregateCall } from "./columns.js";
import { fail } from "../context.js";
import { elaborate, sourceScope } from "../source/elaborate.js";
import { checkValue } from "../expression/expressions.js";
import { limitedColumns } from "../limited.js";
import type { SourceShape } from "../source/source-shape.js";
import type { Aggregate, CheckedSource, TableQuery } from "../typed.js";
import { shapeOf, type Clauses, type QueryContext } from "./query-context.js";

export function checkTable(query: Query, clauses: Clauses, context: QueryContext): TableQuery | undefined {
  const parts = commonParts(query, clauses, context);
  const { every } = parts;
  if (query.clauses.length === 0) {
    fail(
      context,
      query.span,
      "no-source",
      "the query has no source",
      "start with one, such as `faults by comm`",
    );
    return undefined;
  }
  if (!clauses.show || !clauses.every) {
    fail(
      context,
      query.span,
      "no-source",
      "a query needs a source, unless it is a table: `every 1s show count(faults), …`",
      "start with a source, such as `faults by comm`",
    );
    return undefined;
  }
  for (const kind of ["aggregates", "by", "where", "top", "via"] as const) {
    const clause = clauses[kind];
    if (clause)
      fail(
        context,
        clause.span,
        "clash-with-table",
        "this clause is not allowed in a table over several sources",
        "write it as a query of its own, after a `;`",
      );
  }
  const written = limitedColumns(clauses.show.columns, "columns", context);
  const columns = written.flatMap((c) => tableColumn(c, context) ?? []);
  checkDistinct(
    columns.map((c) => c.aggregate),
    written,
    context,
  );
  if (every === undefined || columns.length === 0) return undefined;
  return { kind: "table", ...parts, every, columns };
}

interface TableColumn {
  readonly source: CheckedSource;
  readonly aggregate: Aggregate;
}

function tableColumn(column: ColumnSyntax, context: QueryContext): TableColumn | undefined {
  const call = column.expression;
  if (!isAggregateCall(call)) {
    fail(
      context,
      column.span,
      "not-an-aggregate",
      "a column of a table must be an aggregate of a source",
      "for example `count(faults)` or `sum(compaction.latency)`",
    );
    return undefined;
  }
  const fn = call.callee.text as AggregateFunction;
  const { shape: resultShape, takes } = definitionOf(fn);
  if (!isAmount(resultShape)) {
    fail(
      context,
      call.span,
      "not-one-number",
      `\`${fn}\` is more than one number, so it does not fit into a column of a table`,
      "write it as a query of its own, after a `;`",
    );
    return undefined;
  }
  const [argument, ...rest] = call.args;
  if (!argument || rest.length > 0) {
    fail(
      context,
      call.span,
      "argument-count",
      `\`${fn}\` needs a source to aggregate`,
      takes === "nothing" ? `for example \`${fn}(faults)\`` : `for example \`${fn}(compaction.latency)\``,
    );
    return undefined;
  }
  const split = splitSource(argument);
  const shape = split && sourceOf(split.source, context);
  if (!split)
    fail(
      context,
      argument.span,
      "no-source",
      "a table's column names a source, and one of its fields",
      "for example `sum(compaction.latency)`",
    );
  if (!split || !shape) return undefined;
  if (split.field && takes === "nothing") {
    fail(
      context,
      argument.span,
      "argument-count",
      `\`${fn}\` counts events, not their fields`,
      write(call.span, `${fn}(${shape.name})`),
    );
    return undefined;
  }
  const value = split.field && checkValue(split.field, sourceScope(shape, context), context);
  const aggregate = aggregateOf(column, call, value, [], context);
  const source = elaborate(shape, new Set(split.field ? [split.field.text] : []), context);
  return aggregate && { source, aggregate };
}

function splitSource(
  expression: Expression,
): { source: Expression; field?: Expression & { kind: "name" } } | undefined {
  if (expression.kind === "name" || expression.kind === "probe") return { source: expression };
  if (
    expression.kind === "member" &&
    (expression.object.kind === "name" || expression.object.kind === "probe")
  )
    return { source: expression.object, field: expression.name };
  return undefined;
}

function sourceOf(expression: Expression, context: QueryContext): SourceShape | undefined {
  const { span } = expression;
  if (expression.kind === "name") return shapeOf({ kind: "namedSource", span, name: expression }, context);
  if (expression.kind !== "probe") return undefined;
  return shapeOf({ kind: "probeSource", span, probe: expression.probe, parameters: [] }, context);
}
