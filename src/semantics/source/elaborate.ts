/** Elaborates a source for the target kernel: the fields of each provider become typed expressions. */
import { write } from "../../diagnostics/advice.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import type { FieldDefinition, Name, ProviderDefinition, RangeKey, Times } from "../../syntax/tree.js";
import { FAILED, type Context, type Scope } from "../context.js";
import { checkCondition, checkValue } from "../expression/expressions.js";
import { coerce } from "../expression/coerce.js";
import { commonType, isCommon, probeScope } from "./probe-scope.js";
import { pointText, whyAbsent } from "./probe-points.js";
import { fieldLimits } from "./text-limits.js";
import { spanOwner } from "./span-owner.js";
import { isTaskField, taskField } from "./task-fields.js";
import { variantsOf } from "./probe-variants.js";
import { bareNamesIn, namesIn } from "../names.js";
import { ownFields, type FieldShapes, type ProviderShape, type SourceShape } from "./source-shape.js";
import { resolveType } from "../type-names.js";
import {
  COMMON_FIELDS,
  TASK_FIELDS,
  type Alternative,
  type CheckedSource,
  type ProbePoint,
  type Side,
  type SpanRange,
  type Typed,
} from "../typed.js";
import { describeType, DURATION, UNSIGNED, type Type } from "../../types/types.js";

/** Whether a diagnostic is about the kernel and not the definition, so that another provider or kernel may work. */
function isKernelFact(code: string): boolean {
  return code.startsWith("kernel-");
}

/** The sources elaborated so far for each text, since sources are defined by each other and elaborated repeatedly. */
const known = new WeakMap<Diagnostics, WeakMap<SourceShape, Map<string, CheckedSource>>>();

/** Elaborates a source. Only the fields in `wanted` are elaborated, and those that they depend on. */
export function elaborate(shape: SourceShape, wanted: ReadonlySet<string>, context: Context): CheckedSource {
  const ofText = known.get(context.diagnostics) ?? new WeakMap<SourceShape, Map<string, CheckedSource>>();
  known.set(context.diagnostics, ofText);
  const ofShape = ofText.get(shape) ?? new Map<string, CheckedSource>();
  ofText.set(shape, ofShape);
  const asked = `${context.exhaustive === true} ${[...wanted].sort().join(" ")}`;
  const before = ofShape.get(asked);
  if (before) return before;
  const source = elaborated(shape, wanted, context);
  ofShape.set(asked, source);
  return source;
}

function elaborated(shape: SourceShape, wanted: ReadonlySet<string>, context: Context): CheckedSource {
  switch (shape.kind) {
    case "probe": {
      const absent = whyAbsent(shape.point, context.kernel);
      const alternative: Alternative = {
        trigger: { kind: "probe", point: shape.point },
        meaning: 0,
        fields: taskFields(shape.point, undefined, wanted, context),
        ...(absent === undefined ? {} : { unavailable: absent }),
      };
      return { kind: "event", name: pointText(shape.point), alternatives: [alternative] };
    }
    case "event":
      return {
        kind: "event",
        ...titled(shape),
        alternatives: alternatives(shape.providers, wanted, shape, context),
      };
    case "union":
      return {
        kind: "union",
        ...titled(shape),
        outermost: shape.outermost,
        members: shape.members.map((m) => ({
          source: elaborate(m.shape, wanted, context),
          optional: m.optional,
        })),
      };
    case "span": {
      const own = wantedFields(shape.defined.definition.fields, wanted);
      const keys = shape.defined.definition.keys.map((k) => k.text);
      const range = rangeOf(shape);
      const inner = new Set([
        ...wanted,
        ...keys,
        ...Object.values(range ?? {}),
        ...own.flatMap((f) => namesIn(f.value)),
      ]);
      // What happens during a span is added up; its thread is that of the begin.
      const added = new Set(
        [...inner].filter(
          (name) => !isTaskField(name) || shape.during.some(({ fields }) => fields.has(name)),
        ),
      );
      const within: Context = { ...context, source: shape.defined.source };
      const scope = spanScope(shape);
      for (const key of shape.defined.definition.keys) checkKey(key.text, key.span, shape, within);
      if (shape.defined.definition.range) checkRange(shape.defined.definition.range, shape, within);
      const owner = spanOwner(keys, shape.defined.definition.name.span, within);
      return {
        kind: "span",
        ...titled(shape),
        keys,
        ...(range ? { range } : {}),
        begin: alternatives(shape.begin, inner, shape, context),
        during: alternatives(shape.during, added, shape, context),
        end: alternatives(shape.end, inner, shape, context),
        fields: new Map(own.map((f) => [f.name.text, fieldValue(f, scope, within)])),
        ...(owner ? { owner } : {}),
      };
    }
  }
}

