/** Detects values of a result that may be incomplete. */
import type { Result, ResultColumn } from "../plan/plan.js";
import type { GroupsEvent, ResultEvent, ShortfallKind, Value } from "./events.js";
import { hasIntervals } from "./batch-times.js";
import { keyColumns } from "../plan/columns.js";
import { bytesOfText } from "../types/text.js";

/** The most bytes that the tracer needs for one UTF-16 code unit. */
const WIDEST = 3;

export class ResultChecks {
  /** The columns that are strings. */
  private readonly texts: readonly number[];
  /** A string with fewer code units cannot have been cut. Nearly all are shorter, and there may be millions of rows. */
  private readonly suspicious: number;
  private cut = 0;
  private late = 0;
  private backwards = 0;
  private last = 0n;

  /** `longest`: the most bytes of a string that the tracer keeps. */
  constructor(
    private readonly index: number,
    private readonly result: Result,
    private readonly longest: number,
  ) {
    const isText = ({ type }: ResultColumn): boolean => type.kind === "string";
    this.texts = keyColumns(result).flatMap((column, i) => (isText(column) ? [i] : []));
    this.suspicious = Math.ceil(longest / WIDEST);
  }

  /** Checks the values of a row, or the keys of a group. */
  values(values: readonly Value[]): void {
    const { texts } = this;
    for (let i = 0; i < texts.length; i++) {
      const value = values[texts[i] as number];
      if (typeof value !== "string" || value.length < this.suspicious) continue;
      if (bytesOfText(value).length >= this.longest) this.cut++;
    }
  }

  batch({ groups, nsecs }: GroupsEvent): void {
    if (this.texts.length > 0) for (const { keys } of groups) this.values(keys);
    const now = BigInt(nsecs);
    const { last } = this;
    // What is open is of an instant.
    const every = hasIntervals(this.result) ? this.result.every : undefined;
    // 0 means unknown.
    if (now === 0n) return;
    this.last = now;
    if (last === 0n) return;
    if (now < last) this.backwards++;
    else if (every !== undefined && (now - last) * 2n > every * 3n) this.late++;
  }

  /** Returned at the end, because there may be as many as there are rows. */
  end(): ResultEvent[] {
    const { cut, backwards, late, longest } = this;
    return [
      ...this.counted(
        "text cut",
        cut,
        `${cut} texts are as long as the tracer can take (${longest} bytes) and may be cut`,
      ),
      ...this.counted("clock", backwards, `the clock went backwards ${backwards} times`),
      ...this.counted(
        "clock",
        late,
        `${late} intervals were printed late and are of more time than they should be`,
      ),
    ];
  }

  private counted(why: ShortfallKind, count: number, words: string): ResultEvent[] {
    if (count === 0) return [];
    const shortfall = { why, result: this.index, count };
    return [{ kind: "message", level: "warning", text: `\`${this.result.query}\`: ${words}`, shortfall }];
  }
}
