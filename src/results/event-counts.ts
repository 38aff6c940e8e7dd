/** Counts events, for the summary of a run or of its replay. */
import type { ResultEvent } from "./events.js";

export class EventCounts {
  /** Rows and groups. */
  events = 0;
  lost = 0;
  damaged = 0;

  add(event: ResultEvent): void {
    switch (event.kind) {
      case "lost":
        this.lost += event.count;
        break;
      case "damaged":
        this.damaged++;
        break;
      case "row":
        this.events++;
        break;
      case "groups":
        this.events += event.groups.length;
        break;
      case "attached":
      case "message":
        break;
    }
  }
}
