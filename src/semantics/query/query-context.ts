/** The context in which the parts of a query are checked. */
import type { Clause, NamedSource, ProbeSource } from "../../syntax/tree.js";
import type { Context } from "../context.js";
import type { Shapes } from "../source/shapes.js";
import type { SourceShape } from "../source/source-shape.js";
import type { Typed } from "../typed.js";

export type ClauseOf<K extends Clause["kind"]> = Clause & { readonly kind: K };

export type Clauses = { readonly [K in Clause["kind"]]?: ClauseOf<K> };

/** The values of a tool's parameters by name. */
export type Constants = ReadonlyMap<string, Typed>;

export interface QueryContext extends Context {
  readonly shapes: Shapes;
  readonly constants: Constants;
  /** The sources given for a tool's parameters of type `source`, by name. */
  readonly sources: ReadonlyMap<string, NamedSource | ProbeSource>;
}

/** Returns the shape of a source written as a name, a tool's parameter, or a probe. */
export function shapeOf(source: NamedSource | ProbeSource, context: QueryContext): SourceShape | undefined {
  const meant = (source.kind === "namedSource" ? context.sources.get(source.name.text) : undefined) ?? source;
  if (meant.kind === "namedSource") return context.shapes.named(meant.name.text, context, source.span);
  return context.shapes.probe(meant, context);
}
