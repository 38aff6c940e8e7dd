/** Sizes below zero: what is given back counts as such, wherever it comes from. */
import { expect, it } from "vitest";
import { bundledTarget, compileFor } from "../../src/cli/request/target-kernel.js";
import { bundledKernel, compile } from "../../src/index.js";
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

const RETURN = "provider tracepoint:raw_syscalls:sys_exit";

/** The number of an error is below zero, whatever unit the definition gives to what a call returns. */
it.each([
  ["pages compared with bytes", `event x { ${RETURN} { n: pages = args.ret } } x sum(n) where n >= 0B`],
  ["a calculation", `event x { ${RETURN} { n: bytes = args.ret } } x sum(n) where n * 2 >= 0B`],
  ["a choice", `event x { ${RETURN} { n: bytes = args.ret > 4 ? args.ret : 0 - 1 } } x sum(n) where n >= 0B`],
  [
    "a field of another source",
    `event r { ${RETURN} { n: bytes = args.ret } } event x { provider r { m: bytes = n + 1B } } x sum(m) where m >= 0B`,
  ],
])("%s is not taken for a size that cannot be negative", (_, query) => {
  const kernel = bundledKernel("debian13");
  expect(compile(query, { kernel }).script?.text).toMatch(/>= 0\b/);
  expect(compile(query, { kernel, to: "bcc" }).script?.text).toMatch(/if \([^\n]*< 0\b/);
});

const KEPT = `span r on tid {
  begin tracepoint:raw_syscalls:sys_exit { got: bytes = args.ret  d: duration = args.ret  m: bytes = 0 - args.id }
  end tracepoint:raw_syscalls:sys_enter
}`;

it("what a span keeps has the sign of what its begin reads", () => {
  const kernel = bundledKernel("debian13");
  for (const query of [
    `${KEPT} r sum(begin.got) where begin.got >= 0B and begin.d >= 0ns and begin.m >= 0B`,
    `event e { provider r { n: bytes = begin.got  o: bytes = begin.m  p: duration = begin.d } } e sum(n) where n >= 0B and o >= 0B and p >= 0ns`.replace(
      /^/,
      `${KEPT} `,
    ),
  ]) {
    const { plan, script } = compile(query, { kernel, to: "bcc" });
    const fields = plan?.states.flatMap((state) => state.fields) ?? [];
    expect(fields.map(({ type }) => type.kind === "number" && type.signed)).toEqual([true, true, true]);
    expect(script?.text.match(/ s64 \w+;/g)?.length).toBeGreaterThanOrEqual(3);
  }
  const unsigned = compile("mmap_call sum(begin.len)", { kernel }).plan?.states[0]?.fields[0];
  expect(unsigned?.type).toMatchObject({ signed: false });
});
