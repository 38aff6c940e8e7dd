/** A text that is being repaired: its changes, and where in the original text they are. */
import type { Fix, Span } from "../diagnostics/diagnostic.js";

/** One change. `Note` is what it is reported as. */
export interface Edit<Note> {
  /** In the original text. */
  readonly original: Span;
  /** In the text as it is now. */
  readonly current: Span;
  readonly note: Note;
}

export class QueryDraft<Note> {
  constructor(
    readonly original: string,
    readonly text: string = original,
    /** In their order in the text; they do not overlap. */
    readonly edits: readonly Edit<Note>[] = [],
  ) {}

  /** Changes the text as it is now. What touches an earlier change becomes a part of it. */
  with(
    { span, text }: Fix,
    note: Note,
    partOf: (whole: Note, part: Note, text: string) => Note,
  ): QueryDraft<Note> {
    const merged = this.edits.filter(({ current }) => overlaps(current, span));
    const start = Math.min(span.start, ...merged.map(({ current }) => current.start)); // eslint-disable-line no-restricted-syntax
    const end = Math.max(span.end, ...merged.map(({ current }) => current.end)); // eslint-disable-line no-restricted-syntax
    const longer = text.length - (span.end - span.start);
    const made: Edit<Note> = {
      original: this.toOriginal({ start, end }),
      current: { start, end: end + longer },
      note: merged[0] ? partOf(merged[0].note, note, text) : note,
    };
    const moved = this.edits
      .filter((edit) => !merged.includes(edit))
      .map((edit) =>
        edit.current.start < span.end || (edit.current.start === span.end && edit.current.end <= span.start)
          ? edit
          : { ...edit, current: shifted(edit.current, longer) },
      );
    const whole = this.text.slice(0, span.start) + text + this.text.slice(span.end);
    return new QueryDraft(
      this.original,
      whole,
      [...moved, made].sort((a, b) => a.current.start - b.current.start),
    );
  }

  /** Where a part of the text as it is now stands in the original: of what was changed, the whole change. */
  toOriginal({ start, end }: Span): Span {
    return {
      start: this.offset(start, "start"),
      end: Math.max(this.offset(start, "start"), this.offset(end, "end")),
    };
  }

  private offset(at: number, side: "start" | "end"): number {
    let moved = 0;
    for (const { original, current } of this.edits) {
      if (at < current.start || (at === current.start && side === "end")) break;
      if (at < current.end || (at === current.end && side === "end")) return original[side];
      moved = original.end - current.end;
    }
    return at + moved;
  }

  /** What to write in the original text for one of its changes. */
  fixOf({ original, current }: Edit<Note>): Fix {
    return { span: original, text: this.text.slice(current.start, current.end) };
  }
}

function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
