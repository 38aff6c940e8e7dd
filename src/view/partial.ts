/** How views mark a batch that does not cover a whole interval. */
import type { GroupsEvent } from "../results/events.js";
import { formatDuration } from "./value/format-value.js";

/** `partial, 412 ms`; undefined for a whole interval. */
export function partialText({ partial, seconds }: GroupsEvent): string | undefined {
  if (partial !== true) return undefined;
  return seconds === undefined ? "partial" : `partial, ${formatDuration(Math.round(seconds * 1e9))}`;
}

/** The line above a table: when its interval ended, and whether it is partial. Empty if there is nothing to say. */
export function intervalHead(event: GroupsEvent, time: string): string {
  return [...(BigInt(event.nsecs) === 0n ? [] : [time]), partialText(event) ?? []].flat().join(" · ");
}
