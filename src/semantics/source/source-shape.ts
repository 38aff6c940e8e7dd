/** The shape of a source: its fields and their types as declared in its definition, independent of the kernel. */
import type { ProbeSource, ProviderDefinition, SpanDefinition } from "../../syntax/tree.js";
import type { Type } from "../../types/types.js";
import type { Defined } from "../library.js";
import type { ProbePoint, Side } from "../typed.js";

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
      readonly outermost: boolean;
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

/** Returns the declared fields; a bare probe has none. */
export function fieldsOf(shape: SourceShape): FieldShapes {
  return shape.kind === "probe" ? new Map<string, FieldShape>() : shape.fields;
}

/** The fields that a provider defines itself, without those of the source that it is made of. */
export function ownFields({ definition, fields }: ProviderShape): FieldShapes {
  const own = new Set(definition.fields.map((field) => field.name.text));
  return new Map([...fields].filter(([name]) => own.has(name)));
}

/** Returns the direct parts of a source; undefined stands for a probe. */
export function partsOf(shape: SourceShape): readonly (SourceShape | undefined)[] {
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
