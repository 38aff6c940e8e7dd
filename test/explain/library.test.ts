/** Every tool that is shipped can be explained, on every kernel that can run it. */
import { describe, expect, it } from "vitest";
import { bundledKernel, compile, explain, standardLibrary } from "../../src/index.js";
import { renderExplanation } from "../../src/explain/render-text.js";
import { BUNDLED, type Bundled } from "./helpers.js";
import { PLAIN } from "./style.js";

describe.each(Object.keys(BUNDLED) as Bundled[])("on %s", (id) => {
  it.each(standardLibrary().toolNames())("%s", (name) => {
    const kernel = bundledKernel(id);
    const bpftrace = BUNDLED[id].bpftrace;
    const compiled = compile("", { kernel, version: bpftrace, tool: { name, arguments: {} } });
    if (!compiled.script || !compiled.plan) {
      expect(compiled.diagnostics.length).toBeGreaterThan(0);
      return;
    }
    const { plan } = compiled;
    const explanation = explain(plan, { target: { kernel: id, release: kernel.release, bpftrace, cpus: 2 } });
    expect(explanation.probes.length).toBe(plan.choices.length);
    for (const { meaning } of explanation.queries) expect(meaning).toMatch(/^[A-Z].*\.$/);
    for (const { does } of explanation.probes) expect(does.length).toBeGreaterThan(0);
    for (const { expression } of explanation.fields) expect(expression).not.toBe("");
    const states = plan.states.map((state) => `@${state.name}`);
    expect(explanation.maps.map((map) => map.name)).toEqual(expect.arrayContaining(states));
    expect(renderExplanation(explanation, PLAIN)).not.toMatch(/undefined|\[object|NaN/);
  });
});
