/** Finds the shapes of sources by their names, and reports what is wrong with their definitions. */
import type { Source, Span } from "../../diagnostics/diagnostic.js";
import type { Diagnostics } from "../../diagnostics/diagnostics.js";
import type { Kernel } from "../../kernel/kernel.js";
import type {
  Name,
  NamedSource,
  ProbeSource,
  ProviderDefinition,
  Repeat,
  SpanDefinition,
} from "../../syntax/tree.js";
import type { Context } from "../context.js";
import type { Defined, DefinedSource, Library } from "../library.js";
import { greatest } from "../../lists.js";
import { checkSet, Sets } from "../sets.js";
import { DEEPEST_SOURCE, MOST_PARTS } from "../limits.js";
import { checkProbe } from "./probe-points.js";
import { nearest } from "../../diagnostics/suggest.js";
import { sourcesMeant } from "../foreign-names.js";
import { eachTrigger, nameOfTrigger, probesOf } from "./several-probes.js";
import { checkParameters } from "./parameters.js";
import { fieldShape, mergedFields, sharedFields } from "./declared-fields.js";
import { fieldsOf, partsOf, type FieldShapes, type ProviderShape, type SourceShape } from "./source-shape.js";
import { spanFields } from "./span-fields.js";
import { offerNearest } from "../../diagnostics/advice.js";

/** The size of a source, including all that it is composed of. */
interface Size {
  readonly parts: number;
  readonly depth: number;
}

/** Resolves names to shapes, each once. */
export class Shapes {
  private readonly known = new Map<string, SourceShape | undefined>();
  private readonly open: string[] = [];
  private readonly sizes = new Map<SourceShape, Size>();
  readonly sets: Sets;

  constructor(
    private readonly library: Library,
    private readonly kernel: Kernel,
    private readonly diagnostics: Diagnostics,
  ) {
    this.sets = new Sets(library, ({ definition, source }) => checkSet(definition, this.context(source)));
  }

  /** The context of a definition in this text. */
  context(source: Source): Context {
    const { kernel, diagnostics, sets } = this;
    return { source, kernel, diagnostics, sets };
  }

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
          : offerNearest(
              name,
              this.library.names(),
              span,
              this.toolLike(name) ?? "`faultline list` shows them all",
              sourcesMeant(name, this.library.names()),
            ),
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

  private toolLike(name: string): string | undefined {
    const [tool] = nearest(name, this.library.toolNames());
    return tool === undefined ? undefined : `did you mean the tool? \`faultline run ${tool}\``;
  }

  /** The shape of a probe in a query; of several, their union. */
  probe(source: ProbeSource, context: Context): SourceShape | undefined {
    const each = probesOf(source, context);
    if (each.length === 1) return this.oneProbe(source, context);
    const members = each.flatMap((one) => {
      const shape = this.oneProbe(one, context);
      return shape ? [{ shape, optional: false }] : [];
    });
    if (members.length < each.length) return undefined;
    const text = source.probe.parts.map((part) => part.value).at(-1) ?? "probe";
    const name: Name = { kind: "name", span: source.span, text };
    const definition = { kind: "union", span: source.span, name, members: [] } as const;
    return {
      kind: "union",
      name: text,
      defined: { definition, source: context.source },
      outermost: false,
      members,
      fields: new Map(),
    };
  }

  private oneProbe(source: ProbeSource, context: Context): SourceShape | undefined {
    const point = checkProbe(source.probe, context);
    if (point) checkParameters(point, source, context);
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
    const context = this.context(source);
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
          fields: mergedFields(
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
          outermost: definition.outermost ?? false,
          members,
          fields: sharedFields(members.map((m) => fieldsOf(m.shape))),
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
    const fields = spanFields(definition, { begin, during, end }, context);
    if (!fields) return undefined;
    return { kind: "span", name, defined: { ...defined, definition }, fields, begin, during, end };
  }

  private providers(definitions: readonly ProviderDefinition[], context: Context): ProviderShape[] {
    return definitions.flatMap((written) => {
      const each = eachTrigger(written, context);
      const [definition = written] = each;
      if (each.length > 1) return this.ofSeveral(written, each, context);
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

  /** A provider with several triggers is one of the union of them, each with the provider's fields and condition. */
  private ofSeveral(
    written: ProviderDefinition,
    each: readonly ProviderDefinition[],
    context: Context,
  ): ProviderShape[] {
    const { span } = written;
    const members = each.map(memberProvider).flatMap((definition) => {
      const providers = this.providers([definition], context);
      const name = nameOfTrigger(definition.trigger);
      const event = { kind: "event", span, name, providers: [definition] } as const;
      const defined = { definition: event, source: context.source };
      const [fields = new Map() as FieldShapes] = providers.map((provider) => provider.fields);
      const shape: SourceShape = { kind: "event", name: name.text, defined, providers, fields };
      return providers.length > 0 ? [{ shape, optional: false }] : [];
    });
    if (members.length < each.length) return [];
    const name: Name = {
      kind: "name",
      span,
      text: each.map((e) => nameOfTrigger(e.trigger).text).join(", "),
    };
    const fields = sharedFields(members.map(({ shape }) => fieldsOf(shape)));
    const union = { kind: "union", span, name, members: [] } as const;
    const shape: SourceShape = {
      kind: "union",
      name: name.text,
      defined: { definition: union, source: context.source },
      outermost: false,
      members,
      fields,
    };
    const definition = outerProvider(written, { kind: "namedSource", span, name });
    return [{ definition, trigger: { kind: "source", shape }, fields }];
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

/** What a provider says of the union of its triggers; their fields and conditions are those of the members. */
function outerProvider(written: ProviderDefinition, trigger: NamedSource): ProviderDefinition {
  const { span, note, rate, unattributed, repeat } = written;
  return {
    kind: "provider",
    span,
    trigger,
    fields: [],
    ...(note && { note }),
    ...(rate && { rate }),
    ...(unattributed && { unattributed }),
    ...(repeat && { repeat }),
  };
}

/** What a provider says of each of its triggers. */
function memberProvider(each: ProviderDefinition): ProviderDefinition {
  const { span, trigger, fields, condition, times, rate, unattributed } = each;
  return {
    kind: "provider",
    span,
    trigger,
    fields,
    ...(condition && { condition }),
    ...(times && { times }),
    ...(rate && { rate }),
    ...(unattributed && { unattributed }),
  };
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
