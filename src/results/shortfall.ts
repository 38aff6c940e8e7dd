/** Why a figure may be lower than what happened, or a value not whole: told with a warning, for who must trust a result. */
import type { Message, Shortfall, ShortfallKind } from "./events.js";

/** Of warnings as tracers word them, and of those of the runner, which a recording keeps as a text. */
const WORDINGS: readonly (readonly [RegExp, ShortfallKind])[] = [
  [/Map full; can't update element|a map is full|events of new groups (?:are|were) not counted/, "map full"],
  [/failed to look up stack id|stacks are missing: /i, "stack missing"],
  [/^the clock of this machine was set/, "clock"],
  [/probes missed \d+ events/, "probe missed"],
];

export const MAP_FULL = `a map is full: events of new groups, and what begins, are not counted; try a larger --max-entries`;

/** `limit`: how many entries the map has. */
export function mapFullText(query: string, limit: number): string {
  return `the map of \`${query}\` is full (${limit} entries): further keys were not counted; try --max-entries ${limit * 4}`;
}

/** `limit`: of the map, where it was full. */
export function uncountedText(query: string, count: number, of: number, limit: number | undefined): string {
  return `\`${query}\`: ${count} of ${of} events are in no group: ${whyMissing(limit)}`;
}

/** Of an aggregate that has a map of its own: its groups are there, and lack some values. */
export function notInText(
  query: string,
  label: string,
  count: number,
  of: number,
  limit: number | undefined,
): string {
  return `\`${query}\`: ${count} of ${of} events are not in ${label}, which is too low: ${whyMissing(limit)}`;
}

function whyMissing(limit: number | undefined): string {
  return limit === undefined
    ? "they came while its map was read or emptied"
    : `its map was full (${limit} entries); try --max-entries ${limit * 4}`;
}

/** The tracer ended before it had printed all that it had of a result. */
export function notReceived(result: number, query: string): Message {
  return {
    kind: "message",
    level: "warning",
    text: `\`${query}\`: its last results were not received`,
    shortfall: { why: "not received", result },
  };
}

/** `entry`: what one of the map is: "when each runqueue began, by thread". */
export function refusedText(entry: string, count: number, limit: number): string {
  return `a map was full (${limit} entries: ${entry}): ${count} were not kept, and the result lacks them; try --max-entries ${limit * 4}`;
}

export function missedText(count: number): string {
  return `probes missed ${count} events, because another program of the tracer was running on that CPU, or more calls were under way at once than a return probe follows`;
}

/** `by`: in milliseconds. */
export function clockSetText(by: number): string {
  const seconds = Math.round(Math.abs(by) / 1000);
  return `the clock of this machine was set ${seconds} s ${by < 0 ? "back" : "ahead"} during the trace: times of day are by the clock as it was when it began`;
}

/** What a warning in words is as an event. */
export function warningOf(text: string): Message {
  const why = WORDINGS.find(([pattern]) => pattern.test(text))?.[1];
  if (why === undefined) return { kind: "message", level: "warning", text };
  const count = /\((\d+) times\)$|^(?:probes missed )?(\d+) /.exec(text);
  const shortfall = { why, ...(count ? { count: Number(count[1] ?? count[2]) } : {}) };
  return {
    kind: "message",
    level: "warning",
    // bpftrace names a setting of its own, which the runner sets.
    text: text.startsWith("Map full;") ? MAP_FULL : text,
    shortfall,
  };
}

const MISSING: readonly ShortfallKind[] = ["events lost", "not received", "map full", "probe missed"];

/** Each kind once a result, with all that was told of it: each time it is told of others. */
export class Shortfalls {
  private readonly known = new Map<string, Shortfall>();

  add(found: Shortfall): void {
    const key = `${found.why} ${found.result ?? ""}`;
    const count = (found.count ?? 0) + (this.known.get(key)?.count ?? 0);
    this.known.set(key, { ...found, ...(count > 0 ? { count } : {}) });
  }

  /** Whether events of a result are known to have been lost or refused. */
  isMissing(result: number): boolean {
    return [...this.known.values()].some(
      (each) => MISSING.includes(each.why) && (each.result ?? result) === result,
    );
  }

  get all(): readonly Shortfall[] {
    const all = [...this.known.values()];
    const isCounted = ({ why }: Shortfall): boolean =>
      all.some((each) => each.why === why && each.count !== undefined);
    // That it happened at all says no more than how often it did.
    return all.filter((each) => each.count !== undefined || each.result !== undefined || !isCounted(each));
  }
}
