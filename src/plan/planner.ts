/**
 * Turns sources into probes. A source is subscribed to: for each probe it takes, the planner asks what to
 * do there, handing over an environment that says what the fields are in that probe.
 */
import { pointText } from "../semantics/probe-points.js";
import { isCommon, commonType } from "../semantics/probe-scope.js";
import type { Alternative, CheckedSource, ProbePoint, Typed } from "../semantics/typed.js";
import { BOOL, DURATION, numberOf, TIMESTAMP, type Type } from "../semantics/types.js";
import type { Choice, PlanProbe, StateMap, Step } from "./plan.js";
import { byCost } from "./cost.js";
import { substitute, type FieldReference } from "./substitute.js";

/** What a field is in one probe. */
export type Environment = (field: FieldReference) => Typed;

interface Action {
  /** Tested before the steps, whose work it saves. */
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
}

type Handler = (environment: Environment) => Action;

/** The target cannot answer: no provider exists there, or none gives all the fields. */
export class PlanError extends Error {
  constructor(
    message: string,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** The fields of a begin that are wanted later: the map that carries each, and its type. */
type Kept = Map<string, { readonly map: string; readonly type: Type }>;

interface SpanState {
  readonly entries: string;
  readonly environment: Environment;
}

export class Planner {
  readonly probes: PlanProbe[] = [];
  readonly states: StateMap[] = [];
  readonly choices: Choice[] = [];
  readonly notes: string[] = [];
  private readonly taken = new Set<string>();

  constructor(private readonly process: { readonly pid: number; readonly followed: boolean } | undefined) {}

  /** A name no other map of the script has. */
  mapName(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }

  /** Plans the probes of a source; `needed` are the expressions whose fields it must give. */
  subscribe(source: CheckedSource, needed: readonly Typed[], purpose: string, handler: Handler): void {
    switch (source.kind) {
      case "event":
        return this.subscribeAlternatives(
          source.name,
          source.alternatives,
          fieldNames(needed),
          purpose,
          handler,
        );
      case "union":
        for (const member of source.members) this.subscribe(member, needed, purpose, handler);
        return;
      case "span":
        return this.subscribeSpan(source, needed, purpose, handler);
    }
  }

  private subscribeAlternatives(
    name: string,
    all: readonly Alternative[],
    needed: ReadonlySet<string>,
    purpose: string,
    handler: Handler,
  ): void {
    const { chosen, passedOver } = choose(name, all, needed);
    if (chosen.note !== undefined) this.note(`${name}: ${chosen.note}`);
    const own: Environment = (field) => {
      const value = chosen.fields.get(field.name);
      if (typeof value === "object") return value;
      return isCommon(field.name) ? { op: "common", name: field.name, type: commonType(field.name) } : field;
    };
    if (chosen.trigger.kind === "source") {
      const inner = [...needed].map((n): Typed => ({ op: "field", name: n, type: BOOL }));
      const own2 = [...chosen.fields.values()].filter((v): v is Typed => typeof v === "object");
      this.subscribe(
        chosen.trigger.source,
        [
          ...inner.filter((f) => f.op === "field" && !chosen.fields.has(f.name)),
          ...own2,
          ...(chosen.condition ? [chosen.condition] : []),
        ],
        purpose,
        (outer) => {
          const environment: Environment = (field) => {
            const value = chosen.fields.get(field.name);
            return typeof value === "object" ? substitute(value, outer) : outer(field);
          };
          const action = handler(environment);
          return chosen.condition
            ? { ...action, filter: [substitute(chosen.condition, outer), ...action.filter] }
            : action;
        },
      );
      return;
    }
    const { point } = chosen.trigger;
    if (!this.choices.some((c) => c.source === name && pointText(c.point) === pointText(point)))
      this.choices.push({
        source: name,
        point,
        passedOver,
        ...(chosen.note === undefined ? {} : { note: chosen.note }),
      });
    const action = handler(own);
    const filter = [
      ...this.processFilter(point),
      ...(chosen.condition ? [chosen.condition] : []),
      ...action.filter,
    ];
    this.probes.push({ point, purpose: `${name}: ${purpose}`, filter: byCost(filter), steps: action.steps });
  }

  /** Timers run in no process of interest; all else is filtered. */
  private processFilter(point: ProbePoint): Typed[] {
    if (!this.process || point.type === "interval") return [];
    const pid: Typed = { op: "common", name: "pid", type: commonType("pid") };
    const wanted: Typed = { op: "integer", value: BigInt(this.process.pid), type: numberOf("none", false) };
    if (!this.process.followed)
      return [{ op: "compare", operator: "==", left: pid, right: wanted, type: BOOL }];
    return [{ op: "state", map: FOLLOWED, key: [pid], type: BOOL }];
  }

  private note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  // ---------------------------------------------------------------- spans

  private subscribeSpan(
    source: CheckedSource & { kind: "span" },
    needed: readonly Typed[],
    purpose: string,
    handler: Handler,
  ): void {
    const entries = this.mapName(`${source.name}_start`);
    const kept: Kept = new Map();
    const keyOf = (environment: Environment): Typed[] =>
      source.keys.map((k) => environment({ op: "field", name: k, type: keyType(k) }));
    const expanded = this.expandSpanFields(source, needed);
    // The end is planned first: it finds out what the begin must keep for it.
    const placed = this.probes.length;
    const endGives = givenBy(source.end);
    this.subscribeAlternatives(
      source.name,
      source.end,
      sideNames(expanded, "end", source, endGives),
      purpose,
      (end) => {
        const key = keyOf(end);
        const started: Typed = { op: "state", map: entries, key, type: TIMESTAMP };
        const environment: Environment = (field) => {
          const own = field.side === undefined ? source.fields.get(field.name) : undefined;
          if (own) return substitute(own, environment);
          if (field.name === "latency" && field.side === undefined)
            return { op: "local", name: "latency", type: DURATION };
          const fromBegin =
            field.side === "begin" ||
            (field.side === undefined && !isCommon(field.name) && !endGives.has(field.name));
          if (!fromBegin) return end(field);
          if (field.name === "time") return started;
          return { op: "state", map: this.keep(source, field, kept), key, type: field.type };
        };
        const action = handler(environment);
        const usesLatency = needsLatency([...action.filter, ...action.steps.flatMap(valuesOf)]);
        const now: Typed = { op: "common", name: "time", type: TIMESTAMP };
        const measure: Step[] = usesLatency
          ? [
              {
                do: "let",
                name: "latency",
                value: { op: "arithmetic", operator: "-", left: now, right: started, type: DURATION },
              },
            ]
          : [];
        const act: readonly Step[] =
          action.filter.length > 0
            ? [{ do: "when", all: byCost(action.filter), then: action.steps }]
            : action.steps;
        const forget: Step[] = [entries, ...[...kept.values()].map((k) => k.map)].map((map) => ({
          do: "remove",
          map,
          key,
        }));
        return { filter: [started], steps: [...measure, ...act, ...forget] };
      },
    );
    const ends = this.probes.splice(placed);
    this.planBegin(source, entries, kept, [], keyOf);
    this.probes.push(...ends);
  }

  private planBegin(
    source: CheckedSource & { kind: "span" },
    entries: string,
    kept: Kept,
    early: readonly Typed[],
    keyOf: (environment: Environment) => Typed[],
  ): void {
    const names = new Set([...kept.keys(), ...source.keys, ...fieldNames(early)]);
    this.subscribeAlternatives(source.name, source.begin, names, "remember when it began", (begin) => {
      const key = keyOf(begin);
      this.state(entries, key, TIMESTAMP, `when each ${source.name} began`, source);
      const stores: Step[] = [
        { do: "store", map: entries, key, value: { op: "common", name: "time", type: TIMESTAMP } },
      ];
      for (const [name, { map, type }] of kept) {
        const value = begin({ op: "field", name, type });
        this.state(map, key, value.type, `its ${name}`, source);
        stores.push({ do: "store", map, key, value });
      }
      return { filter: early.map((e) => substitute(e, begin)), steps: stores };
    });
  }

  private state(
    name: string,
    key: readonly Typed[],
    value: Type,
    purpose: string,
    source: CheckedSource & { kind: "span" },
  ): void {
    if (this.states.some((s) => s.name === name)) return;
    this.states.push({
      name,
      key: key.map((k) => k.type),
      value,
      purpose: `${purpose}, by ${source.keys.join(", ")}`,
    });
  }

  /** The map that carries a field of the begin to the end. */
  private keep(source: CheckedSource, field: FieldReference, kept: Kept): string {
    const known = kept.get(field.name);
    if (known !== undefined) return known.map;
    const map = this.mapName(`${source.name}_${field.name}`);
    kept.set(field.name, { map, type: field.type });
    return map;
  }

  /** The fields of the sides that the needed expressions come down to. */
  private expandSpanFields(source: CheckedSource & { kind: "span" }, needed: readonly Typed[]): Typed[] {
    return needed.map((value) => expand(value, source));
  }

  /** A span whose entries are printed while they are open. */
  openSpan(
    source: CheckedSource & { kind: "span" },
    needed: readonly Typed[],
    early: readonly Typed[],
    entry: Typed,
  ): SpanState {
    const entries = this.mapName(`${source.name}_start`);
    const kept: Kept = new Map();
    const keyOf = (environment: Environment): Typed[] =>
      source.keys.map((k) => environment({ op: "field", name: k, type: keyType(k) }));
    const started: Typed = { op: "state", map: entries, key: [entry], type: TIMESTAMP };
    const environment: Environment = (field) => {
      if (field.name === "age")
        return {
          op: "arithmetic",
          operator: "-",
          left: { op: "local", name: "now", type: TIMESTAMP },
          right: started,
          type: DURATION,
        };
      if (field.name === "time") return started;
      return { op: "state", map: this.keep(source, field, kept), key: [entry], type: field.type };
    };
    // Asked once for all of them, so that the begin keeps what the result will read.
    for (const value of needed.filter((n) => !early.includes(n))) collect(value, environment, early);
    this.planBegin(source, entries, kept, early, keyOf);
    this.subscribeAlternatives(
      source.name,
      source.end,
      new Set(source.keys),
      "it has ended: forget it",
      (end) => {
        const key = keyOf(end);
        return {
          filter: [{ op: "state", map: entries, key, type: TIMESTAMP }],
          steps: [entries, ...[...kept.values()].map((k) => k.map)].map((map): Step => ({
            do: "remove",
            map,
            key,
          })),
        };
      },
    );
    return { entries, environment };
  }
}

/** The map of the traced command's processes. */
export const FOLLOWED = "followed";

function collect(value: Typed, environment: Environment, except: readonly Typed[]): void {
  if (value.op === "logic") for (const operand of value.operands) collect(operand, environment, except);
  else if (!except.includes(value)) substitute(value, environment);
}

function keyType(name: string): Type {
  return isCommon(name) ? commonType(name) : numberOf("none", false);
}

/** The first that exists and gives all that is needed. */
function choose(
  name: string,
  all: readonly Alternative[],
  needed: ReadonlySet<string>,
): { chosen: Alternative; passedOver: Choice["passedOver"] } {
  const passedOver: { point: string; why: string }[] = [];
  for (const alternative of all) {
    const point =
      alternative.trigger.kind === "probe"
        ? pointText(alternative.trigger.point)
        : alternative.trigger.source.name;
    const why = whyNot(alternative, needed);
    if (why === undefined) return { chosen: alternative, passedOver };
    passedOver.push({ point, why });
  }
  const fields = [...needed].filter((n) => !isCommon(n));
  throw new PlanError(
    `${name} cannot be answered on this kernel${fields.length > 0 && all.some((a) => a.unavailable === undefined) ? ` with ${fields.map((f) => `\`${f}\``).join(", ")}` : ""}`,
    passedOver.map((p) => `${p.point}: ${p.why}`),
  );
}

function whyNot(alternative: Alternative, needed: ReadonlySet<string>): string | undefined {
  if (alternative.unavailable !== undefined) return alternative.unavailable;
  for (const name of needed) {
    const value = alternative.fields.get(name);
    if (typeof value === "string") return value;
    const inherited = alternative.trigger.kind === "source" && gives(alternative.trigger.source, name);
    if (value === undefined && !isCommon(name) && !inherited) return `it does not give \`${name}\``;
  }
  return undefined;
}

function gives(source: CheckedSource, name: string): boolean {
  if (isCommon(name)) return true;
  switch (source.kind) {
    case "event":
      return source.alternatives.some(
        (a) =>
          typeof a.fields.get(name) === "object" ||
          (a.trigger.kind === "source" && gives(a.trigger.source, name)),
      );
    case "union":
      return source.members.every((m) => gives(m, name));
    case "span":
      return (
        name === "latency" ||
        source.fields.has(name) ||
        [...source.begin, ...source.end].some(
          (a) =>
            typeof a.fields.get(name) === "object" ||
            (a.trigger.kind === "source" && gives(a.trigger.source, name)),
        )
      );
  }
}

function givenBy(alternatives: readonly Alternative[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const a of alternatives) {
    for (const name of a.fields.keys()) names.add(name);
    if (a.trigger.kind === "source") for (const name of namesOf(a.trigger.source)) names.add(name);
  }
  return names;
}

function namesOf(source: CheckedSource): string[] {
  switch (source.kind) {
    case "event":
      return [...givenBy(source.alternatives)];
    case "union":
      return source.members.flatMap(namesOf);
    case "span":
      return [...givenBy([...source.begin, ...source.end]), ...source.fields.keys(), "latency"];
  }
}

/** A span's own fields written out in those of its sides. */
function expand(value: Typed, source: CheckedSource & { kind: "span" }): Typed {
  return substitute(value, (field) => {
    const own = field.side === undefined ? source.fields.get(field.name) : undefined;
    return own ? expand(own, source) : field;
  });
}

/** The names one side must give, and the keys. */
function sideNames(
  values: readonly Typed[],
  side: "begin" | "end",
  source: CheckedSource & { kind: "span" },
  endGives: ReadonlySet<string>,
): ReadonlySet<string> {
  const names = new Set(source.keys);
  for (const value of values)
    substitute(value, (field) => {
      const of = field.side ?? (isCommon(field.name) || endGives.has(field.name) ? "end" : "begin");
      if (of === side && field.name !== "latency") names.add(field.name);
      return field;
    });
  return names;
}

function fieldNames(values: readonly Typed[]): Set<string> {
  const names = new Set<string>();
  for (const value of values)
    substitute(value, (field) => {
      names.add(field.name);
      return field;
    });
  return names;
}

function valuesOf(step: Step): readonly Typed[] {
  switch (step.do) {
    case "let":
      return [step.value];
    case "when":
      return [...step.all, ...step.then.flatMap(valuesOf)];
    case "store":
      return [...step.key, step.value];
    case "remove":
      return step.key;
    case "aggregate":
      return step.value ? [...step.key, step.value] : step.key;
    case "emit":
      return step.values;
  }
}

function needsLatency(values: readonly Typed[]): boolean {
  const reads = (v: Typed): boolean => {
    if (v.op === "local") return v.name === "latency";
    return Object.values(v).some((part) =>
      isTyped(part) ? reads(part) : Array.isArray(part) && part.some((p) => isTyped(p) && reads(p)),
    );
  };
  return values.some(reads);
}

function isTyped(part: unknown): part is Typed {
  return typeof part === "object" && part !== null && "op" in part;
}
