/**
 * Decodes what a compiled script prints through bpftrace's JSON output, of any version. Pure: lines in,
 * events out. A line that cannot be trusted becomes a `damaged` event; none throws.
 */
import { roomForText } from "../map-memory.js";
import { MARKS, type MapRole, type MapSet, type Script } from "../../script.js";
import type { Result } from "../../../plan/plan.js";
import { JsonError, JsonObject, parseJson, type Json, type StreamState } from "../../tracer-json.js";
import { Batch } from "./batch.js";
import type { PrintedMap } from "./open-entries.js";
import { bytesOf, shorten, textOf } from "../../../results/bytes.js";
import { decodeValue, numberOf } from "../../column-values.js";
import { factsOf, NEWEST, OLDEST, type Facts } from "../versions.js";
import { JSON_KEYS } from "./json-keys.js";
import { readCode } from "../../code-messages.js";
import { damaged, type DecodeOptions, type LineDecoder } from "../../line-decoder.js";
import type { GroupsEvent, ResultEvent, RowEvent, Value } from "../../../results/events.js";
import { isRunning } from "../../../plan/running.js";
import { UNSIGNED } from "../../../types/types.js";
import { MapShortfalls, totalOf } from "./map-shortfalls.js";
import { numberText, RunningGroups } from "./running-groups.js";
import { plainness, readRow, tagOf, type Plainness } from "./fast-row.js";
import { isOpen, isRows, sentColumns } from "../../../plan/columns.js";
import { Receipts } from "../../receipts.js";
import { lineOf, textOfLine, whyCut, type Line } from "../../../results/lines.js";
import { BatchTimes, coverage } from "../../../results/batch-times.js";
import { planNotes } from "../../../results/plan-notes.js";
import { ResultChecks } from "../../../results/result-checks.js";
import { changesMissing, MAP_FULL, notReceived, warningOf } from "../../../results/shortfall.js";
import { withNames } from "../../stack-names.js";
import { append } from "../../../lists.js";

/** The type of an owner's id and number. */
const OWNER = { type: UNSIGNED };

/** What bpftrace says, when its environment asks for it, once everything is attached. */
export const ATTACHED_NOTICE = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";

export function createDecoder(script: Script, options: DecodeOptions = {}): Decoder {
  return new Decoder(script, options);
}

export class Decoder implements LineDecoder {
  private facts: Facts;
  private stream: StreamState;
  private readonly batches = new Map<number, Batch>();
  private readonly finished = new Set<number>();
  /** The set of maps that the last batch of a result was in. */
  private readonly lastSet = new Map<number, MapSet | undefined>();
  /** Of results whose last maps follow: when they ended, and which set was written to then. */
  private readonly ending = new Map<
    number,
    { readonly nsecs: number | bigint; readonly set: MapSet | undefined }
  >();
  private readonly shortfalls: MapShortfalls;
  private readonly receipts: Receipts;
  private readonly running = new Map<number, RunningGroups>();
  /** Of running sums: the number of spans, as the probes counted it. */
  private readonly nets = new Map<number, bigint>();
  private readonly times = new BatchTimes();
  /** State maps that were printed for the next `open` result that is. */
  private readonly states = new Map<string, PrintedMap>();
  /** Complaints that come once an event: what was said, and how often. */
  private readonly complaints = new Map<string, number>();
  private readonly checks: readonly ResultChecks[];
  /** Of each result whose lines may be read in the short way. */
  private readonly plainColumns: readonly (readonly Plainness[] | undefined)[];

  constructor(
    private readonly script: Script,
    private readonly options: DecodeOptions,
  ) {
    // A stream whose version is not known is read as the oldest, which mangles nothing.
    this.facts = factsOf(options.version ?? OLDEST);
    this.stream = { forgetsHex: this.facts.forgetsHex, hex: false };
    this.shortfalls = new MapShortfalls(script, options.version, () => this.facts);
    this.receipts = new Receipts(script.plan.results, this.shortfalls.limit);
    const longest = longestText(script, options.version);
    this.checks = script.plan.results.map((result, i) => new ResultChecks(i, result, longest));
    this.plainColumns = script.plan.results.map((result) => {
      const columns = result.kind === "rows" ? result.columns.map(plainness) : [undefined];
      return columns.every((each) => each !== undefined) ? columns : undefined;
    });
  }

