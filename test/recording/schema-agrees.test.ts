/** What Faultline reads of a recording, and what `schemas/recording.schema.json` says that one is. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { GenericSchema } from "valibot";
import { describe, expect, it } from "vitest";
import { checkedData, DataError } from "../../src/files/checked-data.js";
import {
  recordedNames,
  recordedProbes,
  recordedTime,
  recordedWarning,
  recordingEnd,
} from "../../src/recording/line-schemas.js";
import { readHeader } from "../../src/recording/read-header.js";
import { fromVersion1 } from "../../src/recording/version-1.js";
import { changed, ODD, placesIn, shortened, type Json } from "./odd.js";

const published = JSON.parse(readFileSync("schemas/recording.schema.json", "utf8")) as object;
const ajv = new Ajv2020({ strict: false, formats: { "date-time": true } });

function part(name: string): ValidateFunction {
  return ajv.compile({ ...published, $id: name, $ref: `#/$defs/${name}` });
}

function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** As they stand in a file, where nothing is undefined. */
function samples(value: Json): unknown[] {
  const all = placesIn(value).flatMap((path) => ODD.map((odd) => changed(value, path, odd)));
  return [value, ...ODD, ...all].flatMap((each) =>
    each === undefined ? [] : [JSON.parse(JSON.stringify(each)) as unknown],
  );
}

describe("a line", () => {
  it.each<[string, GenericSchema, Json]>([
    ["attached", recordedProbes, { probes: 3, nsecs: "5000000000" }],
    ["until", recordedTime, { nsecs: "5000000000" }],
    ["warning", recordedWarning, { text: "a map is full" }],
    ["named", recordedNames, { stack: "0x1", pid: 7, named: "f" }],
    [
      "end",
      recordingEnd,
      { ended: "x", events: 1, lost: 0, damaged: 0, elapsed: 1.5, failure: "y", isWhole: true },
    ],
  ])("%s is taken and refused by both alike", (name, schema, whole) => {
    const validate = part(name);
    const answers = samples(whole).map((sample) => {
      const taken = isRead(() => checkedData(schema, sample));
      expect(validate(sample), JSON.stringify(sample)).toBe(taken);
      return taken;
    });
    expect(answers[0]).toBe(true);
    expect(new Set(answers).size).toBe(2);
  });
});

describe("a header", () => {
  const text = gunzipSync(readFileSync("recordings/memleak.flrec.gz")).toString();
  const header = JSON.parse(text.slice(0, text.indexOf("\n"))) as Readonly<Record<string, Json>>;
  const whole = shortened(fromVersion1(header) as Json);
  const validate = part("header");

  it("that is read is one by the schema", () => {
    const text = JSON.stringify(whole);
    expect(isRead(() => readHeader(text))).toBe(true);
    expect(validate(JSON.parse(text))).toBe(true);
  });

  it.each<[string, (string | number)[], unknown]>([
    ["a clock that no date has", ["clock"], 1e300],
    ["a tracer of another name", ["tracer", "name"], "ply"],
    ["an aggregate that there is not", ["plan", "results", "0", "aggregates", "0", "fn"], "constructor"],
    ["half a pair", ["environment"], [["A"]]],
    ["a number that JSON rounds", ["names"], [{ kind: "enum", of: "x", members: [["A", 1]] }]],
    ["no plan", ["plan"], undefined],
  ])("with %s is refused by both", (_, path, value) => {
    const sample = JSON.stringify(changed(whole, path, value));
    expect(isRead(() => readHeader(sample))).toBe(false);
    expect(validate(JSON.parse(sample))).toBe(false);
  });
});
