/** `faultline explain`: what a query means, which probes it takes and why, and what it costs. */
import { readKernelText } from "../../files/kernel-file.js";
import { bundledNames, type Compiled, type Kernel } from "../../index.js";
import { summarizeDiagnostics } from "../../diagnostics/render.js";
import { NEWEST_BCC } from "../../tracers/bcc/versions.js";
import { NEWEST } from "../../tracers/bpftrace/versions.js";
import type { Attempt } from "../../explain/back-ends.js";
import { explain, type OtherTarget } from "../../explain/explain.js";
import { renderExplanation } from "../../explain/render-text.js";
import { jsonDocument } from "../../view/value/escape.js";
import { EXIT } from "../exit.js";
import {
  bundledTarget,
  compileFor,
  printDiagnostics,
  readRequest,
  targetKernel,
  targetVersion,
  type Flags,
  type Request,
  type TargetKernel,
} from "../request/input.js";
import { checkFormat, textStyle } from "../output/terminal.js";

const FORMATS = ["text", "json"];

export async function explainCommand(what: readonly string[], flags: Flags): Promise<number> {
  checkFormat(flags, FORMATS);
  if (flags.concept !== undefined)
    return (await import("./explain-concept.js")).explainConcept(flags.concept, what, flags);
  const request = readRequest(what, flags);
  const target = await targetKernel(flags);
  if (target.note !== undefined) process.stderr.write(`note: ${target.note}\n`);
  const bpftrace = (await targetVersion(flags, target)) ?? NEWEST;
  const compiled = compileFor(target, request.text, { ...request.options, bpftrace });
  await printDiagnostics(compiled.diagnostics);
  const { plan } = compiled;
  if (!plan || compiled.diagnostics.some((d) => d.severity === "error"))
    return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
  const { id, release } = target.kernel;
  const explanation = explain(plan, {
    target: { kernel: id, release, bpftrace, cpus: id === "live" ? possibleCpus() : USUAL_CPUS },
    others: await elsewhere(request, target.kernel),
    scripts: {
      bpftrace: { version: bpftrace, ...attempt(compiled) },
      bcc: await inBcc(request, target, flags),
    },
  });
  process.stdout.write(
    flags.format === "json"
      ? jsonDocument(explanation)
      : renderExplanation(explanation, await textStyle(process.stdout)),
  );
  return EXIT.done;
}

/** Of a machine that is not this one, to show what a map takes there. */
const USUAL_CPUS = 8;

/** Maps have a value for each CPU that could be plugged in: `0-7`. */
function possibleCpus(): number {
  try {
    const ranges = readKernelText("/sys/devices/system/cpu/possible").trim().split(",");
    const count = ranges
      .map((range) => range.split("-").map(Number))
      .reduce((total, [first = 0, last = first]) => total + last - first + 1, 0);
    return Number.isInteger(count) && count > 0 ? count : USUAL_CPUS;
  } catch {
    return USUAL_CPUS;
  }
}

async function inBcc(request: Request, target: TargetKernel, flags: Flags): Promise<Attempt> {
  const version = (await targetVersion(flags, target, "bcc")) ?? NEWEST_BCC;
  const compiled = compileFor(target, request.text, { ...request.options, to: "bcc", bcc: version });
  return { version, ...attempt(compiled) };
}

function attempt(compiled: Compiled): Omit<Attempt, "version"> {
  const parts = compiled.script?.parts;
  return parts ? { parts } : { why: whyNot(compiled) };
}

async function elsewhere(request: Request, kernel: Kernel): Promise<readonly OtherTarget[]> {
  const others: OtherTarget[] = [];
  for (const name of bundledNames) {
    if (name === kernel.id) continue;
    const target = await bundledTarget(name);
    const bpftrace = target.bpftrace ?? NEWEST;
    const compiled = compileFor(target, request.text, { ...request.options, bpftrace });
    others.push({
      target: { kernel: name, release: target.kernel.release, bpftrace },
      ...(compiled.script && compiled.plan ? { plan: compiled.plan } : { why: whyNot(compiled) }),
    });
  }
  return others;
}

function whyNot({ diagnostics }: Compiled): string {
  return summarizeDiagnostics(diagnostics.filter((d) => d.severity === "error"));
}
