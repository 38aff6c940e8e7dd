/** Builds queries of the syntax tree, with their sources, clauses and columns. */
import type {
  ArgumentCstNode,
  ClauseCstNode,
  ColumnCstNode,
  ColumnEndCstNode,
  FirstColumnCstNode,
  QueryCstNode,
  SourceCstNode,
  TitleCstNode,
  TypeCstNode,
  UnitCstNode,
  ViaCstNode,
} from "../grammar/cst.js";
import type {
  Clause,
  Column,
  Expression,
  NamedSource,
  ProbeParameter,
  ProbeSource,
  Query,
  TypeName,
  ViaProvider,
} from "../tree.js";
import { buildExpression, buildFirstExpression } from "./build-expression.js";
import { decodeProbe, decodeString } from "./literals.js";
import { first, nameOf, spanOfNode, takeDoc, unlessLeftOut, whole, type BuildContext } from "./nodes.js";
import { write } from "../../diagnostics/advice.js";
import type { Fix } from "../../diagnostics/diagnostic.js";
import { quote, type Reporter } from "./reporter.js";

export function buildQuery(node: QueryCstNode, context: BuildContext): Query {
  const span = spanOfNode(node);
  const { Open, source, clauses, table } = node.children;
  const [subject] = whole(source);
  const clauseNodes = clauses?.[0] ?? table?.[0];
  const built = whole(clauseNodes?.children.clause).flatMap((clause) => buildClause(clause, context) ?? []);
  reportDuplicates(built, context.reporter);
  return {
    kind: "query",
    span,
    ...takeDoc(span.start, context),
    open: Open !== undefined,
    ...(subject === undefined ? {} : { source: buildSource(subject, context) }),
    clauses: built,
  };
}

// ---------------------------------------------------------------- sources

export function buildSource(node: SourceCstNode, context: BuildContext): ProbeSource | NamedSource {
  const span = spanOfNode(node);
  const [probe] = node.children.Probe ?? [];
  if (probe === undefined) return { kind: "namedSource", span, name: nameOf(first(node.children.Name)) };
  const parameters = node.children.arguments?.[0]?.children.argument ?? [];
  return {
    kind: "probeSource",
    span,
    probe: decodeProbe(probe, context.reporter),
    parameters: parameters.map(buildParameter),
  };
}

function buildParameter(node: ArgumentCstNode): ProbeParameter {
  const [type] = node.children.type ?? [];
  return {
    kind: "parameter",
    span: spanOfNode(node),
    name: nameOf(first(node.children.Name)),
    ...(type === undefined ? {} : { type: buildType(type) }),
  };
}

export function buildType(node: TypeCstNode): TypeName {
  const { Flags, Enum, Struct, Name } = node.children;
  const [prefix] = Flags ?? Enum ?? Struct ?? [];
  const name = nameOf(first(Name));
  const span = spanOfNode(node);
  if (prefix === undefined) return { kind: "type", span, word: name };
  return { kind: "type", span, word: nameOf(prefix), of: name };
}

// ---------------------------------------------------------------- clauses

/** Returns undefined for a clause without any valid part. */
function buildClause(node: ClauseCstNode, context: BuildContext): Clause | undefined {
  const span = spanOfNode(node);
  const { aggregates, show, by, where, via, every, top, for: length } = node.children;
  if (aggregates !== undefined) {
    const { firstColumn, column } = first(aggregates).children;
    const nodes: (FirstColumnCstNode | ColumnCstNode)[] = [...firstColumn, ...(column ?? [])];
    const columns = buildColumns(nodes, context);
    return columns.length === 0 ? undefined : { kind: "aggregates", span, columns };
  }
  if (show !== undefined) {
    const columns = buildColumns(first(first(show).children.columns).children.column, context);
    return columns.length === 0 ? undefined : { kind: "show", span, columns };
  }
  if (by !== undefined) {
    const keys = buildColumns(first(first(by).children.columns).children.column, context);
    return keys.length === 0 ? undefined : { kind: "by", span, keys };
  }
  if (via !== undefined) return { kind: "via", span, provider: buildVia(first(via), context) };
  return unlessLeftOut((): Clause => {
    if (where !== undefined) {
      const condition = buildExpression(first(first(where).children.expression), context);
      return { kind: "where", span, condition };
    }
    if (every !== undefined) {
      const [interval, header] = expressionsOf(first(every).children.expression, context);
      return { kind: "every", span, interval, ...(header === undefined ? {} : { header }) };
    }
    if (top !== undefined) {
      const [count, rank] = expressionsOf(first(top).children.expression, context);
      return { kind: "top", span, count, ...(rank === undefined ? {} : { by: rank }) };
    }
    const [duration] = expressionsOf(first(length).children.expression, context);
    return { kind: "for", span, duration };
  });
}

type ExpressionNodes = Parameters<typeof buildExpression>[0][];

