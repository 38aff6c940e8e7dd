/** What an event costs, in words: the range, what share of a CPU that is, its parts, and where they come from. */
import { grouped } from "../integers.js";
import type { Origin, CostRange } from "../costs/cost.js";
import type { EventCost } from "./event-cost.js";
import { shareAt } from "./explain.js";
import type { ExplainedProbe } from "./explanation.js";

/** Rates that show the scale where the usual one is not known. */
const [FEW, MANY] = [1_000, 100_000];

/** Each line is one fact. */
export function costLines({ cost, rate, share }: ExplainedProbe): readonly string[] {
  const each = `costs: ${rangeText(cost)} ns an event`;
  const scale =
    rate !== undefined && share !== undefined
      ? `${percentText(share)} of a CPU at ${grouped(rate)} a second, usual on a busy machine`
      : `${percentText(shareAt(FEW, cost))} of a CPU at ${grouped(FEW)} a second, ${percentText(shareAt(MANY, cost))} at ${grouped(MANY)}`;
  return [
    `${each}: ${scale}`,
    `of which: ${cost.parts.map((part) => `${part.what} ${rangeText(part)}`).join(", ")}`,
    ...(cost.repeats ? ["what is in a loop is counted once: one event may stand for several"] : []),
  ];
}

const WORDS: Readonly<Record<Origin, string>> = {
  calibrated: "Measured on this machine",
  measured: "Measured",
  published: "Published",
  assumed: "Not measured, but taken to be",
};

/** Where the figures of all probes come from, a sentence for each origin; then what decides between least and most. */
export function originLines(costs: readonly EventCost[]): readonly string[] {
  const parts = costs.flatMap((cost) => cost.parts);
  const depends = new Set(parts.flatMap((part) => part.depends ?? []));
  const origins = (Object.keys(WORDS) as Origin[]).flatMap((origin) => {
    const those = parts.filter((part) => part.origin === origin);
    if (those.length === 0) return [];
    const [kinds, sources] = [those.map(({ kind }) => kind), those.map(({ source }) => source)];
    return [`${WORDS[origin]} (${[...new Set(kinds)].join(", ")}): ${[...new Set(sources)].join("; ")}.`];
  });
  return [...origins, ...depends];
}

/** With two digits: a range says no more. */
export function rangeText({ least, most }: CostRange): string {
  const [low, high] = [amountText(least), amountText(most)];
  return low === high ? low : `${low} to ${high}`;
}

function amountText(nanoseconds: number): string {
  return grouped(Math.round(Number(nanoseconds.toPrecision(2))));
}

export function percentText({ least, most }: CostRange): string {
  const [low, high] = [percent(least), percent(most)];
  return low === high ? `${low}%` : `${low} to ${high}%`;
}

function percent(share: number): string {
  const value = share * 100;
  return value >= 10 ? grouped(Math.round(value)) : String(Number(value.toPrecision(2)));
}
