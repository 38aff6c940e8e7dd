/**
 * Faultline as a library. A query goes through the stages in one direction:
 *
 *     text → syntax → semantics → plan → back end → script
 *                        ↑          ↑
 *                     stdlib     kernel
 *
 * Nothing here reads a file or starts a process, so the library also works in a browser.
 */
import type { BackEnd, BackEndTarget, ScriptWriter } from "./tracers/back-end.js";
import { BackendError, UnsupportedVersion } from "./tracers/error.js";
import { backEndNamed, DEFAULT_BACK_END } from "./tracers/registry.js";
import type { Script, ScriptForm } from "./tracers/script.js";
import type { Diagnostic, Source } from "./diagnostics/diagnostic.js";
import type { Kernel, PidNamespace } from "./kernel/kernel.js";
import { bundledKernel, standardLibrary } from "./library/bundled.js";
import { missingProbe } from "./plan/binaries.js";
import { PlanLimit } from "./plan/limits.js";
import type { Plan } from "./plan/plan.js";
import { PlanError, planQueries, type PlanOptions } from "./plan/plan-queries.js";
import { isCompatProgram } from "./semantics/source/compat-program.js";
import { processNumber, whyUnknown } from "./semantics/source/namespace-numbers.js";
import { commonValueOn, eventField } from "./semantics/source/probe-scope.js";
import { check as checkText, checkToolRun, type CheckedText, type CheckOptions } from "./semantics/check.js";
import type { ToolArguments } from "./semantics/tool/check-tool.js";
import type { Library } from "./semantics/library.js";
import type { Amendments } from "./syntax/amend.js";
import { isRepairable, repairAll } from "./repair/repair-all.js";
import { vocabularyFor } from "./repair/vocabulary.js";
import { parse } from "./syntax/parser/parser.js";

export interface CompileOptions {
  /** The target kernel; by default the bundled profile `DEFAULT_KERNEL`. */
  readonly kernel?: Kernel;
  /** The name of a registered back end; by default `bpftrace`. */
  readonly to?: string;
  /** The version of the tracer to emit for, such as "0.23.2"; by default the newest known one. */
  readonly version?: string;
  readonly form?: ScriptForm;
  /** The name of the text in diagnostics; by default "query". */
  readonly name?: string;
  /** A tool to run instead of the text's queries; it is looked up in the text, or in the library if the text is empty. */
  readonly tool?: { readonly name: string; readonly arguments: ToolArguments };
  /** Clauses to add to every query that can have them, or to replace its own with. */
  readonly amendments?: Amendments;
  /** The paths of programs and libraries; without it the tracer searches for them. */
  readonly binaries?: NonNullable<PlanOptions["binaries"]>;
  readonly process?: NonNullable<PlanOptions["process"]>;
  /** The maximum number of keys of a map. */
  readonly maxEntries?: number;
  readonly library?: Library;
  readonly resolveImport?: NonNullable<CheckOptions["resolveImport"]>;
  /** What `check` returned for the same text and options, to compile it without checking it again. */
  readonly checked?: CheckedText;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if the text has errors or no plan can be made for the target. */
  readonly plan?: Plan;
  readonly script?: Script;
  /** Whether the query is valid but the target kernel cannot answer it; another may. */
  readonly unavailable?: boolean;
}

export const DEFAULT_KERNEL = "debian13";

/** Parses and checks a text. Returns its typed queries, and diagnostics for what is wrong in it. */
export function check(text: string, options: CompileOptions = {}): CheckedText {
  const checked = checkOnce(text, options);
  return { ...checked, diagnostics: repaired(text, options, checked.diagnostics, checkOnce) };
}

/** Compiles a text to a script. Errors in the text are returned as diagnostics. Throws if the back end is not registered. */
export function compile(text: string, options: CompileOptions = {}): Compiled {
  const compiled = compileOnce(text, options, options.checked);
  return { ...compiled, diagnostics: repaired(text, options, compiled.diagnostics, compileOnce) };
}

/** Tries the hints, so that only those are given that compile when they are followed. */
function repaired(
  text: string,
  options: CompileOptions,
  diagnostics: readonly Diagnostic[],
  judge: (text: string, options: CompileOptions) => { readonly diagnostics: readonly Diagnostic[] },
): readonly Diagnostic[] {
  if (!diagnostics.some(isRepairable)) return diagnostics;
  const kernel = options.kernel ?? bundledKernel(DEFAULT_KERNEL);
  return repairAll(
    diagnostics,
    { text, ...options },
    vocabularyFor(options.library ?? standardLibrary(), kernel),
    judge,
  );
}

function checkOnce(text: string, options: CompileOptions): CheckedText {
  const source: Source = { name: options.name ?? "query", text };
  const within: CheckOptions = {
    kernel: options.kernel ?? bundledKernel(DEFAULT_KERNEL),
    library: options.library ?? standardLibrary(),
    ...(options.resolveImport ? { resolveImport: options.resolveImport } : {}),
    ...(options.amendments ? { amendments: options.amendments } : {}),
    ...(options.binaries ? { missingProbe: (point) => missingProbe(point, options.binaries) } : {}),
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

function compileOnce(
  text: string,
  options: CompileOptions,
  checked: CheckedText = checkOnce(text, options),
): Compiled {
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
      ...(writer.readsOpenSpans === undefined ? {} : { readsOpenSpans: writer.readsOpenSpans }),
      arch: kernel.arch,
      names: (kind, of) => checked.sets.defined(kind, of),
      common: (name) => commonValueOn(kernel, name) ?? whyUnknown("pid", kernel),
      ...groupsOn(kernel),
      isCompat: isCompatProgram(kernel),
      ...(kernel.pidNamespace ? { numbering: numberingOn(kernel, kernel.pidNamespace) } : {}),
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

function groupsOn(kernel: Kernel): Pick<PlanOptions, "groups"> {
  const names = kernel.cgroups?.();
  if (!names) return {};
  const [root, id, path] = ["root", "id", "path"].map((field) =>
    eventField(kernel, "cgroup", "cgroup_mkdir", field),
  );
  return { groups: { names, ...(names.isWhole && root && id && path ? { made: { root, id, path } } : {}) } };
}

/** Throws a `PlanError` where the kernel's types are not known, by which numbers are translated. */
function numberingOn(kernel: Kernel, { inode }: PidNamespace): NonNullable<Plan["numbering"]> {
  const [pid, kernelPid] = [processNumber("pid", kernel), processNumber("host_pid", kernel)];
  if (pid && kernelPid) return { inode, pid, kernelPid };
  throw new PlanError("the numbers of processes cannot be translated to those of this PID namespace", [
    whyUnknown("pid", kernel),
  ]);
}

export { parse, bundledKernel, standardLibrary };
export { bundledNames } from "./library/bundled.js";
export { renderDiagnostics } from "./diagnostics/render.js";
export { purposeText } from "./plan/words.js";
export { backEnds, registerBackEnd } from "./tracers/registry.js";
export { explain, type Explanation } from "./explain/explain.js";
export type { BackEnd, BackEndTarget, ScriptWriter };
export type { CheckedText, Diagnostic, Kernel, Library, Plan, Script, ToolArguments };
