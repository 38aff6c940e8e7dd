/** What keys change of the live view: which rows and columns are shown, and whether its help is. */
import type { Plan } from "../../plan/plan.js";
import type { GroupsEvent } from "../../results/events.js";
import { cellText, scalarColumns } from "../table/columns.js";
import type { ViewContext } from "../types.js";

export const HELP: readonly (readonly [key: string, does: string])[] = [
  ["?", "this help; any key leaves it"],
  ["q", "end the trace; what is on the screen stays"],
  ["space, p", "hold the table, or go on"],
  ["/", "only rows that contain a text; Enter keeps it, Esc drops it"],
  ["up, down, PgUp, PgDn, Home", "rows that are not on the screen"],
  ["s, right, left", "sort by the next or the previous column"],
  ["r", "reverse the order"],
  ["1 to 9", "hide or show a column, by its place"],
];

export class Controls {
  showsHelp = false;
  /** The text that is being typed; undefined: keys are commands. */
  typed: string | undefined;
  private filter = "";
  private first = 0;
  private readonly hidden = new Set<number>();

  /** A key while a text is being typed. */
  type(text: string | undefined, name: string): void {
    if (this.typed === undefined) return;
    if (name === "escape") [this.typed, this.filter] = [undefined, ""];
    else if (name === "return" || name === "enter") this.typed = undefined;
    else if (name === "backspace") this.typed = [...this.typed].slice(0, -1).join("");
    else if (text !== undefined && /^[^\u0000-\u001f\u007f]+$/.test(text)) this.typed += text;
    if (this.typed !== undefined) this.filter = this.typed;
    this.first = 0;
  }

  startTyping(): void {
    this.typed = this.filter;
  }

  /** By so many rows; `-Infinity` is to the first. */
  scroll(rows: number): void {
    this.first = Math.max(0, this.first + rows);
  }

  /** By its place among the columns, from 1. */
  toggleColumn(place: number, { results }: Pick<Plan, "results">): void {
    // A table has one column at least.
    const [first] = results;
    const most = first ? scalarColumns(first).length : 0;
    if (place > most) return;
    if (this.hidden.delete(place - 1)) return;
    if (this.hidden.size + 1 < most) this.hidden.add(place - 1);
  }

  get hides(): ReadonlySet<number> {
    return this.hidden;
  }

  /** The rows that are wanted, from the first that is shown; how many there are, and are before it. */
  shown(event: GroupsEvent, context: ViewContext): { readonly event: GroupsEvent; readonly above: number } {
    const result = context.plan.results[event.result];
    const wanted = this.filter.toLowerCase();
    if (!result || (wanted === "" && this.first === 0)) return { event, above: 0 };
    const columns = scalarColumns(result);
    const groups =
      wanted === ""
        ? event.groups
        : [...event.groups].filter((group) =>
            columns.some((column) => cellText(column, group, context).toLowerCase().includes(wanted)),
          );
    // The last row stays.
    this.first = Math.min(this.first, Math.max(0, groups.length - 1));
    return {
      event: { ...event, groups: this.first === 0 ? groups : groups.slice(this.first) },
      above: this.first,
    };
  }

  /** What is not shown by choice, for the status line. */
  status(): readonly string[] {
    if (this.typed !== undefined) return [`/${this.typed}▏`];
    return this.filter === "" ? [] : [`only /${this.filter}`];
  }
}
