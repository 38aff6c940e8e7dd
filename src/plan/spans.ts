/** Plans spans: what a begin must keep, where it is kept, and what the end (or a look at what is open) reads. */
import { commonType, isCommon } from "../semantics/source/probe-scope.js";
import type { CheckedSource, Typed } from "../semantics/typed.js";
import { DURATION, numberOf, TIMESTAMP, type Type } from "../semantics/types/types.js";
import { byCost } from "./cost.js";
import { expand, fieldNames, needsLatency, sideNames, valuesOf } from "./needs.js";
import type { Step } from "./plan.js";
import type { Environment, Handler, Planner } from "./planner.js";
import { givenBy } from "./providers.js";
import { substitute, type FieldReference } from "./substitute.js";
import { append } from "../lists.js";

type SpanSource = CheckedSource & { readonly kind: "span" };

interface Kept {
  readonly map: string;
  readonly type: Type;
  /** Added up between the begin and the end; else it is of the begin. */
  readonly isSum: boolean;
}

/** The state of one use of a span: its map of begins, and those of the fields that are wanted later. */
class SpanState {
  readonly entries: string;
  private readonly kept = new Map<string, Kept>();
  private readonly duringGives: ReadonlySet<string>;

  constructor(
    private readonly planner: Planner,
    private readonly source: SpanSource,
  ) {
    this.duringGives = givenBy(source.during);
    this.entries = planner.mapName(`${source.name}_start`);
  }

  key(environment: Environment): Typed[] {
    return this.source.keys.map((name) =>
      environment({
        op: "field",
        name,
        type: isCommon(name) ? commonType(name) : numberOf("none", false),
      }),
    );
  }

  started(key: readonly Typed[]): Typed {
    return { op: "state", map: this.entries, key, type: TIMESTAMP };
  }

  /** Whether a bare name is what is added up between the begin and the end. */
  isSum(field: FieldReference): boolean {
    return field.side === undefined && this.duringGives.has(field.name);
  }

  /** Reads a field of the begin, or a sum; from then on it is kept. */
  read(field: FieldReference, key: readonly Typed[]): Typed {
    const known = this.kept.get(field.name);
    const map = known?.map ?? this.planner.mapName(`${this.source.name}_${field.name}`);
    if (!known) this.kept.set(field.name, { map, type: field.type, isSum: this.isSum(field) });
    return { op: "state", map, key, type: field.type };
  }

  forget(key: readonly Typed[]): Step[] {
    return [this.entries, ...[...this.kept.values()].map((k) => k.map)].map((map) => ({
      do: "remove",
      map,
      key,
    }));
  }

  /** Plans the begin, which keeps what has been read; what `early` refuses is not kept at all. */
  planBegin(early: readonly Typed[]): void {
    const { source } = this;
    const begun = [...this.kept].filter(([, k]) => !k.isSum).map(([name]) => name);
    const names = new Set([...begun, ...source.keys, ...fieldNames(early)]);
    this.planner.subscribeAlternatives(
      source.name,
      source.begin,
      names,
      `remember when ${source.name} began`,
      (begin) => {
        const key = this.key(begin);
        const store = (map: string, value: Typed, purpose: string): Step & { readonly do: "store" } => {
          this.planner.state({
            name: map,
            key: key.map((k) => k.type),
            value: value.type,
            purpose: `${purpose}, by ${source.keys.join(", ")}`,
          });
          return { do: "store", map, key, value };
        };
        const now: Typed = { op: "common", name: "time", type: TIMESTAMP };
        const begun = store(this.entries, now, `when each ${source.name} began`);
        const steps: Step[] = [{ ...begun, begins: true }];
        for (const [name, { map, type, isSum }] of this.kept)
          steps.push(
            isSum
              ? store(map, zeroOf(type), `its ${name} so far`)
              : store(map, begin({ op: "field", name, type }), `its ${name}`),
          );
        return { filter: early.map((e) => substitute(e, (field) => begin(bare(field)))), steps };
      },
    );
    this.planSums();
  }

  /** Adds up what happens while it is open. */
  private planSums(): void {
    const sums = [...this.kept].filter(([, k]) => k.isSum);
    if (sums.length === 0) return;
    const { source } = this;
    this.planner.subscribeAlternatives(
      source.name,
      source.during,
      new Set([...sums.map(([name]) => name), ...source.keys]),
      `add up ${sums.map(([name]) => name).join(", ")} of ${source.name}`,
      (during) => {
        const key = this.key(during);
        const steps = sums.map(([name, { map, type }]): Step => {
          const before: Typed = { op: "state", map, key, type };
          const more = during({ op: "field", name, type });
          return {
            do: "store",
            map,
            key,
            value: { op: "arithmetic", operator: "+", left: before, right: more, type },
          };
        });
        return { filter: [this.started(key)], steps };
      },
    );
  }
}

