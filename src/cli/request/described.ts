/** Elaborates a library definition in full against a target, for `list` and `doc`. */
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import { standardLibrary, type Kernel } from "../../index.js";
import { elaborate } from "../../semantics/source/elaborate.js";
import type { DefinedSource } from "../../semantics/library.js";
import { Shapes } from "../../semantics/source/shapes.js";
import { fieldsOf, type SourceShape } from "../../semantics/source/source-shape.js";
import type { CheckedSource } from "../../semantics/typed.js";

export interface DescribedSource {
  readonly shape: SourceShape;
  readonly source: CheckedSource;
}

export function describer(
  kernel: Kernel,
): (name: string, defined: DefinedSource) => DescribedSource | undefined {
  const diagnostics = new Diagnostics();
  const shapes = new Shapes(standardLibrary(), kernel, diagnostics);
  return (name, { definition, source: text }) => {
    const context = { ...shapes.context(text), exhaustive: true };
    const shape = shapes.named(name, context, definition.name.span);
    return shape && { shape, source: elaborate(shape, new Set(fieldsOf(shape).keys()), context) };
  };
}
