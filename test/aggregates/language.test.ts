/** Rates, numbers of values and percentiles in queries, and in the scripts that are made of them. */
import { describe, expect, it } from "vitest";
import { AGGREGATE_NAMES, definitionOf } from "../../src/aggregates/aggregates.js";
import { bundledKernel, check, compile } from "../../src/index.js";

function script(query: string, version = "0.23.2", form: "text" | "stream" = "text"): string {
  const compiled = compile(query, { kernel: bundledKernel("debian13"), version, form });
  if (!compiled.script) throw new Error(compiled.diagnostics.map(({ message }) => message).join("; "));
  return compiled.script.text;
}

describe("queries", () => {
  it.each([
    ["open allocation rate()", "rate-of-open", "rate()"],
    ["open allocation rate(size) by comm", "rate-of-open", "rate(size)"],
    ["faults distinct(address, 4)", "argument-count", "distinct(address, 4)"],
    ["faults distinct()", "argument-count", "distinct()"],
    ["faults p99(comm)", "not-measurable", "p99(comm)"],
    ["faults p99()", "argument-count", "p99()"],
    ["malloc rate(size, 2)", "argument-count", "rate(size, 2)"],
    ["malloc rate(size) in ms", "unit-mismatch", "ms"],
    ["every 1s show distinct(faults)", "argument-count", "distinct(faults)"],
    ["malloc p98(size)", "unknown-aggregate", "p98"],
  ])("%s", (text, code, at) => {
    const found = check(text).diagnostics.map((d) => ({
      code: d.code,
      at: d.source.text.slice(d.span.start, d.span.end),
    }));
    expect(found).toContainEqual({ code, at });
  });

  it("take what they need", () => {
    for (const text of [
      "faults rate()",
      "malloc rate(size) in MB by comm every 1s",
      "faults distinct(comm), distinct(address / 4KB) by pid",
      "faults distinct(ustack)",
      "direct_reclaim p50(latency), p99(latency) in ms by comm top 5 by p99(latency)",
      "open allocation distinct(comm), p90(size) by ustack",
      "every 1s show rate(faults), rate(malloc.size), distinct(malloc.size), p95(malloc.size)",
    ])
      expect(check(text).diagnostics, text).toEqual([]);
  });

  it.each(AGGREGATE_NAMES)("%s is compiled for both back ends and all versions", (fn) => {
    const { takes } = definitionOf(fn);
    const value = takes === "nothing" ? "" : takes === "value and range" ? "size, 0, 1KB, 64B" : "size";
    const query = `malloc ${fn}(${value}) by comm every 1s`;
    for (const to of ["bpftrace", "bcc"] as const)
      for (const version of to === "bcc" ? ["0.26.0", "0.31.0"] : ["0.17.0", "0.20.0", "0.23.2", "0.27.1"])
        for (const form of ["text", "stream"] as const) {
          const { script: made, diagnostics } = compile(query, { to, version, form });
          expect(diagnostics, `${to} ${version}`).toEqual([]);
          expect(made?.text).toContain(takes === "nothing" ? "count" : "size");
        }
  });
});

describe("scripts", () => {
  it("keep the percentiles of one value in one map", () => {
    const text = script("malloc p50(size), p99(size), p90(size * 2) by comm");
    expect(text.match(/hist\(arg0, 4\)/g)).toHaveLength(1);
    expect(text).toContain("@malloc_percentiles_size[comm] = hist(arg0, 4);");
    expect(text.match(/print\(@malloc_percentiles_size\)/g)).toHaveLength(1);
    expect(text).toContain("@malloc_percentiles_size_2[comm] = hist(arg0 * 2, 4);");
  });

  it("read such a map as that of the first of them", () => {
    const { script: made } = compile("malloc p50(size), p99(size) by comm every 1s", { form: "stream" });
    expect([...(made?.maps ?? [])].filter(([name]) => name.includes("percentiles"))).toEqual([
      ["@malloc_percentiles_size", { holds: "aggregate", result: 0, aggregate: 0 }],
      ["@malloc_percentiles_size_in_turn", { holds: "aggregate", result: 0, aggregate: 0, set: "turn" }],
    ]);
  });

  it("work the bucket out by hand before 0.20", () => {
    const text = script("malloc p99(size)", "0.17.0");
    expect(text).not.toContain("hist(");
    expect(text).toContain(
      "@malloc_percentiles_size[$bucket < 0 ? -1 : $bucket << $bucket_shift] = count();",
    );
  });

  it("count what they add to a map of values, with keys and without", () => {
    const text = script("malloc distinct(size)", "0.23.2", "stream");
    expect(text).toContain("@malloc_distinct_size[arg0] = count();");
    expect(text).toContain("@seen0 = count();");
    const table = script("every 1s show count(faults), distinct(malloc.size)", "0.23.2", "stream");
    expect(table).toContain("@seen0 = count();");
    expect(table).toContain("@seen0of1 = count();");
  });

  it("tell texts in the keys exactly, where a map can be walked", () => {
    const text = script("malloc distinct(comm) by pid", "0.23.2", "stream");
    expect(text).toContain("for ($kv : @malloc_distinct_comm) { print((-1, 0, $kv.0)); }");
    expect(script("malloc distinct(size) by pid", "0.23.2", "stream")).not.toContain("$kv");
  });

  it("for a person divide nothing that they cannot, and say by what to divide", () => {
    expect(script("faults rate() by comm", "0.17.0")).toContain(
      'printf("\\n@faults_rate[comm]: rate(), as the total of %llu ms\\n", (uint64)((int64)nsecs - (int64)@since0) / 1000000);',
    );
    expect(script("every 1s show rate(faults)")).toContain(
      "* 1000 / ((uint64)((int64)nsecs - (int64)@since0) / 1000000)",
    );
  });
});
