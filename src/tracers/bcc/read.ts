/**
 * Decodes the output of the stream form of a BCC program: one JSON object per line.
 *
 * - `{"attached": N}`: the probes are attached;
 * - `{"row": RESULT, "values": […]}`: a line of a `rows` result;
 * - `{"groups": RESULT, "time": NSECS, "rows": [[[KEY, …], [VALUE, …]], …], "final": BOOL}`: one batch;
 * - `{"code": [MARK, …]}`: what code a process maps, as described for the stream form in `tracers/script.ts`;
 * - `{"lost": N}` and `{"warning": TEXT}`.
 *
 * Numbers are in base units; enums and flags are numbers; a stack is a text with a line for each frame, or null.
 */
import type { Plan, ResultAggregate } from "../../plan/plan.js";
import type { Type } from "../../types/types.js";
import { finished } from "../../aggregates/aggregates.js";
import { BatchTimes, coverage } from "../../results/batch-times.js";
import { decodeAggregate } from "../decode-aggregate.js";
import { JsonError, JsonObject, parseJson, type Json } from "../tracer-json.js";
import { textOf } from "../../results/bytes.js";
import { readCode, type CodeMessage } from "../code-messages.js";
import { decodeValue, numberOf } from "../column-values.js";
import type { KeptValue } from "../../aggregates/values.js";
import type { Group, ResultEvent, Value } from "../../results/events.js";
import { aggregatesOf, isRows, keyColumns, sentColumns } from "../../plan/columns.js";
import { GroupColumns } from "../../results/group-columns.js";
import { GroupTable, keyId, rank } from "../groups.js";
import { hasSharedNames } from "../../plan/user-stacks.js";
import { notReceived, warningOf } from "../../results/shortfall.js";
import { planNotes } from "../../results/plan-notes.js";
import { ResultChecks } from "../../results/result-checks.js";
import { textOfLine, whyCut } from "../../results/lines.js";
import { withNames, type ProcessNames } from "../stack-names.js";
import { damaged, type DecodeOptions, type LineDecoder } from "../line-decoder.js";

export function createBccDecoder(plan: Plan, options: DecodeOptions = {}): LineDecoder {
  const ended = new Set<number>();
  const times = new BatchTimes();
  // The program itself tells which texts are cut.
  const checks = plan.results.map((result, i) => new ResultChecks(i, result, Infinity));
  return {
    attached: (nsecs) => times.begin(nsecs),
    tracedUntil: (nsecs) => times.end(nsecs),
    read: (raw) => {
      const line = textOfLine(raw).trim();
      if (line === "") return [];
      try {
        const json = parseJson(line);
        if (!(json instanceof JsonObject)) return [damaged(line, "it is not a message")];
        const code = json.get("code");
        if (code === undefined) {
          const event = messageOf(json, plan, times, options);
          if (event.kind === "groups") checks[event.result]?.batch(event);
          if (event.kind === "groups" && event.final) ended.add(event.result);
          return [event];
        }
        options.onCode?.(codeOf(code));
        return [];
      } catch (error) {
        if (error instanceof JsonError || error instanceof Unexpected)
          return [damaged(line, whyCut(raw) ?? error.message)];
        throw error;
      }
    },
    end: (isWhole) => [
      ...(isWhole
        ? []
        : plan.results.flatMap(({ query }, i) => (ended.has(i) ? [] : [notReceived(i, query)]))),
      ...checks.flatMap((each) => each.end()),
      ...planNotes(plan),
    ],
  };
}

/** The program printed something unexpected. */
class Unexpected extends Error {}

function messageOf(message: JsonObject, plan: Plan, times: BatchTimes, names: ProcessNames): ResultEvent {
  const attached = message.get("attached");
  if (attached !== undefined) return { kind: "attached", probes: Number(numberIn(attached)) };
  const lost = message.get("lost");
  if (lost !== undefined) return { kind: "lost", count: Number(numberIn(lost)) };
  const warning = message.get("warning");
  if (typeof warning === "string") return warningOf(textOf(warning));
  const row = message.get("row");
  if (row !== undefined) {
    const [index, result] = resultAt(row, plan);
    if (result.kind !== "rows") throw new Unexpected("this result has no lines");
    const values = valuesOf(message.get("values"), typesOf(result.columns));
    return { kind: "row", result: index, values: withNames(values, result.columns, names) };
  }
  const groups = message.get("groups");
  if (groups === undefined) throw new Unexpected("a message of an unknown type");
  return batchOf(message, times, names, ...resultAt(groups, plan));
}

