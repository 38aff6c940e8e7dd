/**
 * Groups by column. There may be a million, and an object for each takes four times the memory of the columns: so they
 * are made when they are looked at.
 */
import type { AggregateValue } from "../aggregates/values.js";
import type { Group, GroupList, Value } from "./events.js";

/** So few are made at once: they may be looked at more than once. */
const FEW = 4096;

export class GroupColumns implements GroupList {
  /** `keys` and `values`: by column, then by row. `rows`: those there are, in order; without it, all. */
  constructor(
    readonly keys: readonly (readonly Value[])[],
    readonly values: readonly (readonly AggregateValue[])[],
    private readonly rows: Uint32Array | number,
  ) {}

  static of(groups: readonly Group[], keys: number, values: number): GroupColumns {
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
    return new GroupColumns(
      numbers(keys).map((i) => groups.map((group) => group.keys[i] ?? null)),
      numbers(values).map((i) => groups.map((group) => group.values[i] ?? null)),
      groups.length,
    );
  }

  get length(): number {
    return typeof this.rows === "number" ? this.rows : this.rows.length;
  }

  at(index: number): Group | undefined {
    const from = index < 0 ? index + this.length : index;
    return from >= 0 && from < this.length ? this.group(from) : undefined;
  }

  slice(start?: number, end?: number): Group[] {
    const all =
      typeof this.rows === "number" ? Uint32Array.from({ length: this.rows }, (_, i) => i) : this.rows;
    return Array.from(all.slice(start, end), (row) => this.groupOf(row));
  }

  map<T>(of: (group: Group) => T): T[] {
    return Array.from(this, of);
  }

  *[Symbol.iterator](): IterableIterator<Group> {
    for (let i = 0; i < this.length; i++) yield this.group(i);
  }

  /** The same groups in another order, or some of them: `rows` are numbers of rows. */
  inOrder(rows: Uint32Array): GroupList {
    const ordered = new GroupColumns(this.keys, this.values, rows);
    return rows.length > FEW ? ordered : ordered.slice();
  }

  private group(index: number): Group {
    return this.groupOf(typeof this.rows === "number" ? index : (this.rows[index] ?? 0));
  }

  private groupOf(row: number): Group {
    const keys: Value[] = [];
    for (const column of this.keys) keys.push(column[row] ?? null);
    const values: AggregateValue[] = [];
    for (const column of this.values) values.push(column[row] ?? null);
    return { keys, values };
  }
}
