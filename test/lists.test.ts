import { expect, test } from "vitest";
import { append, greatest, smallest } from "../src/lists.js";

const MANY = Array.from({ length: 1_000_000 }, (_, i) => i);

test("a million items are no arguments of a call", () => {
  const list = [-1];
  append(list, MANY);
  expect([list.length, list.at(-1)]).toEqual([1_000_001, 999_999]);
  expect([greatest(MANY), smallest(MANY)]).toEqual([999_999, 0]);
  expect(() => Math.max(...MANY)).toThrow(RangeError);
});

test("without values there is the bound", () => {
  expect([greatest([]), greatest([], 3), greatest([1], 3), greatest([5], 3)]).toEqual([-Infinity, 3, 3, 5]);
  expect([smallest([]), smallest([], 3), smallest([5], 3), smallest([1], 3)]).toEqual([Infinity, 3, 3, 1]);
});
