/** What a chart is: it is given the events of a result, and draws them at the end. `choose-chart.ts` has them all. */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import type { Picture } from "./picture.js";

export interface Chart {
  row(event: RowEvent): void;
  groups(event: GroupsEvent): void;
  /** `notes`: what to say below the title, such as lost events. */
  draw(notes: readonly string[]): readonly Picture[];
}
