/** Formats groups as a table: names, numbers, then stacks; histograms below, one block for each group. */
import type { GroupsEvent } from "../../results/events.js";
import type { Result } from "../../plan/plan.js";
import { bar, barWidth } from "./bar.js";
import {
  cellText,
  histogramAt,
  histogramsOf,
  isRightAligned,
  scalarColumns,
  type ShownColumn,
} from "./columns.js";
import { escapeText } from "../value/escape.js";
import { canCut, lineRoom } from "./fit-widths.js";
import { histogramLines } from "./histogram.js";
import { layOut, tableWidth, type LayoutColumn } from "./layout.js";
import type { Order } from "./order.js";
import { shareOf } from "./share.js";
import type { ViewContext } from "../types.js";
import { append } from "../../lists.js";

/** The gap before a bar, and a share with its own. */
const BESIDE_BAR = 2 + 6;
/** Frames that are cut shorter are hard to know. */
const STACK = 40;

/** Returns the table, ending in a newline. `order`: the order of the groups, if not the plan's. */
export function tableText(event: GroupsEvent, result: Result, context: ViewContext, order?: Order): string {
  if (event.groups.length === 0) {
    const none = context.isShort?.(event.result) ? "no events were kept: see the warnings" : "no events";
    return `${context.colors.dim(none)}\n`;
  }
  const columns = scalarColumns(result).map((column, i) =>
    i === order?.column ? { ...column, label: `${column.label} ${order.isAscending ? "↑" : "↓"}` } : column,
  );
  if (histogramsOf(result).length > 0) return histogramBlocks(event, result, columns, context);
  // A stack has many lines; the other cells line up with its first.
  const wanted = columns.filter((_, i) => context.hides?.has(i) !== true);
  const ordered = [
    ...wanted.filter((each) => each.type.kind !== "stack"),
    ...wanted.filter((each) => each.type.kind === "stack"),
  ];
  const cells = event.groups.map((group) => ordered.map((column) => cellText(column, group, context)));
  const names: LayoutColumn[] = ordered.map(({ label, type }) => ({
    label: escapeText(label),
    right: isRightAligned(type),
    canCut: canCut(type),
  }));
  const room = lineRoom(context);
  const hasStacks = ordered.some(({ type }) => type.kind === "stack");
  const withoutStacks = (row: readonly string[]): string[] =>
    row.map((cell, i) => (ordered[i]?.type.kind === "stack" ? "" : cell));
  const measured = ordered.findIndex((column) => column.isAmount === true && column.type.kind === "number");
  const width = context.isTerminal && event.groups.length > 1 ? barWidth(context.width) : 0;
  const hasRoom =
    room === undefined ||
    tableWidth(names, cells.map(withoutStacks)) + BESIDE_BAR + width <= room - (hasStacks ? STACK : 0);
  if (width > 0 && measured >= 0 && hasRoom) {
    const of = ordered[measured]?.of ?? ((): null => null);
    const sizes = event.groups.map((group) => Math.max(0, Number(of(group) ?? 0)));
    const most = sizes.reduce((a, b) => Math.max(a, b), 0);
    // Padded to its full width, so that the next column does not move.
    names.splice(measured + 1, 0, { label: " ".repeat(width), right: false, style: context.colors.cyan });
    for (const [i, row] of cells.entries())
      row.splice(measured + 1, 0, bar(most === 0 ? 0 : (sizes[i] ?? 0) / most, width));
    const share = shareOf(event, ordered[measured]);
    if (share) {
      names.splice(measured + 1, 0, { label: "%", right: true });
      for (const [i, row] of cells.entries()) row.splice(measured + 1, 0, share(sizes[i] ?? 0));
    }
  }
  return layOut(names, cells, context.colors.bold, room);
}

function histogramBlocks(
  event: GroupsEvent,
  result: Result,
  columns: readonly ShownColumn[],
  context: ViewContext,
): string {
  const blocks = event.groups.map((group) => {
    const facts = columns.map(
      (column) =>
        `${context.colors.bold(escapeText(column.label))} ${indentStack(cellText(column, group, context))}`,
    );
    const lines = facts.length === 0 ? [] : [facts.join("  ")];
    for (const { column, index } of histogramsOf(result)) {
      const histogram = histogramAt(group, index);
      if (!("unit" in column.type)) continue;
      const { unit } = column.type;
      lines.push(context.colors.bold(escapeText(column.label)));
      append(lines, histogramLines(histogram, { unit, display: column.display, width: context.width }));
    }
    return `${lines.join("\n")}\n`;
  });
  return blocks.join("\n");
}

function indentStack(text: string): string {
  return text.includes("\n") ? `\n${text.replace(/^/gm, "    ")}\n` : text;
}
