/** What a click and a search do in a flame graph, without a browser; browser.test.ts does it in one. */
import { describe, expect, it } from "vitest";
import { label, levelsOf, matcher, sumOf, zoomed, type Extent } from "../../src/view/chart/browser/frames.js";

interface Named extends Extent {
  readonly name: string;
}
const frame = (name: string, start: number, total: number, depth: number): Named => ({
  name,
  start,
  total,
  depth,
});
const FRAMES = [
  frame("all", 0, 100, -1),
  frame("main", 0, 80, 0),
  frame("read", 0, 20, 1),
  frame("map", 20, 60, 1),
  frame("fault", 30, 40, 2),
  frame("idle", 80, 20, 0),
];
const inView = (name: string): readonly (readonly [string, number, number, boolean])[] => {
  const chosen = FRAMES.find((each) => each.name === name);
  if (chosen === undefined) throw new Error(`there is no frame ${name}`);
  return zoomed(FRAMES, chosen, 1000).map((each) => [each.frame.name, each.x, each.width, each.isUnder]);
};

describe("zoom", () => {
  it("shows all of the root", () => {
    expect(inView("all").map(([name, x, width]) => [name, x, width])).toEqual([
      ["all", 0, 1000],
      ["main", 0, 800],
      ["read", 0, 200],
      ["map", 200, 600],
      ["fault", 300, 400],
      ["idle", 800, 200],
    ]);
  });

  it("gives the frame the width, with what it was called by below and its own calls above", () => {
    expect(inView("map")).toEqual([
      ["all", 0, 1000, true],
      ["main", 0, 1000, true],
      ["map", 0, 1000, false],
      ["fault", expect.closeTo(1000 / 6), expect.closeTo(4000 / 6), false],
    ]);
  });

  it("makes levels low where no frame has room for a name", () => {
    const placed = zoomed(FRAMES, { start: 0, total: 100, depth: -1 }, 100);
    expect(levelsOf(placed, { full: 16, low: 4, named: 50 })).toEqual([
      { y: -16, height: 16 },
      { y: -32, height: 16 },
      { y: -48, height: 16 },
      { y: -52, height: 4 },
    ]);
  });
});

describe("search", () => {
  it("takes a regular expression, and text that is none", () => {
    expect(FRAMES.filter(({ name }) => matcher("^MA")(name)).map(({ name }) => name)).toEqual([
      "main",
      "map",
    ]);
    expect(matcher("operator(")("std::operator()")).toBe(true);
    expect(matcher("operator(")("std::operators")).toBe(false);
  });

  it("counts a frame inside a found one once", () => {
    const named = (...names: string[]): readonly Extent[] =>
      FRAMES.filter(({ name }) => names.includes(name));
    expect(sumOf(named("main", "map", "fault"))).toBe(80);
    expect(sumOf(named("read", "fault", "idle"))).toBe(80);
    expect(sumOf([])).toBe(0);
  });
});

describe("a frame's name", () => {
  it("is cut to the frame's width", () => {
    expect(label("handle_mm_fault", 200, 7)).toBe("handle_mm_fault");
    expect(label("handle_mm_fault", 76, 7)).toBe("handle_mm\u2026");
    expect(label("handle_mm_fault", 20, 7)).toBe("");
    expect(label("fn", 20, 7)).toBe("fn");
  });
});