/** What began in the process that is traced may end in another; where thread or process are its key it cannot. */
function planEnd(planner: Planner, source: SpanSource, plan: () => void): void {
  if (source.keys.some((key) => key === "tid" || key === "pid")) plan();
  else planner.inAnyProcess(plan);
}

/** A span that ends: the handler is asked at its end. */
export function subscribeSpan(
  planner: Planner,
  source: SpanSource,
  needed: readonly Typed[],
  purpose: string,
  handler: Handler,
): void {
  const state = new SpanState(planner, source);
  const endGives = givenBy(source.end);
  const wanted = sideNames(
    needed.map((value) => expand(value, source)),
    "end",
    source,
    endGives,
  );
  // The end is planned first: it finds out what the begin must keep for it.
  const planIt = (): void =>
    planner.subscribeAlternatives(source.name, source.end, wanted, purpose, (end) => {
      const key = state.key(end);
      const started = state.started(key);
      const environment: Environment = (field) => {
        const own = field.side === undefined ? source.fields.get(field.name) : undefined;
        if (own) {
          planner.derive({ source: source.name, name: field.name, value: own });
          return substitute(own, environment);
        }
        if (field.name === "latency" && field.side === undefined)
          return { op: "local", name: "latency", type: DURATION };
        if (state.isSum(field)) return state.read(field, key);
        const fromBegin =
          field.side === "begin" ||
          (field.side === undefined && !isCommon(field.name) && !endGives.has(field.name));
        if (!fromBegin) return end(bare(field));
        return field.name === "time" ? started : state.read(field, key);
      };
      const action = handler(environment);
      const now: Typed = { op: "common", name: "time", type: TIMESTAMP };
      const measure: Step = {
        do: "let",
        name: "latency",
        value: { op: "arithmetic", operator: "-", left: now, right: started, type: DURATION },
      };
      const isMeasured = needsLatency([...action.filter, ...action.steps.flatMap(valuesOf)]);
      const tests = byCost(action.filter);
      const act: readonly Step[] =
        tests.length > 0 ? [{ do: "when", all: tests, then: action.steps }] : action.steps;
      return {
        filter: [started],
        steps: [...(isMeasured ? [measure] : []), ...act, ...state.forget(key)],
      };
    });
  const ends = planner.apart(() => planEnd(planner, source, planIt));
  state.planBegin([]);
  append(planner.probes, ends);
}

/** Where a sum starts: of the sign of what is added, which a bare 0 does not tell a tracer. */
function zeroOf(type: Type): Typed {
  const zero: Typed = { op: "integer", value: 0n, type };
  if (type.kind !== "number" || type.signed) return zero;
  const to = { kind: "int", name: "unsigned long", bytes: 8, signed: false } as const;
  return { op: "cast", to, pointer: false, operand: zero, type };
}

/** Sides are those of this span: what begins or ends it may be a span of its own. */
function bare({ name, type }: FieldReference): FieldReference {
  return { op: "field", name, type };
}

/** Where the entries of a span are while it is open, and what its fields are in one. */
export interface OpenSpan {
  readonly entries: string;
  readonly environment: Environment;
}

/** A span whose entries are printed while they are open; `entry` is how an expression names one. */
export function openSpan(
  planner: Planner,
  source: SpanSource,
  needed: readonly Typed[],
  early: readonly Typed[],
  entry: Typed,
): OpenSpan {
  const state = new SpanState(planner, source);
  const started = state.started([entry]);
  const environment: Environment = (field) => {
    if (field.name === "age")
      return {
        op: "arithmetic",
        operator: "-",
        left: { op: "local", name: "now", type: TIMESTAMP },
        right: started,
        type: DURATION,
      };
    return field.name === "time" ? started : state.read(field, [entry]);
  };
  // Asked once for all of them, so that the begin keeps what the result will read.
  for (const value of needed.filter((n) => !early.includes(n))) readAll(value, environment, early);
  // Planned first, as an event that ends one and begins another must end the old one first.
  const planIt = (): void =>
    planner.subscribeAlternatives(
      source.name,
      source.end,
      new Set(source.keys),
      `${source.name} has ended: forget it`,
      (end) => {
        const key = state.key(end);
        return { filter: [state.started(key)], steps: state.forget(key) };
      },
    );
  const ends = planner.apart(() => planEnd(planner, source, planIt));
  state.planBegin(early);
  append(planner.probes, ends);
  return { entries: state.entries, environment };
}

function readAll(value: Typed, environment: Environment, except: readonly Typed[]): void {
  if (value.op === "logic") for (const operand of value.operands) readAll(operand, environment, except);
  else if (!except.includes(value)) substitute(value, environment);
}
