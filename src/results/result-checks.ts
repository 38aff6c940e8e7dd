/** What of a result's values says itself that they may not be whole. */
import type { Result, ResultColumn } from "../plan/plan.js";
import type { GroupsEvent, ResultEvent, ShortfallKind, Value } from "./events.js";
import { keyColumns } from "../plan/columns.js";

/** The widest that one unit of a string may be in the tracer's bytes. */
const WIDEST = 3;

export class ResultChecks {
  /** The columns that are texts. */
  private readonly texts: readonly number[];
  /** A text with fewer units than this cannot be cut: nearly all are, and rows come by the million. */
  private readonly suspicious: number;
  private cut = 0;
  private late = 0;
  private backwards = 0;
  private last = 0n;

  /** `longest`: how many bytes of a text the tracer takes. */
  constructor(
    private readonly index: number,
    private readonly result: Result,
    private readonly longest: number,
  ) {
    const isText = ({ type }: ResultColumn): boolean => type.kind === "string";
    this.texts = keyColumns(result).flatMap((column, i) => (isText(column) ? [i] : []));
    this.suspicious = Math.ceil(longest / WIDEST);
  }

  /** Of a row, or of the keys of a group. */
  values(values: readonly Value[]): void {
    const { texts } = this;
    for (let i = 0; i < texts.length; i++) {
      const value = values[texts[i] as number];
      if (typeof value !== "string" || value.length < this.suspicious) continue;
      if (Buffer.byteLength(value) >= this.longest) this.cut++;
    }
  }

  batch({ groups, nsecs }: GroupsEvent): void {
    if (this.texts.length > 0) for (const { keys } of groups) this.values(keys);
    const now = BigInt(nsecs);
    const { last } = this;
    const { every } = this.result;
    // 0: it is not known.
    if (now === 0n) return;
    this.last = now;
    if (last === 0n) return;
    if (now < last) this.backwards++;
    else if (every !== undefined && (now - last) * 2n > every * 3n) this.late++;
  }

  /** At the end, for they may be as many as the lines are. */
  end(): ResultEvent[] {
    const { cut, backwards, late, longest } = this;
    return [
      ...this.told(
        "text cut",
        cut,
        `${cut} texts are as long as the tracer can take (${longest} bytes) and may be cut`,
      ),
      ...this.told("clock", backwards, `the clock went backwards ${backwards} times`),
      ...this.told(
        "clock",
        late,
        `${late} intervals were printed late and are of more time than they should be`,
      ),
    ];
  }

  private told(why: ShortfallKind, count: number, words: string): ResultEvent[] {
    if (count === 0) return [];
    const shortfall = { why, result: this.index, count };
    return [{ kind: "message", level: "warning", text: `\`${this.result.query}\`: ${words}`, shortfall }];
  }
}
