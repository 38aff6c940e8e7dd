/** The sources of the standard library, for docs/sources.md. */
import { describer } from "../../src/cli/request/described.js";
import { bundledKernel, bundledNames, compile, DEFAULT_KERNEL, standardLibrary } from "../../src/index.js";
import { fieldsOf } from "../../src/semantics/source/source-shape.js";
import { typeName } from "../../src/types/types.js";
import { code, table, type Row } from "./markdown.js";

/** A query about a source; none where it depends on the traced program, as with the names that a compiler makes. */
function exampleOf(name: string, isSpan: boolean): string {
  const query = isSpan ? `${name} hist(latency) by comm` : `${name} by comm`;
  const can = [DEFAULT_KERNEL, ...bundledNames].some(
    (kernel) => compile(query, { kernel: bundledKernel(kernel), form: "stream" }).script,
  );
  return can ? code(query) : "with `-p` or `-c`";
}

/** By the file that defines them, in the order of their names. */
function sources(): string {
  const library = standardLibrary();
  const kernel = bundledKernel(DEFAULT_KERNEL);
  const describe = describer(kernel);
  const rows = new Map<string, Row[]>();
  for (const name of library.names()) {
    const source = library.find(name);
    if (!source) continue;
    const { definition } = source;
    const shape = describe(name, source)?.shape;
    const fields = shape ? [...fieldsOf(shape)] : [];
    const file = rows.get(source.source.name) ?? [];
    rows.set(source.source.name, file);
    file.push([
      code(name),
      definition.kind === "span" ? "span" : "event",
      (definition.doc?.text ?? "").replace(/\s+/g, " "),
      fields.map(([field, { type }]) => code(`${field}: ${typeName(type)}`)).join(", "),
      exampleOf(name, definition.kind === "span"),
    ]);
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, list]) =>
      [
        `## ${file.replace(/^.*stdlib\//, "")}`,
        table(["Source", "Kind", "What it is", "Fields", "Example"], list),
      ].join("\n\n"),
    )
    .join("\n\n");
}

/** The parts of docs/sources.md by their names. */
export const SOURCE_PARTS: Readonly<Record<string, () => string>> = { sources };
