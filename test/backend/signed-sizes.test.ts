/** Sizes below zero: what is given back counts as such, wherever it comes from. */
import { expect, it } from "vitest";
import { bundledTarget, compileFor } from "../../src/cli/request/target-kernel.js";
import { TRACERS } from "../tracers.js";

/** The length that a span has from its begin is kept without a sign; what is added up while it is open has one. */
const GIVEN_BACK = "event given_back { provider munmap_call { bytes: bytes = 0B - len } } given_back";
const QUERIES = [
  [GIVEN_BACK, "(int64)$munmap_call.1 <= -1024"],
  ["memory_growth", "$mmap_call.1 <= -1024"],
] as const;
const TARGETS = ["debian12", "debian13", "sid"] as const;

const cases = TARGETS.flatMap((name) => QUERIES.map(([source, test]) => [name, source, test] as const));

it.each(cases)("are compared and read as signed on %s: %s", async (name, source, test) => {
  const target = await bundledTarget(name);
  const { script, plan, diagnostics } = compileFor(
    target,
    `${source} sum(bytes) by comm where bytes <= 0B - 1KB`,
    {
      form: "stream",
      version: TRACERS[name].bpftrace,
    },
  );
  expect(diagnostics).toEqual([]);
  expect(script?.text).toContain(test);
  const [result] = plan?.results ?? [];
  if (result?.kind !== "groups") throw new Error("the query groups");
  expect(result.aggregates[0]?.type).toMatchObject({ unit: "bytes", signed: true });
});
