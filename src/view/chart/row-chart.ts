/** A chart of single events without a stack: the distribution of what they measure, or their number by name. */
import type { ResultColumn, RowsResult } from "../../plan/plan.js";
import { isNumber } from "../../integers.js";
import { POWERS } from "../../aggregates/histograms.js";
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { UNIT_NAMES } from "../../types/unit-spellings.js";
import { UNITS, type Unit } from "../../types/units.js";
import { formatValue } from "../value/format-value.js";
import type { ViewContext } from "../types.js";
import { barPicture } from "./bars.js";
import type { Chart } from "./chart.js";
import { histogramPicture } from "./histograms.js";
import type { Picture } from "./picture.js";

/** Names counted separately; events with further names share one count. */
const MOST_NAMES = 10_000;

export class RowChart implements Chart {
  private readonly measure: number;
  private readonly name: number;
  private readonly buckets = new Map<number, number>();
  private readonly names = new Map<string, number>();
  private others = 0;

  constructor(
    private readonly result: RowsResult,
    private readonly context: ViewContext,
  ) {
    const { columns } = result;
    const first = (unit: Unit): number =>
      columns.findIndex(({ type }) => type.kind === "number" && type.unit === unit);
    const amounts = UNIT_NAMES.filter((unit) => UNITS[unit].isAmount).map(first);
    this.measure = amounts.find((index) => index !== -1) ?? -1;
    const text = columns.findIndex(({ type }) => ["string", "enum", "symbol"].includes(type.kind));
    this.name =
      text === -1
        ? columns.findIndex(({ type }) => type.kind !== "number" || type.unit !== "timestamp")
        : text;
  }

  row(event: RowEvent): void {
    const value = event.values[this.measure] ?? null;
    if (this.measure !== -1) {
      if (!isNumber(value)) return;
      const bucket = POWERS.indexOf(BigInt(Math.round(Number(value))));
      this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
      return;
    }
    const column = this.result.columns[this.name];
    const name = column ? formatValue(event.values[this.name] ?? null, column, this.context) : "all";
    if (this.names.size >= MOST_NAMES && !this.names.has(name)) this.others++;
    else this.names.set(name, (this.names.get(name) ?? 0) + 1);
  }

  groups(_event: GroupsEvent): void {
    // A result of this kind has no groups.
  }

  draw(notes: readonly string[]): readonly Picture[] {
    const measured = this.result.columns[this.measure];
    if (measured) {
      const order = [...this.buckets.keys()].sort((a, b) => a - b);
      const [first, last] = [order[0] ?? 0, order.at(-1) ?? -1];
      const buckets = Array.from({ length: last - first + 1 }, (_, i) => ({
        ...POWERS.bounds(first + i),
        count: this.buckets.get(first + i) ?? 0,
      }));
      return [histogramPicture(this.result.query, notes, measured.label, { buckets }, measured)];
    }
    const allNotes =
      this.others > 0 ? [...notes, `${this.others} events of rarer names are not drawn`] : notes;
    const label = this.result.columns[this.name]?.label;
    const column: ResultColumn = {
      label: label === undefined ? "events" : `events by ${label}`,
      type: { kind: "number", unit: "none", signed: false },
    };
    const bars = [...this.names]
      .sort(([, a], [, b]) => b - a)
      .map(([each, value]) => ({ label: each, value }));
    return [barPicture({ title: this.result.query, notes: allNotes, column }, bars, this.context)];
  }
}
