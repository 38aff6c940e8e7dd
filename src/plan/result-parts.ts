/** The parts that results have in common: the query, columns and aggregates. */
import { definitionOf } from "../aggregates/aggregates.js";
import type { Aggregate, CheckedQuery, CheckedSource, Typed } from "../semantics/typed.js";
import type { Type } from "../types/types.js";
import type { SourceQuery, ResultAggregate, ResultBase, ResultColumn } from "./plan.js";

export function resultBase(query: CheckedQuery): ResultBase {
  return {
    query: query.text,
    asked: askedOf(query),
    ...(query.doc === undefined ? {} : { doc: query.doc }),
    ...(query.every === undefined ? {} : { every: query.every }),
  };
}

function askedOf(query: CheckedQuery): readonly SourceQuery[] {
  const of = ({ name, doc }: CheckedSource): Pick<SourceQuery, "source" | "doc"> => ({
    source: name,
    ...(doc === undefined ? {} : { doc }),
  });
  if (query.kind === "table")
    return query.columns.map(({ source, aggregate }) => ({
      ...of(source),
      columns: [],
      values: [aggregate.value],
    }));
  return [
    {
      ...of(query.source),
      ...(query.condition ? { condition: query.condition } : {}),
      columns: (query.kind === "show" ? query.columns : query.keys).map((c) => c.value),
      values: query.kind === "show" ? [] : query.aggregates.map((a) => a.value),
    },
  ];
}

export function column(
  label: string,
  value: { readonly type: Typed["type"] },
  display: ResultColumn["display"],
): ResultColumn {
  return { label, type: printed(value.type), ...(display ? { display } : {}) };
}

/** Sizes are read as signed: a decrease is negative with any provider, and no size reaches 2^63. */
function printed(type: Type): Type {
  return type.kind === "number" && type.unit === "bytes" ? { ...type, signed: true } : type;
}

export function resultAggregates(
  aggregates: readonly Aggregate[],
  names: readonly string[],
): ResultAggregate[] {
  return aggregates.map((a, i) => ({
    label: a.label,
    type: printed(a.type),
    fn: a.fn,
    map: names[i] as string,
    ...(a.range ? { range: a.range } : {}),
    ...(a.value && definitionOf(a.fn).keptAs === "values" ? { of: a.value.type } : {}),
    ...(a.display ? { display: a.display } : {}),
  }));
}
