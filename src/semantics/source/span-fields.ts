/** The fields of a span: those of its sides, the sums of what happens between them, and its own. */
import type { FieldDefinition, SpanDefinition } from "../../syntax/tree.js";
import { DURATION } from "../../types/types.js";
import type { Context } from "../context.js";
import { bareNamesIn } from "../names.js";
import type { Side } from "../typed.js";
import { fieldShape, mergedFields } from "./declared-fields.js";
import { ownFields, type FieldShape, type FieldShapes, type ProviderShape } from "./source-shape.js";

/** Returns undefined after reporting fields that are defined in terms of themselves. */
export function spanFields(
  definition: SpanDefinition,
  { begin, during, end }: Readonly<Record<"begin" | "during" | "end", readonly ProviderShape[]>>,
  context: Context,
): FieldShapes | undefined {
  const fields = new Map<string, FieldShape>();
  const add = (from: FieldShapes, side: Side): void => {
    for (const [field, shape] of from) {
      const sides = [...(fields.get(field)?.sides ?? []), side];
      // A bare name means the field of the end, so that one's type and description are used.
      fields.set(field, { ...shape, sides });
    }
  };
  add(
    mergedFields(
      begin.map((p) => p.fields),
      context,
      begin,
    ),
    "begin",
  );
  add(
    mergedFields(
      end.map((p) => p.fields),
      context,
      end,
    ),
    "end",
  );
  const keys = new Set(definition.keys.map((k) => k.text));
  for (const [field, shape] of mergedFields(
    during.map((p) => ownFields(p)),
    context,
    during,
  )) {
    if (keys.has(field)) continue;
    if (shape.type.kind === "number" && shape.type.unit !== "timestamp") fields.set(field, shape);
    else refuseSum(field, definition, context);
  }
  fields.set("latency", { type: DURATION, sides: [], doc: "The time from the begin to the end." });
  for (const field of definition.fields) fields.set(field.name.text, fieldShape(field, context));
  return hasCycle(definition, context) ? undefined : fields;
}

/** Whether a span's own fields, which may use each other, are defined in a cycle; reports it. */
function hasCycle(definition: SpanDefinition, context: Context): boolean {
  const own = new Map(definition.fields.map((f) => [f.name.text, f]));
  const done = new Set<string>();
  for (const start of definition.fields) {
    // Iterative instead of recursive, because there may be thousands.
    const path: { readonly name: string; readonly left: string[] }[] = [];
    const open = new Set<string>();
    const enter = (field: FieldDefinition): void => {
      open.add(field.name.text);
      path.push({ name: field.name.text, left: bareNamesIn(field.value) });
    };
    if (!done.has(start.name.text)) enter(start);
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const next = at.left.pop();
      const field = next === undefined ? undefined : own.get(next);
      if (next === undefined) {
        open.delete(at.name);
        done.add(at.name);
        path.pop();
      } else if (open.has(next)) {
        context.diagnostics.error(
          "cyclic-definition",
          context.source,
          (own.get(at.name) ?? start).span,
          `\`${next}\` of \`${definition.name.text}\` is defined in terms of itself`,
          `\`begin.${next}\` and \`end.${next}\` are the fields of its two sides`,
        );
        return true;
      } else if (field && !done.has(next)) enter(field);
    }
  }
  return false;
}

function refuseSum(name: string, definition: SpanDefinition, context: Context): void {
  const field = definition.during.flatMap((d) => d.fields).find((f) => f.name.text === name);
  context.diagnostics.error(
    "not-measurable",
    context.source,
    field?.span ?? definition.name.span,
    `\`${name}\` cannot be summed, as the fields of a \`during\` are`,
    "give it a number: a count, a size, a duration",
  );
}
