/**
 * How bpftrace keeps what spans keep: the record of each as one map, whose values are a tuple. A field that does not
 * fit there has a map of its own, under the same key.
 */
import { aggregatesOf, openValues } from "../../plan/columns.js";
import { allSteps, partsOf, valuesOf } from "../../plan/needs.js";
import type { Plan, SpanState, StateField, Step } from "../../plan/plan.js";
import { groupValues, isRunning, type RunningResult } from "../../plan/running.js";
import type { Typed } from "../../semantics/typed.js";
import { bytesOfText } from "../../types/text.js";
import type { Dialect } from "./versions.js";

export interface RecordMap {
  readonly state: SpanState;
  /**
   * What the values of the map are: a tuple of these fields, or the one. Null is a 1, where no field says that the
   * span has begun: what is read where there is no entry is 0.
   */
  readonly members: readonly (string | null)[];
  readonly apart: readonly FieldMap[];
  /** In place of what is only in the keys of running sums: the number of the group, the first member. */
  readonly group?: GroupMap;
}

/** The groups of a running result, whose keys have a number each. */
export interface GroupMap {
  readonly result: number;
  readonly running: RunningResult;
  readonly map: string;
}

/** The member that is the number of a group. */
export const GROUP = "group";

/** A field in a map of its own. */
export interface FieldMap {
  readonly field: string;
  readonly map: string;
}

export type RecordMaps = ReadonlyMap<string, RecordMap>;

/** By the name of the state, which is that of the map. `numbersGroups`: whether records have numbers of groups. */
export function recordMaps(plan: Plan, dialect: Dialect, numbersGroups: boolean): RecordMaps {
  const steps = allSteps(plan.probes);
  const taken = new Set([
    ...plan.states.map(({ name }) => name),
    ...plan.results.flatMap((result) => aggregatesOf(result).map(({ map }) => map)),
  ]);
  const mapName = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_kept`;
    taken.add(name);
    return name;
  };
  return new Map(
    plan.states.map((state) => {
      const group = numbersGroups ? groupMap(state, plan, mapName) : undefined;
      return [state.name, recordMap(state, steps, group, { plan, dialect, mapName })];
    }),
  );
}

function groupMap(
  { name, span }: SpanState,
  { results }: Plan,
  mapName: (wanted: string) => string,
): GroupMap | undefined {
  const result = results.findIndex((each) => isRunning(each) && each.state === name);
  const running = results[result];
  if (!isRunning(running) || groupValues(running).length === 0) return undefined;
  return { result, running, map: mapName(`${span}_groups`) };
}

/** The fields that are read for more than the keys of running sums. */
function readFields(state: string, { running }: GroupMap, { probes, results }: Plan): ReadonlySet<string> {
  const sums = running.running.sums.flatMap(({ value }) => value ?? []);
  const { age, owner } = running.running;
  const others = results.filter((result) => result !== running).flatMap(openValues);
  const inProbes = probes.flatMap(({ filter, steps }) => [...filter, ...steps.flatMap(valuesOf)]);
  const all = [
    ...sums,
    ...(age ? [age.begun] : []),
    ...(owner ? [owner.number] : []),
    ...others,
    ...inProbes,
  ];
  const reads = all
    .flatMap(partsOf)
    .flatMap((part) => (part.op === "state" && part.state === state ? [part.field] : []));
  return new Set(reads);
}

/** Every map of a record. */
export function mapsOfRecord({ state, apart }: RecordMap): readonly string[] {
  return [state.name, ...apart.map(({ map }) => map)];
}

/** What the values of a record's map are: `(time, size)`. */
export function membersText({ members }: RecordMap): string {
  const names = members.map((name) => name ?? "1");
  return names.length === 1 ? names.join("") : `(${names.join(", ")})`;
}

/** What stores a member, and is read of it. */
export function stored(step: Step & { readonly do: "store" }, { state }: RecordMap, field: string): Typed {
  const value = step.values[state.fields.findIndex(({ name }) => name === field)];
  if (!value) throw new Error(`${state.name} has no field ${field}`);
  return value;
}

/** On the stack there are copies of a tuple that is stored, of one that is read, and of what else the probe holds. */
const MOST_BYTES = 64;

interface RecordContext {
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly mapName: (wanted: string) => string;
}

function recordMap(
  state: SpanState,
  steps: readonly Step[],
  group: GroupMap | undefined,
  { plan, dialect, mapName }: RecordContext,
): RecordMap {
  const own = steps.filter((step) => "state" in step && step.state === state.name);
  const members: (string | null)[] = group ? [GROUP] : [];
  const read = group && readFields(state.name, group, plan);
  const apart: FieldMap[] = [];
  let left = MOST_BYTES;
  state.fields.forEach((field, i) => {
    if (read && !read.has(field.name)) return;
    const values = own.flatMap((step) => (step.do === "store" ? (step.values[i] ?? []) : []));
    const bytes = dialect.can("roomyTuples") ? 0 : bytesIn(values);
    if (bytes > left || !isAlike(values) || (field.isSum && !isOfThread(own)))
      apart.push({ field: field.name, map: mapName(`${state.name}_${field.name}`) });
    else {
      left -= bytes;
      members.push(field.name);
    }
  });
  return group ? { state, members, apart, group } : { state, members: withMark(members, state), apart };
}

/** The first member says that the span has begun, so it is never 0: a time, or else a 1. */
function withMark(members: readonly (string | null)[], { fields }: SpanState): readonly (string | null)[] {
  const time = members.find((name) => fields.some((field) => field.name === name && field.isTime));
  return [time ?? null, ...members.filter((name) => name !== time)];
}

/** What is added up under the key of a thread is added by that thread alone: nothing comes between read and write. */
function isOfThread(steps: readonly Step[]): boolean {
  return steps.every(
    (step) => "key" in step && step.key.some((part) => part.op === "common" && part.name === "tid"),
  );
}

/** Whether each value has the same type in bpftrace, for which a text of another length has another one. */
function isAlike(values: readonly Typed[]): boolean {
  return new Set(values.map(kindOf)).size <= 1 && values.every((value) => kindOf(value) !== undefined);
}

/** Undefined: it is not known how long the text is, or nothing but a map of its own takes it. */
function kindOf(value: Typed): string | undefined {
  const { type } = value;
  switch (type.kind) {
    case "string":
      return textKind(value);
    case "stack":
    case "symbol":
      // What is copied from another record has the name already.
      return value.op === "state" && type.kind === "symbol" ? undefined : `${type.kind} ${type.space}`;
    case "address":
    case "bool":
    case "bounds":
    case "c":
    case "enum":
    case "error":
    case "flags":
    case "histogram":
    case "number":
    case "stats":
      return "number";
  }
}

function textKind(value: Typed): string | undefined {
  if (value.op === "common") return value.name === "comm" ? "comm" : undefined;
  if (value.op === "string") return `literal of ${bytesOfText(value.value).length}`;
  if (value.op !== "text") return undefined;
  const { type } = value.pointer;
  return type.kind === "c" && type.ctype.kind === "array" ? `array of ${type.ctype.length}` : "text";
}

const NUMBER = 8;
const COMM = 16;

/** As the versions without room for more have them. */
function bytesIn([value]: readonly Typed[]): number {
  if (value?.type.kind !== "string") return NUMBER;
  return value.op === "common" ? COMM : Infinity;
}

/** The field of a state by its name. */
export function fieldOf(state: SpanState, name: string): StateField {
  const found = state.fields.find((field) => field.name === name);
  if (!found) throw new Error(`${state.name} has no field ${name}`);
  return found;
}
