/** Explains queries for the bundled kernels, as the command does. */
import { bundledKernel, compile, explain, type Explanation, type Plan } from "../../src/index.js";

export const SHIPPED = { debian12: "0.17.0", debian13: "0.23.2", sid: "0.27.1", dev: "0.27.1" } as const;

export type Bundled = keyof typeof SHIPPED;

export function planOf(query: string, kernel: Bundled = "debian13"): Plan {
  const compiled = compile(query, { kernel: bundledKernel(kernel), bpftrace: SHIPPED[kernel] });
  if (!compiled.script || !compiled.plan)
    throw new Error(compiled.diagnostics.map((d) => `${d.code}: ${d.message}`).join("; "));
  return compiled.plan;
}

export function explained(query: string, kernel: Bundled = "debian13", others: Bundled[] = []): Explanation {
  const target = (id: Bundled): { kernel: string; release: string; bpftrace: string } => ({
    kernel: id,
    release: bundledKernel(id).release,
    bpftrace: SHIPPED[id],
  });
  return explain(planOf(query, kernel), {
    target: { ...target(kernel), cpus: 2 },
    others: others.map((id) => {
      const compiled = compile(query, { kernel: bundledKernel(id), bpftrace: SHIPPED[id] });
      return {
        target: target(id),
        ...(compiled.script && compiled.plan
          ? { plan: compiled.plan }
          : { why: compiled.diagnostics[0]?.message ?? "" }),
      };
    }),
  });
}
