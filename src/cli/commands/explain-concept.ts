/** `faultline explain --concept`: lists concepts, or shows the lesson on one. */
import { didYouMean } from "../../diagnostics/suggest.js";
import { CONCEPTS, conceptNamed } from "../../explain/concepts.js";
import { LESSONS } from "../../explain/lessons.js";
import { renderConcepts, renderLesson } from "../../explain/render-lesson.js";
import { jsonDocument } from "../../view/value/escape.js";
import { EXIT } from "../exit.js";
import { textStyle } from "../output/terminal.js";
import { CliError } from "../failure.js";

export async function showConcepts(asJson: boolean): Promise<number> {
  const concepts = CONCEPTS.map(({ id, name, gloss }) => ({ id, name, gloss }));
  process.stdout.write(
    asJson
      ? jsonDocument({ version: 1, concepts })
      : renderConcepts(concepts, await textStyle(process.stdout)),
  );
  return EXIT.done;
}

/** Shows the lesson on a concept. */
export async function showConcept(words: string, asJson: boolean): Promise<number> {
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
  process.stdout.write(
    asJson ? jsonDocument({ version: 1, ...lesson }) : renderLesson(lesson, await textStyle(process.stdout)),
  );
  return EXIT.done;
}
