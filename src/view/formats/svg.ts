/**
 * `-o x.svg`: one self-contained picture. A flame graph where there is a stack; otherwise a histogram, bars, or
 * lines over time. It is written at the end from retained data: no more than the picture needs, and some rows to
 * write in place of a picture that cannot be drawn.
 */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { chartOf, throwFault } from "../chart/choose-chart.js";
import { svgDocument } from "../chart/picture.js";
import type { SafeChart } from "../chart/safe-chart.js";
import type { RetainedRows } from "../chart/retained-rows.js";
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

  get retained(): readonly RetainedRows[] {
    return this.charts.map(({ retained }) => retained);
  }

  end(summary: ViewSummary): void {
    const notes = notesOf(summary, this.notes);
    const pictures = this.charts.flatMap((chart, i) => chart.draw(i === 0 ? notes : []));
    const title = this.context.plan.results.map(({ query }) => query).join("; ");
    this.context.write(svgDocument(pictures, title));
    throwFault(this.charts);
  }
}
