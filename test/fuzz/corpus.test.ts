/** What `npm run fuzz` found stays mended. */
import { expect, test } from "vitest";
import { caseOf, faultOf, TARGETS } from "./attack.js";
import { kept } from "./corpus.js";

test.each(kept())("$file", { timeout: 60_000 }, async ({ target: name, input }) => {
  const target = TARGETS.find((t) => t.name === name);
  expect(target).toBeDefined();
  if (target) expect(await faultOf({ target, input }, true)).toBeUndefined();
});

test("a case is made again by its seed and number alone", () => {
  const first = [3, 1, 2].map((number) => caseOf(7, number).input);
  expect([1, 2, 3].map((number) => caseOf(7, number).input)).toEqual([first[1], first[2], first[0]]);
});

test("some cases of every target", { timeout: 120_000 }, async () => {
  for (const target of TARGETS)
    for (let number = 0; number < (target.name === "tracer" ? 3 : 20); number++) {
      const { input } = caseOf(1, number, [target]);
      expect([target.name, number, await faultOf({ target, input }, true)]).toEqual([
        target.name,
        number,
        undefined,
      ]);
    }
});
