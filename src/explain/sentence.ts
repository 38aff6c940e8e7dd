/** Describes a result in a sentence. */
import { definitionOf } from "../aggregates/aggregates.js";
import { keyColumns } from "../plan/columns.js";
import type { SourceQuery, Plan, Result, ResultAggregate } from "../plan/plan.js";
import { substitute } from "../plan/substitute.js";
import type { ProbePoint, ProbeType, Typed } from "../semantics/typed.js";
import { numberOf } from "../types/types.js";
import { conditionText, cText } from "./prose-expression.js";
import { durationText, quantityText } from "./quantity.js";

export function sentence(result: Result, plan: Plan): string {
  const [asked] = result.asked;
  if (!asked) return result.query;
  switch (result.kind) {
    case "rows":
      return `Shows a line for each event of ${sourceText(asked, plan)}${whereText(asked)}: ${labels(keyColumns(result))}; ${endText(plan)}.`;
    case "line":
      return `Prints a line every ${durationText(result.every)}, with ${list(
        result.aggregates.map((aggregate, i) => tableColumn(aggregate, result.asked[i] ?? asked)),
      )}${headerText(result.header)}; ${endText(plan)}.`;
    case "groups":
      return `${groupsText(result, asked, plan)}${topText(result)}; ${whenText(result.every, "prints and clears", plan)}.`;
    case "openGroups":
      return `Of ${openText(asOpen(asked), plan)}, ${tallies(result.aggregates, asOpen(asked))}${keysText(keyColumns(result))}${topText(result)}; ${whenText(result.every, "prints", plan)}.`;
    case "openRows":
      return `Of ${openText(asOpen(asked), plan)}, shows a line for each: ${labels(keyColumns(result))}; ${whenText(result.every, "prints", plan)}.`;
  }
}

type Groups = Result & { readonly kind: "groups" };

function groupsText(result: Groups, asked: SourceQuery, plan: Plan): string {
  const [first, ...others] = result.aggregates;
  const keys = keysText(keyColumns(result));
  // A count alone needs fewer words.
  if (first?.fn === "count" && others.length === 0)
    return `Counts the events of ${sourceText(asked, plan)}${whereText(asked)}${keys}`;
  return `Of the events of ${sourceText(asked, plan)}${whereText(asked)}, ${tallies(result.aggregates, asked)}${keys}`;
}

function openText(asked: SourceQuery, plan: Plan): string {
  const where = asked.condition ? `, where ${conditionText(asked.condition)}` : "";
  return `${sourceText(asked, plan)}, those that have begun and not ended${where}`;
}

/** An open span has only a begin, so its side is not named. */
function asOpen(asked: SourceQuery): SourceQuery {
  const bare = (value: Typed): Typed => substitute(value, ({ op, name, type }) => ({ op, name, type }));
  return {
    ...asked,
    ...(asked.condition ? { condition: bare(asked.condition) } : {}),
    values: asked.values.map((value) => value && bare(value)),
  };
}

function labels(columns: readonly { readonly label: string }[]): string {
  return list(columns.map(({ label }) => label));
}

function tallies(aggregates: readonly ResultAggregate[], asked: SourceQuery): string {
  return list(aggregates.map((aggregate, i) => tally(aggregate, asked, i)));
}

function tally(aggregate: ResultAggregate, asked: SourceQuery, position: number): string {
  const value = asked.values[position];
  const what = value === undefined ? "" : ` ${cText(value)}`;
  const { verb, verbAlone = verb } = definitionOf(aggregate.fn).words;
  return `${value === undefined ? verbAlone : verb}${what}${stepsText(aggregate)}${aliasText(aggregate)}`;
}

function stepsText({ fn, range, type }: ResultAggregate): string {
  const { how } = definitionOf(fn).words;
  if (how !== undefined) return how.startsWith("in ") ? ` ${how}` : ` (${how})`;
  if (!range || !("unit" in type)) return "";
  const [min, max, step] = [range.min, range.max, range.step].map((amount) =>
    quantityText(amount, numberOf(type.unit, true)),
  );
  return ` from ${min} to ${max} in steps of ${step}`;
}

