/**
 * Faultline as a library. A query goes through the stages in one direction:
 *
 *     text → syntax → semantics → plan → backend → script
 *                        ↑          ↑
 *                     stdlib     kernel
 *
 * Nothing here reads a file or starts a process, so it works in a browser too.
 */
import type { BackEnd, BackEndTarget, ScriptWriter } from "./tracers/back-end.js";
import { BackendError, UnsupportedVersion } from "./tracers/error.js";
import { backEndNamed, DEFAULT_BACK_END } from "./tracers/registry.js";
import type { Script, ScriptForm } from "./tracers/script.js";
import type { Diagnostic, Source } from "./diagnostics/diagnostic.js";
import type { Kernel } from "./kernel/kernel.js";
import { bundledKernel, standardLibrary } from "./library/bundled.js";
import { PlanLimit } from "./plan/limits.js";
import type { Plan } from "./plan/plan.js";
import { PlanError, planQueries, type PlanOptions } from "./plan/plan-queries.js";
import { check as checkText, checkToolRun, type CheckedText, type CheckOptions } from "./semantics/check.js";
import type { ToolArguments } from "./semantics/tool/check-tool.js";
import type { Library } from "./semantics/library.js";
import type { Amendments } from "./syntax/amend.js";
import { parse } from "./syntax/parser/parser.js";

export interface CompileOptions {
  /** What it is compiled for; by default the newest bundled profile. */
  readonly kernel?: Kernel;
  /** The name of the back end that writes: by default a bpftrace script is written. */
  readonly to?: string;
  /** Of the tracer that is written for, such as "0.23.2"; by default the newest that is known. */
  readonly version?: string;
  readonly form?: ScriptForm;
  /** The name of the text in diagnostics. */
  readonly name?: string;
  /** Run this tool (of the text, or of the library when the text is empty) in place of the text's queries. */
  readonly tool?: { readonly name: string; readonly arguments: ToolArguments };
  /** Clauses added to every query that can have them, or put in place of its own. */
  readonly amendments?: Amendments;
  /** Where programs and libraries are; without it the tracer looks for them. */
  readonly binaries?: NonNullable<PlanOptions["binaries"]>;
  readonly process?: NonNullable<PlanOptions["process"]>;
  /** The most keys a map may have. */
  readonly maxEntries?: number;
  readonly library?: Library;
  readonly resolveImport?: NonNullable<CheckOptions["resolveImport"]>;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when a diagnostic is an error. */
  readonly plan?: Plan;
  readonly script?: Script;
  /** The target cannot answer the query, although it is right: another kernel may. */
  readonly unavailable?: boolean;
}

export const DEFAULT_KERNEL = "debian13";

/** Parses and checks a text; its queries come back typed. */
export function check(text: string, options: CompileOptions = {}): CheckedText {
  const source: Source = { name: options.name ?? "query", text };
  const within: CheckOptions = {
    kernel: options.kernel ?? bundledKernel(DEFAULT_KERNEL),
    library: options.library ?? standardLibrary(),
    ...(options.resolveImport ? { resolveImport: options.resolveImport } : {}),
    ...(options.amendments ? { amendments: options.amendments } : {}),
  };
  if (options.tool)
    return checkToolRun(
      options.tool.name,
      { arguments: options.tool.arguments, amendments: options.amendments ?? {} },
      text === "" ? undefined : source,
      within,
    );
  return checkText(source, within);
}

/** Compiles a text to a script. Never throws for what is in the text: that comes back as diagnostics. Throws for a back end that there is not. */
export function compile(text: string, options: CompileOptions = {}): Compiled {
  const kernel = options.kernel ?? bundledKernel(DEFAULT_KERNEL);
  const source: Source = { name: options.name ?? "query", text };
  const failure = (code: string, message: string, hint?: string): Diagnostic => ({
    severity: "error",
    code,
    message,
    source,
    span: { start: 0, end: text.trimEnd().length },
    ...(hint === undefined ? {} : { hint }),
  });
  const checked = check(text, { ...options, kernel });
  const diagnostics = [...checked.diagnostics];
  if (diagnostics.some((d) => d.severity === "error"))
    return {
      diagnostics,
      ...(diagnostics.some((d) => d.code === "missing-probe") ? { unavailable: true } : {}),
    };
  if (checked.queries.length === 0) {
    const tools =
      checked.tools.length > 0
        ? `it defines ${checked.tools.join(", ")}: run one with \`--tool NAME\``
        : "write one, such as `faults by comm`";
    return { diagnostics: [...diagnostics, failure("no-query", "there is no query here", tools)] };
  }
  let plan: Plan | undefined;
  const to = options.to ?? DEFAULT_BACK_END;
  try {
    const writer = backEndNamed(to).writerFor({
      kernel,
      form: options.form ?? "text",
      ...(options.version === undefined ? {} : { version: options.version }),
      ...(options.tool ? { tool: options.tool } : {}),
    });
    plan = planQueries(checked.queries, {
      attachGap: writer.attachGap,
      ...(options.process ? { process: options.process } : {}),
      ...(options.binaries ? { binaries: options.binaries } : {}),
      ...(options.maxEntries === undefined ? {} : { maxEntries: options.maxEntries }),
    });
    return { diagnostics, plan, script: writer.write(plan) };
  } catch (error) {
    if (error instanceof PlanError)
      return {
        diagnostics: [...diagnostics, failure("unavailable", error.message, error.reasons.join("; "))],
        unavailable: true,
      };
    if (error instanceof PlanLimit)
      return { diagnostics: [...diagnostics, failure("too-large", error.message, error.hint)] };
    if (error instanceof BackendError)
      return {
        diagnostics: [...diagnostics, failure(`${to}-limit`, error.message)],
        ...(plan ? { plan } : {}),
      };
    if (error instanceof UnsupportedVersion)
      return { diagnostics: [...diagnostics, failure(`${to}-version`, error.message)] };
    throw error;
  }
}

export { parse, bundledKernel, standardLibrary };
export { bundledNames } from "./library/bundled.js";
export { renderDiagnostics } from "./diagnostics/render.js";
export { purposeText } from "./plan/words.js";
export { backEnds, registerBackEnd } from "./tracers/registry.js";
export { explain, type Explanation } from "./explain/explain.js";
export type { BackEnd, BackEndTarget, ScriptWriter };
export type { Diagnostic, Kernel, Library, Plan, Script, ToolArguments };
