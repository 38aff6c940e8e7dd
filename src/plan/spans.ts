/** Plans spans: what the begin must record, and what the end reads from the record. */
import { remembered } from "../lazy.js";
import { negation } from "../semantics/expression/fold.js";
import { commonType, isCommon } from "../semantics/source/probe-scope.js";
import type { CheckedSource, Typed } from "../semantics/typed.js";
import { BOOL, DURATION, numberOf, TIMESTAMP, UNSIGNED, type Type } from "../types/types.js";
import { byCost } from "./cost.js";
import { expand, fieldNames, readsLocal, sideNames, valuesOf } from "./needs.js";
import type { ChangeStep, Purpose, StateField, StateKey, Step, Task } from "./plan.js";
import type { Environment, Handler } from "./environment.js";
import type { Planner } from "./planner.js";
import { providedBy } from "./providers.js";
import { mayBeNegative } from "./signs.js";
import { RangeLimits, type AddressRange } from "./range-ends.js";
import { NOW } from "./running.js";
import { substitute, type FieldReference } from "./substitute.js";
import { append } from "../lists.js";

export type SpanSource = CheckedSource & { readonly kind: "span" };

const STARTED: FieldReference = { op: "field", name: "time", side: "begin", type: TIMESTAMP };

/** A field of the record, and the name of the source's field that it holds. */
interface RecordedField {
  readonly of: string;
  readonly field: StateField;
  /** What the begin records, if it is not the field of that name, and the fields that this needs. */
  readonly value?: (begin: Environment) => Typed;
  readonly needs?: ReadonlySet<string>;
}

/** Steps beside the one that stores a record. */
export interface StoreSteps {
  readonly before: readonly Step[];
  readonly stored: readonly ChangeStep[];
}

/** The names of the fields that are added up while a span is open. */
export function sumsOf({ during, keys }: SpanSource): ReadonlySet<string> {
  return new Set(during.flatMap(({ fields }) => [...fields.keys()].filter((name) => !keys.includes(name))));
}

/** The state of one use of a span: its key, and the fields that have been read so far. */
export class UsedState {
  readonly name: string;
  private readonly kept: RecordedField[] = [];
  private readonly duringGives: ReadonlySet<string>;
  private readonly limits: RangeLimits | undefined;
  /** Fill the values of records that are replaced, when all fields are known. */
  private readonly replaced: (() => void)[] = [];