  line(raw: Uint8Array | string): ResultEvent[] {
    return this.read(lineOf(bytesOf(raw).replace(/[\r\n]+$/, "")));
  }

  read(bytes: Line): ResultEvent[] {
    const row = this.plainRow(bytes);
    if (row) {
      this.receipts.line(row.result);
      this.checks[row.result]?.values(row.values);
      return [row];
    }
    const line = textOfLine(bytes);
    if (line === "" || line === ATTACHED_NOTICE) return [];
    let json: Json;
    try {
      json = parseJson(line, this.stream);
    } catch (error) {
      if (error instanceof JsonError) return [damaged(line, whyCut(bytes) ?? error.message)];
      throw error;
    }
    if (!(json instanceof JsonObject)) return [damaged(line, "it is not a message")];
    return this.message(json, line);
  }

  /** The short way for the lines that come by the million. Undefined: this is not one, and is for `read`. */
  private plainRow(line: Line): RowEvent | undefined {
    const tag = tagOf(line);
    const columns = tag === undefined ? undefined : this.plainColumns[tag - 1];
    if (tag === undefined || !columns) return undefined;
    const values = readRow(line, columns);
    return values && { kind: "row", result: tag - 1, values };
  }

  attached(nsecs: bigint): void {
    this.times.begin(nsecs);
  }

  tracedUntil(nsecs: bigint): void {
    this.times.end(nsecs);
  }

  /** What is left when the stream ends. */
  end(isWhole: boolean): ResultEvent[] {
    const events = this.script.endsWithMaps ? this.lastBatches(isWhole) : this.leftBatches();
    for (const [text, count] of this.complaints) {
      // The exact number is told where there is one.
      const isTold = text === MAP_FULL && (this.shortfalls.hasRefused || this.receipts.knowsRefused());
      if (count > 1 && !isTold) events.push(warningOf(`${text} (${count} times)`));
    }
    if (isWhole)
      append(
        events,
        this.receipts.end((result) => this.shortfalls.isFull(result) || this.complaints.has(MAP_FULL)),
      );
    if (isWhole) append(events, this.missingChanges());
    for (const checks of this.checks) append(events, checks.end());
    append(events, planNotes(this.script.plan));
    return events;
  }

  private missingChanges(): ResultEvent[] {
    return [...this.nets].flatMap(([index, net]) => {
      const missing = net - (this.running.get(index)?.net ?? 0n);
      if (missing === 0n) return [];
      const count = Number(missing < 0n ? -missing : missing);
      const limit = this.shortfalls.isFull(index) ? this.shortfalls.limit : undefined;
      return [changesMissing(index, this.result(index)?.query ?? "", count, limit)];
    });
  }

  /** The last batch of each result; what was received is delivered, however the tracer ended. */
  private lastBatches(isWhole: boolean): ResultEvent[] {
    const states = [...this.states];
    this.states.clear();
    return this.script.plan.results.flatMap((result, i) => {
      if (result.kind === "rows") return isWhole ? [] : [notReceived(i, result.query)];
      const isKnown = this.ending.has(i);
      const missing = isWhole && isKnown ? [] : [notReceived(i, result.query)];
      // How old what is open was cannot be said without the time.
      if (!isKnown && isOpen(result) && states.length > 0) return missing;
      if (isOpen(result)) for (const [name, contents] of states) this.batchOf(i)?.addState(name, contents);
      const batch = this.batchOf(i);
      if (!batch || (batch.isEmpty && !isWhole)) return missing;
      this.keepUnreported(i, batch);
      return [...missing, ...this.finishBatch(i, this.ending.get(i)?.nsecs ?? 0, true)];
    });
  }

