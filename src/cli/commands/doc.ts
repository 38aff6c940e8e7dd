/** `faultline doc NAME`: describes a source and its fields. */
import { standardLibrary, type Kernel } from "../../index.js";
import { KNOWN_COSTS } from "../../costs/known.js";
import { rangeText } from "../../explain/render-cost.js";
import { triggerText } from "../../plan/providers.js";
import { fieldsOf, type SourceShape } from "../../semantics/source/source-shape.js";
import { didYouMean } from "../../diagnostics/suggest.js";
import { COMMON_FIELDS, type Alternative } from "../../semantics/typed.js";
import { typeName } from "../../types/types.js";
import { escapeLines } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument } from "../request/options.js";
import { targetOptions } from "../request/query-options.js";
import type { DefinedSource, DefinedTool } from "../../semantics/library.js";
import { printExpression, printQuery } from "../../syntax/print/print-expression.js";
import { describer, type DescribedSource } from "../request/described.js";
import { CliError } from "../failure.js";
import { targetKernel } from "../request/target-kernel.js";
import { optionLines } from "../request/tool-options.js";
import { greatest } from "../../lists.js";

export const docCommand = defineCommand({
  arguments: [argument("<name>", "name", "of a source or a tool")],
  options: targetOptions,
  action: ([name], { kernel }) => showDoc(name, kernel),
});

/** `kernel`: the value of `--kernel`. */
export async function showDoc(name: string, kernel?: string): Promise<number> {
  const library = standardLibrary();
  const tool = library.tool(name);
  const source = library.find(name);
  if (!tool && !source)
    throw new CliError(
      `there is no source or tool \`${name}\``,
      EXIT.usage,
      didYouMean(name, [...library.names(), ...library.toolNames()]) ?? "`faultline list` shows them all",
    );
  const parts = [
    ...(tool ? [toolLines(tool)] : []),
    ...(source ? [await sourceLines(name, source, kernel)] : []),
  ];
  process.stdout.write(`${escapeLines(parts.map((lines) => lines.join("\n")).join("\n\n"))}\n`);
  return EXIT.done;
}

function toolLines({ definition }: DefinedTool): string[] {
  return [
    `tool ${definition.name.text}`,
    ...(definition.doc ? ["", definition.doc.text] : []),
    ...optionLines(definition),
    "",
    ...definition.parts.flatMap((part) =>
      part.kind === "branch"
        ? [`  when ${printExpression(part.condition)}`, ...part.queries.map((q) => `    ${printQuery(q)}`)]
        : [`  ${printQuery(part)}`],
    ),
  ];
}

async function sourceLines(
  name: string,
  source: DefinedSource,
  wanted: string | undefined,
): Promise<string[]> {
  const { kernel } = await targetKernel(wanted);
  const { definition } = source;
  const described = describer(kernel)(name, source);
  return [
    `${definition.kind === "union" ? "event" : definition.kind} ${name}`,
    ...(definition.doc ? ["", definition.doc.text] : []),
    ...(described ? [...fieldLines(described.shape), "", ...providerLines(described, kernel)] : []),
    "",
    `Every source has: ${COMMON_FIELDS.join(", ")}`,
  ];
}

function fieldLines(shape: SourceShape): string[] {
  const fields = [...fieldsOf(shape)];
  if (fields.length === 0) return [];
  const width = greatest(fields.map(([n]) => n.length));
  return [
    "",
    "Fields:",
    ...fields.map(
      ([n, f]) => `  ${n.padEnd(width)}  ${typeName(f.type)}${f.doc === undefined ? "" : `  ${f.doc}`}`,
    ),
  ];
}

function providerLines({ source, shape }: DescribedSource, kernel: Kernel): string[] {
  const on = `on ${kernel.id} (${kernel.release})`;
  switch (source.kind) {
    case "event":
      return [`Providers ${on}:`, ...source.alternatives.flatMap((a) => providerLine(a, shape))];
    case "span":
      return [
        `Begins ${on}:`,
        ...source.begin.flatMap((a) => providerLine(a, shape)),
        ...(source.during.length > 0 ? ["Adds up:"] : []),
        ...source.during.flatMap((a) => providerLine(a, shape)),
        "Ends:",
        ...source.end.flatMap((a) => providerLine(a, shape)),
      ];
    case "union":
      return [`All of: ${source.members.map((m) => m.source.name).join(", ")}`];
  }
}

/** Describes a provider's fields, the cost of an event, and how its counts differ. */
function providerLine(alternative: Alternative, shape: SourceShape): string[] {
  const { trigger, unavailable, note, rate } = alternative;
  const all = [...fieldsOf(shape).keys()];
  const gives = all.filter((name) => typeof alternative.fields.get(name) === "object");
  const facts = [
    ...(trigger.kind === "probe" ? [`${rangeText(KNOWN_COSTS.probes[trigger.point.type])} ns an event`] : []),
    ...(rate === undefined ? [] : [`up to ${rate} a second on a busy machine`]),
    ...(gives.length > 0 ? [`gives ${gives.join(", ")}`] : []),
  ];
  const about = unavailable === undefined ? facts.join("; ") : `not available: ${unavailable}`;
  return [
    `  ${triggerText(alternative)}`,
    // A source on top of others has no facts of its own.
    ...(about === "" ? [] : [`    ${about}`]),
    ...(note === undefined ? [] : [`    ${note}`]),
    ...[...alternative.fields].flatMap(([name, value]) =>
      typeof value === "string" ? [`    no \`${name}\`: ${value}`] : [],
    ),
  ];
}