  constructor(
    private readonly planner: Planner,
    private readonly source: SpanSource,
  ) {
    this.duringGives = sumsOf(source);
    this.name = planner.mapName(`${source.name}_begun`);
    this.limits =
      source.range && new RangeLimits(planner.mapName(`${source.name}_limits`), source.range, source.keys);
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

  begun(key: readonly Typed[]): Typed {
    return { op: "begun", state: this.name, key, type: BOOL };
  }

  /** The time at which it began, which is recorded only if it is read. */
  started(key: readonly Typed[]): Typed {
    return this.read(STARTED, key);
  }

  /** Whether a field without a side is one that is added up between the begin and the end. */
  isSum(field: FieldReference): boolean {
    return field.side === undefined && this.duringGives.has(field.name);
  }

  /** Reads a field of the begin, or a sum, and adds it to the record. */
  read(field: FieldReference, key: readonly Typed[]): Typed {
    const isSum = this.isSum(field);
    const known = this.kept.find(
      (k) =>
        k.of === field.name &&
        (k.field.isSum ?? false) === isSum &&
        depthOf(k.field.type) === depthOf(field.type),
    );
    const { field: kept } = known ?? this.keep(field, isSum);
    return { op: "state", state: this.name, field: kept.name, key, type: kept.type };
  }

  /** Adds something to the record that is not a field of the source; returns how it is read. */
  add(
    field: StateField,
    value: (begin: Environment) => Typed,
    needs: ReadonlySet<string> = new Set(),
  ): (key: readonly Typed[]) => Typed {
    this.kept.push({ of: `${field.name} of the span itself`, field, value, needs });
    return (key) => ({ op: "state", state: this.name, field: field.name, key, type: field.type });
  }

  private keep({ name: of, type: declared }: FieldReference, isSum: boolean): RecordedField {
    const isSigned = isSum || mayBeNegative(this.source.begin, of);
    // The begin and a sum may have fields with the same name.
    const depth = depthOf(declared);
    const wanted = depth === undefined ? of : `${of}_${depth}`;
    const isTaken = this.kept.some(({ field }) => field.name === wanted);
    const field: StateField = {
      name: isTaken ? `${wanted}_2` : wanted,
      type: isSigned ? ofEitherSign(declared) : declared,
      ...(isSum ? { isSum } : of === STARTED.name ? { isTime: true } : {}),
    };
    this.kept.push({ of, field });
    return { of, field };
  }

  /** The fields of the begin, with its time first. */
  private get ofBegin(): readonly RecordedField[] {
    const begun = this.kept.filter(({ field }) => !field.isSum);
    return [...begun.filter(({ field }) => field.isTime), ...begun.filter(({ field }) => !field.isTime)];
  }

  private get sums(): readonly RecordedField[] {
    return this.kept.filter(({ field }) => field.isSum);
  }

  /** The purpose of a probe of the span itself. */
  task(does: string): Purpose {
    return { source: this.source.name, does, about: this.source.name };
  }

  remove(key: readonly Typed[]): Step {
    return { do: "remove", state: this.name, key };
  }

  /** What an end does: `ended` for a span that ends, and `change` to the running sums for each record that does. */
  endSteps(
    end: Environment,
    ended: (key: readonly Typed[]) => readonly Step[],
    change: (key: readonly Typed[], by: ChangeStep["by"]) => readonly ChangeStep[] = () => [],
  ): { readonly filter: readonly Typed[]; readonly steps: readonly Step[] } {
    const key = this.key(end);
    if (!this.limits)
      return { filter: [this.begun(key)], steps: [...change(key, -1), ...ended(key), this.remove(key)] };
    const steps = this.limits.end(key, end, {
      span: this.source.name,
      state: this.name,
      size: (of) => this.size(of),
      takeOff: (of) => change(of, -1),
      end: (of) => [...ended(of), this.remove(of)],
      replace: (from, to, range) => [
        {
          do: "store",
          state: this.name,
          key: to,
          values: this.replacing(from, range),
          stored: change(to, 1),
        },
        ...(from === to ? [] : [this.remove(from)]),
      ],
    });
    return { filter: [], steps };
  }

  /** The size of the range of a record. */
  private size(key: readonly Typed[]): Typed {
    const { range } = this.source;
    if (!range) throw new Error(`${this.source.name} is not about ranges`);
    return this.read({ op: "field", name: range.size, side: "begin", type: UNSIGNED }, key);
  }

  /** The values of a record that takes the place of another: the same, but for its range. */
  private replacing(from: readonly Typed[], range: AddressRange): readonly Typed[] {
    const { start, size } = this.source.range ?? {};
    const of = (field: FieldReference): Typed => {
      if (field.name === start) return { ...range.start, type: field.type };
      if (field.name === size) return { ...range.size, type: field.type };
      return this.read({ ...field, side: "begin" }, from);
    };
    const isOfRange = ({ needs = new Set() }: RecordedField): boolean =>
      [start, size].some((name) => name !== undefined && needs.has(name));
    // What is computed from the range and other fields needs those fields.
    for (const each of [...this.kept]) if (isOfRange(each)) each.value?.(of);
    const values: Typed[] = [];
    this.replaced.push(() => {
      for (const each of [...this.ofBegin, ...this.sums]) {
        const { of: name, field, value } = each;
        if (value && isOfRange(each)) values.push(value(of));
        else if (!value && !field.isSum && (name === start || name === size))
          values.push(of({ op: "field", name, type: field.type }));
        else values.push({ op: "state", state: this.name, field: field.name, key: from, type: field.type });
      }
    });
    return values;
  }

  /** Plans the begin, which records the fields read so far, if the conditions `early` hold. */
  planBegin(early: readonly Typed[], besides?: (key: readonly Typed[]) => StoreSteps): void {
    const { source, ofBegin, sums, limits } = this;
    for (const fill of this.replaced) fill();
    const given = ofBegin.flatMap(({ of, needs }) => (needs ? [...needs] : [of]));
    const names = new Set([...given, ...source.keys, ...fieldNames(early)]);
    this.planner.subscribeAlternatives(
      source.name,
      source.begin,
      names,
      this.task(`record the start of ${source.name}`),
      (begin, { repeat }) => {
        const key = this.key(begin);
        const keys = source.keys.map((name, i): StateKey => ({ name, type: (key[i] as Typed).type }));
        if (limits) this.planner.state(limits.stateOf(source.name, keys));
        this.planner.state({
          name: this.name,
          span: source.name,
          key: keys,
          fields: [...ofBegin, ...sums].map(({ field }) => field),
        });
        const values = [
          ...ofBegin.map(({ of, field, value }) => {
            if (value) return value(begin);
            return field.isTime ? NOW : begin({ op: "field", name: of, type: field.type });
          }),
          ...sums.map(({ field }): Typed => ({ op: "integer", value: 0n, type: field.type })),
        ];
        const { before = [], stored = [] } = besides?.(key) ?? {};
        return {
          filter: [
            ...early.map((e) => substitute(e, (field) => begin(bare(field)))),
            ...(repeat === "once" ? [negation(this.begun(key))] : []),
          ],
          steps: [
            ...before,
            {
              do: "store",
              state: this.name,
              key,
              values,
              ...(stored.length > 0 ? { stored } : {}),
              ...(repeat === undefined ? { countsReplaced: true as const } : {}),
            },
            ...(limits?.begin(source.name, key, begin) ?? []),
          ],
        };
      },
    );
    this.planSums();
  }

  /** Plans the probes that add up sums while the span is open. */
  private planSums(): void {
    const { source, sums } = this;
    if (sums.length === 0) return;
    this.planner.subscribeAlternatives(
      source.name,
      source.during,
      new Set([...sums.map(({ of }) => of), ...source.keys]),
      this.task(`add up ${sums.map(({ of }) => of).join(", ")} of ${source.name}`),
      (during) => {
        const key = this.key(during);
        const steps = sums.map(({ of, field }): Step => ({
          do: "add",
          state: this.name,
          key,
          field: field.name,
          value: during({ op: "field", name: of, type: field.type }),
        }));
        return { filter: [this.begun(key)], steps };
      },
    );
  }
}

/** The fields that an end must have. */
export function endFields({ keys, range }: SpanSource): readonly string[] {
  return [...keys, ...(range ? [range.size, ...(range.present === undefined ? [] : [range.present])] : [])];
}

/** Plans the end, in any process: only a span whose key has the thread or the process must end where it began. */
export function planEnd(planner: Planner, source: SpanSource, plan: () => void): void {
  if (source.keys.some((key) => key === "tid" || key === "pid")) plan();
  else planner.inAnyProcess(plan);
}

/** Subscribes to the end of a span. */
export function subscribeSpan(
  planner: Planner,
  source: SpanSource,
  needed: readonly Typed[],
  task: Task,
  handler: Handler,
): void {
  const state = new UsedState(planner, source);
  // A span built on another one may have both latencies in one probe.
  const latency: Typed & { readonly op: "local" } = {
    op: "local",
    name: planner.isNested ? `${source.name}_latency` : "latency",
    type: DURATION,
  };
  const endGives = providedBy(source.end);
  const wanted = sideNames(
    needed.map((value) => expand(value, source)),
    "end",
    source,
    endGives,
  );
  // The end is planned first, which determines what the begin must record.
  const planIt = (): void =>
    planner.subscribeAlternatives(
      source.name,
      source.end,
      new Set([...wanted, ...endFields(source)]),
      { ...task, source: source.name },
      (end, provider) =>
        state.endSteps(end, (key) => {
          const ownField = remembered((name) => {
            const own = source.fields.get(name);
            if (!own) return undefined;
            planner.derive({ source: source.name, name, value: own });
            return substitute(own, environment);
          });
          const environment: Environment = (field) => {
            const own = field.side === undefined ? ownField(field.name) : undefined;
            if (own) return own;
            if (field.name === "latency" && field.side === undefined) return latency;
            if (state.isSum(field)) return state.read(field, key);
            const fromBegin =
              field.side === "begin" ||
              (field.side === undefined && !isCommon(field.name) && !endGives.has(field.name));
            if (!fromBegin) return end(bare(field));
            return state.read(field, key);
          };
          const action = handler(environment, provider);
          const isMeasured = readsLocal([...action.filter, ...action.steps.flatMap(valuesOf)], latency.name);
          const measure = (): Step => ({
            do: "let",
            name: latency.name,
            value: { op: "arithmetic", operator: "-", left: NOW, right: state.started(key), type: DURATION },
          });
          const tests = byCost(action.filter);
          const act: readonly Step[] =
            tests.length > 0 ? [{ do: "when", all: tests, then: action.steps }] : action.steps;
          return isMeasured ? [measure(), ...act] : act;
        }),
    );
  const ends = planner.apart(() => planEnd(planner, source, planIt));
  state.planBegin([]);
  append(planner.probes, ends);
}

/** How many frames of a stack are kept, which makes others of the same name other fields. */
function depthOf(type: Type): number | undefined {
  return type.kind === "stack" ? type.depth : undefined;
}

/** What is added up may be below zero, whatever the type says: only the probes that add it show that. */
function ofEitherSign(type: Type): Type {
  return type.kind === "number" ? { ...type, signed: true } : type;
}

/** The field without its side, which belongs to this span: its begin or end may be a span, too. */
export function bare({ name, type }: FieldReference): FieldReference {
  return { op: "field", name, type };
}