/** Returns the wanted fields and those that they depend on. */
function wantedFields(
  all: readonly FieldDefinition[],
  wanted: ReadonlySet<string>,
): readonly FieldDefinition[] {
  const byName = new Map(all.map((f) => [f.name.text, f]));
  const found = new Set<FieldDefinition>();
  const left = [...wanted];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const field = byName.get(name);
    if (!field || found.has(field)) continue;
    found.add(field);
    for (const inner of bareNamesIn(field.value)) left.push(inner);
  }
  return all.filter((f) => found.has(f));
}

function titled({
  name,
  defined,
}: Exclude<SourceShape, { kind: "probe" }>): Pick<CheckedSource, "name" | "doc"> {
  const { doc } = defined.definition;
  return { name, ...(doc ? { doc: doc.text } : {}) };
}

function checkKey(key: string, span: Span, shape: SourceShape & { kind: "span" }, context: Context): void {
  for (const side of ["begin", "during", "end"] as const) {
    if (isCommon(key) || shape[side].every((p) => p.fields.has(key))) continue;
    context.diagnostics.error(
      "span-key",
      context.source,
      span,
      `\`${key}\` is not a field of the ${side} of \`${shape.name}\``,
      `give every \`${side}\` a field \`${key}\``,
    );
  }
}

function rangeOf({ defined }: SourceShape & { kind: "span" }): SpanRange | undefined {
  const { range } = defined.definition;
  if (!range) return undefined;
  const { start, size, present } = range;
  return { start: start.text, size: size.text, ...(present ? { present: present.text } : {}) };
}

function checkRange(
  { start, size, present }: RangeKey,
  shape: SourceShape & { kind: "span" },
  context: Context,
): void {
  const check = (name: Name, sides: readonly ("begin" | "end")[], isRight: (type: Type) => boolean): void => {
    for (const side of sides)
      for (const { fields } of shape[side]) {
        const type = fields.get(name.text)?.type;
        if (type && (isRight(type) || type.kind === "error")) continue;
        context.diagnostics.error(
          "range-field",
          context.source,
          name.span,
          type
            ? `\`${name.text}\` is ${describeType(type)}, of which there is no range`
            : `\`${name.text}\` is not a field of the ${side} of \`${shape.name}\``,
          "a range starts at an address or a number, and is a number long: `range(address, size)`",
        );
        return;
      }
  };
  check(start, ["begin", "end"], ({ kind }) => kind === "address" || kind === "number");
  check(size, ["begin", "end"], ({ kind }) => kind === "number");
  if (present) check(present, ["end"], ({ kind }) => kind === "number");
}

/**
 * Elaborates the providers in order. Once one suffices, those that count something else are skipped to save time;
 * those that count the same are not, because one of them may be cheaper.
 */
function alternatives(
  providers: readonly ProviderShape[],
  wanted: ReadonlySet<string>,
  shape: Exclude<SourceShape, { kind: "probe" }>,
  context: Context,
): Alternative[] {
  const result: Alternative[] = [];
  const declared = [...wanted].filter((name) => providers.some((p) => p.fields.has(name)));
  let meaning = 0;
  let answered = false;
  for (const provider of providers) {
    if (provider.definition.note && result.length > 0) meaning++;
    if (answered && meaning !== result.at(-1)?.meaning) break;
    const gives = (alternative: Alternative, name: string): boolean =>
      typeof alternative.fields.get(name) === "object" ||
      (provider.trigger.kind === "source" && provider.fields.has(name));
    const within = { ...context, source: shape.defined.source };
    for (const alternative of elaborateProvider(provider, meaning, wanted, within)) {
      result.push(alternative);
      answered ||=
        !context.exhaustive &&
        alternative.unavailable === undefined &&
        declared.every((name) => gives(alternative, name));
    }
  }
  return result;
}

