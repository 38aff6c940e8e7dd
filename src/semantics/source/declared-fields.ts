/** The fields that definitions declare, and how those of alternatives are combined. */
import type { FieldDefinition } from "../../syntax/tree.js";
import { typeName } from "../../types/types.js";
import type { Context } from "../context.js";
import { resolveType } from "../type-names.js";
import type { FieldShape, FieldShapes, ProviderShape } from "./source-shape.js";

export function fieldShape(field: FieldDefinition, context: Context): FieldShape {
  return {
    type: resolveType(field.type, context),
    sides: [],
    ...(field.doc ? { doc: field.doc.text } : {}),
  };
}

/** Merges the fields of alternatives; a name must have the same type in all that provide it. */
export function mergedFields(
  all: readonly FieldShapes[],
  context: Context,
  providers: readonly ProviderShape[],
): FieldShapes {
  const merged = new Map<string, FieldShape>();
  all.forEach((fields, i) => {
    for (const [name, shape] of fields) {
      const before = merged.get(name);
      if (!before) merged.set(name, shape);
      else if (
        typeName(before.type) !== typeName(shape.type) &&
        before.type.kind !== "error" &&
        shape.type.kind !== "error"
      ) {
        const field = providers[i]?.definition.fields.find((f) => f.name.text === name);
        context.diagnostics.error(
          "field-type",
          context.source,
          field?.type.span ?? providers[i]?.definition.span ?? { start: 0, end: 0 },
          `\`${name}\` is \`${typeName(shape.type)}\` here and \`${typeName(before.type)}\` in another provider`,
          "a field must have the same type in all providers",
        );
      }
    }
  });
  return merged;
}

/** Returns the fields that all have with the same type. */
export function sharedFields(all: readonly FieldShapes[]): FieldShapes {
  const [first, ...others] = all;
  const result = new Map<string, FieldShape>();
  for (const [name, shape] of first ?? [])
    if (others.every((o) => typeName(o.get(name)?.type ?? { kind: "error" }) === typeName(shape.type)))
      result.set(name, { ...shape, sides: [] });
  return result;
}
