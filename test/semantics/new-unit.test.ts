/** A unit is one row of `src/types/units.ts`: two more rows are known to every stage, and nothing else is changed. */
import * as v from "valibot";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { ResultColumn } from "../../src/plan/plan.js";
import type { Unit } from "../../src/types/units.js";

vi.mock(import("../../src/types/units.js"), async (original) => {
  const { UNITS } = await original();
  const amount = { writtenOut: {}, width: 8, isAmount: true, acceptsBare: true };
  const more = {
    frequency: {
      ...amount,
      described: "a frequency",
      spellings: { Hz: 1n, kHz: 1000n, MHz: 1_000_000n },
      writtenOut: { hertz: "Hz" },
      heading: "frequencies",
      suggested: ["Hz"],
      base: "Hz",
      preferred: ["MHz", "kHz"],
      display: { as: "scaled", step: 1000, suffixes: ["Hz", "kHz", "MHz"] },
    },
    sectors: {
      ...amount,
      described: "a number of sectors",
      spellings: { sectors: 1n },
      suggested: ["sectors"],
      base: "sectors",
      preferred: [],
      prose: { one: "sector", many: "sectors" },
      display: { as: "count" },
    },
  };
  return { UNITS: { ...UNITS, ...more } };
});

// Test files share their modules, which have the units as they are.
vi.resetModules();
afterAll(() => {
  vi.doUnmock("../../src/types/units.js");
  vi.resetModules();
});

const { compile } = await import("../../src/index.js");
const { TOPICS } = await import("../../src/cli/request/help-topics.js");
const { completeQuery } = await import("../../src/cli/request/complete-query.js");
const { quantityText } = await import("../../src/explain/quantity.js");
const { formatValue } = await import("../../src/view/value/format-value.js");
const { describeResult } = await import("../../src/view/formats/records.js");
const { formatBound } = await import("../../src/view/value/histogram-bounds.js");
const { CLOCK, NAMES } = await import("../view/show.js");
const { grammarFiles } = await import("../../scripts/grammar/files.js");
const { recordedPlan } = await import("../../src/recording/plan-schema.js");

const DEFINED = `
  event sampled {
    provider tracepoint:sched:sched_switch { speed: frequency = args.next_pid, moved: sectors = args.prev_pid }
  }
`;

function compiled(query: string, to = "bpftrace") {
  const { script, plan, diagnostics } = compile(`${DEFINED}\n${query}`, { to });
  expect(diagnostics).toEqual([]);
  if (!script || !plan) throw new Error("not compiled");
  return { text: script.text, plan };
}

const columnsOf = (query: string): readonly ResultColumn[] => {
  const [result] = compiled(query).plan.results;
  return result && "columns" in result ? result.columns : [];
};

describe("a new unit", () => {
  it("is a type, and its literals have its factor", () => {
    expect(compiled("sampled where speed > 2kHz and moved >= 7").text).toMatch(/> 2000\b.*>= 7\b/);
    expect(compiled("sampled where speed > 1.5MHz and moved < 8sectors", "bcc").text).toMatch(/\b1500000\b/);
    const messages = (query: string): readonly (string | undefined)[] =>
      compile(`${DEFINED}\n${query}`).diagnostics.flatMap(({ message, hint }) => [message, hint]);
    expect(messages("sampled where speed > 3 hertz")).toEqual(["a unit touches its number", "write `3Hz`"]);
    expect(messages("sampled where speed == moved").join()).toMatch(/a frequency .*a number of sectors/);
    expect(messages("sampled where speed > 3furlongs").join()).toContain("Hz kHz MHz, sectors");
  });

  it("is displayed in its own way by both tracers and every format", () => {
    const [speed, moved] = columnsOf("sampled show speed, moved");
    if (!speed || !moved) throw new Error("no columns");
    const formatting = { names: NAMES, clock: CLOCK };
    expect(formatValue(2_500_000, speed, formatting)).toBe("2.5 MHz");
    expect(formatValue(12, moved, formatting)).toBe("12");
    const { plan } = compiled("sampled show speed, moved");
    expect(plan.results.map(describeResult)).toMatchObject([
      { columns: [{ type: "frequency", unit: "Hz" }, {}] },
    ]);
    expect(formatBound(4000, { unit: "frequency" as Unit })).toBe("4 kHz");
    expect(
      formatValue(
        1500,
        { type: { kind: "number", unit: "frequency" as Unit, signed: true, per: "second" } },
        formatting,
      ),
    ).toBe("1.5 kHz/s");
    expect(compiled("sampled show speed, moved").text).toContain("speed (Hz) moved (sectors)");
    const { text } = compiled("sampled show speed, moved", "bcc");
    expect(text).toContain('scaled(event.speed, 1000, ["Hz", "kHz", "MHz"])');
    expect(compiled("sampled show speed in kHz", "bcc").text).toContain("in_units(event.speed_khz, 1000)");
    expect(compiled("sampled sum(speed), hist(speed), p90(speed) by moved", "bcc").text).toContain(
      "lambda amount: scaled(",
    );
  });

  it("is explained, completed, described in help and accepted in a recording", async () => {
    expect(quantityText(4000n, { kind: "number", unit: "frequency" as Unit, signed: false })).toBe("4kHz");
    expect(quantityText(1n, { kind: "number", unit: "sectors" as Unit, signed: false })).toBe("1 sector");
    expect(completeQuery("faults sum(size) in ").words.map(({ value }) => value)).toContain("kHz");
    const help = TOPICS.find(({ name }) => name === "units")?.parts();
    expect(help?.flat(2)).toContain("Hz kHz MHz");
    const files = await grammarFiles();
    expect(files.get("grammar/faultline.ebnf")).toMatch(/UNIT .*"kHz"/s);
    expect(files.get("schemas/recording.schema.json")).toContain('"frequency"');
    const { plan } = compiled("sampled show speed, moved");
    expect(v.safeParse(recordedPlan, plan).issues).toBeUndefined();
  });
});