  /** Of maps that take turns, those that were written to last, and the others where they have not been printed before. */
  private keepUnreported(index: number, batch: Batch): void {
    const ending = this.ending.get(index);
    if (batch.printed.includes("end")) return batch.keepSets(["end"]);
    if (!this.lastSet.has(index)) return;
    const last = this.lastSet.get(index);
    if (!ending) return batch.keepSets(batch.printed.filter((set) => set !== last));
    const other = ending.set === "turn" ? undefined : "turn";
    batch.keepSets(last === other ? [ending.set] : [ending.set, other]);
  }

  /** As scripts were that printed their last maps themselves. */
  private leftBatches(): ResultEvent[] {
    const events: ResultEvent[] = [];
    const { results } = this.script.plan;
    this.addStates(results.findIndex((result, i) => isOpen(result) && !this.finished.has(i)));
    for (const [result, batch] of this.batches) {
      // bpftrace prints what maps are left when it ends; that is news only if the batch itself was lost.
      if (batch.isEmpty || this.finished.has(result)) continue;
      append(events, this.finishBatch(result, 0, true));
    }
    return events;
  }

  private message(message: JsonObject, line: string): ResultEvent[] {
    const type = message.get("type");
    const data = message.get("data");
    if (typeof type !== "string") return [damaged(line, "a message without a type")];
    switch (type) {
      case "attached_probes":
        if (this.options.version === undefined && message.get("count") !== undefined) this.assumeNew();
        return [{ kind: "attached", probes: countOf(message, "probes") }];
      case "lost_events":
        return this.lost(countOf(message, "events"));
      case "value":
        return this.tuple(data, line);
      case "map":
      case "hist":
      case "stats":
      case "tseries":
        return data instanceof JsonObject ? this.map(data) : [damaged(line, "a map without a name")];
      case "helper_error":
      case "runtime_error":
        return this.complaint(message);
      case "errorf":
      case "warnf":
        return [
          { kind: "message", level: type === "errorf" ? "error" : "warning", text: messageText(message) },
        ];
      case "printf":
      case "time":
      case "cat":
      case "join":
      case "syscall":
        return [
          {
            kind: "message",
            level: "warning",
            text: `the script printed ${shorten(stringOf(data)).trimEnd()}`,
          },
        ];
      default:
        return [damaged(line, "a message of an unknown type")];
    }
  }

  /** Where the version is not known: only new ones print a count beside `data`. */
  private assumeNew(): void {
    this.facts = factsOf(NEWEST);
    this.stream = { forgetsHex: this.facts.forgetsHex, hex: this.stream.hex };
  }

  private lost(count: number): ResultEvent[] {
    this.receipts.lost(count);
    // What is lost may have been a refusal.
    if (count > 0) this.shortfalls.noteRefusal();
    return [{ kind: "lost", count }];
  }

  private tuple(data: Json | undefined, line: string): ResultEvent[] {
    if (!Array.isArray(data)) return [damaged(line, "it is not a line of a result")];
    const [tag, ...rest] = data as readonly Json[];
    if (typeof tag !== "number") return [damaged(line, "it does not say what it is")];
    if (tag >= 1) return this.rowOf(tag - 1, rest, line);
    if (tag <= MARKS.process && tag > MARKS.last) return this.code(tag, rest, line);
    if (tag === MARKS.stopped) {
      this.options.onStopped?.();
      return [];
    }
    const result = rest[0];
    if (tag === MARKS.group && typeof result === "number") return this.group(result, rest.slice(1), line);
    if (tag === MARKS.read && typeof result === "number" && rest.length === 1) return this.readSums(result);
    const batch = typeof result === "number" ? this.batchOf(result) : undefined;
    if (!batch || typeof result !== "number") return [damaged(line, "there is no such result")];
    if (tag === MARKS.key) {
      const parts =
        rest.length === 2 && Array.isArray(rest[1]) ? (rest[1] as readonly Json[]) : rest.slice(1);
      return batch.addExactKey(parts) ? [] : [damaged(line, "it is not a key of this result")];
    }
    const nsecs = numberOf(rest[1] ?? null, false);
    if (tag === MARKS.last && nsecs !== undefined && rest.length === 3) {
      this.ending.set(result, { nsecs, set: numberOf(rest[2] ?? null, false) === 1 ? "turn" : undefined });
      return [];
    }
    if (tag !== MARKS.end || rest.length !== 2 || nsecs === undefined)
      return [damaged(line, "it does not say what it is")];
    return this.finishBatch(result, nsecs, this.result(result)?.every === undefined);
  }

