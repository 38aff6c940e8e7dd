/** What the groups that `top` keeps are of all of them, on a screen. */
import { grouped } from "../../integers.js";
import type { Result } from "../../plan/plan.js";
import type { Group, GroupsEvent } from "../../results/events.js";
import type { ViewContext } from "../types.js";
import { escapeText } from "../value/escape.js";
import { cellText, scalarColumns, type ShownColumn } from "./columns.js";

/** Writes an amount of this column as a part of that of all groups; undefined where those are not known to add up. */
export function shareOf(
  { whole }: GroupsEvent,
  column: ShownColumn | undefined,
): ((amount: number) => string) | undefined {
  const all = whole && column ? Number(column.of(groupOf(whole.values)) ?? 0) : 0;
  return all > 0 ? (amount) => percentText(amount / all) : undefined;
}

/** A line for each amount that adds up: of how much of it the groups are, and of how many groups. */
export function shareText(event: GroupsEvent, result: Result, context: ViewContext): readonly string[] {
  const { whole, groups } = event;
  if (!whole) return [];
  const amounts = scalarColumns(result).flatMap((column) => {
    const share = column.isAmount === true ? shareOf(event, column) : undefined;
    if (!share) return [];
    const shown = groups.map((group) => Number(column.of(group) ?? 0)).reduce((sum, each) => sum + each, 0);
    const all = cellText(column, groupOf(whole.values), context);
    return [`${share(shown)} of ${escapeText(column.label)} (${all} in all)`];
  });
  const which = `${grouped(groups.length)} of ${grouped(whole.groups)} groups`;
  return [amounts.length === 0 ? which : `${which}: ${amounts.join(", ")}`];
}

function groupOf(values: Group["values"]): Group {
  return { keys: [], values };
}

function percentText(part: number): string {
  const percent = Math.round(part * 100);
  return percent === 0 && part > 0 ? "<1%" : `${percent}%`;
}
