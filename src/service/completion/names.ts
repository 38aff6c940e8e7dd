/** Offers of names: sources, tools, fields, members of structures and sets, probes. */
import { AGGREGATE_NAMES, definitionOf, type AggregateFunction } from "../../aggregates/aggregates.js";
import { usesOf } from "../../library/bundled.js";
import type { Library } from "../../semantics/library.js";
import type { Kernel } from "../../kernel/kernel.js";
import { setOf } from "../../semantics/expression/named-values.js";
import { FUNCTION_NAMES } from "../../semantics/expression/functions.js";
import { membersBehind, typeOfCType } from "../../semantics/source/c-values.js";
import { HARDWARE_EVENTS, probeTypeNamed, SOFTWARE_EVENTS } from "../../semantics/source/probe-points.js";
import { commonType, isCommon } from "../../semantics/source/probe-scope.js";
import { fieldsOf } from "../../semantics/source/source-shape.js";
import { COMMON_FIELDS, type Typed } from "../../semantics/typed.js";
import { PROBE_TYPES } from "../../syntax/words.js";
import { typeName, type Type } from "../../types/types.js";
import { spellingsFor } from "../../types/unit-spellings.js";
import { UNITS } from "../../types/units.js";
import type { QueryPlace } from "../scopes.js";
import { NO_OFFERS, offers, type Offer } from "./offer.js";

/** The most names of functions or tracepoints that are offered at once. */
const MOST_PROBES = 200;

const NOWHERE = { start: 0, end: 0 };

const firstLine = (text: string | undefined): string | undefined => text?.split("\n")[0];

const described = (doc: string | undefined): Pick<Offer, "doc"> => (doc === undefined ? {} : { doc });

/** The sources, those first that tools and examples ask about most. */
export function sourceOffers(library: Library, spansOnly = false): readonly Offer[] {
  const all = [...library.names()].flatMap((label): Offer[] => {
    const definition = library.find(label)?.definition;
    if (!definition || (spansOnly && definition.kind !== "span")) return [];
    const detail = firstLine(definition.doc?.text);
    return [
      {
        label,
        kind: "source",
        ...(detail === undefined ? {} : { detail }),
        ...described(definition.doc?.text),
      },
    ];
  });
  return all
    .map((offer, i) => ({ offer, i, use: usesOf(offer.label) }))
    .sort((a, b) => b.use - a.use || a.i - b.i)
    .map(({ offer }) => offer);
}

export function aggregateOffers(names: readonly string[] = AGGREGATE_NAMES): readonly Offer[] {
  return names.map((label) => {
    const { takes, words } = definitionOf(label as AggregateFunction);
    return {
      label,
      kind: "aggregate",
      detail: words.help,
      insert: takes === "nothing" ? `${label}()` : `${label}($0)`,
    };
  });
}

export function functionOffers(): readonly Offer[] {
  return FUNCTION_NAMES.map((label) => ({ label, kind: "function", insert: `${label}($0)` }));
}

/** What a field is wanted for, by which fields are ranked. */
export type WantedType =
  | "amount" // an argument of an aggregate
  | "key"
  | "column"
  | "condition"
  | { readonly like: Type };

/** The names of the place, with their types, the best first. */
export function fieldOffers(place: QueryPlace, wanted: WantedType): readonly Offer[] {
  const { scope, context, shape } = place;
  const shapes = shape && fieldsOf(shape);
  const found = [...new Set(scope.names())].flatMap((label, i) => {
    const typed = scope.lookUp(label, context, NOWHERE);
    // A member of the task needs the kernel's types, and its type is known without them.
    const type =
      typed?.type.kind === "error" && isCommon(label) ? commonType(label, context.kernel) : typed?.type;
    if (!type || type.kind === "error") return [];
    const isOwn = !isCommon(label) || shapes?.has(label) === true;
    const offer: Offer = {
      label,
      kind: typed?.op === "local" ? "parameter" : "field",
      detail: typeName(type),
      ...described(shapes?.get(label)?.doc),
    };
    return [{ offer, rank: rankOf(label, type, isOwn, wanted), i }];
  });
  return found
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ offer }) => offer);
}

/** What a question is most often grouped by. */
const USUAL_KEYS: readonly string[] = ["comm", "process", "pid", "ustack", "kstack", "file"];
const USUAL_COLUMNS: readonly string[] = ["time", "pid", "comm"];
const USUAL_AMOUNTS: readonly string[] = ["latency", "age", "size", "bytes", "len"];

function rankOf(label: string, type: Type, isOwn: boolean, wanted: WantedType): number {
  const usual = (names: readonly string[]): number => {
    const at = names.indexOf(label);
    return at < 0 ? 0 : names.length - at;
  };
  const isNumber = type.kind === "number" && type.unit !== "timestamp";
  const isAmount = type.kind === "number" && UNITS[type.unit].isAmount;
  const common = isOwn ? 0 : 100;
  if (typeof wanted === "object") return isLike(type, wanted.like) ? common : Infinity;
  switch (wanted) {
    case "amount":
      if (!isNumber) return Infinity;
      return common + (isAmount ? 20 : 40) - usual(USUAL_AMOUNTS) * (isOwn ? 1 : 0);
    case "key":
      return (usual(USUAL_KEYS) > 0 ? 20 - usual(USUAL_KEYS) : 40) + (isNumber ? 30 : 0) + common / 4;
    case "column":
      return usual(USUAL_COLUMNS) > 0 ? 20 - usual(USUAL_COLUMNS) : 40 + common / 4;
    case "condition":
      return (isAmount ? 20 - usual(USUAL_AMOUNTS) : usual(USUAL_KEYS) > 0 ? 30 : 40) + common / 4;
  }
}

