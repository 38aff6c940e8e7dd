/** Formats lessons for people. */
import { wrap } from "../view/table/wrap.js";
import type { UsedConcept } from "./explanation.js";
import type { Lesson } from "./lessons.js";
import { Page, type TextStyle } from "./page.js";

export function renderConcepts(concepts: readonly UsedConcept[], style: TextStyle): string {
  const page = new Page(style);
  const ids = concepts.map(({ id }) => id);
  for (const { id, gloss } of concepts) page.entry(id, gloss, ids);
  page.line();
  page.prose("A lesson on one: `faultline explain --concept NAME`.", "");
  return page.text();
}

export function renderLesson({ name, gloss, text, example }: UsedConcept & Lesson, style: TextStyle): string {
  return [
    style.heading(name),
    ...wrap(gloss, style.width),
    "",
    ...wrap(text, style.width),
    "",
    "Try it:",
    `  ${style.name(`faultline '${example}'`)}`,
    "",
  ].join("\n");
}