/** Elaborates one provider; a probe that can be attached in several ways gives an alternative for each. */
function elaborateProvider(
  provider: ProviderShape,
  meaning: number,
  wanted: ReadonlySet<string>,
  context: Context,
): readonly Alternative[] {
  const { definition, trigger } = provider;
  const common = {
    meaning,
    ...(definition.note ? { note: definition.note.value } : {}),
    ...(definition.unattributed ? { unattributed: true as const } : {}),
    ...(definition.repeat ? { repeat: definition.repeat.word } : {}),
    ...(definition.rate ? { rate: Number(definition.rate.numerator) } : {}),
  };
  const own = definition.fields.filter((f) => wanted.has(f.name.text));
  const { times } = definition;
  if (trigger.kind === "probe")
    return variantsOf(trigger.point, context.kernel).flatMap((point): Alternative | readonly [] => {
      const start = { ...common, trigger: { kind: "probe", point } } as const;
      if (point.type === "rawtracepoint" && trigger.point.type !== "rawtracepoint")
        return definition.condition || times
          ? []
          : { ...start, fields: taskFields(point, definition, wanted, context) };
      const unavailable = whyAbsent(point, context.kernel);
      if (unavailable !== undefined) return { ...start, unavailable, fields: new Map() };
      const parameters = definition.trigger.kind === "probeSource" ? definition.trigger.parameters : [];
      const finished = finish(start, own, definition, probeScope(point, parameters, context), context);
      const fields = new Map([...taskFields(point, definition, wanted, context), ...finished.fields]);
      return { ...finished, fields };
    });
  const inner = new Set([
    ...wanted,
    ...own.flatMap((f) => namesIn(f.value)),
    ...(definition.condition ? namesIn(definition.condition) : []),
    ...(times ? namesIn(times.count) : []),
  ]);
  const source = elaborate(trigger.shape, inner, context);
  return [
    finish(
      { ...common, trigger: { kind: "source", source } },
      own,
      definition,
      sourceScope(trigger.shape, context),
      context,
    ),
  ];
}

/**
 * The wanted fields of the running thread's `task_struct`. Where a definition has a `comm` of its own, its events are
 * about another thread.
 */
function taskFields(
  point: ProbePoint,
  definition: ProviderDefinition | undefined,
  wanted: ReadonlySet<string>,
  context: Context,
): ReadonlyMap<string, Typed | string> {
  const span = { start: 0, end: 0 };
  const isOfAnother = definition?.fields.some(({ name }) => name.text === "comm") === true;
  const fields = TASK_FIELDS.filter((name) => wanted.has(name)).map((name) => {
    if (isOfAnother)
      return [
        name,
        `its events are about another thread than the one that runs, whose \`${name}\` is not known`,
      ] as const;
    const [value, reason] = attempt(context, (c) => taskField(name, point, c, span));
    return [name, reason ?? value] as const;
  });
  return new Map(fields);
}

function finish(
  start: Omit<Alternative, "fields">,
  own: readonly FieldDefinition[],
  { condition, times }: Pick<ProviderDefinition, "condition" | "times">,
  probe: Scope,
  context: Context,
): Alternative {
  const index = times && (times.index?.text ?? "index");
  const scope = index === undefined ? probe : withIndex(probe, index);
  const fields = new Map<string, Typed | string>();
  for (const field of own) {
    const [value, reason] = attempt(context, (c) => fieldValue(field, scope, c));
    fields.set(field.name.text, reason ?? value);
  }
  const [tested, untestable] = condition
    ? attempt(context, (c) => checkCondition(condition, scope, c))
    : [undefined, undefined];
  const [count, uncountable] = times
    ? attempt(context, (c) => countOf(times, probe, c))
    : [undefined, undefined];
  const unavailable = untestable ?? uncountable;
  if (unavailable !== undefined) return { ...start, fields, unavailable };
  return {
    ...start,
    fields,
    ...(tested ? { condition: tested } : {}),
    ...(count && index !== undefined ? { times: { count, index } } : {}),
  };
}

/** The number of events that an event of the probe stands for. */
function countOf({ count }: Times, scope: Scope, context: Context): Typed {
  return coerce(checkValue(count, scope, context), UNSIGNED, context, count.span);
}

/** The names of a probe, and the number of the event among those that the probe stands for. */
function withIndex(scope: Scope, index: string): Scope {
  return {
    ...scope,
    names: () => [...scope.names(), index],
    lookUp: (name, context, span) =>
      name === index ? { op: "local", name: index, type: UNSIGNED } : scope.lookUp(name, context, span),
  };
}

