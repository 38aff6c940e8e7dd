/** Expressions of PromQL, `sum by (comm) (rate(faults{comm="sh"}[5m]))`, in this language. */
import { isAggregateFunction } from "../../aggregates/aggregates.js";
import { aggregatesMeant, sourcesMeant } from "../../semantics/foreign-names.js";
import { percentileNear } from "../phrases/filters.js";
import { joined, splitAt, type ForeignForm } from "./form.js";
import type { Vocabulary } from "../vocabulary.js";

interface SelectorExpression {
  readonly source: string;
  readonly aggregate?: string;
  readonly labels?: string;
  readonly range?: string;
  readonly by?: string;
  readonly top?: string;
}

const CALLED = /^(\w+)\s*(?:by\s*\(([^)]*)\)\s*)?(?=\()/i;
const GROUPED = /^\s*(?:by\s*\(([^)]*)\))?\s*$/i;
const SELECTOR = /^([a-z_]\w*)\s*(?:\{(.*)\})?\s*(?:\[\s*(\w+)[^\]]*\])?(?:\s*offset\s+\w+)?$/is;

export const PROMQL: ForeignForm = {
  says: "this is PromQL: here the source comes first, then what to count of it, by what, and where",
  recognise: (text, vocabulary) => {
    const found = expressionOf(text.trim().replace(/\s*(?:>|<|>=|<=|==)\s*\d+$/, ""), vocabulary);
    if (!found || (found.labels === undefined && found.range === undefined && found.aggregate === undefined))
      return undefined;
    const { source, aggregate, labels, range, by, top } = found;
    return joined(
      source,
      aggregate ?? (range === undefined ? undefined : "count()"),
      labels === undefined ? undefined : `where ${conditionOf(labels)}`,
      by === undefined || by.trim() === "" ? undefined : `by ${by}`,
      top === undefined ? undefined : `${by === undefined ? "by comm " : ""}top ${top}`,
    );
  },
};

function expressionOf(text: string, vocabulary: Vocabulary): SelectorExpression | undefined {
  const [, name, labels, range] = SELECTOR.exec(text) ?? [];
  if (
    name !== undefined &&
    (vocabulary.isSource(name) || sourcesMeant(baseOf(name), vocabulary.sources).length > 0)
  )
    return {
      source: baseOf(name),
      ...(labels === undefined ? {} : { labels }),
      ...(range === undefined ? {} : { range }),
    };
  const [head = "", fn = "", first] = CALLED.exec(text) ?? [];
  const end = head === "" ? undefined : closing(text, head.length);
  const [behind, second] = (end === undefined ? undefined : GROUPED.exec(text.slice(end + 1))) ?? [];
  if (end === undefined || behind === undefined) return undefined;
  const args = text.slice(head.length + 1, end);
  const parts = splitAt(args, ",");
  const inner = expressionOf(parts.at(-1) ?? "", vocabulary);
  if (!inner) return undefined;
  const by = first ?? second ?? inner.by;
  const keyed = by === undefined ? {} : { by };
  const number = parts.length > 1 ? parts[0] : undefined;
  if (/^(?:topk|bottomk)$/i.test(fn)) return { ...inner, ...keyed, top: number ?? "10" };
  return { ...inner, ...keyed, aggregate: inner.aggregate ?? aggregateOf(fn.toLowerCase(), number) };
}

/** Returns the offset of the bracket that closes the one at `from`. */
function closing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text.charAt(i) === "(") depth++;
    else if (text.charAt(i) === ")" && --depth === 0) return i;
  }
  return undefined;
}

/** `faults_total` is a name of Prometheus for `faults`. */
function baseOf(name: string): string {
  return name.replace(/_(?:total|count|sum|bucket)$/, "");
}

function aggregateOf(fn: string, number: string | undefined): string {
  if (fn === "rate" || fn === "irate") return "rate()";
  if (fn === "histogram_quantile") return percentileNear(number ?? "0.99");
  const known = isAggregateFunction(fn) ? fn : (aggregatesMeant(fn)[0] ?? "count");
  // A counter's sum is how many events there were.
  return known === "rate" || known === "sum" ? "count()" : `${known}()`;
}

const conditionOf = (labels: string): string =>
  splitAt(labels, ",")
    .filter((label) => label !== "")
    .map((label) => label.replace(/^(\w+)\s*=(?![=~])/, "$1 == "))
    .join(" and ");
