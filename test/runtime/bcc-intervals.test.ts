/** Intervals of a BCC program that are longer than they should be are told. */
import { expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import { createBccDecoder } from "../../src/tracers/bcc/read.js";
import { lineOf } from "../../src/results/lines.js";

const SECOND = 1_000_000_000;

function warnings(ends: readonly number[]): string[] {
  const { plan } = compile("faults by comm every 1s", { kernel: bundledKernel("debian13"), to: "bcc" });
  if (!plan) throw new Error("there is no plan");
  const decoder = createBccDecoder(plan);
  const read = ends.flatMap((end) =>
    decoder.read(lineOf(`{"groups": 0, "time": ${end * SECOND}, "rows": [[["a"], [1]]], "final": false}`)),
  );
  return [...read, ...decoder.end(true)].flatMap((event) => (event.kind === "message" ? [event.text] : []));
}

const LATE = "intervals were printed late and are of more time than they should be";

it("tells intervals that slip", () => {
  expect(warnings([10, 11, 13.2, 14, 15.9]).filter((text) => text.includes(LATE))).toEqual([
    `\`faults by comm every 1s\`: 2 ${LATE}`,
  ]);
});

it("says nothing of intervals in time", () => {
  expect(warnings([10, 11, 12.1, 13, 14]).filter((text) => text.includes(LATE))).toEqual([]);
});
