/** A location is named once. */
import { expect, it } from "vitest";
import { PlaceCache } from "../../src/symbols/place-cache.js";
import type { Location, MappedFile } from "../../src/symbols/layout.js";

const FILE: MappedFile = { start: 0, end: 4096, offset: 0, path: "/bin/a", isDeleted: false, seen: 0 };
const OTHER: MappedFile = { ...FILE, path: "/bin/b" };

function names(most?: number): {
  readonly of: (file: MappedFile, offset: number) => string;
  asked: Location[];
} {
  const asked: Location[] = [];
  const all = new PlaceCache((place) => {
    asked.push(place);
    return `${place.file.path}+${place.offset}`;
  }, most);
  return { of: (file, offset) => all.of({ file, offset }), asked };
}

it("asks once for each file and address", () => {
  const { of, asked } = names();
  for (let pass = 0; pass < 3; pass++)
    for (const file of [FILE, OTHER])
      for (let offset = 0; offset < 100; offset++) expect(of(file, offset)).toBe(`${file.path}+${offset}`);
  expect(asked).toHaveLength(200);
});

it("has a bound", () => {
  const { of, asked } = names(10);
  for (let offset = 0; offset < 11; offset++) of(FILE, offset);
  expect(of(FILE, 10)).toBe("/bin/a+10");
  expect(asked).toHaveLength(11);
  // Forgotten with the first ten.
  expect(of(FILE, 0)).toBe("/bin/a+0");
  expect(asked).toHaveLength(12);
});
