/** What figures cannot be read right without is sent with them, and what only concerns cost is not. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { planNotes } from "../../src/results/plan-notes.js";

function notesOf(text: string): string {
  const { plan, diagnostics } = compile(text, { process: { pid: 5, followed: false } });
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  return planNotes(plan)
    .map((note) => note.text)
    .join("\n");
}

describe("notes of a plan", () => {
  it.each([
    [
      "event a { provider software:page-faults:1 } event b { provider tracepoint:vmscan:nothing } event u = a | b? u",
      "u is without b",
    ],
    ['reclaim show reclaimed where kind ~ ""', "reclaim: no event of its probes can meet the condition"],
    ["open allocation count() where hash(address) % 10 == 0", "one in 10 was looked at"],
    ["open allocation count() where age > 10s", "ages are known in steps"],
    ["kswapd_run count()", "kswapd_run: the kernel does this in any process"],
  ])("%s: %s", (text, expected) => {
    expect(notesOf(text)).toContain(expected);
  });

  it("do not warn of cost", () => {
    expect(notesOf("open allocation max(size)")).toBe("");
  });
});