/** Builds the expression that a clause needs, and the optional one after its second word. */
function expressionsOf(nodes: ExpressionNodes, context: BuildContext): [Expression, Expression?] {
  const needed = buildExpression(first(nodes), context);
  const more = nodes[1];
  return more === undefined ? [needed] : [needed, buildExpression(more, context)];
}

function buildVia(node: ViaCstNode, { reporter }: BuildContext): ViaProvider {
  const [probe] = node.children.Probe ?? [];
  if (probe === undefined) {
    const type = nameOf(first(node.children.Name));
    return { kind: "viaProvider", span: type.span, type, parts: [] };
  }
  const { span, type, parts } = decodeProbe(probe, reporter);
  return { kind: "viaProvider", span, type, parts };
}

function reportDuplicates(clauses: readonly Clause[], reporter: Reporter): void {
  const { text } = reporter.source;
  const seen: Partial<Record<Clause["kind"], Clause>> = {};
  let before: Clause | undefined;
  for (const clause of clauses) {
    const earlier = seen[clause.kind];
    // Two aggregates in a row lack a comma, which has been reported.
    const inRow = clause.kind === "aggregates" && before?.kind === "aggregates";
    before = clause;
    if (earlier === undefined) seen[clause.kind] = clause;
    if (earlier === undefined || inRow) continue;
    const written = quote(text.slice(earlier.span.start, earlier.span.end));
    const named = clause.kind === "aggregates" ? "aggregates stand" : `\`${clause.kind}\` stands`;
    const { start } = clause.span;
    reporter.error(
      "duplicate-clause",
      start,
      start + (/^\w+/.exec(text.slice(start, start + 40))?.[0].length ?? 1),
      `${named} twice in this query`,
      {
        says:
          clause.kind === "where"
            ? `join the conditions with \`and\`: the first is ${written}`
            : `the first is ${written}: leave one out, or join them`,
        fixes: withoutSecond(earlier, clause, text),
      },
    );
  }
}

/** Joins a second clause with the first where it follows it, or leaves it out. */
function withoutSecond(earlier: Clause, { kind, span }: Clause, text: string): readonly Fix[] {
  const follows = text.slice(earlier.span.end, span.start).trim() === "";
  const between = JOINING[kind];
  const word = /^(?:show|by|where)\s+/.exec(text.slice(span.start, span.end))?.[0].length ?? 0;
  const joined = { span: { start: earlier.span.end, end: span.start + word }, text: between ?? "" };
  const before = /\s*$/.exec(text.slice(0, span.start))?.[0].length ?? 0;
  const gone = { span: { start: span.start - before, end: span.end }, text: "" };
  return follows && between !== undefined ? [joined, gone] : [gone];
}

const JOINING: Readonly<Partial<Record<Clause["kind"], string>>> = {
  where: " and ",
  by: ", ",
  show: ", ",
  aggregates: ", ",
};

// ---------------------------------------------------------------- columns

/** Builds the columns, leaving out invalid ones. */
function buildColumns(
  nodes: readonly (FirstColumnCstNode | ColumnCstNode)[],
  context: BuildContext,
): Column[] {
  return whole([...nodes]).flatMap((node) => unlessLeftOut(() => buildColumn(node, context)) ?? []);
}

function buildColumn(node: FirstColumnCstNode | ColumnCstNode, context: BuildContext): Column {
  const expression =
    node.name === "column"
      ? buildExpression(first(node.children.expression), context)
      : buildFirstExpression(node, context);
  return {
    kind: "column",
    span: spanOfNode(node),
    expression,
    ...columnEnd(first(node.children.columnEnd), context.reporter),
  };
}

function columnEnd({ children }: ColumnEndCstNode, reporter: Reporter): Pick<Column, "unit" | "alias"> {
  const { unit: units = [], title: titles = [] } = children;
  reportSecond(units, "duplicate-unit", "this column has a unit already", reporter);
  reportSecond(titles, "duplicate-name", "this column has a name already", reporter);
  const unit = units.at(-1);
  const title = titles.at(-1);
  return {
    ...(unit === undefined ? {} : { unit: nameOf(first(unit.children.Name)) }),
    ...(title === undefined ? {} : { alias: aliasOf(title, reporter) }),
  };
}

function aliasOf({ children }: TitleCstNode, reporter: Reporter): NonNullable<Column["alias"]> {
  const [string] = children.String ?? [];
  return string === undefined ? nameOf(first(children.Name)) : decodeString(string, reporter);
}

function reportSecond(
  nodes: readonly (UnitCstNode | TitleCstNode)[],
  code: string,
  message: string,
  reporter: Reporter,
): void {
  for (const node of nodes.slice(1)) {
    const { start, end } = spanOfNode(node);
    const second = { start: start - 1, end };
    reporter.error(code, start, start + 2, message, write(second, "", "leave one of them out"));
  }
}
