/** `--format table`: tables and lines for people. */
import type { RowsResult } from "../../plan/plan.js";
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { escapeText } from "../value/escape.js";
import { intervalTime } from "../value/format-value.js";
import { IntervalLines } from "../table/interval-line.js";
import type { Order } from "../table/order.js";
import { RowLines } from "../table/rows.js";
import { foldedTable } from "../table/fit-table.js";
import { tableText } from "../table/table.js";
import { intervalHead } from "../partial.js";
import { notesOf } from "../notes.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

/** The lines of a screen that are left for what is said at the end, and the prompt. */
const PROMPT = 3;
const LEAST_HEIGHT = 8;
const ALL = ", `--all`";
const CUT = "… lines are cut to the screen: `--all` shows them whole";

export class TextWriter implements Writer {
  private readonly rows = new Map<number, RowLines>();
  private readonly lines = new Map<number, IntervalLines>();
  /** The result written last; when another follows, its query is written above it. */
  private last: number | undefined;
  private isFirst = true;
  private readonly notes: Note[] = [];

  /** `orders`: the order of results whose groups are not in the plan's order. */
  constructor(
    private readonly context: ViewContext,
    private readonly orders: ReadonlyMap<number, Order> = new Map(),
  ) {}

  /** Shows a waiting user that the trace is running. */
  begin(): void {
    const [only, ...others] = this.context.plan.results;
    if (only?.kind === "rows" && others.length === 0) this.context.write(this.rowsOf(only, 0).header());
  }

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (result?.kind !== "rows") return;
    this.title(event.result, false);
    this.context.write(this.rowsOf(result, event.result).text(event));
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result || result.kind === "rows") return;
    if (result.kind === "line") {
      let lines = this.lines.get(event.result);
      if (!lines) this.lines.set(event.result, (lines = new IntervalLines(result, this.context)));
      this.title(event.result, false);
      this.context.write(lines.text(event));
      return;
    }
    this.title(event.result, true);
    const head =
      result.every === undefined
        ? ""
        : intervalHead(event, intervalTime(event.nsecs, this.context.clock, result.every));
    if (head !== "") this.context.write(`${this.context.colors.dim(head)}\n`);
    const order = this.orders.get(event.result);
    const { height } = this.context;
    // Intervals scroll by; of a result that stands alone, the last lines are those that are seen.
    const fits = height !== undefined && (result.every === undefined || this.context.isLast === true);
    this.context.write(
      fits
        ? `${foldedTable(event, result, this.context, Math.max(LEAST_HEIGHT, height - PROMPT), order, ALL).join("\n")}\n`
        : tableText(event, result, this.context, order),
    );
  }

  private rowsOf(result: RowsResult, index: number): RowLines {
    let rows = this.rows.get(index);
    if (!rows) this.rows.set(index, (rows = new RowLines(result, this.context)));
    return rows;
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  /** Writes the notes into a file, whose reader does not see stderr. */
  end(summary: ViewSummary): void {
    if ([...this.rows.values()].some(({ hasCut }) => hasCut))
      this.context.write(`${this.context.colors.dim(CUT)}\n`);
    const notes = this.context.isFile ? notesOf(summary, this.notes) : [];
    if (notes.length === 0) return;
    if (!this.isFirst) this.context.write("\n");
    for (const note of notes) this.context.write(`note: ${escapeText(note)}\n`);
  }

  /** `apart`: also separate it from earlier output of the same result. */
  private title(index: number, apart: boolean): void {
    const isOther = this.last !== index;
    if (!this.isFirst && (isOther || apart)) this.context.write("\n");
    if (isOther && this.context.plan.results.length > 1)
      this.context.write(
        `${this.context.colors.bold(escapeText(this.context.plan.results[index]?.query ?? ""))}\n`,
      );
    this.last = index;
    this.isFirst = false;
  }
}
