/** All of a run as one number a key: what two runs are compared by. */
import type { Result, ResultColumn } from "../plan/plan.js";
import type { GroupsEvent, ResultEvent, RowEvent, Value } from "../runtime/events.js";
import { keyColumns } from "../plan/columns.js";
import { keyId } from "../runtime/groups.js";
import type { Formatting } from "../view/format-value.js";
import { nameOfFrame, weightOf, type Weight } from "../view/stacks.js";

export interface Total {
  readonly keys: readonly Value[];
  amount: number;
}

/** The columns by which a result is compared: names, not measures. */
export function comparedKeys(result: Result): readonly ResultColumn[] {
  const columns = keyColumns(result);
  if (result.kind !== "rows") return columns;
  return columns.filter(({ type }) => !["number", "address", "histogram", "stats"].includes(type.kind));
}

/** Of one result. Intervals are added up, but of what is open the last counts, as of what cannot be added. */
export class Totals {
  readonly weight: Weight;
  readonly byKey = new Map<string, Total>();
  private readonly places: readonly number[];

  /** `keys`: those of `comparedKeys` that are not put together. */
  constructor(
    private readonly result: Result,
    private readonly keys: readonly ResultColumn[],
    formatting: Formatting,
  ) {
    this.weight = weightOf(result, formatting);
    const columns = keyColumns(result);
    this.places = keys.map((key) => columns.indexOf(key));
  }

  add(event: ResultEvent & (RowEvent | GroupsEvent)): void {
    if (event.kind === "row") {
      this.count(event.values, 1);
      return;
    }
    if (this.result.kind === "open" || !this.weight.isAdditive) this.byKey.clear();
    for (const group of event.groups) this.count(group.keys, Number(this.weight.of(group)));
  }

  get amount(): number {
    return [...this.byKey.values()].reduce((sum, { amount }) => sum + amount, 0);
  }

  private count(values: readonly Value[], amount: number): void {
    const keys = this.places.map((place, i) =>
      comparable(values[place] ?? null, this.keys[i] as ResultColumn),
    );
    const id = keyId(keys);
    const known = this.byKey.get(id);
    if (known) known.amount += amount;
    else this.byKey.set(id, { keys, amount });
  }
}

/** Frames that differ only in their offset are one: the next build has others. */
function comparable(value: Value, { type }: ResultColumn): Value {
  return type.kind === "stack" && typeof value === "string"
    ? value.split("\n").map(nameOfFrame).join("\n")
    : value;
}
