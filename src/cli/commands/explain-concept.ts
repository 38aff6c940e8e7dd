/** `faultline explain --concept`: which concepts there are, and a lesson on one. */
import { didYouMean } from "../../diagnostics/suggest.js";
import { CONCEPTS, conceptNamed } from "../../explain/concepts.js";
import { LESSONS } from "../../explain/lessons.js";
import { renderConcepts, renderLesson } from "../../explain/render-lesson.js";
import { jsonDocument } from "../../view/value/escape.js";
import { EXIT } from "../exit.js";
import { textStyle } from "../output/terminal.js";
import { CliError } from "../failure.js";
import type { Flags } from "../request/request.js";

/** `more`: further words of the name, as in `--concept raw tracepoint`. */
export async function explainConcept(
  name: string | boolean | readonly string[],
  more: readonly string[],
  flags: Flags,
): Promise<number> {
  const asJson = flags.format === "json";
  const style = await textStyle(process.stdout);
  if (typeof name !== "string") {
    const concepts = CONCEPTS.map(({ id, name, gloss }) => ({ id, name, gloss }));
    process.stdout.write(asJson ? jsonDocument({ version: 1, concepts }) : renderConcepts(concepts, style));
    return EXIT.done;
  }
  const words = [name, ...more].join(" ");
  const concept = conceptNamed(words);
  if (!concept)
    throw new CliError(
      `there is no lesson on \`${words}\``,
      EXIT.usage,
      didYouMean(
        words,
        CONCEPTS.map((each) => each.id),
      ) ?? "`faultline explain --concept` lists them",
    );
  const { id, gloss } = concept;
  const lesson = { id, name: concept.name, gloss, ...LESSONS[id] };
  process.stdout.write(asJson ? jsonDocument({ version: 1, ...lesson }) : renderLesson(lesson, style));
  return EXIT.done;
}
