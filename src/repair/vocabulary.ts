/** The names that a repair may use: those of the library, and of the source that a query is about. */
import { Diagnostics } from "../diagnostics/diagnostics.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Library } from "../semantics/library.js";
import { Shapes } from "../semantics/source/shapes.js";
import { fieldsOf, type FieldShapes } from "../semantics/source/source-shape.js";
import { COMMON_FIELDS } from "../semantics/typed.js";
import { UNITS } from "../types/units.js";

export interface Vocabulary {
  /** The fields that the source has, the common ones too. */
  readonly fields: ReadonlySet<string>;
  /** Its own fields that are numbers, amounts first. */
  readonly measures: readonly string[];
  readonly sources: readonly string[];
  isSource(name: string): boolean;
  /** The own fields of any source. */
  fieldsOf(name: string): readonly string[];
}

/** What a question is most often about. */
const USUAL: readonly string[] = ["latency", "age", "size", "len", "bytes"];

/** Returns the fields of a source of a library, by its definition; none if there is no such source. */
export function fieldsOfSource(name: string, library: Library, kernel: Kernel): FieldShapes {
  const defined = library.find(name);
  if (!defined) return new Map();
  const diagnostics = new Diagnostics();
  const shapes = new Shapes(library, kernel, diagnostics);
  const context = { ...shapes.context(defined.source), exhaustive: true };
  const shape = shapes.named(name, context, defined.definition.name.span);
  return shape ? fieldsOf(shape) : new Map();
}

/** Reads the source from the first words of a text. */
export function vocabularyFor(library: Library, kernel: Kernel): (text: string) => Vocabulary {
  const sources = library.names();
  const known = new Set(sources);
  const bySource = new Map<string, Vocabulary>();
  return (text) => {
    const name = text.match(/[A-Za-z_]\w*/g)?.find((word) => known.has(word)) ?? "";
    const found = bySource.get(name) ?? vocabularyOf(name, sources, known, library, kernel);
    bySource.set(name, found);
    return found;
  };
}

function vocabularyOf(
  name: string,
  sources: readonly string[],
  known: ReadonlySet<string>,
  library: Library,
  kernel: Kernel,
): Vocabulary {
  const fields = [...fieldsOfSource(name, library, kernel)];
  const numbers = fields.flatMap(([field, { type }]) =>
    type.kind === "number" ? [{ field, amount: UNITS[type.unit].isAmount }] : [],
  );
  const usual = numbers.filter((n) => USUAL.includes(n.field));
  const amounts = [...usual, ...numbers.filter((n) => n.amount), ...numbers.filter((n) => !n.amount)];
  return {
    fields: new Set([...fields.map(([field]) => field), ...COMMON_FIELDS]),
    measures: [...new Set(amounts.map((n) => n.field))],
    sources,
    isSource: (word) => known.has(word),
    fieldsOf: (source) => [...fieldsOfSource(source, library, kernel).keys()],
  };
}
