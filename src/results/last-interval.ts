/** Which interval values are of that must not be added up over intervals: rates, averages, percentiles. */
import type { GroupsEvent } from "./events.js";

/** The last whole interval, or the last if no other is whole. */
export class LastInterval {
  private hasWhole = false;

  /** Whether this batch replaces the one before. */
  takes({ partial }: GroupsEvent): boolean {
    if (partial === true) return !this.hasWhole;
    this.hasWhole = true;
    return true;
  }
}
