/** `faultline list`: lists the sources of the target, and `faultline list probes` its probes. */
import { summarizeDiagnostics } from "../../diagnostics/render.js";
import { compile, standardLibrary, type Kernel } from "../../index.js";
import { triggerText, whyUnanswerable } from "../../plan/providers.js";
import type { Defined } from "../../semantics/library.js";
import { compileGlob, GlobError, matchesGlob } from "../../semantics/expression/glob.js";
import { fieldsOf } from "../../semantics/source/source-shape.js";
import type { Alternative, CheckedSource } from "../../semantics/typed.js";
import { typeName } from "../../types/types.js";
import { escapeText, jsonDocument } from "../../view/value/escape.js";
import { describer, type DescribedSource } from "../request/described.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument } from "../request/options.js";
import { tableOrJson } from "../request/output-options.js";
import { targetOptions } from "../request/query-options.js";
import { CliError } from "../failure.js";
import { targetKernel, wholeKernel } from "../request/target-kernel.js";
import { didYouMean } from "../../diagnostics/suggest.js";
import { sourcesMeant } from "../../semantics/foreign-names.js";
import { greatest } from "../../lists.js";

export const listCommand = defineCommand({
  arguments: [argument("[what...]", "name", "only names that match, such as 'swap*'; or: probes 'vmscan:*'")],
  options: { ...targetOptions, format: tableOrJson },
  action: ([what], { kernel, format }) => list(what, kernel, format === "json"),
});

/** `what`: a pattern, or `probes` and a pattern. */
async function list(what: readonly string[], kernel: string | undefined, asJson: boolean): Promise<number> {
  const [first, second, ...rest] = what;
  const isProbes = first === "probes";
  const pattern = isProbes ? second : first;
  if (rest.length > 0 || (!isProbes && second !== undefined))
    throw new CliError("`list` takes one pattern", EXIT.usage, "for example `faultline list 'swap*'`");
  const matches = pattern === undefined ? () => true : matcher(pattern);
  const target = await targetKernel(kernel);
  // Only the complete profile has the probes of a bundled kernel.
  if (isProbes) {
    const { listProbes } = await import("./list-probes.js");
    return listProbes(pattern, wholeKernel(target), matcher, asJson);
  }
  return listSources(pattern, matches, target.kernel, asJson);
}

function matcher(pattern: string): (name: string) => boolean {
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
  /** Why the target cannot answer; absent if it can. */
  readonly unavailable?: string;
  /** The fields of a source, without the common ones. */
  readonly fields?: readonly { readonly name: string; readonly type: string; readonly doc?: string }[];
  readonly providers?: readonly ListedProvider[];
}

interface ListedProvider {
  /** When a span begins and ends. */
  readonly side?: "begin" | "during" | "end";
  readonly provider: string;
  readonly unavailable?: string;
  /** How its counts differ from those of other providers. */
  readonly note?: string;
}

function listSources(
  pattern: string | undefined,
  matches: (name: string) => boolean,
  kernel: Kernel,
  asJson: boolean,
): number {
  const library = standardLibrary();
  const describe = describer(kernel);
  const entry = (
    name: string,
    { definition }: Defined,
    unavailable: string | undefined,
    described?: DescribedSource,
  ): Listed => ({
    name,
    kind: definition.kind === "union" ? "event" : definition.kind,
    doc: definition.doc?.text.split("\n")[0] ?? "",
    ...(unavailable === undefined ? {} : { unavailable }),
    ...(described ? details(described) : {}),
  });
  const sources = library
    .names()
    .filter(matches)
    .flatMap((name): Listed[] => {
      const defined = library.find(name);
      const described = defined && describe(name, defined);
      return defined ? [entry(name, defined, described && whyUnanswerable(described.source), described)] : [];
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
    const given = pattern ?? "";
    throw new CliError(
      `no source or tool is called \`${given}\``,
      EXIT.usage,
      hintForNone(given, [...library.names(), ...library.toolNames()]),
    );
  }
  if (asJson) {
    process.stdout.write(
      jsonDocument({ version: 1, kernel: kernel.id, release: kernel.release, sources: listed }),
    );
    return EXIT.done;
  }
  const width = greatest(listed.map((l) => l.name.length));
  for (const { name, kind, doc, unavailable } of listed) {
    process.stdout.write(`${name.padEnd(width)}  ${kind.padEnd(5)}  ${doc}\n`);
    if (unavailable !== undefined)
      process.stdout.write(`${" ".repeat(width)}  not available: ${escapeText(unavailable)}\n`);
  }
  return EXIT.done;
}

/** Says what to ask for instead: a pattern stands for the whole name. */
function hintForNone(pattern: string, names: readonly string[]): string {
  const part = pattern.replace(/[*?]/g, "").toLowerCase();
  if (part !== "" && names.some((name) => name.includes(part)))
    return `a pattern is that of a whole name: faultline list '*${part}*'`;
  const [meant] = sourcesMeant(part, names).map((name) => name.replace(/^open /, ""));
  if (meant !== undefined) return `did you mean \`faultline list ${meant}\`?`;
  return didYouMean(pattern, names) ?? "`faultline list` shows them all";
}

/** Returns why a tool cannot run on the target with its default options; undefined if it can. */
function whyNoTool(name: string, kernel: Kernel): string | undefined {
  const { unavailable, diagnostics } = compile("", { kernel, tool: { name, arguments: {} } });
  if (!unavailable) return undefined;
  return summarizeDiagnostics(diagnostics);
}

function details({ shape, source }: DescribedSource): Pick<Listed, "fields" | "providers"> {
  return {
    fields: [...fieldsOf(shape)].map(([name, { type, doc }]) => ({
      name,
      type: typeName(type),
      ...(doc === undefined ? {} : { doc }),
    })),
    providers: providersOf(source),
  };
}

function providersOf(source: CheckedSource): ListedProvider[] {
  const listed = (alternative: Alternative, side?: "begin" | "during" | "end"): ListedProvider => ({
    ...(side === undefined ? {} : { side }),
    provider: triggerText(alternative),
    ...(alternative.unavailable === undefined ? {} : { unavailable: alternative.unavailable }),
    ...(alternative.note === undefined ? {} : { note: alternative.note }),
  });
  switch (source.kind) {
    case "event":
      return source.alternatives.map((a) => listed(a));
    case "span":
      return (["begin", "during", "end"] as const).flatMap((side) =>
        source[side].map((a) => listed(a, side)),
      );
    case "union":
      return source.members.map((member) => ({ provider: member.source.name }));
  }
}