  private code(mark: number, rest: readonly Json[], line: string): ResultEvent[] {
    const told = readCode(mark, rest);
    if (!told) return [damaged(line, "it does not say what was mapped")];
    this.options.onCode?.(told);
    return [];
  }

  private rowOf(index: number, columns: readonly Json[], line: string): ResultEvent[] {
    const result = this.result(index);
    if (!result || !isRows(result)) return [damaged(line, "there is no such result")];
    // It came, whether or not it can be read.
    this.receipts.line(index);
    const expected = sentColumns(result);
    if (columns.length !== expected.length)
      return [damaged(line, `it has ${columns.length} columns where the query has ${expected.length}`)];
    const values: Value[] = [];
    for (const [i, { label, type }] of expected.entries()) {
      const value = decodeValue(columns[i] as Json, type);
      if (value === undefined) return [damaged(line, `the value of ${label} is not one`)];
      values.push(value);
    }
    const named = withNames(values, expected, this.options);
    if (result.kind === "rows") {
      this.checks[index]?.values(named);
      return [{ kind: "row", result: index, values: named }];
    }
    this.batchOf(index)?.addRow(named);
    return [];
  }

  private map(data: JsonObject): ResultEvent[] {
    const events: ResultEvent[] = [];
    for (const [name, contents] of data.members) {
      const role = this.script.maps.get(textOf(name));
      // A map that only carries state may be printed at the end.
      if (role) append(events, this.contents(role, textOf(name), contents));
    }
    return events;
  }

  private contents(role: MapRole, name: string, contents: Json): readonly ResultEvent[] {
    switch (role.holds) {
      case "beyond":
      case "refused":
      case "replaced":
      case "unknown":
      case "unmatched":
      case "unseen":
        return this.shortfalls.counted(role, contents);
      case "sent":
        this.receipts.sentBy(role.result, totalOf(contents));
        return [];
      case "seen":
        this.receipts.seenBy(role.result, role.aggregate, totalOf(contents));
        return [];
      case "net":
        this.nets.set(role.result, BigInt(totalOf(contents, true)));
        return [];
      case "change":
        this.batchOf(role.result)?.addMap(role.sum, contents, role.set);
        return this.shortfalls.changes(role.result, contents);
      case "aggregate":
        this.batchOf(role.result)?.addMap(role.aggregate, contents, role.set);
        return this.shortfalls.entries(contents, role.result, role.aggregate);
      case "state":
        this.states.set(name, { state: role.state, members: role.members, contents });
        return this.shortfalls.entries(contents, this.script.plan.results.findIndex(isOpen));
    }
  }

  private finishBatch(index: number, nsecs: number | bigint, final: boolean): ResultEvent[] {
    const batch = this.batchOf(index);
    if (!batch) return [];
    this.addStates(index);
    this.batches.delete(index);
    this.finished.add(index);
    this.lastSet.set(index, batch.printed.at(-1));
    const period = this.times.next(index, nsecs);
    const { groups, whole, events, ambiguous, problems } = batch.finish(BigInt(nsecs), period.seconds);
    const result = this.result(index);
    this.receipts.groups(index, events);
    if (problems.length > 0) this.receipts.unreadable(index);
    const entries = this.shortfalls.takeEntries(index);
    const event: GroupsEvent = {
      kind: "groups",
      result: index,
      groups,
      ...(whole ? { whole } : {}),
      nsecs,
      ...(final ? { final } : {}),
      ...(result && coverage(period, result, final)),
      ...(ambiguous ? { ambiguous } : {}),
      ...(entries !== undefined && this.result(index)?.every !== undefined ? { entries } : {}),
    };
    this.checks[index]?.batch(event);
    return [
      ...(batch.hasMangledNames
        ? this.shortfalls.once("this version of bpftrace prints names without their spaces")
        : []),
      ...problems,
      event,
    ];
  }

