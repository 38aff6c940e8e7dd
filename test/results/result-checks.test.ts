import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import type { GroupsEvent } from "../../src/results/events.js";
import { ResultChecks } from "../../src/results/result-checks.js";

/** What is told of batches at these seconds. */
function told(query: string, ...seconds: readonly number[]): readonly string[] {
  const [result] = compile(query).plan?.results ?? [];
  if (!result) throw new Error(query);
  const checks = new ResultChecks(0, result, 64);
  for (const second of seconds)
    checks.batch({ kind: "groups", result: 0, nsecs: second * 1e9, groups: [] } satisfies GroupsEvent);
  return checks.end().map((event) => (event.kind === "message" ? event.text : ""));
}

describe("batches that come late", () => {
  it("are of more time than an interval", () => {
    expect(told("faults by comm every 1s", 1, 2, 4).join()).toContain("1 intervals were printed late");
    expect(told("faults by comm every 1s", 1, 2, 3)).toEqual([]);
  });

  it("are as good as any where they are of an instant", () => {
    expect(told("open allocation count() every 1s", 1, 2, 4)).toEqual([]);
  });
});
