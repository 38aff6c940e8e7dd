/** What a reader must know to trust a result: warnings and losses. */
import type { Note, ViewSummary } from "./types.js";

/** Returns the notes shown beside a result, one sentence each. */
export function notesOf({ lost, damaged, ended }: ViewSummary, notes: readonly Note[]): string[] {
  return [
    ...(lost > 0 ? [lostText(lost)] : []),
    ...(damaged > 0 ? [`${damaged} lines or names could not be read`] : []),
    ...(ended === "cut off" ? ["the recording is cut off, and the end of the run is missing"] : []),
    ...(ended === "failed" ? ["the trace failed before its end"] : []),
    ...notes.map(({ text }) => text),
  ];
}

export function lostText(lost: number): string {
  return `${lost} events were lost because they came too fast: filter with \`where\`, or count instead of \`show\``;
}