  private addStates(index: number): void {
    const result = this.result(index);
    if (!result || !isOpen(result)) return;
    for (const [name, contents] of this.states) this.batchOf(index)?.addState(name, contents);
    this.states.clear();
  }

  /** Undefined: there is no such result, or it does not come in batches. */
  private batchOf(index: number): Batch | undefined {
    const known = this.batches.get(index);
    if (known) return known;
    const result = this.result(index);
    if (!result || result.kind === "rows") return undefined;
    const batch = new Batch(
      result,
      this.script.plan.states,
      JSON_KEYS[this.facts.jsonKeys],
      this.options,
      this.runningOf(index),
    );
    this.batches.set(index, batch);
    return batch;
  }

  /** What has been added up of a result; undefined where that is not its kind. */
  private runningOf(index: number): RunningGroups | undefined {
    const result = this.result(index);
    if (!isRunning(result)) return undefined;
    const running = this.running.get(index) ?? new RunningGroups(result);
    this.running.set(index, running);
    return running;
  }

  /** The keys of a group whose sums will be printed under its number. */
  private group(index: number, rest: readonly Json[], line: string): ResultEvent[] {
    const result = this.result(index);
    const running = this.runningOf(index);
    if (!running || !isRunning(result)) return [damaged(line, "there is no such result")];
    const [number, ...values] = rest;
    const printed = numberText(String(number));
    const types = [...sentColumns(result), ...(result.running.owner ? [OWNER, OWNER] : [])].map(
      ({ type }) => type,
    );
    const decoded = types.map((type, i) => decodeValue(values[i] ?? null, type));
    const keys = decoded.flatMap((value) => (value === undefined ? [] : [value]));
    if (printed === undefined || values.length !== types.length || keys.length !== types.length)
      return [damaged(line, "it is not a group of this result")];
    const named = withNames(keys.slice(0, result.keys.length), result.keys, this.options);
    running.announce(printed, [...named, ...keys.slice(result.keys.length)]);
    return [];
  }

  /** Running sums were printed, of which no batch ends yet. */
  private readSums(index: number): ResultEvent[] {
    const batch = this.batches.get(index);
    if (!batch) return [];
    this.batches.delete(index);
    this.lastSet.set(index, batch.printed.at(-1));
    return [...batch.addToRunning()];
  }

  private result(index: number): Result | undefined {
    return this.script.plan.results[index];
  }

  /** A helper that fails says so at each event: the first is told, the rest counted. */
  private complaint(message: JsonObject): ResultEvent[] {
    const text = messageText(message);
    const count = (this.complaints.get(text) ?? 0) + 1;
    this.complaints.set(text, count);
    if (text === MAP_FULL) this.shortfalls.noteRefusal();
    return count === 1 ? [warningOf(text)] : [];
  }
}

/** In bytes; a zero ends it. */
function longestText({ environment }: Script, version: string | undefined): number {
  const room = environment["BPFTRACE_MAX_STRLEN"] ?? environment["BPFTRACE_STRLEN"] ?? roomForText(version);
  return Number(room) - 1;
}

function countOf(message: JsonObject, name: string): number {
  const data = message.get("data");
  const count = (data instanceof JsonObject ? data.get(name) : undefined) ?? message.get("count");
  return Number(numberOf(count ?? null, false) ?? 0);
}

function stringOf(json: Json | undefined): string {
  return typeof json === "string" ? json : "";
}

const E2BIG = -7;

function messageText(message: JsonObject): string {
  const helper = stringOf(message.get("helper"));
  const code = message.get("retcode");
  if (helper.endsWith("map_update_elem") && code === E2BIG) return MAP_FULL;
  const what = textOf(stringOf(message.get("msg"))).trim();
  if (helper === "") return what;
  return `the kernel's ${helper} failed: ${what === "" ? `error ${String(code)}` : what}`;
}