/** Runs a check; an error about the kernel is returned as a reason, and any other is reported. */
function attempt(context: Context, check: (context: Context) => Typed): readonly [Typed, string | undefined] {
  const diagnostics = new Diagnostics();
  const value = check({ ...context, diagnostics });
  const fact = diagnostics.list.find((d) => isKernelFact(d.code));
  for (const d of diagnostics.list)
    if (!isKernelFact(d.code))
      context.diagnostics.error(d.code, d.source, d.span, d.message, d.advice ?? d.hint);
  return [value, fact?.message];
}

function fieldValue(field: FieldDefinition, scope: Scope, context: Context): Typed {
  const declared = resolveType(field.type, context);
  const value = checkValue(field.value, scope, context);
  return coerce(value, declared, context, field.value.span);
}

// ---------------------------------------------------------------- scopes of sources

function field(
  name: string,
  fields: FieldShapes,
  { kernel }: Pick<Context, "kernel">,
  side?: Side,
): Typed | undefined {
  const shape = fields.get(name);
  const type = shape?.type ?? (isCommon(name) ? commonType(name, kernel) : undefined);
  if (!type) return undefined;
  return { op: "field", name, type, ...(side ? { side } : {}) };
}

/** Returns the names that a query over a source may use. */
export function sourceScope(shape: SourceShape, context: Context, open = false): Scope {
  if (shape.kind === "probe") return probeScope(shape.point, shape.source.parameters, context);
  if (shape.kind === "span") return spanScope(shape, open);
  return {
    what: `\`${shape.name}\``,
    names: () => [...shape.fields.keys(), ...COMMON_FIELDS],
    lookUp: (name, ctx) => field(name, shape.fields, ctx),
    lookUpIn: () => undefined,
    textLimits: limitsIn(shape),
  };
}

/** Any of its providers may be chosen for what else a query asks. */
function limitsIn(shape: SourceShape): NonNullable<Scope["textLimits"]> {
  return (name, side, context) => {
    const unreported = { ...context, diagnostics: new Diagnostics(), exhaustive: true };
    return fieldLimits(elaborate(shape, new Set([name]), unreported), name, side);
  };
}

/** In a span `begin.X` and `end.X` select a side; an `open` span has no end yet, and a bare name means its begin. */
function spanScope(shape: SourceShape & { kind: "span" }, open = false): Scope {
  const beginFields = sideFields(shape.begin);
  const sums = shape.during.flatMap((p) => [...ownFields(p)]);
  const openFields = new Map([...sums, ...beginFields]);
  const endFields = sideFields(shape.end);
  return {
    textLimits: limitsIn(shape),
    what: open ? `\`open ${shape.name}\`` : `\`${shape.name}\``,
    names: () =>
      open ? [...openFields.keys(), "age", ...COMMON_FIELDS] : [...shape.fields.keys(), ...COMMON_FIELDS],
    lookUp: (name, context, span) => {
      if (open) {
        if (name === "age") return { op: "field", name: "age", type: DURATION };
        if (name === "latency") {
          context.diagnostics.error(
            "open-latency",
            context.source,
            span,
            "an open span has no latency yet",
            write(span, "age", "use {}, the time since it began"),
          );
          return FAILED;
        }
        return field(name, openFields, context, beginFields.has(name) ? "begin" : undefined);
      }
      if (name === "age") {
        context.diagnostics.error(
          "closed-age",
          context.source,
          span,
          "only spans that are still open have an `age`",
          write(span, "latency", `use {}, or ask for those that are open: \`open ${shape.name}\``),
        );
        return FAILED;
      }
      return field(name, shape.fields, context);
    },
    lookUpIn: (object, name, context, span) => {
      if (object !== "begin" && object !== "end") return undefined;
      if (open && object === "end") {
        context.diagnostics.error(
          "open-end",
          context.source,
          span,
          "an open span has no end yet",
          "use the fields of its begin",
        );
        return FAILED;
      }
      const fields = object === "begin" ? beginFields : endFields;
      const found = field(name, fields, context, object);
      if (found) return found;
      context.diagnostics.error(
        "unknown-name",
        context.source,
        span,
        `the ${object} of \`${shape.name}\` has no field \`${name}\``,
        fields.size > 0
          ? `it has ${[...fields.keys()].join(", ")}, and the fields that every event has`
          : "it has only the fields that every event has: comm, pid, time, …",
      );
      return FAILED;
    },
  };
}

function sideFields(providers: readonly ProviderShape[]): FieldShapes {
  return new Map(providers.flatMap((p) => [...p.fields]));
}
