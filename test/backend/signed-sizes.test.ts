/** Sizes below zero: what is given back counts as such, wherever it comes from. */
import { expect, it } from "vitest";
import { bundledTarget, compileFor } from "../../src/cli/request/target-kernel.js";
import { TRACERS } from "../tracers.js";

const QUERY = "memory_growth sum(bytes) by comm where bytes <= 0B - 1KB";

it.each(["debian12", "debian13", "sid"] as const)("are compared and read as signed on %s", async (name) => {
  const target = await bundledTarget(name);
  const { script, plan, diagnostics } = compileFor(target, QUERY, {
    form: "stream",
    version: TRACERS[name].bpftrace,
  });
  expect(diagnostics).toEqual([]);
  // The length of a mapping is kept without a sign.
  expect(script?.text).toContain("(int64)$mmap_call.1 <= -1024");
  const [result] = plan?.results ?? [];
  if (result?.kind !== "groups") throw new Error("the query groups");
  expect(result.aggregates[0]?.type).toMatchObject({ unit: "bytes", signed: true });
});
