/** The interface of charts: a chart receives the events of a result and draws them at the end. See `choose-chart.ts`. */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import type { Picture } from "./picture.js";

export interface Chart {
  row(event: RowEvent): void;
  groups(event: GroupsEvent): void;
  /** `notes`: lines to show below the title, such as lost events. */
  draw(notes: readonly string[]): readonly Picture[];
}
