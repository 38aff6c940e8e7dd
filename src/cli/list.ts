/** `faultline list`: what there is to ask on the target, and `faultline list probes`: what there is to attach to. */
import { compile, standardLibrary, type Kernel } from "../index.js";
import { whyUnanswerable } from "../plan/providers.js";
import type { Defined } from "../semantics/library.js";
import { compileGlob, GlobError, matchesGlob } from "../semantics/glob.js";
import { describeCType } from "../semantics/types.js";
import { describer } from "./described.js";
import { EXIT } from "./exit.js";
import { CliError, printable } from "./failure.js";
import { targetKernel, type Flags } from "./input.js";

/** `what`: a pattern, or `probes` and a pattern. */
export async function list(what: readonly string[], flags: Flags): Promise<number> {
  const [first, second, ...rest] = what;
  const isProbes = first === "probes";
  const pattern = isProbes ? second : first;
  if (rest.length > 0 || (!isProbes && second !== undefined))
    throw new CliError("`list` takes one pattern", EXIT.usage, "for example `faultline list 'swap*'`");
  const matches = matcher(pattern);
  const target = await targetKernel(flags);
  // The probes of a bundled kernel are in its file alone.
  if (isProbes) return listProbes(pattern, matches, target.whole?.() ?? target.kernel);
  return listSources(pattern, matches, target.kernel, flags.format === "json");
}

function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const glob = compileGlob(pattern);
    return (name) => matchesGlob(glob, name);
  } catch (error) {
    if (error instanceof GlobError) throw new CliError(`\`${pattern}\` is no pattern: ${error.message}`);
    throw error;
  }
}

interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly doc: string;
  /** Why the target cannot answer; absent when it can. */
  readonly unavailable?: string;
}

function listSources(
  pattern: string | undefined,
  matches: (name: string) => boolean,
  kernel: Kernel,
  asJson: boolean,
): number {
  const library = standardLibrary();
  const describe = describer(kernel);
  const entry = (name: string, { definition }: Defined, unavailable: string | undefined): Listed => ({
    name,
    kind: definition.kind === "union" ? "event" : definition.kind,
    doc: definition.doc?.text.split("\n")[0] ?? "",
    ...(unavailable === undefined ? {} : { unavailable }),
  });
  const sources = library
    .names()
    .filter(matches)
    .flatMap((name): Listed[] => {
      const defined = library.find(name);
      const described = defined && describe(name, defined);
      return defined ? [entry(name, defined, described && whyUnanswerable(described.source))] : [];
    });
  const tools = library
    .toolNames()
    .filter(matches)
    .flatMap((name): Listed[] => {
      const defined = library.tool(name);
      return defined ? [entry(name, defined, whyNoTool(name, kernel))] : [];
    });
  const byName = (a: Listed, b: Listed): number => (a.name < b.name ? -1 : 1);
  const listed = [...tools.sort(byName), ...sources.sort(byName)];
  if (listed.length === 0) {
    process.stderr.write(`faultline: no source or tool matches \`${printable(pattern ?? "")}\`\n`);
    return EXIT.usage;
  }
  if (asJson) {
    process.stdout.write(
      `${JSON.stringify({ kernel: kernel.id, release: kernel.release, sources: listed }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const width = Math.max(...listed.map((l) => l.name.length));
  for (const { name, kind, doc, unavailable } of listed) {
    process.stdout.write(`${name.padEnd(width)}  ${kind.padEnd(5)}  ${doc}\n`);
    if (unavailable !== undefined)
      process.stdout.write(`${" ".repeat(width)}  not available: ${printable(unavailable)}\n`);
  }
  return EXIT.done;
}

/** Why a tool cannot run on the target, with its usual options; undefined when it can. */
function whyNoTool(name: string, kernel: Kernel): string | undefined {
  const { unavailable, diagnostics } = compile("", { kernel, tool: { name, arguments: {} } });
  if (!unavailable) return undefined;
  return diagnostics.map((d) => (d.hint === undefined ? d.message : `${d.message} (${d.hint})`)).join("; ");
}

/** Tracepoints `vmscan:*` with their fields, functions `handle_mm_*` with their parameters. */
function listProbes(pattern: string | undefined, matches: (name: string) => boolean, kernel: Kernel): number {
  if (pattern === undefined)
    throw new CliError(
      "a kernel has tens of thousands of probes",
      EXIT.usage,
      "give a pattern: `faultline list probes 'vmscan:*'` or `faultline list probes 'handle_mm_*'`",
    );
  const [, prefix, rest] = /^(tracepoint|kprobe|fentry):(.+)$/.exec(pattern) ?? [];
  const named = rest === undefined ? matches : matcher(rest);
  const lines: string[] = [];
  if (prefix === undefined || prefix === "tracepoint")
    for (const name of kernel.tracepointNames().filter(named)) {
      const [category = "", event = ""] = name.split(":");
      const fields = kernel.tracepoint(category, event)?.fields ?? [];
      lines.push(`tracepoint:${name}(${fields.map((f) => `${f.name}: ${f.ctype}`).join(", ")})`);
    }
  if (prefix !== "tracepoint") lines.push(...functionLines(kernel, named, prefix));
  if (lines.length > 0) process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  else
    process.stderr.write(
      `faultline: no probe of ${kernel.id} (${kernel.release}) matches \`${printable(pattern)}\`\n`,
    );
  return lines.length > 0 ? EXIT.done : EXIT.usage;
}

function functionLines(
  kernel: Kernel,
  named: (name: string) => boolean,
  prefix: string | undefined,
): string[] {
  const type = prefix ?? (kernel.attach.kprobe ? "kprobe" : undefined);
  if (type === undefined || !(type === "fentry" ? kernel.attach.fentry : kernel.attach.kprobe)) return [];
  return kernel
    .functionNames()
    .filter(named)
    .map((name) => {
      const found = kernel.function(name);
      if (!found || found.untyped) return `${type}:${name}`;
      return `${type}:${name}(${found.parameters.map((p) => `${p.name}: ${describeCType(p.type)}`).join(", ")})`;
    });
}