function isLike(type: Type, other: Type): boolean {
  if (type.kind === "number" && other.kind === "number") return type.unit === other.unit;
  return type.kind === other.kind;
}

/** Values that can be compared with a type: the names of its set, or an example in its unit. */
export function valueOffers(type: Type, operator: string, { context }: QueryPlace): readonly Offer[] {
  const set = setOf(type, context);
  if (set)
    return [...set].map(([label, value]) => ({
      label,
      kind: "member",
      detail: type.kind === "flags" ? `0x${value.toString(16)}` : String(value),
    }));
  switch (type.kind) {
    case "number":
      return type.unit === "none" ? NO_OFFERS : offers(spellingsFor(type.unit, "1"), "value");
    case "string":
      return operator.endsWith("~")
        ? [{ label: '"*…*"', kind: "value", detail: "a pattern", insert: '"*$0*"' }]
        : [{ label: '"…"', kind: "value", detail: "a text", insert: '"$0"' }];
    case "bool":
      return offers(["true", "false"], "value");
    case "address":
    case "bounds":
    case "c":
    case "enum":
    case "error":
    case "flags":
    case "histogram":
    case "stack":
    case "stats":
    case "symbol":
      return NO_OFFERS;
  }
}

/** What may follow a dot. */
export function memberOffers(object: string, typed: Typed | undefined, place: QueryPlace): readonly Offer[] {
  const { kernel } = place.context;
  if (typed?.type.kind === "c")
    return membersBehind(kernel, typed.type.ctype).map(({ name, type }) => ({
      label: name,
      kind: "field",
      detail: typeName(typeOfCType(type)),
    }));
  const { shape } = place;
  if (object === "args" && shape?.kind === "probe") {
    const [first = "", second = ""] = shape.point.parts;
    const names =
      shape.point.type === "tracepoint"
        ? kernel.tracepoint(first, second)?.fields.map(({ name, ctype }) => [name, ctype] as const)
        : kernel
            .function(first)
            ?.parameters.map(({ name, type }) => [name, typeName(typeOfCType(type))] as const);
    return (names ?? []).map(([label, detail]) => ({ label, kind: "field", detail }));
  }
  if ((object === "begin" || object === "end") && shape?.kind === "span") {
    const names = shape[object].flatMap(({ fields }) => [...fields.keys()]);
    return [...new Set([...names, ...COMMON_FIELDS])].flatMap((label) => {
      const found = place.scope.lookUpIn(object, label, place.context, NOWHERE);
      return found && found.type.kind !== "error"
        ? [{ label, kind: "field", detail: typeName(found.type) } satisfies Offer]
        : [];
    });
  }
  return NO_OFFERS;
}

/** Completes a probe: its category, its name. */
export function probeOffers(typed: string, kernel: Kernel): readonly Offer[] {
  const [word = "", first, second] = typed.split(":");
  const type = probeTypeNamed(word);
  if (first === undefined || type === undefined) return NO_OFFERS;
  const names = (all: Iterable<string>): readonly Offer[] =>
    offers(
      firstOf(all, (name) => `${word}:${name}`.startsWith(typed)).map((name) => `${word}:${name}`),
      "probe",
    );
  switch (type) {
    case "tracepoint": {
      const all = kernel.tracepointNames();
      if (second !== undefined) return names(all);
      const categories = new Set(all.map((name) => name.slice(0, name.indexOf(":"))));
      return names([...categories].map((category) => `${category}:`));
    }
    case "rawtracepoint":
      return names(kernel.tracepointNames().map((name) => name.slice(name.indexOf(":") + 1)));
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit":
      return names(kernel.functionNames());
    case "software":
      return names(SOFTWARE_EVENTS);
    case "hardware":
      return names(HARDWARE_EVENTS);
    case "interval":
    case "profile":
    case "uprobe":
    case "uretprobe":
    case "usdt":
      return NO_OFFERS;
  }
}

function firstOf(all: Iterable<string>, fits: (name: string) => boolean): readonly string[] {
  const found: string[] = [];
  for (const name of all) {
    if (!fits(name)) continue;
    found.push(name);
    if (found.length === MOST_PROBES) break;
  }
  return found;
}

/** The types of probes that are written in full. */
export const PROBE_TYPE_NAMES = PROBE_TYPES.filter((type) => type.length > 3);

export function probeTypeOffers(): readonly Offer[] {
  return PROBE_TYPE_NAMES.map((label) => ({ label, kind: "probe", insert: `${label}:` }));
}
