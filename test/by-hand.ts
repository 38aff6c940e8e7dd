/** Reads what a review script for bpftrace prints when it is run by hand, and compares it with the result of a run. */
import { expect } from "vitest";

/** A result as `--format json` has it. */
export interface RunResult {
  readonly results: readonly {
    readonly columns: readonly { readonly name: string }[];
  }[];
  readonly rows: readonly { readonly result: number; readonly values: Readonly<Record<string, unknown>> }[];
}

/** What a map had for a key: a number, the parts of a summary, or the counts of buckets. */
type Figure =
  number | { readonly count: number; readonly avg: number; readonly sum: number } | readonly number[];

interface PrintedMap {
  readonly label: string;
  /** By key. What is printed several times, at intervals, is added up. */
  readonly figures: Map<string, Figure>;
}

export type HandFigures = readonly PrintedMap[];

const LINE = /^@(\w+)(?:\[(.*)\])?: ?(.*)$/;
const SUMMARY = /^(?:\{ \.)?count (?:= )?(\d+), \.?average (?:= )?(-?\d+), \.?total (?:= )?(-?\d+)(?: \})?$/;
const BUCKET = /^[[(].*[\])] +(\d+) \|/;

export function handFigures(text: string): HandFigures {
  const maps = new Map<string, PrintedMap>();
  let bucketsOf: number[] | undefined;
  for (const line of text.split("\n")) {
    const count = BUCKET.exec(line)?.[1];
    if (count !== undefined) {
      bucketsOf?.push(Number(count));
      continue;
    }
    const [, map = "", key = "", value = ""] = LINE.exec(line) ?? [];
    if (map === "") continue;
    const summary = SUMMARY.exec(value)?.slice(1).map(Number);
    const isFigure = value === "" || /^-?\d+$/.test(value) || summary !== undefined;
    if (!isFigure) {
      if (!maps.has(map)) maps.set(map, { label: value, figures: new Map() });
      continue;
    }
    const known = maps.get(map.replace(/_number$/, ""))?.figures;
    if (!known) continue;
    bucketsOf = value === "" ? [] : undefined;
    const [events = 0, avg = 0, sum = 0] = summary ?? [];
    const before = known.get(key);
    const number = Number(value) + (typeof before === "number" ? before : 0);
    known.set(key, bucketsOf ?? (summary ? { count: events, avg, sum } : number));
  }
  return [...maps.values()];
}

/** Compares each figure of a run with what the script printed; returns how many there are. */
export function expectSame(run: RunResult, hand: HandFigures): number {
  let compared = 0;
  for (const { result, values } of run.rows) {
    const columns = run.results[result]?.columns.map(({ name }) => name) ?? [];
    const isAggregate = (name: string): boolean => /^\w+\(.*\)(?: \(\w+\))?$/.test(name);
    const key = columns.filter((name) => !isAggregate(name)).map((name) => String(values[name])).join(", "); // prettier-ignore
    for (const name of columns.filter(isAggregate)) {
      const found = hand
        .filter(({ label }) => label.startsWith(name))
        // Where bpftrace cannot count entries it prints them all.
        .map(
          ({ figures }) =>
            figures.get(key) ?? [...figures.keys()].filter((k) => k.startsWith(`${key}, `)).length,
        );
      expect(found, `${name} of ${key}`).toContainEqual(asPrinted(values[name]));
      compared++;
    }
  }
  return compared;
}

/** The same value as bpftrace shows it: without fractions, and without buckets that are empty. */
function asPrinted(value: unknown): unknown {
  if (Array.isArray(value)) return (value as { count: number }[]).map(({ count }) => count);
  if (typeof value === "object" && value !== null && "avg" in value)
    return { ...value, avg: Math.trunc(Number(value.avg)) };
  return Math.trunc(Number(value));
}
