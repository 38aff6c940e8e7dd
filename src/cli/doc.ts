/** `faultline doc NAME`: what a source is, and its fields. */
import { bundledKernel, DEFAULT_KERNEL, standardLibrary } from "../index.js";
import { Diagnostics } from "../diagnostics/diagnostic.js";
import { pointText } from "../semantics/probe-points.js";
import { fieldsOf, Shapes, type ProviderShape, type Shape } from "../semantics/shapes.js";
import { didYouMean } from "../diagnostics/suggest.js";
import { COMMON_FIELDS } from "../semantics/typed.js";
import { typeName } from "../semantics/types.js";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";

export function doc(name: string): number {
  const library = standardLibrary();
  const found = library.find(name);
  if (!found)
    throw new CliError(
      `there is no source or tool \`${name}\``,
      EXIT.usage,
      didYouMean(name, library.names()) ?? "`faultline list` shows them all",
    );
  const { definition } = found;
  const lines = [`${definition.kind} ${name}`, ...(definition.doc ? ["", definition.doc.text] : [])];
  if (definition.kind === "tool") {
    if (definition.parameters.length > 0)
      lines.push(
        "",
        "Options:",
        ...definition.parameters.map(
          (p) => `  ${p.name.text}: ${p.type.word.text}${p.doc ? `  ${p.doc.text}` : ""}`,
        ),
      );
  } else {
    const kernel = bundledKernel(DEFAULT_KERNEL);
    const diagnostics = new Diagnostics();
    const shape = new Shapes(library, kernel, diagnostics).named(
      name,
      { source: found.source, kernel, diagnostics },
      definition.name.span,
    );
    if (shape) lines.push(...fieldLines(shape), "", ...providerLines(shape));
    lines.push("", `Every source has: ${COMMON_FIELDS.join(", ")}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function fieldLines(shape: Shape): string[] {
  const fields = [...fieldsOf(shape)];
  if (fields.length === 0) return [];
  const width = Math.max(...fields.map(([n]) => n.length));
  return [
    "",
    "Fields:",
    ...fields.map(
      ([n, f]) => `  ${n.padEnd(width)}  ${typeName(f.type)}${f.doc === undefined ? "" : `  ${f.doc}`}`,
    ),
  ];
}

function providerLines(shape: Shape): string[] {
  switch (shape.kind) {
    case "event":
      return [
        "Providers, the first that gives what is asked is taken:",
        ...shape.providers.map(providerLine),
      ];
    case "span":
      return ["Begins:", ...shape.begin.map(providerLine), "Ends:", ...shape.end.map(providerLine)];
    case "union":
      return [`All of: ${shape.members.map((m) => m.name).join(", ")}`];
    case "probe":
      return [];
  }
}

function providerLine(provider: ProviderShape): string {
  const trigger =
    provider.trigger.kind === "probe" ? pointText(provider.trigger.point) : provider.trigger.shape.name;
  return `  ${trigger}${provider.definition.note ? `  (${provider.definition.note.value})` : ""}`;
}
