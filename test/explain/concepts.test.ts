import { describe, expect, it } from "vitest";
import { CONCEPTS, conceptNamed } from "../../src/explain/concepts.js";
import { LESSONS } from "../../src/explain/lessons.js";
import { renderConcepts, renderLesson } from "../../src/explain/render-lesson.js";
import { wrap } from "../../src/view/table/wrap.js";
import { explained } from "./helpers.js";
import { PLAIN } from "./style.js";

describe.each(CONCEPTS.map(({ id }) => id))("the lesson on %s", (id) => {
  const lesson = LESSONS[id];

  it("has an example that compiles, and that uses it", () => {
    expect(explained(lesson.example).concepts.map((concept) => concept.id)).toContain(id);
  });

  it("is neither a phrase nor a chapter", () => {
    const lines = wrap(lesson.text, 90);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  it("is shown with its example, in the width there is", () => {
    const text = renderLesson({ ...lesson, id, name: id, gloss: "what it is" }, { ...PLAIN, width: 60 });
    expect(text).toContain(`faultline '${lesson.example}'`);
    for (const line of text.split("\n").filter((each) => !each.includes("faultline '")))
      expect(line.length).toBeLessThanOrEqual(60);
  });
});

it("finds a lesson by the words one would use", () => {
  const found = ["raw tracepoint", "kprobe", "fentry/fexit", "FEXIT", "profile/interval", "BTF", "predicate", "lost events", "per-CPU aggregation", "software event", "perf buffer"]; // prettier-ignore
  expect(found.map((words) => conceptNamed(words)?.id)).toEqual([
    "rawtracepoint", "kprobe", "fentry", "fentry", "timer", "btf", "filter", "buffer", "per-cpu", "software", "buffer",
  ]); // prettier-ignore
  expect(conceptNamed("nonsense")).toBeUndefined();
});

it("lists them all, a line each", () => {
  const text = renderConcepts(CONCEPTS, PLAIN);
  for (const { id, gloss } of CONCEPTS) expect(text).toMatch(new RegExp(`^ +${id} +${gloss.slice(0, 20)}`, "m"));
}); // prettier-ignore

it("tells only of what a query uses", () => {
  expect(explained("faults").concepts.map(({ id }) => id)).toEqual(["software", "map", "per-cpu"].sort((a, b) => CONCEPTS.findIndex((c) => c.id === a) - CONCEPTS.findIndex((c) => c.id === b))); // prettier-ignore
});
