/** The shape of a source: its fields and their types as declared in its definition, independent of the kernel. */
import type { Diagnostics, Span } from "../../diagnostics/diagnostic.js";
import type { Kernel } from "../../kernel/kernel.js";
import type {
  FieldDefinition,
  ProbeSource,
  ProviderDefinition,
  Repeat,
  SpanDefinition,
} from "../../syntax/tree.js";
import type { Context } from "../context.js";
import type { Defined, DefinedSource, Library } from "../library.js";
import { greatest } from "../../lists.js";
import { DEEPEST_SOURCE, MOST_PARTS } from "../limits.js";
import { bareNamesIn } from "../names.js";
import { checkProbe } from "./probe-points.js";
import { didYouMean } from "../../diagnostics/suggest.js";
import type { ProbePoint, Side } from "../typed.js";
import { resolveType } from "../type-names.js";
import { DURATION, typeName, type Type } from "../../types/types.js";

export interface FieldShape {
  readonly type: Type;
  /** For a span: the sides that provide the field. */
  readonly sides: readonly Side[];
  readonly doc?: string;
}

export type FieldShapes = ReadonlyMap<string, FieldShape>;

export type SourceShape =
  | {
      readonly kind: "event";
      readonly name: string;
      readonly defined: Defined;
      readonly fields: FieldShapes;
      readonly providers: readonly ProviderShape[];
    }
  | {
      readonly kind: "union";
      readonly name: string;
      readonly defined: Defined;
      readonly fields: FieldShapes;
      readonly members: readonly { readonly shape: SourceShape; readonly optional: boolean }[];
    }
  | {
      readonly kind: "span";
      readonly name: string;
      readonly defined: Defined & { readonly definition: SpanDefinition };
      readonly fields: FieldShapes;
      readonly begin: readonly ProviderShape[];
      readonly during: readonly ProviderShape[];
      readonly end: readonly ProviderShape[];
    }
  | {
      readonly kind: "probe";
      readonly name: string;
      readonly point: ProbePoint;
      readonly source: ProbeSource;
    };

export interface ProviderShape {
  readonly definition: ProviderDefinition;
  readonly trigger:
    | { readonly kind: "probe"; readonly point: ProbePoint }
    | { readonly kind: "source"; readonly shape: SourceShape };
  /** The provider's own fields and those of the source that triggers it. */
  readonly fields: FieldShapes;
}

/** The size of a source, including all that it is composed of. */
interface Size {
  readonly parts: number;
  readonly depth: number;
}

/** Returns the direct parts of a source; undefined stands for a probe. */
function partsOf(shape: SourceShape): readonly (SourceShape | undefined)[] {
  const triggers = (providers: readonly ProviderShape[]): (SourceShape | undefined)[] =>
    providers.map(({ trigger }) => (trigger.kind === "source" ? trigger.shape : undefined));
  switch (shape.kind) {
    case "event":
      return triggers(shape.providers);
    case "union":
      return shape.members.map((m) => m.shape);
    case "span":
      return triggers([...shape.begin, ...shape.during, ...shape.end]);
    case "probe":
      return [];
  }
}

/** Resolves names to shapes, each once. */
export class Shapes {
  private readonly known = new Map<string, SourceShape | undefined>();
  private readonly open: string[] = [];
  private readonly sizes = new Map<SourceShape, Size>();

