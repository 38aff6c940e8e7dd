/** The records of spans in a script: reading them, storing them, adding to them and taking them out. */
import type { StateRead } from "../../../plan/running.js";
import type { ChangeStep, Result, StepOf } from "../../../plan/plan.js";
import {
  changeValues,
  groupValues,
  isRunning,
  ofRecord,
  ofStored,
  stepOf,
  type RunningResult,
} from "../../../plan/running.js";
import type { Typed } from "../../../semantics/typed.js";
import { atom, c, type Code, type Test } from "../../code.js";
import {
  fieldOf,
  GROUP,
  mapsOfRecord,
  stored,
  type GroupMap,
  type RecordMap,
  type RecordMaps,
} from "../records.js";
import type { Dialect } from "../versions.js";
import { condition, write, writeKept, writeValue } from "./bpftrace-expression.js";
import type { ProbeWriter } from "./probe-writer.js";
import { isSigned } from "../../../types/types.js";
import { append } from "../../../lists.js";
import { isWide } from "./held-type.js";
import type { Read, ReadOnce } from "./once.js";

/** What the writer of a probe, or of a walk over a map, knows of records. */
export interface RecordWriter extends ProbeWriter {
  readonly records: RecordMaps;
  /** The variable of a walk over a state's map; absent in a probe. */
  readonly entry: string | undefined;
  readonly once: ReadOnce;
}

type RecordKey = Pick<StateRead, "state" | "key">;

/** A field of a record; 0 where there is none. */
export function readField(value: StateRead, writer: RecordWriter): Code {
  const record = recordOf(value.state, writer);
  const own = record.apart.find(({ field }) => field === value.field);
  return own ? entryOf(own.map, value, writer) : member(record, value.field, value, writer);
}

/** Whether a span is open. */
export function begunTest(place: RecordKey, writer: RecordWriter): Test {
  return c.isSet(markOf(recordOf(place.state, writer), place, writer));
}

/** The member that is 0 where there is no record. */
function markOf(record: RecordMap, place: RecordKey, writer: RecordWriter): Code {
  return member(record, record.members[0] ?? null, place, writer);
}

function member(record: RecordMap, field: string | null, place: RecordKey, writer: RecordWriter): Code {
  const whole = wholeRecord(record, place, writer);
  return record.members.length === 1 ? whole : c.member(whole, ".", `${record.members.indexOf(field)}`);
}

/** A walk over a map has the record of each entry beside its key. */
function wholeRecord(record: RecordMap, place: RecordKey, writer: RecordWriter): Code {
  const [only] = place.key;
  if (writer.entry !== undefined && only?.op === "local" && only.name === "entry")
    return c.member(atom(writer.entry), ".", "1");
  const read = entryOf(record.state.name, place, writer);
  return keepOnce(place, record.state.span, read, writer);
}

/** `read`, or a variable that has it, where it is asked for again. */
export function keepOnce(of: Read, stem: string, read: Code, writer: RecordWriter): Code {
  return writer.once.value(of, read, () => {
    const name = writer.fresh(stem);
    writer.prelude.push(`${name} = ${read.text};`);
    return name;
  });
}

function entryOf(map: string, { key }: Pick<RecordKey, "key">, writer: RecordWriter): Code {
  return c.index(atom(`@${map}`), ...key.map((part) => writeKept(part, writer)));
}

/** What begins a span. */
export interface Begin {
  readonly map: string;
  /** What is 0 until the record is kept. */
  readonly mark: string;
  /** The statements that keep it. */
  readonly stores: readonly string[];
  /** Whether to count where it replaces the record of an open span. */
  readonly countsReplaced?: true;
  /** The group that the record belongs to. */
  readonly group?: NumberedGroup;
  /** What follows if the record was kept, and the statements that read it and what is 0 if it was not. */
  readonly kept?: {
    readonly read: readonly string[];
    readonly mark: string;
    readonly then: readonly string[];
  };
}

export interface NumberedGroup {
  readonly of: GroupMap;
  /** The variable with its number. */
  readonly number: string;
  /** The statements that put its keys into variables, and those. */
  readonly before: readonly string[];
  /** The values of its keys. */
  readonly values: readonly string[];
  readonly keys: readonly string[];
}

/** `change`: writes what follows a record that was kept. */
export function storeRecord(
  step: StepOf<"store">,
  writer: RecordWriter,
  change: (step: ChangeStep) => readonly string[],
): Begin {
  const record = recordOf(step.state, writer);
  const group = record.group && numberedGroup(step, record, record.group, writer);
  const values = record.members.map((field) => {
    if (field === null) return atom(1);
    if (field === GROUP && group) return atom(group.number);
    return memberValue(record, field, stored(step, record, field), writer);
  });
  const place = entryOf(step.state, step, writer);
  const stores = [
    `${place.text} = ${tuple(values)};`,
    ...record.apart.map(
      ({ field, map }) =>
        `${entryOf(map, step, writer).text} = ${writeKept(stored(step, record, field), writer).text};`,
    ),
  ];
  writer.once.forget(step.state);
  const mark = record.members.length === 1 ? place : c.member(place, ".", "0");
  const { countsReplaced } = step;
  const begin = {
    map: step.state,
    mark: mark.text,
    stores,
    ...(countsReplaced ? { countsReplaced } : {}),
    ...(group ? { group } : {}),
  };
  if (!step.stored) return begin;
  const prelude = writer.prelude.splice(0);
  const keptMark = markOf(record, step, writer).text;
  const read = writer.prelude.splice(0);
  const then = step.stored.flatMap(change);
  append(writer.prelude, prelude);
  return { ...begin, kept: { read, mark: keptMark, then } };
}

