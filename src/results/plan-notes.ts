/** What the reader of a result must know from its plan: sent with the results, so that every format shows it. */
import type { Plan } from "../plan/plan.js";
import { noteText } from "../plan/words.js";
import type { Message } from "./events.js";

export function planNotes({ notes }: Pick<Plan, "notes">): readonly Message[] {
  return notes
    .filter(({ isOfFigures }) => isOfFigures)
    .map((note) => ({ kind: "message", level: "warning", text: noteText(note) }));
}