function codeOf(json: Json): CodeMessage {
  const [mark, ...rest] = listIn(json);
  const told = typeof mark === "number" ? readCode(mark, rest) : undefined;
  if (!told) throw new Unexpected("it does not say what was mapped");
  return told;
}

type ResultAt = Plan["results"][number];

function resultAt(json: Json, plan: Plan): [number, ResultAt] {
  const index = Number(numberIn(json));
  const result = plan.results[index];
  if (!result) throw new Unexpected("there is no such result");
  return [index, result];
}

function batchOf(
  message: JsonObject,
  times: BatchTimes,
  names: ProcessNames,
  index: number,
  result: ResultAt,
): ResultEvent {
  if (result.kind === "rows") throw new Unexpected("this result has no groups");
  const types = typesOf(sentColumns(result));
  const aggregates = aggregatesOf(result);
  const nsecs = numberIn(message.get("time") ?? 0);
  const period = times.next(index, nsecs);
  const isFinal = message.get("final") === true;
  const entries = listIn(message.get("rows")).map((each): SentEntry => {
    const [keys, values] = listIn(each);
    return {
      keys: withNames(valuesOf(keys, types), sentColumns(result), names),
      values: aggregatesIn(values, aggregates),
    };
  });
  const width = keyColumns(result).length;
  const { seconds } = period;
  const grouped = (): GroupColumns =>
    hasSharedNames(result)
      ? merged(entries, aggregates, { width, seconds })
      : GroupColumns.of(each(entries, aggregates, seconds), width, aggregates.length);
  return {
    kind: "groups",
    result: index,
    ...(isRows(result) ? { groups: each(entries, aggregates, seconds) } : rank(grouped(), result)),
    nsecs,
    ...(isFinal ? { final: true } : {}),
    ...coverage(period, result, isFinal),
  };
}

function typesOf(columns: readonly { readonly type: Type }[]): readonly Type[] {
  return columns.map(({ type }) => type);
}

function valuesOf(json: Json | undefined, types: readonly Type[]): Value[] {
  const values = listIn(json);
  if (values.length !== types.length)
    throw new Unexpected(`it has ${values.length} columns where the query has ${types.length}`);
  return values.map((each, i) => {
    const value = each === null ? null : decodeValue(each, types[i] as Type);
    if (value === undefined) throw new Unexpected(`the value of column ${i + 1} is not one`);
    return value;
  });
}

interface SentEntry {
  readonly keys: readonly Value[];
  readonly values: readonly KeptValue[];
}

function each(
  entries: readonly SentEntry[],
  aggregates: readonly ResultAggregate[],
  seconds: number | undefined,
): readonly Group[] {
  return entries.map(({ keys, values }) => ({
    keys,
    values: aggregates.map(({ fn }, i) => finished(fn, values[i] ?? null, seconds)),
  }));
}

/**
 * Several processes have the same command line, several control groups are of one container, and stacks at several
 * addresses have the same names.
 */
function merged(
  entries: readonly SentEntry[],
  aggregates: readonly ResultAggregate[],
  { width, seconds }: { readonly width: number; readonly seconds: number | undefined },
): GroupColumns {
  const table = new GroupTable(aggregates, width);
  for (const { keys, values } of entries) {
    const id = keyId(keys);
    for (const [i, value] of values.entries()) table.add(id, () => keys, i, value);
  }
  return table.unmerged.size > 0
    ? GroupColumns.of(each(entries, aggregates, seconds), width, aggregates.length)
    : table.groups(seconds);
}

function aggregatesIn(json: Json | undefined, aggregates: readonly ResultAggregate[]): KeptValue[] {
  const values = listIn(json);
  return aggregates.map((aggregate, i) => {
    const each = values[i] ?? null;
    const value = each === null ? null : decodeAggregate(each, aggregate);
    if (value === undefined) throw new Unexpected(`the value of ${aggregate.label} is not one`);
    return value;
  });
}

function listIn(json: Json | undefined): readonly Json[] {
  if (!Array.isArray(json)) throw new Unexpected("a list is missing");
  return json as readonly Json[];
}

function numberIn(json: Json): number | bigint {
  const number = numberOf(json, false);
  if (number === undefined) throw new Unexpected("a number is missing");
  return number;
}
