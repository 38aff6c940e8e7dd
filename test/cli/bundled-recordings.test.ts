/** Who has no Linux, or is not root, sees real output of every tool and exercise. */
import { describe, expect, it } from "vitest";
import { readExercises } from "../../src/cli/exercises/exercises.js";
import { openRecording } from "../../src/cli/commands/replay.js";
import { standardLibrary } from "../../src/library/bundled.js";
import type { ResultEvent } from "../../src/results/events.js";

const names = [
  ...standardLibrary().toolNames(),
  ...readExercises().map(({ number }) => `exercise-${number}`),
];

describe("the recording that comes along", () => {
  it.each(names)("of %s is whole, and has results", async (name) => {
    const { recording } = await openRecording(name);
    const events: ResultEvent[] = [];
    const played = await recording.play({
      onEvent: (event) => void events.push(event),
      signal: new AbortController().signal,
    });
    expect(played.problems).toEqual([]);
    expect(played.end?.failure).toBeUndefined();
    const results = events.filter((e) => e.kind === "row" || (e.kind === "groups" && e.groups.length > 0));
    expect(results.length).toBeGreaterThan(0);
  });
});
