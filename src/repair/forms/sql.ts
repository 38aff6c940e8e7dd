/** `select … from … where … group by … order by … limit …`, in this language. */
import { isAggregateFunction } from "../../aggregates/aggregates.js";
import { aggregatesMeant } from "../../semantics/foreign-names.js";
import { joined, splitAt, type ForeignForm } from "./form.js";

const SELECT =
  /^\s*select\s+(distinct\s+)?(.+?)\s+from\s+([\w:.*"/-]+)(?:\s+(?:as\s+)?(?!where\b|group\b|having\b|order\b|limit\b|join\b)([a-z_]\w*))?\b(.*?);?\s*$/is;

/** The clauses, in the order of SQL. */
const CLAUSES =
  /^\s*(?:where\s+(.+?))?\s*(?:group\s+by\s+(.+?))?\s*(?:having\s+(.+?))?\s*(?:order\s+by\s+(.+?))?\s*(?:(?:limit|fetch\s+first)\s+(\d+)(?:\s+rows?\s+only)?)?\s*$/is;

export const SQL: ForeignForm = {
  says: "this is SQL: here a query starts with its source, and goes on with what to count or show, by what, and where",
  recognise: (text, { measures }) => {
    const [, distinct, list, source = "", alias, rest = ""] = SELECT.exec(text) ?? [];
    if (list === undefined) return undefined;
    const own = (part: string | undefined): string | undefined =>
      part?.replace(
        new RegExp(
          `\\b(?:${[source, alias].flatMap((name) => (name === undefined ? [] : escaped(name))).join("|")})\\.(?=\\w)`,
          "gi",
        ),
        "",
      );
    const [, where, group, having, order, limit] = CLAUSES.exec(rest) ?? [];
    if (rest.trim() !== "" && [where, group, having, order, limit].every((part) => part === undefined))
      return undefined;
    const columns = splitAt(own(list) ?? "", ",");
    const aggregates = columns.filter(isAggregate).map(withoutStar);
    const plain = columns.filter((column) => !isAggregate(column) && column !== "*");
    const keys = own(group) ?? (aggregates.length > 0 || distinct !== undefined ? plain.join(", ") : "");
    const shown = plain.length > 0 ? plain : ["time", "pid", "comm", ...measures.slice(0, 4)];
    const what =
      keys !== "" || aggregates.length > 0 ? aggregates.join(", ") || "count()" : `show ${shown.join(", ")}`;
    return joined(
      source,
      what,
      where && `where ${own(where)}`,
      keys === "" ? undefined : `by ${keys}`,
      having !== undefined && order === undefined && limit === undefined
        ? `having ${withoutStar(own(having) ?? "")}`
        : undefined,
      order ? `order by ${withoutStar(own(order) ?? "")}` : undefined,
      limit && `${order ? "limit" : "top"} ${limit}`,
    );
  },
};

const escaped = (text: string): string => text.replace(/[^\w]/g, "\\$&");

function isAggregate(column: string): boolean {
  const name = /^(\w+)\s*\(/.exec(column)?.[1]?.toLowerCase() ?? "";
  return isAggregateFunction(name) || aggregatesMeant(name).length > 0;
}

/** `COUNT(*)` is `count()`. */
function withoutStar(column: string): string {
  return column
    .replace(/\b(\w+)\s*\(\s*(?:\*|1)\s*\)/g, "$1()")
    .replace(/\bcount\s*\(\s*distinct\s+/gi, "distinct(")
    .replace(/\bAS\b/g, "as")
    .replace(/\b[A-Z]+(?=\()/g, (name) => name.toLowerCase());
}
