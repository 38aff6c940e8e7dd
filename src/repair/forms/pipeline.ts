/** Pipelines of jq, of shells, and of languages for logs, in this language. */
import { sourcesMeant } from "../../semantics/foreign-names.js";
import { joined, splitAt, type ForeignForm } from "./form.js";

/** What a part of a pipeline is here; the others go on to the tables of phrases. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^select\s*\((.*)\)$/is, "where $1"],
  [/^(?:group_by|groupby|unique_by)\s*\((.*)\)$/is, "by $1"],
  [/^(?:map|pick)\s*\((.*)\)$/is, "show $1"],
  [/^(?:sort_by|max_by)\s*\((.*)\)$/is, "order by $1"],
  [/^limit\s*\(\s*(\d+).*\)$/is, "limit $1"],
  [/^\[?\.\[\s*:?(\d+)\s*\]\]?$/is, "limit $1"],
  [/^(?:length|wc(?:\s+-l)?)$/i, "count()"],
  [/^uniq(?:\s+-c)?$/i, "count() by comm"],
  [/^sort(?:\s+-\w+)*$/i, ""],
  [/^(?:head|tail)(?:\s+-n?\s*(\d+))?$/i, "limit $1"],
  [/^grep\s+(?:-\w+\s+)*["']?([\w.*-]+)["']?$/i, 'where comm ~ "*$1*"'],
  [/^(?:stats|summarize|summarise|aggregate|chart|timechart|eventstats)\s+(.*)$/is, "$1"],
  [/^(?:project|fields|table|keep|display)\s+(.*)$/is, "show $1"],
  [/^(?:search|where|filter)\s+(.*)$/is, "where $1"],
  [/^(?:top|limit|take)\s+(\d+)\s+by\s+(.*)$/is, "order by $2 limit $1"],
  [/^\{(.*)\}$/s, "show $1"],
  [/^([a-z_]\w*(?:\s*,\s*[a-z_]\w*)*)$/i, "show $1"],
];

export const PIPELINE: ForeignForm = {
  says: "here the parts of a query follow each other, without `|` between them",
  recognise: (text, { isSource, sources }) => {
    const [first = "", ...parts] = splitAt(text, "|");
    if (parts.length === 0) return undefined;
    const source = /^\.?([a-z_]\w*)(?:\s*\[\s*\])?(.*)$/is.exec(first.trim());
    const name = source?.[1];
    if (name === undefined || !(isSource(name) || sourcesMeant(name, sources).length > 0)) return undefined;
    // A field of jq has a dot before it.
    const plain = parts.map((part) => part.replace(/(^|[^\w)\]])\.(?=[a-z_])/gi, "$1"));
    return joined(name, source?.[2], ...plain.map(partOf));
  },
};

function partOf(part: string): string {
  const [pattern, by] = PARTS.find(([each]) => each.test(part)) ?? [];
  return pattern === undefined || by === undefined
    ? part
    : part.replace(pattern, by).replace(/limit\s*$/, "limit 10");
}