/** The group of a record that is stored. */
function numberedGroup(
  step: StepOf<"store">,
  record: RecordMap,
  of: GroupMap,
  writer: RecordWriter,
): NumberedGroup {
  const values = groupValues(of.running).map(
    (value) =>
      writeKept(
        ofStored(value, (field) => stored(step, record, field)),
        writer,
      ).text,
  );
  const keys = values.map(() => writer.fresh("key"));
  const before = keys.map((key, i) => `${key} = ${values[i] ?? ""};`);
  return { of, number: writer.fresh("group"), before, values, keys };
}

/** What is added to or taken off running sums. */
export interface Change {
  readonly result: number;
  readonly running: RunningResult;
  /** The group: its number, or its keys. */
  readonly group: readonly string[];
  /** When the span began, in steps, and whether that is long enough ago to count as settled. */
  readonly step?: { readonly variable: string; readonly begun: string; readonly isSettled?: string };
  /** By sum; signed. */
  readonly values: readonly string[];
}

/** The statement that puts the step of a span that ends into its variable, 0 if it is settled. */
export function settledStep({ variable, begun, isSettled }: NonNullable<Change["step"]>): readonly string[] {
  return isSettled === undefined ? [] : [`${variable} = ${isSettled} ? (uint64)0 : ${begun};`];
}

export function changeOf(step: ChangeStep, result: Result | undefined, writer: RecordWriter): Change {
  if (!isRunning(result)) throw new Error(`the result ${step.result} has no running sums`);
  const record = recordOf(step.state, writer);
  const text = (value: Typed): string => writeKept(ofRecord(value, step.key), writer).text;
  const group =
    record.group?.result === step.result
      ? [member(record, GROUP, step, writer).text]
      : groupValues(result).map(text);
  const begun = stepOf(result, step);
  return {
    result: step.result,
    running: result,
    group,
    values: changeValues(result, step).map((value) => signed(ofRecord(value, step.key), writer)),
    ...(begun
      ? {
          step: {
            variable: writer.fresh("step"),
            begun: text(begun.begun),
            ...(begun.isSettled
              ? { isSettled: condition(ofRecord(begun.isSettled, step.key), writer).holds.text }
              : {}),
          },
        }
      : {}),
  };
}

/** Everything that a sum is given has one type. */
function signed(value: Typed, writer: RecordWriter): string {
  if (value.op === "integer") return value.value < 0n ? `-(int64)${-value.value}` : `(int64)${value.value}`;
  const code = writeKept(value, writer);
  return (value.op === "negate" || isWide(value, true, writer) ? code : c.cast("int64", code)).text;
}

/** Tuples of one map have one type, so each number is 64 bits wide, of the sign that its field has. */
function memberValue(record: RecordMap, field: string, value: Typed, writer: RecordWriter): Code {
  if (record.members.length === 1) return writeKept(value, writer);
  const member = fieldOf(record.state, field);
  if (["string", "stack", "symbol"].includes(member.type.kind)) return writeValue(value, writer);
  const signed = isSigned(member);
  const code = writeValue(value, writer);
  return isWide(value, signed, writer) ? code : c.cast(signed ? "int64" : "uint64", code);
}

function tuple(values: readonly Code[]): string {
  const [only] = values;
  return values.length === 1 && only ? only.text : `(${values.map(({ text }) => text).join(", ")})`;
}

export function addToRecord(step: StepOf<"add">, writer: RecordWriter): string[] {
  const record = recordOf(step.state, writer);
  const { type } = fieldOf(record.state, step.field);
  const before: Typed = { op: "state", state: step.state, field: step.field, key: step.key, type };
  const sum: Typed = { op: "arithmetic", operator: "+", left: before, right: step.value, type };
  const own = record.apart.find(({ field }) => field === step.field);
  const values = record.members.map((field) =>
    field === step.field ? memberValue(record, field, sum, writer) : member(record, field, step, writer),
  );
  const text = own ? write(sum, writer).text : tuple(values);
  writer.once.forget(step.state);
  return [`${entryOf(own?.map ?? step.state, step, writer).text} = ${text};`];
}

export function removeRecord({ state, key }: StepOf<"remove">, writer: RecordWriter): string[] {
  const parts = key.map((part) => writeKept(part, writer).text);
  writer.once.forget(state);
  return mapsOfRecord(recordOf(state, writer)).map((map) => deleteEntry(map, parts, writer.dialect));
}

/** Newer versions warn of a result that is thrown away, and older ones have none. */
export function deleteEntry(map: string, key: readonly string[], dialect: Dialect): string {
  const text = key.join(", ");
  return dialect.can("deleteIsValue")
    ? `if (delete(@${map}, ${key.length > 1 ? `(${text})` : text})) { }`
    : `delete(@${map}[${text}]);`;
}

function recordOf(state: string, { records }: RecordWriter): RecordMap {
  const found = records.get(state);
  if (!found) throw new Error(`there is no state ${state}`);
  return found;
}
