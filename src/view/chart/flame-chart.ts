/** A flame graph of a result that has a stack among its keys. */
import type { Result } from "../../plan/plan.js";
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { StackReader, weightOf, type Weight } from "../stacks.js";
import { LastInterval } from "../../results/last-interval.js";
import type { ViewContext } from "../types.js";
import type { Chart } from "./chart.js";
import { FlameStacks } from "./flame-layout.js";
import { flamePicture, NARROWEST } from "./flame-svg.js";
import { WIDTH, type Picture } from "./picture.js";

export class FlameChart implements Chart {
  private readonly stacks = new FlameStacks();
  private readonly reader: StackReader;
  private readonly weight: Weight;
  private readonly last = new LastInterval();

  constructor(
    private readonly result: Result,
    context: ViewContext,
  ) {
    this.reader = new StackReader(result, context);
    this.weight = weightOf(result, context);
  }

  row(event: RowEvent): void {
    this.stacks.add(this.reader.read(event.values), 1);
  }

  /** Adds up intervals; but of open spans and rates only the last whole interval counts. */
  groups(event: GroupsEvent): void {
    if (this.weight.isOfOneInterval) {
      if (!this.last.takes(event)) return;
      this.stacks.clear();
    }
    for (const group of event.groups)
      this.stacks.add(this.reader.read(group.keys), Number(this.weight.of(group)));
  }

  draw(notes: readonly string[]): readonly Picture[] {
    const layout = this.stacks.layout(NARROWEST / WIDTH);
    const describe = (weight: number): string => this.weight.describe(weight);
    return [flamePicture(layout, { title: this.result.query, describe, notes })];
  }
}