  constructor(
    private readonly library: Library,
    private readonly kernel: Kernel,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** Returns the shape of a named source; undefined after reporting an error. */
  named(name: string, context: Context, span: Span): SourceShape | undefined {
    if (this.known.has(name)) return this.known.get(name);
    if (this.open.includes(name)) {
      const path = [...this.open.slice(this.open.indexOf(name)), name].join(" → ");
      context.diagnostics.error(
        "cyclic-definition",
        context.source,
        span,
        `\`${name}\` is defined in terms of itself: ${path}`,
      );
      return undefined;
    }
    const defined = this.library.find(name);
    if (!defined) {
      const isTool = this.library.tool(name) !== undefined;
      context.diagnostics.error(
        isTool ? "tool-as-source" : "unknown-source",
        context.source,
        span,
        isTool ? `\`${name}\` is a tool, not a source` : `there is no source \`${name}\``,
        isTool
          ? `run it by itself: \`faultline run ${name}\``
          : (didYouMean(name, this.library.names()) ?? "`faultline list` shows them all"),
      );
      return undefined;
    }
    this.open.push(name);
    // Sources that are not known yet are built recursively, so the depth of the stack is limited here too.
    const built =
      this.open.length > DEEPEST_SOURCE
        ? this.tooDeep(defined)
        : this.withinLimits(this.build(defined), defined);
    this.open.pop();
    this.known.set(name, built);
    return built;
  }

  probe(source: ProbeSource, context: Context): SourceShape | undefined {
    const point = checkProbe(source.probe, context);
    return (
      point && {
        kind: "probe",
        name: source.probe.parts.map((p) => p.value).at(-1) ?? "probe",
        point,
        source,
      }
    );
  }

  private tooDeep({ definition, source }: DefinedSource): undefined {
    this.diagnostics.error(
      "too-deep",
      source,
      definition.name.span,
      `\`${definition.name.text}\` is composed of more than ${DEEPEST_SOURCE} levels of sources`,
      "define it with sources of a lower level",
    );
  }

  /** Checks the size of a source, which can grow exponentially with each level and is processed completely. */
  private withinLimits(shape: SourceShape | undefined, defined: DefinedSource): SourceShape | undefined {
    if (!shape) return undefined;
    const inner = partsOf(shape).map(
      (part): Size => (part && this.sizes.get(part)) ?? { parts: 1, depth: 0 },
    );
    const parts = inner.reduce((sum, size) => sum + size.parts, 1);
    const depth =
      1 +
      greatest(
        inner.map((size) => size.depth),
        0,
      );
    this.sizes.set(shape, { parts, depth });
    if (depth > DEEPEST_SOURCE) return this.tooDeep(defined);
    if (parts <= MOST_PARTS) return shape;
    this.diagnostics.error(
      "too-many",
      defined.source,
      defined.definition.name.span,
      `\`${shape.name}\` consists of ${parts} probes and sources, and ${MOST_PARTS} is the maximum`,
      "split it into several sources",
    );
    return undefined;
  }

  private build(defined: DefinedSource): SourceShape | undefined {
    const { definition, source } = defined;
    const context: Context = { source, kernel: this.kernel, diagnostics: this.diagnostics };
    const name = definition.name.text;
    switch (definition.kind) {
      case "event": {
        for (const { repeat } of definition.providers) refuseRepeat(repeat, context);
        const providers = this.providers(definition.providers, context);
        if (providers.length === 0 && definition.providers.length === 0)
          context.diagnostics.error(
            "no-provider",
            source,
            definition.name.span,
            `\`${name}\` has no provider`,
            "name the probe that triggers it: `provider tracepoint:…`",
          );
        return {
          kind: "event",
          name,
          defined,
          providers,
          fields: merge(
            providers.map((p) => p.fields),
            context,
            providers,
          ),
        };
      }
      case "union": {
        const members = definition.members.flatMap(({ name: member, optional }) => {
          const shape = this.named(member.text, context, member.span);
          return shape ? [{ shape, optional }] : [];
        });
        return {
          kind: "union",
          name,
          defined,
          members,
          fields: shared(members.map((m) => fieldsOf(m.shape))),
        };
      }
      case "span":
        return this.buildSpan(definition, defined, context);
    }
  }

  private buildSpan(definition: SpanDefinition, defined: Defined, context: Context): SourceShape | undefined {
    const name = definition.name.text;
    for (const side of ["begin", "end"] as const)
      if (definition[side].length === 0)
        context.diagnostics.error(
          "half-span",
          context.source,
          definition.name.span,
          `\`${name}\` has no \`${side}\``,
          "a span needs both a `begin` and an `end`",
        );
    for (const { repeat } of [...definition.during, ...definition.end]) refuseRepeat(repeat, context);
    const begin = this.providers(definition.begin, context);
    const during = this.providers(definition.during, context);
    const end = this.providers(definition.end, context);
    const fields = new Map<string, FieldShape>();
    const add = (from: FieldShapes, side: Side): void => {
      for (const [field, shape] of from) {
        const sides = [...(fields.get(field)?.sides ?? []), side];
        // A bare name means the field of the end, so that one's type and description are used.
        fields.set(field, { ...shape, sides });
      }
    };
    add(
      merge(
        begin.map((p) => p.fields),
        context,
        begin,
      ),
      "begin",
    );
    add(
      merge(
        end.map((p) => p.fields),
        context,
        end,
      ),
      "end",
    );
    const keys = new Set(definition.keys.map((k) => k.text));
    for (const [field, shape] of merge(
      during.map((p) => ownFields(p)),
      context,
      during,
    )) {
      if (keys.has(field)) continue;
      if (shape.type.kind === "number" && shape.type.unit !== "timestamp") fields.set(field, shape);
      else this.refuseSum(field, definition, context);
    }
    fields.set("latency", { type: DURATION, sides: [], doc: "The time from the begin to the end." });
    for (const field of definition.fields) fields.set(field.name.text, fieldShape(field, context));
    if (this.hasCycle(definition, context)) return undefined;
    return { kind: "span", name, defined: { ...defined, definition }, fields, begin, during, end };
  }

  /** Whether a span's own fields, which may use each other, are defined in a cycle; reports it. */
  private hasCycle(definition: SpanDefinition, context: Context): boolean {
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

  private refuseSum(name: string, definition: SpanDefinition, context: Context): void {
    const field = definition.during.flatMap((d) => d.fields).find((f) => f.name.text === name);
    context.diagnostics.error(
      "not-measurable",
      context.source,
      field?.span ?? definition.name.span,
      `\`${name}\` cannot be summed, as the fields of a \`during\` are`,
      "give it a number: a count, a size, a duration",
    );
  }

  private providers(definitions: readonly ProviderDefinition[], context: Context): ProviderShape[] {
    return definitions.flatMap((definition) => {
      const trigger = this.trigger(definition, context);
      if (!trigger) return [];
      const fields = new Map(trigger.kind === "source" ? fieldsOf(trigger.shape) : []);
      const own = new Set<string>();
      for (const field of definition.fields) {
        const isSecond = own.has(field.name.text);
        own.add(field.name.text);
        if (isSecond)
          context.diagnostics.error(
            "duplicate-field",
            context.source,
            field.name.span,
            `\`${field.name.text}\` is defined twice in this provider`,
          );
        fields.set(field.name.text, fieldShape(field, context));
      }
      return [{ definition, trigger, fields }];
    });
  }

  private trigger(definition: ProviderDefinition, context: Context): ProviderShape["trigger"] | undefined {
    const { trigger } = definition;
    if (trigger.kind === "probeSource") {
      const point = checkProbe(trigger.probe, context);
      return point && { kind: "probe", point };
    }
    const shape = this.named(trigger.name.text, context, trigger.name.span);
    return shape && { kind: "source", shape };
  }
}

/** The fields that a provider defines itself, without those of the source that it is made of. */
export function ownFields({ definition, fields }: ProviderShape): FieldShapes {
  const own = new Set(definition.fields.map((field) => field.name.text));
  return new Map([...fields].filter(([name]) => own.has(name)));
}

/** Only a begin can find its span open. */
function refuseRepeat(repeat: Repeat | undefined, context: Context): void {
  if (repeat)
    context.diagnostics.error(
      "misplaced-repeat",
      context.source,
      repeat.span,
      `only a \`begin\` can be \`${repeat.word}\``,
      "it says what a begin does while its span is open already",
    );
}

/** Returns the declared fields; a bare probe has none. */
export function fieldsOf(shape: SourceShape): FieldShapes {
  return shape.kind === "probe" ? new Map<string, FieldShape>() : shape.fields;
}

function fieldShape(field: FieldDefinition, context: Context): FieldShape {
  return {
    type: resolveType(field.type, context),
    sides: [],
    ...(field.doc ? { doc: field.doc.text } : {}),
  };
}

/** Merges the fields of alternatives; a name must have the same type in all that provide it. */
function merge(
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
function shared(all: readonly FieldShapes[]): FieldShapes {
  const [first, ...others] = all;
  const result = new Map<string, FieldShape>();
  for (const [name, shape] of first ?? [])
    if (others.every((o) => typeName(o.get(name)?.type ?? { kind: "error" }) === typeName(shape.type)))
      result.set(name, { ...shape, sides: [] });
  return result;
}
