/** Fits a table into a number of lines: long stacks lose their outer frames, and the last groups are only counted. */
import { grouped } from "../../integers.js";
import type { Result } from "../../plan/plan.js";
import type { Group, GroupsEvent, Value } from "../../results/events.js";
import { keyColumns } from "../../plan/columns.js";
import type { Order } from "./order.js";
import { shareText } from "./share.js";
import { tableText } from "./table.js";
import type { ViewContext } from "../types.js";

/** Groups to show before their stacks are shown whole. */
const GROUPS_FIRST = 4;
const FEWEST_FRAMES = 2;

/** Returns at most `height` lines, except where `height` is less than 3. */
export function foldedTable(
  event: GroupsEvent,
  result: Result,
  context: ViewContext,
  height: number,
  order?: Order,
  /** How to see what is left out. */
  hint = "",
): string[] {
  const stacks = keyColumns(result).flatMap(({ type }, i) => (type.kind === "stack" ? [i] : []));
  const frames = Math.max(FEWEST_FRAMES, Math.floor((height - 2) / GROUPS_FIRST) - 1);
  const groups = event.groups.slice(0, Math.max(1, height)).map((group) => shortened(group, stacks, frames));
  const shares = shareText(event, result, context);
  const lines = (count: number): string[] => {
    const text = tableText({ ...event, groups: groups.slice(0, count) }, result, context, order);
    const left = event.groups.length - count;
    const more = left > 0 ? [`… ${grouped(left)} more${hint}`] : [];
    const rest = [...more, ...shares].map((line) => `${context.colors.dim(line)}\n`).join("");
    return `${text}${rest}`.trimEnd().split("\n");
  };
  const whole = lines(groups.length);
  if (whole.length <= height) return whole;
  // Finds the most groups that fit.
  let [fits, tooMany] = [1, groups.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (lines(middle).length <= height) fits = middle;
    else tooMany = middle;
  }
  const shown = lines(fits);
  // A single group may be too high.
  return shown.length <= height
    ? shown
    : [...shown.slice(0, Math.max(1, height - 1)), context.colors.dim("…")];
}

function shortened(group: Group, stacks: readonly number[], frames: number): Group {
  if (stacks.length === 0) return group;
  const shorten = (value: Value): Value => {
    const all = typeof value === "string" ? value.split("\n") : [];
    // A line that reports one omitted frame would take as much room as the frame.
    if (all.length <= frames + 1) return value;
    return [...all.slice(0, frames), `… ${all.length - frames} more frames`].join("\n");
  };
  return { ...group, keys: group.keys.map((key, i) => (stacks.includes(i) ? shorten(key) : key)) };
}
