/** Every plan of the library comes back as it was, as far as it is needed to read what its script prints. */
import { describe, expect, it } from "vitest";
import { bundledKernel, compile, standardLibrary, type Plan } from "../../src/index.js";
import { checkedData, DataError } from "../../src/files/checked-data.js";
import { fromExactJson, toExactJson } from "../../src/recording/exact-json.js";
import { recordedPlan } from "../../src/recording/plan-schema.js";

const kernel = bundledKernel("debian13");

function plans(): [string, Plan][] {
  const found: [string, Plan][] = [];
  for (const name of standardLibrary().toolNames()) {
    const { plan } = compile("", { kernel, tool: { name, arguments: {} } });
    if (plan) found.push([name, plan]);
  }
  for (const name of standardLibrary().names())
    for (const query of [`${name} by comm`, `open ${name} show comm, age`]) {
      const { plan } = compile(query, { kernel });
      if (plan) found.push([query, plan]);
    }
  for (const query of [
    'open allocation max(size) as total, count() by ustack where age > 10s and comm ~ "ng*x" every 5s top 20 by total',
    "open allocation sum(size), avg(size) by ustack where age > 10s every 5s",
    "direct_reclaim show time, comm, latency in ms, gfp where latency > 1ms",
    "malloc lhist(size, 0B, 1MB, 4KB), stats(size) by comm for 10s",
    "every 1s header 20 show sum(shrink_slab.latency) in ms as total, count(kswapd_wake)",
  ]) {
    const { plan, diagnostics } = compile(query, { kernel, version: "0.17.0" });
    if (!plan) throw new Error(`${query}: ${diagnostics.map(({ message }) => message).join()}`);
    found.push([query, plan]);
  }
  return found;
}

const PLANS = plans();

it("has plans to look at", () => {
  expect(PLANS.length).toBeGreaterThan(30);
});

describe("a plan in a recording", () => {
  it.each(PLANS)("%s", (_, plan) => {
    const read = checkedData(recordedPlan, fromExactJson(toExactJson(plan)));
    expect(read.results).toEqual(plan.results.map((result) => ({ ...result, asked: [] })));
    expect(read.notes).toEqual(plan.notes);
    expect(read.duration).toEqual(plan.duration);
    expect(read.states.map(({ name }) => name)).toEqual(plan.states.map(({ name }) => name));
  });
});

describe("a plan that is none", () => {
  const [, plan] = PLANS.find(([query]) => query.startsWith("open allocation max")) as [string, Plan];
  const results = plan.results.map((result) => ({ ...result, asked: [] }));
  const text = toExactJson({ ...plan, probes: [], choices: [], derived: [], results });

  it.each<[string, string, string]>([
    ['"kind":"openGroups"', '"kind":"shut"', "results[0].kind"],
    ['"fn":"max"', '"fn":"constructor"', "results[0].aggregates[0].fn"],
    ['"by":0', '"by":7', "results[0].top.by"],
    ['"op":"compare"', '"op":"__proto__"', "results[0].condition.op"],
    ['"kind":"stack"', '"kind":"toString"', "kind"],
    ['{"$bigint":"10000000000"}', '"ten"', "results[0].condition"],
    ['"results":[', '"results":[null,', "results[0]"],
  ])("%s to %s", (from, to, at) => {
    expect(text).toContain(from);
    const changed = fromExactJson(text.replace(from, to));
    expect(() => checkedData(recordedPlan, changed)).toThrow(DataError);
    expect(() => checkedData(recordedPlan, changed)).toThrow(at);
  });

  it("is nested without end", () => {
    let condition: unknown = { op: "string", type: { kind: "string" }, value: "x" };
    for (let i = 0; i < 5000; i++) condition = { op: "not", type: { kind: "bool" }, operand: condition };
    const hostile = { ...(fromExactJson(text) as Plan) };
    const deep = [{ ...hostile.results[0], condition }];
    expect(() => checkedData(recordedPlan, { ...hostile, results: deep })).toThrow(
      "nested more than 100 deep",
    );
  });
});

describe("exact JSON", () => {
  it("keeps every digit, and takes nothing for a number that is none", () => {
    const value = { a: 2n ** 64n - 1n, b: [-(2n ** 63n)], c: "123n", d: { $bigint: "x" } };
    expect(fromExactJson(toExactJson(value))).toEqual(value);
  });
});
