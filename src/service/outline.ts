/** The outline of a text: its definitions and queries, what can be folded, and what the provider of a query is. */
import type { Span } from "../diagnostics/diagnostic.js";
import { pointText } from "../semantics/source/probe-points.js";
import { typeName } from "../types/types.js";
import type { Item } from "../syntax/tree.js";
import { planOf } from "./hover.js";
import type { PlacedPart } from "./parts.js";
import { moved } from "./parts.js";
import type { Analysis } from "./workspace.js";

export interface OutlineEntry {
  readonly name: string;
  readonly kind: "event" | "span" | "tool" | "set" | "query" | "field" | "parameter" | "member";
  readonly span: Span;
  /** The name itself. */
  readonly nameSpan: Span;
  readonly children: readonly OutlineEntry[];
}

export function outlineOf({ parts }: Analysis): readonly OutlineEntry[] {
  return parts.flatMap((part) => part.file.items.flatMap((item) => entryOf(item, part) ?? []));
}

function entryOf(item: Item, part: PlacedPart): OutlineEntry | undefined {
  const at = (span: Span): Span => moved(span, part.start);
  const entry = (
    kind: OutlineEntry["kind"],
    { name, span }: NamedNode,
    children: readonly OutlineEntry[] = [],
  ): OutlineEntry => ({ name: name.text, kind, span: at(span), nameSpan: at(name.span), children });
  const all = (kind: OutlineEntry["kind"], nodes: readonly NamedNode[]): readonly OutlineEntry[] =>
    nodes.map((node) => entry(kind, node));
  switch (item.kind) {
    case "import":
      return undefined;
    case "query": {
      const { span } = item;
      const text = part.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
      return entry("query", { name: { text, span }, span });
    }
    case "union":
      return entry("event", item);
    case "event": {
      const fields = item.providers.flatMap((provider) => provider.fields);
      return entry("event", item, all("field", fields));
    }
    case "span":
      return entry("span", item, all("field", item.fields));
    case "set":
      return entry("set", item, all("member", item.members));
    case "tool":
      return entry("tool", item, all("parameter", item.parameters));
  }
}

interface NamedNode {
  readonly name: { readonly text: string; readonly span: Span };
  readonly span: Span;
}

/** Returns what takes several lines: definitions, their providers, and comments. */
export function foldsOf(analysis: Analysis): readonly Span[] {
  const { text } = analysis.source;
  const lines = ({ start, end }: Span): boolean => text.slice(start, end).includes("\n");
  const bodies = analysis.parts.flatMap((part) =>
    part.file.items.flatMap((item) => {
      const inner =
        item.kind === "event"
          ? item.providers
          : item.kind === "span"
            ? [...item.begin, ...item.during, ...item.end]
            : item.kind === "tool"
              ? item.parts
              : [];
      return [item, ...inner].map(({ span }) => moved(span, part.start));
    }),
  );
  return bodies.filter(lines);
}

export interface InlayHint {
  readonly at: number;
  readonly text: string;
}

/** Returns the provider that each query takes, and the type of each key and column that is an expression. */
export function inlayHintsOf(analysis: Analysis, within: Span): readonly InlayHint[] {
  return analysis.queries().flatMap((placed) => {
    const { query, part, checked } = placed;
    const { start, end } = moved(query.span, part.start);
    if (!checked || end < within.start || start > within.end) return [];
    const plan = planOf(placed, analysis);
    const probes =
      plan === undefined || typeof plan === "string" ? [] : plan.choices.map(({ point }) => pointText(point));
    const provider =
      query.source?.kind === "namedSource" && probes.length > 0
        ? [{ at: query.source.span.end + part.start, text: `via ${[...new Set(probes)].join(", ")}` }]
        : [];
    const columns = query.clauses.flatMap((clause) =>
      clause.kind === "show" ? clause.columns : clause.kind === "by" ? clause.keys : [],
    );
    const typed =
      checked.kind === "show" ? checked.columns : checked.kind === "aggregate" ? checked.keys : [];
    const types = columns.flatMap(({ expression, unit }, i) => {
      const type = typed[i]?.value.type;
      if (!type || unit !== undefined || expression.kind === "name" || type.kind === "c") return [];
      return [{ at: expression.span.end + part.start, text: `: ${typeName(type)}` }];
    });
    return [...provider, ...types];
  });
}
