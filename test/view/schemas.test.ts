/** What is shipped under `schemas/` against what is written: both must say the same. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { toExactJson } from "../../src/recording/exact-json.js";
import { headerOf } from "../../src/recording/header.js";
import { bundledKernel } from "../../src/index.js";
import { SHORTFALLS } from "../../src/results/events.js";
import type { ResultEvent } from "../../src/results/events.js";
import { TIMESTAMP, type Type } from "../../src/types/types.js";
import {
  ADDRESS,
  aggregate,
  column,
  DURATION,
  groups,
  plan,
  rows,
  STRING,
  USTACK,
} from "../runtime/build-script.js";
import { CLOCK, NAMES, show } from "./show.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";

const ajv = new Ajv2020({
  allErrors: true,
  formats: { "date-time": true },
  allowUnionTypes: true,
  strictRequired: false,
});

function schema(name: string): object {
  return JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8"),
  ) as object;
}

function check(validate: ValidateFunction, value: unknown): void {
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

const FLAGS: Type = { kind: "flags", of: "gfp_t" };
const HIST: Type = { kind: "histogram", unit: "bytes" };
const STATS: Type = { kind: "stats", unit: "duration" };
const PLAN = plan([
  groups(
    [column("comm", STRING), column("gfp", FLAGS), column("ustack", USTACK)],
    [
      aggregate("count", "count()"),
      aggregate("hist", "h", HIST),
      aggregate("stats", "s", STATS),
      aggregate("avg", "a", DURATION),
    ],
    { every: 1n },
  ),
  rows([column("time", TIMESTAMP), column("address", ADDRESS)]),
]);
const EVENTS: readonly ResultEvent[] = [
  { kind: "message", level: "warning", text: "odd" },
  {
    kind: "groups",
    result: 0,
    nsecs: 5,
    groups: [
      { keys: ["a", 0xcc0n, "f\ng"], values: [2n ** 60n, { buckets: [{ min: null, max: -1, count: 1 }, { min: 2 ** 31, max: null, count: 2n ** 60n }] }, { count: 1, sum: 2n ** 60n, avg: 1 }, null] },
      { keys: ["b", 0, ""], values: [1, { buckets: [] }, null, 1.5] },
    ],
  },
  { kind: "row", result: 1, values: [1, 0xffffffff81234567n] },
]; // prettier-ignore

const SHORT = SHORTFALLS.map((why, i): ResultEvent => ({
  kind: "message",
  level: "warning",
  text: why,
  shortfall: { why, ...(i % 2 ? { result: 0, count: i } : {}) },
}));

describe("results.schema.json", () => {
  const validate = ajv.compile(schema("results"));

  it("describes json", () => {
    check(validate, JSON.parse(show("json", PLAN, EVENTS, { lost: 1 }).out));
    check(validate, JSON.parse(show("json", plan([]), []).out));
    check(validate, JSON.parse(show("json", PLAN, SHORT).out));
  });

  it("refuses what is not", () => {
    const document = JSON.parse(show("json", PLAN, EVENTS).out) as Record<string, unknown>;
    for (const change of [
      { schema: "faultline/results/2" },
      { rows: [{ result: -1, values: {} }] },
      { more: 1 },
      { summary: {} },
    ])
      expect(validate({ ...document, ...change })).toBe(false);
  });
});

describe("lines.schema.json", () => {
  const validate = ajv.compile(schema("lines"));

  it("describes every line of ndjson", () => {
    const lines = show("ndjson", PLAN, EVENTS).out.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) check(validate, JSON.parse(line));
    for (const line of show("ndjson", PLAN, SHORT).out.trimEnd().split("\n"))
      check(validate, JSON.parse(line));
  });

  it("refuses what is not", () => {
    for (const line of [{}, { result: 0 }, { schema: "faultline/lines/1" }, { result: 0, values: { a: {} } }])
      expect(validate(line)).toBe(false);
  });
});

describe("recording.schema.json", () => {
  const all = schema("recording");
  const validate = ajv.compile(all);
  const part = (name: string): ValidateFunction =>
    ajv.compile({ ...all, $id: name, $ref: `#/$defs/${name}` });

  it.each([
    "faults by comm, ustack",
    "direct_reclaim show time, comm, latency in ms, gfp where latency > 1ms",
    "every 1s header 20 show sum(shrink_slab.latency) in ms, count(kswapd_wake)",
    "open allocation sum(size), count() by ustack where age > 10s every 5s top 3",
  ])("describes the header of %s", (query) => {
    const kernel = bundledKernel("debian13");
    const { script } = compile(query, { kernel, form: "stream", version: "0.17.0" });
    if (!script) throw new Error("it does not compile");
    const header = headerOf({
      faultline: "1",
      query,
      kernel,
      tracer: { runner: bpftraceRunner, path: "", version: "0.17.0" },
      clock: CLOCK,
      names: NAMES,
      script,
      text: "",
    });
    check(validate, JSON.parse(toExactJson(header)));
  });

  it("describes the other lines", () => {
    check(part("attached"), { probes: 3 });
    check(part("warning"), { text: "odd" });
    check(part("named"), { stack: "0x1\n0x2", pid: 7, named: "f\ng" });
    const end = part("end");
    expect(end({ ended: "failed" })).toBe(false);
    check(end, { ended: "failed", events: 1, lost: 0, damaged: 0, elapsed: 1.5, failure: "killed" });
  });
});
