/** Why a figure may be too low, or a value incomplete: attached to warnings, so that programs can evaluate it. */
import { MOST_TIMES } from "../plan/limits.js";
import type { Message, Shortfall, ShortfallKind } from "./events.js";

/** Patterns of the tracers' warnings, and of the runner's, which recordings keep as text. */
const WORDINGS: readonly (readonly [RegExp, ShortfallKind])[] = [
  [/Map full; can't update element|a map is full|events of new groups (?:are|were) not counted/, "map full"],
  [/failed to look up stack id|stacks? (?:are|is) missing: /i, "stack missing"],
  [/^the clock of this machine was set/, "clock"],
  [/\d+ events were left out/, "events lost"],
  [/\d+ spans began again/, "end missed"],
  [/inside ranges, or in older/, "range missed"],
  [/\d+ texts are longer than/, "text cut"],
  [/\d+ texts (?:were empty, or )?could not be read/, "text unread"],
  [/probes missed \d+ events|begins? (?:was|were) lost where the kernel/, "probe missed"],
  [/\d+ 32-bit programs ran/, "not seen"],
];

export const MAP_FULL = `a map is full: events of new groups, and what begins, are not counted; try a larger --max-entries`;

/** `limit`: the capacity of the map, in entries. */
export function mapFullText(query: string, limit: number): string {
  return `the map of \`${query}\` is full (${limit} entries): further keys were not counted; try --max-entries ${limit * 4}`;
}

/** `limit`: the capacity of the map, if it was full. */
export function uncountedText(query: string, count: number, of: number, limit: number | undefined): string {
  return `\`${query}\`: ${count} of ${of} events are in no group: ${whyMissing(limit)}`;
}

/** For an aggregate with its own map: its groups are complete, but lack some values. */
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

/** The tracer ended before it had printed all of a result. */
export function notReceived(result: number, query: string): Message {
  return {
    kind: "message",
    level: "warning",
    text: `\`${query}\`: its last results were not received`,
    shortfall: { why: "not received", result },
  };
}

/** The message with the keys of a group was lost. */
export function groupsUnknown(query: string, count: number): Message {
  return {
    kind: "message",
    level: "warning",
    text: `\`${query}\`: ${count} groups are not shown, because the events that report their keys were lost`,
    shortfall: { why: "events lost", count },
  };
}

/** Begins and ends that a full map of changes refused; `limit`: its capacity, if it was full. */
export function changesMissing(
  result: number,
  query: string,
  count: number,
  limit: number | undefined,
): Message {
  return {
    kind: "message",
    level: "warning",
    text: `\`${query}\`: the number of open ones is wrong by ${count}: ${whyMissing(limit)}`,
    shortfall: { why: limit === undefined ? "events lost" : "map full", result, count },
  };
}

/** Texts of which it is not known whether they meet a condition. */
export function unknownText(why: "cut" | "unread", count: number): string {
  return why === "cut"
    ? `${count} texts are longer than what is compared of them (255 bytes), so whether they meet the condition is not known`
    : `${count} texts were empty, or could not be read because their memory was not there: whether they meet the condition is not known`;
}

export function unknownShortfall(why: "cut" | "unread", count: number): Shortfall {
  return { why: why === "cut" ? "text cut" : "text unread", count };
}

/** `entry`: what an entry of the map is: "when each runqueue began, by thread". */
export function refusedText(entry: string, count: number, limit: number): string {
  return `a map was full (${limit} entries: ${entry}): ${count} were not kept, and the result lacks them; try --max-entries ${limit * 4}`;
}

/** `entry`: as above. */
export function interruptedText(entry: string, count: number): string {
  const [what, them] = count === 1 ? ["begin was", "it"] : ["begins were", "them"];
  return `${count} ${what} lost where the kernel interrupted a probe for another thread (${entry}): the result lacks ${them}`;
}

/** `span`: the name of the source. */
export function replacedText(span: string, count: number): string {
  return `${span}: ${count} spans began again before their ends were seen, and no result has them`;
}

export function beyondText(count: number): string {
  return `${count} events ${LEFT_OUT}`;
}

export const LEFT_OUT = `were left out: an event of the kernel stands for ${MOST_TIMES} at most`;
/** `span`: the name of the source. */
export function unmatchedText(span: string, count: number): string {
  return `${span}: ${count} ${UNMATCHED}`;
}

/** Follows the size, in the unit of the ranges: most are of bytes. */
export const UNMATCHED = "bytes ended inside ranges, or in older ones: so much of the result may be gone";

export function unseenText(count: number): string {
  return `${count} ${UNSEEN}`;
}

export const UNSEEN =
  "32-bit programs ran, whose system calls are not seen: `syscall count() by call` has them";

export function missedText(count: number): string {
  return `probes missed ${count} events, because another program of the tracer was running on that CPU, or more calls were under way at once than a return probe follows`;
}

/** `by`: milliseconds. */
export function clockSetText(by: number): string {
  const seconds = Math.round(Math.abs(by) / 1000);
  return `the clock of this machine was set ${seconds} s ${by < 0 ? "back" : "ahead"} during the trace: times of day are by the clock as it was when it began`;
}

/** Converts a warning to an event. */
export function warningOf(text: string): Message {
  const why = WORDINGS.find(([pattern]) => pattern.test(text))?.[1];
  if (why === undefined) return { kind: "message", level: "warning", text };
  const count = /\((\d+) times\)$|^(?:probes missed )?(\d+) /.exec(text);
  const shortfall = { why, ...(count ? { count: Number(count[1] ?? count[2]) } : {}) };
  return {
    kind: "message",
    level: "warning",
    // bpftrace names its own setting, which the runner sets.
    text: /^(?:bpftrace: )?Map full;/.test(text) ? MAP_FULL : text,
    shortfall,
  };
}

const MISSING: readonly ShortfallKind[] = [
  "events lost",
  "not received",
  "map full",
  "probe missed",
  "end missed",
  "range missed",
];

/** Each kind once for each result, merged from all events of that kind: each may report different events. */
export class Shortfalls {
  private readonly known = new Map<string, Shortfall>();

  add(found: Shortfall): void {
    const key = `${found.why} ${found.result ?? ""}`;
    const count = (found.count ?? 0) + (this.known.get(key)?.count ?? 0);
    this.known.set(key, { ...found, ...(count > 0 ? { count } : {}) });
  }

  /** Whether events of a result are known to be lost or refused. */
  isMissing(result: number): boolean {
    return [...this.known.values()].some(
      (each) => MISSING.includes(each.why) && (each.result ?? result) === result,
    );
  }

  get all(): readonly Shortfall[] {
    const all = [...this.known.values()];
    const isCounted = ({ why }: Shortfall): boolean =>
      all.some((each) => each.why === why && each.count !== undefined);
    // A count is more informative than the mere fact.
    return all.filter((each) => each.count !== undefined || each.result !== undefined || !isCounted(each));
  }
}
