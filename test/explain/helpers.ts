/** Explains queries for the bundled kernels, as the command does. */
import type { Attempt } from "../../src/explain/back-ends.js";
import { bundledKernel, compile, explain, type Explanation, type Plan } from "../../src/index.js";
import { backEndNamed } from "../../src/tracers/registry.js";
import { TRACERS } from "../tracers.js";

export const BUNDLED = { ...TRACERS, dev: TRACERS.sid } as const;

export type Bundled = keyof typeof BUNDLED;

export function planOf(query: string, kernel: Bundled = "debian13"): Plan {
  const compiled = compile(query, { kernel: bundledKernel(kernel), version: BUNDLED[kernel].bpftrace });
  if (!compiled.script || !compiled.plan)
    throw new Error(compiled.diagnostics.map((d) => `${d.code}: ${d.message}`).join("; "));
  return compiled.plan;
}

function attempt(query: string, kernel: Bundled, to: "bpftrace" | "bcc"): Attempt {
  const version = BUNDLED[kernel][to];
  const { script, diagnostics } = compile(query, {
    kernel: bundledKernel(kernel),
    form: "stream",
    to,
    version,
  });
  const by = { name: to, title: backEndNamed(to).title, version };
  return script?.parts ? { ...by, parts: script.parts } : { ...by, why: diagnostics[0]?.message ?? "" };
}

/** The same, with what each back end writes. */
export function compared(query: string, kernel: Bundled = "debian13"): Explanation {
  return explain(planOf(query, kernel), {
    target: { kernel, release: bundledKernel(kernel).release, bpftrace: BUNDLED[kernel].bpftrace, cpus: 2 },
    scripts: [attempt(query, kernel, "bpftrace"), attempt(query, kernel, "bcc")],
  });
}

export function explained(query: string, kernel: Bundled = "debian13", others: Bundled[] = []): Explanation {
  const target = (id: Bundled): { kernel: string; release: string; bpftrace: string } => ({
    kernel: id,
    release: bundledKernel(id).release,
    bpftrace: BUNDLED[id].bpftrace,
  });
  return explain(planOf(query, kernel), {
    target: { ...target(kernel), cpus: 2 },
    others: others.map((id) => {
      const compiled = compile(query, { kernel: bundledKernel(id), version: BUNDLED[id].bpftrace });
      return {
        target: target(id),
        ...(compiled.script && compiled.plan
          ? { plan: compiled.plan }
          : { why: compiled.diagnostics[0]?.message ?? "" }),
      };
    }),
  });
}
