/** What the reader of a result must know from its plan: sent with the results, so that every format shows it. */
import type { Plan } from "../plan/plan.js";
import { isRunning } from "../plan/running.js";
import { ageText, sampleText } from "../plan/words.js";
import type { Message } from "./events.js";

export function planNotes({ results }: Pick<Plan, "results">): readonly Message[] {
  return results.flatMap((result) => {
    const texts = [
      ...(result.sample === undefined ? [] : [sampleText(result.sample)]),
      ...(isRunning(result) && result.running.age ? [ageText(result.running.age)] : []),
    ];
    return texts.map((text): Message => ({
      kind: "message",
      level: "warning",
      text: `\`${result.query}\`: ${text}`,
    }));
  });
}