/** The name given to a column, if it is not the expression itself. */
function aliasText({ label, fn }: ResultAggregate): string {
  return label.startsWith(`${fn}(`) ? "" : ` as ${JSON.stringify(label)}`;
}

function tableColumn(aggregate: ResultAggregate, asked: SourceQuery): string {
  const [value] = asked.values;
  const what = value === undefined ? "" : ` ${cText(value)}`;
  const { noun, nounAlone = noun } = definitionOf(aggregate.fn).words;
  return `${value === undefined ? nounAlone : noun}${what} of ${asked.source}${aliasText(aggregate)}`;
}

/** A source's name with its description: `malloc (calls of malloc in the C library)`. */
function sourceText({ source, doc }: SourceQuery, plan: Plan): string {
  const said = doc === undefined ? probeText(source, plan) : firstSentence(doc, source);
  return `${source}${said === undefined ? "" : ` (${said})`}`;
}

function firstSentence(doc: string, source: string): string {
  const [first = ""] = doc.split(/\.(?:\s|$)|\n\n/);
  const words = first.replaceAll("\n", " ").trim();
  // A name is explained only once.
  const [head = "", ...rest] = words.split(": ");
  if (rest.length > 0 && head.toLowerCase() === source.replaceAll("_", " ")) return rest.join(": ");
  // An abbreviation keeps its capitals.
  return /^[A-Z](?:[a-z]| )/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}

function probeText(source: string, plan: Plan): string | undefined {
  const choice = plan.choices.find((each) => each.source === source);
  return choice && EVENTS[choice.point.type]?.(choice.point.parts);
}

/** What happens at a probe, if its name does not say so. */
const EVENTS: Readonly<Partial<Record<ProbeType, (parts: ProbePoint["parts"]) => string>>> = {
  kprobe: ([name]) => `calls of the kernel's function ${name}`,
  fentry: ([name]) => `calls of the kernel's function ${name}`,
  kretprobe: ([name]) => `returns from the kernel's function ${name}`,
  fexit: ([name]) => `returns from the kernel's function ${name}`,
  uprobe: ([file, name]) => `calls of ${name} in ${file}`,
  uretprobe: ([file, name]) => `returns from ${name} in ${file}`,
  usdt: ([file, ...names]) => `the points that ${file} offers as ${names.join(":")}`,
  software: ([name, count]) => `the kernel's own count of ${name}${oneIn(count)}`,
  hardware: ([name, count]) => `the processor's count of ${name}${oneIn(count)}`,
  profile: ([unit, rate]) => `a look at every CPU, ${timerText(unit, rate)}`,
  interval: ([unit, rate]) => `a timer, ${timerText(unit, rate)}`,
};

function oneIn(count: string | undefined): string {
  return count === undefined || count === "1" ? "" : `, one in ${count}`;
}

function timerText(unit = "", rate = ""): string {
  return unit === "hz" ? `${rate} times a second` : `every ${rate}${unit}`;
}

function whereText({ condition }: SourceQuery): string {
  return condition ? ` where ${conditionText(condition)}` : "";
}

function keysText(keys: readonly { readonly label: string }[]): string {
  return keys.length === 0 ? "" : `, for each ${list(keys.map(({ label }) => label))}`;
}

function topText({ top, aggregates }: Extract<Result, { kind: "groups" | "openGroups" }>): string {
  return top ? `; shows the ${top.count} with the highest ${aggregates[top.by]?.label ?? ""}` : "";
}

function headerText(header: bigint | undefined): string {
  return header === undefined ? "" : `, and the names of the columns every ${header} lines`;
}

function whenText(every: bigint | undefined, prints: string, plan: Plan): string {
  if (every === undefined) return `prints the result ${endText(plan).replace(/^ends /, "")}`;
  return `${prints} the result every ${durationText(every)}, and ${endText(plan)}`;
}

function endText({ duration, process }: Plan): string {
  if (duration !== undefined) return `ends after ${durationText(duration)}`;
  return process?.followed ? "ends with the command" : "ends at Ctrl-C";
}

function list(items: readonly string[]): string {
  return items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")}${items.length > 2 ? "," : ""} and ${items.at(-1)}`;
}
