/** Compiles a request for the bundled kernels other than its own. */
import { summarizeDiagnostics } from "../../diagnostics/render.js";
import { bundledNames, type Compiled, type CompileOptions, type Kernel } from "../../index.js";
import { DEFAULT_BACK_END } from "../../tracers/registry.js";
import type { Request } from "./request.js";
import { bundledTarget, compileFor } from "./target-kernel.js";

export interface CompiledElsewhere {
  readonly target: Kernel;
  /** Of the tracer. */
  readonly version: string;
  readonly compiled: Compiled;
}

/** In the form that runs. `newest`: the version for a target that has none of its own. */
export async function compileElsewhere(
  request: Request,
  kernel: Kernel,
  { newest, ...options }: CompileOptions & { readonly newest: string },
): Promise<readonly CompiledElsewhere[]> {
  const others: CompiledElsewhere[] = [];
  for (const name of bundledNames) {
    if (name === kernel.id) continue;
    const target = await bundledTarget(name);
    const version = target.versions[options.to ?? DEFAULT_BACK_END] ?? newest;
    const compiled = compileFor(target, request.text, {
      ...request.options,
      ...options,
      form: "stream",
      version,
    });
    others.push({ target: target.kernel, version, compiled });
  }
  return others;
}

export function whyNot({ diagnostics }: Compiled): string {
  return summarizeDiagnostics(diagnostics.filter((d) => d.severity === "error"));
}
