/** What maps could not hold, and what was counted because no result has it: the warnings of them, each once. */
import { aggregatesOf, roomOf } from "../../../plan/columns.js";
import type { SpanState } from "../../../plan/plan.js";
import { isRunning } from "../../../plan/running.js";
import { stateText } from "../../../plan/words.js";
import type { ResultEvent, Shortfall, ShortfallKind } from "../../../results/events.js";
import {
  beyondText,
  interruptedText,
  mapFullText,
  refusedText,
  replacedText,
  unknownShortfall,
  unknownText,
  unmatchedText,
  unseenText,
} from "../../../results/shortfall.js";
import { numberOf } from "../../column-values.js";
import type { MapRole, Script } from "../../script.js";
import { JsonObject, type Json } from "../../tracer-json.js";
import { partsOf } from "../map-memory.js";
import { changeRoom } from "../rooms.js";
import { dialectOf, NEWEST, type Facts } from "../versions.js";

/** Maps that count what a result lacks. */
export type CountingRole = Extract<
  MapRole,
  { readonly holds: "beyond" | "refused" | "replaced" | "unknown" | "unmatched" | "unseen" }
>;

export class MapShortfalls {
  /** Results of which a map was seen full. */
  private readonly full = new Set<number>();
  /** How full the maps of a batch are: of the fullest of each result. */
  private readonly fullest = new Map<number, number>();
  private readonly warned = new Set<string>();
  /** Entries of state maps that were not kept. */
  private refusals = 0;
  /** Whether the kernel may have refused an entry: it was told, or what tells it may have been lost. */
  private mayBeRefused = false;

  /** `facts`: of the version, which may become known while the stream is read. */
  constructor(
    private readonly script: Script,
    private readonly version: string | undefined,
    private readonly facts: () => Facts,
  ) {}

  get hasRefused(): boolean {
    return this.refusals > 0;
  }

  /** The tracer reported that the kernel refused an entry, or lost what it reports. */
  noteRefusal(): void {
    this.mayBeRefused = true;
  }

  isFull(result: number): boolean {
    return this.full.has(result);
  }

  /** The capacity of a map that has no size of its own. */
  get limit(): number {
    const { environment } = this.script;
    const limit = Number(environment["BPFTRACE_MAX_MAP_KEYS"] ?? environment["BPFTRACE_MAP_KEYS_MAX"]);
    // What a recording says may be anything; without a word bpftrace takes so many.
    return Number.isSafeInteger(limit) && limit > 0 ? limit : 4096;
  }

  /** The number of entries in the fullest map of a batch, which ends. */
  takeEntries(result: number): number | undefined {
    const entries = this.fullest.get(result);
    this.fullest.delete(result);
    return entries;
  }

  /** The kernel refuses new entries in a full map, and old versions do not say so. */
  entries(contents: Json, index: number, aggregate?: number, limit = this.limit): ResultEvent[] {
    if (!(contents instanceof JsonObject)) return [];
    const result = this.script.plan.results[index];
    const fn = aggregate !== undefined && result ? aggregatesOf(result)[aggregate]?.fn : undefined;
    const parts = fn ? partsOf(fn, this.version) : 1;
    const entries = entriesOf(contents) * parts;
    this.fullest.set(index, Math.max(entries, this.fullest.get(index) ?? 0));
    if (entries + parts <= limit) return [];
    this.full.add(index);
    return this.once(mapFullText(result?.query ?? "", limit), { why: "map full", result: index });
  }

  /** The same of the changes of a running sum. */
  changes(index: number, contents: Json): ResultEvent[] {
    const { plan } = this.script;
    const result = plan.results[index];
    const hasSteps = isRunning(result) && result.running.age !== undefined;
    const limit =
      this.facts().sizesMaps && hasSteps
        ? changeRoom(plan, true, dialectOf(this.version ?? NEWEST))
        : this.limit;
    return this.entries(contents, index, undefined, limit);
  }

  counted(role: CountingRole, contents: Json): ResultEvent[] {
    switch (role.holds) {
      case "beyond":
        return this.total(contents, (count) => [beyondText(count), { why: "events lost", count }]);
      case "unknown":
        return this.total(contents, (count) => [
          unknownText(role.why, count),
          unknownShortfall(role.why, count),
        ]);
      case "unseen":
        return this.total(contents, (count) => [unseenText(count), { why: "not seen", count }]);
      case "refused":
        return this.refused(contents);
      // The next begin under the same key took the place of a span whose end was not seen.
      case "replaced":
        return this.byState(contents, ({ span }, count) => [replacedText(span, count), "end missed"]);
      // What the ends of ranges took from where no record was found.
      case "unmatched":
        return this.byState(contents, ({ span }, count) => [unmatchedText(span, count), "range missed"]);
    }
  }

  /** A warning of a count without keys, which old versions print as 0 where nothing was counted. */
  private total(
    contents: Json,
    words: (count: number) => readonly [text: string, shortfall: Shortfall],
  ): ResultEvent[] {
    const count = totalOf(contents);
    return count > 0 ? this.once(...words(count)) : [];
  }

  /** A warning, the first time. */
  once(text: string, shortfall?: Shortfall): ResultEvent[] {
    if (this.warned.has(text)) return [];
    this.warned.add(text);
    return [{ kind: "message", level: "warning", text, ...(shortfall ? { shortfall } : {}) }];
  }

  /** Of what begins and ends, or is open: what did not fit is not in any result. */
  private refused(contents: Json): ResultEvent[] {
    if (!(contents instanceof JsonObject)) return [];
    return contents.members.flatMap(([place, json]) => {
      const state = this.script.plan.states[Number(place)];
      const entry = state ? stateText(state) : "the processes that are traced";
      const count = Number(numberOf(json, false) ?? 0);
      this.refusals += count;
      // Where each refusal is reported and none was, there was room: a probe was not left to do its work.
      if (this.facts().tellsRefusals && !this.mayBeRefused)
        return this.once(interruptedText(entry, count), { why: "probe missed", count });
      const limit = state && this.facts().sizesMaps ? roomOf(this.script.plan, state.name) : this.limit;
      return this.once(refusedText(entry, count, limit), { why: "map full", count });
    });
  }

  /** A warning for each state that something was counted for. */
  private byState(
    contents: Json,
    words: (state: SpanState, count: number) => readonly [text: string, why: ShortfallKind],
  ): ResultEvent[] {
    if (!(contents instanceof JsonObject)) return [];
    return contents.members.flatMap(([place, json]) => {
      const state = this.script.plan.states[Number(place)];
      const count = Number(numberOf(json, false) ?? 0);
      if (!state) return [];
      const [text, why] = words(state, count);
      return this.once(text, { why, count });
    });
  }
}

/** How many entries of the kernel's map these are: a histogram has one for each bucket that is not empty. */
function entriesOf({ values }: JsonObject): number {
  const isUsed = (bucket: Json): boolean => bucket instanceof JsonObject && bucket.get("count") !== 0;
  return values.reduce<number>((n, value) => n + (Array.isArray(value) ? value.filter(isUsed).length : 1), 0);
}

/** Of a count without keys, which may be printed with a dummy one. */
export function totalOf(contents: Json, signed = false): number {
  const values = contents instanceof JsonObject ? contents.values : [contents];
  return values.reduce<number>((sum, value) => sum + Number(numberOf(value, signed) ?? 0), 0);
}
