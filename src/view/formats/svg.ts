/**
 * `-o x.svg`: one picture that needs nothing else. A flame graph where there is a stack; otherwise a histogram,
 * bars, or lines over time. Written at the end, of what was kept by then: no more than the picture needs,
 * and the rows of a picture that cannot be drawn.
 */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { chartOf, tellFault } from "../chart/choose-chart.js";
import { svgDocument } from "../chart/picture.js";
import type { SafeChart } from "../chart/safe-chart.js";
import type { Kept } from "../chart/retained-rows.js";
import { notesOf } from "../notes.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

export class SvgWriter implements Writer {
  private readonly charts: readonly SafeChart[];
  private readonly notes: Note[] = [];

  constructor(private readonly context: ViewContext) {
    this.charts = context.plan.results.map((result) => chartOf(result, context));
  }

  row(event: RowEvent): void {
    this.charts[event.result]?.row(event);
  }

  groups(event: GroupsEvent): void {
    this.charts[event.result]?.groups(event);
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  get kept(): readonly Kept[] {
    return this.charts.map(({ kept }) => kept);
  }

  end(summary: ViewSummary): void {
    const notes = notesOf(summary, this.notes);
    const pictures = this.charts.flatMap((chart, i) => chart.draw(i === 0 ? notes : []));
    const title = this.context.plan.results.map(({ query }) => query).join("; ");
    this.context.write(svgDocument(pictures, title));
    tellFault(this.charts);
  }
}
