/** The script as the runner reads it: see `tracers/script.ts` for what is printed. */
import type { OpenResult, Plan, Result, ResultAggregate } from "../../../plan/plan.js";
import {
  aggregatesOf,
  countingAggregate,
  isOpen,
  storedAggregates,
  storedWith,
} from "../../../plan/columns.js";
import { mostTimes } from "../../../plan/limits.js";
import { partsOf } from "../../../plan/needs.js";
import { needsProcesses } from "../../../plan/user-stacks.js";
import { MARKS, type MapRole } from "../../script.js";
import { hasKeyPart, isScalar, keptOf, updateOf } from "../aggregates.js";
import type { Code } from "../../code.js";
import type { Dialect } from "../versions.js";
import { mapsOfRecord, type RecordMap, type RecordMaps } from "../records.js";
import { alternates, atEnd, forRunner, sidesOf } from "../sides.js";
import { UNKNOWN_TEXTS, MapFills, type Form } from "./form.js";
import { append } from "../../../lists.js";
import { isRunning } from "../../../plan/running.js";
import { AT_END, groupsLoop, rowsLoop } from "./open-loop.js";
import { addChange, numberGroup, readSums, runningMaps } from "./running-stream.js";
import { ifLines } from "./layout.js";
import { NOT_STOPPED } from "./stop.js";
import { inTurn, OTHER_SIDE, turning, turnOf } from "./turns.js";

export function streamForm(plan: Plan, dialect: Dialect, records: RecordMaps): Form {
  const fills = new MapFills();
  const stackMode = dialect.can("rawStacks") ? "raw" : undefined;
  const announces = plan.results.some(needsProcesses);
  const maps = new Map<string, MapRole>();
  const helpers: string[] = [];
  const keyMaps = new Map<number, string>();
  // Each refusal is a message, in microseconds, and by the million they leave no room for others.
  const flagged = new Set(dialect.can("tellsRefusals") ? records.keys() : []);
  if (flagged.size > 0 && plan.states.length > 0) helpers.push(FULL);
  /** Until when no begin is tried, as one found the map full and nothing has been taken out since; 0: they are. */
  const fullOf = (map: string): string => `@${FULL}[${plan.states.findIndex(({ name }) => name === map)}]`;
  const recordOf = (state: string): RecordMap => {
    const found = records.get(state);
    if (!found) throw new Error(`there is no state ${state}`);
    return found;
  };
  const printState = (name: string): void => {
    const { state, members, apart } = recordOf(name);
    maps.set(`@${state.name}`, { holds: "state", state: state.name, members });
    for (const { field, map } of apart)
      maps.set(`@${map}`, { holds: "state", state: state.name, members: [field] });
  };
  const mapsOf = (open: OpenResult): readonly string[] =>
    statesOf(open).flatMap((name) => mapsOfRecord(recordOf(name)));
  /** Of those, the maps that hold nothing else. */
  const keyHelpers = new Set<string>();
  plan.results.forEach((result, i) => {
    const open = forRunner(result, dialect);
    if (open) {
      for (const name of statesOf(open)) printState(name);
      return;
    }
    if (isRunning(result)) {
      const running = runningMaps(result, i, recordOf(result.state));
      for (const [name, role] of running.roles) maps.set(name, role);
      if (result.running.owner) printState(result.running.owner.state);
      append(helpers, running.helpers);
      if (alternates(result, dialect)) helpers.push(turnOf(i));
      return;
    }
    if (atEnd(result) !== "")
      for (const [n, a] of storedAggregates(result))
        maps.set(`@${a.map}${AT_END}`, { holds: "aggregate", result: i, aggregate: n, set: "end" });
    for (const [n, a] of storedAggregates(result))
      for (const side of sidesOf(result, dialect))
        maps.set(`@${a.map}${side}`, {
          holds: "aggregate",
          result: i,
          aggregate: n,
          ...(side === "" ? {} : { set: "turn" }),
        });
    if (alternates(result, dialect)) helpers.push(turnOf(i));
    if (!hasTextKeys(result) || !dialect.can("forMap")) return;
    const scalar = aggregatesOf(result).find((a) => isScalar(keptAs(a, result)));
    if (scalar) keyMaps.set(i, scalar.map);
    else if (aggregatesOf(result).some((a) => !hasKeyPart(a, dialect))) {
      const name = `${aggregatesOf(result)[0]?.map ?? ""}_keys`;
      keyMaps.set(i, name);
      keyHelpers.add(name);
      const sides = [...sidesOf(result, dialect), ...(atEnd(result) === "" ? [] : [AT_END])];
      append(
        helpers,
        sides.map((side) => `${name}${side}`),
      );
    }
  });

  const emit = (result: number, values: readonly Code[]): string[] => {
    maps.set(`@${sentOf(result)}`, { holds: "sent", result });
    return [
      `@${sentOf(result)} = count();`,
      `print((${[String(result + 1), ...values.map(({ text }) => text)].join(", ")}));`,
    ];
  };
  const batch = (result: number): string => `print((${MARKS.end}, ${result}, nsecs));`;
  const clearAll = (names: readonly string[]): string[] => names.map((n) => `clear(@${n});`);

  /** Those whose keys have texts that only a tuple shows exactly. */
  const valueMaps = (index: number): readonly string[] => {
    const result = plan.results[index] as Result;
    if (!dialect.can("forMap")) return [];
    return aggregatesOf(result).flatMap((a) =>
      hasKeyPart(a, dialect) && (hasTextKeys(result) || (a.of !== undefined && isTextual(a.of)))
        ? [a.map]
        : [],
    );
  };
  const printKeys = (index: number, side: string): string[] => {
    const keyMap = keyMaps.get(index);
    const walked = [...(keyMap === undefined ? [] : [keyMap]), ...valueMaps(index)];
    return walked.map((map) => `for ($kv : @${map}${side}) { print((${MARKS.key}, ${index}, $kv.0)); }`);
  };
  const printMaps = (index: number, result: Result, side = ""): string[] => {
    const names = [...new Set(aggregatesOf(result).map((a) => `${a.map}${side}`))];
    const keyMap = keyMaps.get(index);
    const helper = keyMap !== undefined && keyHelpers.has(keyMap) ? [`${keyMap}${side}`] : [];
    const printed = names.map((n) => `print(@${n});`);
    return [...printKeys(index, side), ...printed, batch(index), ...clearAll([...names, ...helper])];
  };
  const loop = (index: number, result: OpenResult, side: string): string[] => {
    const context = { dialect, records, stackMode };
    if (result.kind === "openRows") return rowsLoop(result, context, (values) => emit(index, values));
    const keyMap = keyMaps.get(index);
    const keys = keyMap !== undefined && keyHelpers.has(keyMap) ? `${keyMap}${side}` : undefined;
    return groupsLoop(result, context, side, fills, keys);
  };
  /** Its maps are printed when the tracer has ended. */
  const printLast = (index: number, result: Result): string[] => {
    const side = alternates(result, dialect) ? `@${turnOf(index)}` : "0";
    const last = `print((${MARKS.last}, ${index}, nsecs, ${side}));`;
    if (forRunner(result, dialect)) return [last];
    if (isRunning(result)) return [last];
    if (!isOpen(result)) return [...sidesOf(result, dialect).flatMap((side) => printKeys(index, side)), last];
    return [
      ...loop(index, result, atEnd(result)),
      ...(result.kind === "openRows" ? [] : printKeys(index, atEnd(result))),
      last,
    ];
  };

  return {
    maps,
    fills,
    changeSides: ["", OTHER_SIDE],
    helpers: () => [
      ...[...records.values()].flatMap(mapsOfRecord).filter((map) => !maps.has(`@${map}`)),
      ...helpers,
    ],
    readsStop: () => maps.has(`@${REPLACED}`),
    // The runner times it, so that what is on its way when the time is over is read.
    exit: [],
    // The runner names frames, faster and of processes that have ended too.
    stackMode,
    names: "runner",
    plan,
    countUnknown: (why) => {
      maps.set(`@${UNKNOWN_TEXTS[why]}`, { holds: "unknown", why });
      return `@${UNKNOWN_TEXTS[why]} = count();`;
    },
    announce: (pid) => (announces ? [`print((${MARKS.process}, ${pid}));`] : []),
    begin: () => [],
    emit,
    result: (index) => plan.results[index],
    change: (change) => addChange(change, fills),
    aggregate: (result, aggregate, key, value) => {
      const found = plan.results[result] as Result;
      const a = aggregatesOf(found)[aggregate] as ResultAggregate;
      const keyMap = keyMaps.get(result);
      const keepsKey = aggregate === 0 && keyMap !== undefined && keyHelpers.has(keyMap);
      const update = updateOf(keptAs(a, found), value, dialect);
      const isKept = storedWith(found, aggregate) === aggregate;
      const add = (side: string): string[] => [
        ...(isKept ? [fills.note(a.map, update.add(`${a.map}${side}`, key))] : []),
        ...(keepsKey ? [`@${keyMap}${side}${key} = count();`] : []),
      ];
      const added = [
        ...(isKept ? update.before : []),
        ...(alternates(found, dialect) && isKept ? inTurn(result, add) : add("")),
      ];
      if (!isCountedAt(found, aggregate)) return added;
      maps.set(`@${seenOf(result, aggregate)}`, { holds: "seen", result, aggregate });
      return [`@${seenOf(result, aggregate)} = count();`, ...added];
    },
    storeBegin: ({ map, mark, stores, countsReplaced, group, kept }) => {
      fills.note(map, stores.join("\n"));
      maps.set(`@${REFUSED}`, { holds: "refused" });
      const place = plan.states.findIndex(({ name }) => name === map);
      // The processes that are followed are no state of the plan: they come after its last.
      const refuse = `@${REFUSED}[${place < 0 ? plan.states.length : place}] = count();`;
      const isNew = `if (${kept?.mark ?? mark} == 0) {`;
      if (countsReplaced) maps.set(`@${REPLACED}`, { holds: "replaced" });
      const counted = `if (${NOT_STOPPED.holds.text}) { @${REPLACED}[${place}] = count(); }`;
      const replaced = countsReplaced ? ifLines(`${mark} != 0`, [counted]) : [];
      // Unless the map is full, and the span has not begun there before.
      const full = fullOf(map);
      const isTaken = flagged.has(map) ? `${full} == 0 || ${full} < nsecs || ${mark} != 0` : "";
      const hasGroup = group ? `${group.number} != 0` : "";
      const tests = isTaken && hasGroup ? `${hasGroup} && (${isTaken})` : isTaken || hasGroup;
      const store = tests === "" ? stores : [`if (${tests}) { ${stores.join(" ")} }`];
      // Without a group, it is the map of groups that is full: others may be kept.
      // One that was not tried does not make the pause longer.
      const tried = [...(hasGroup === "" ? [] : [hasGroup]), `${full} < nsecs`].join(" && ");
      const flag = `if (${tried}) { ${full} = nsecs + ${PAUSE}; }`;
      const refused = flagged.has(map) ? `${flag} ${refuse}` : refuse;
      return [
        ...replaced,
        ...(group ? numberGroup(group) : []),
        ...store,
        ...(kept?.read ?? []),
        ...(kept
          ? [`${isNew} ${refused} } else {`, ...kept.then.map((line) => `  ${line}`), "}"]
          : [`${isNew} ${refused} }`]),
      ];
    },
    mostTimes: mostTimes(plan),
    beyondTimes: (count) => {
      maps.set(`@${BEYOND}`, { holds: "beyond" });
      return [
        `if (${count} > ${mostTimes(plan)}) { @${BEYOND} = sum((int64)${count} - ${mostTimes(plan)}); }`,
      ];
    },
    unseen: () => {
      maps.set(`@${UNSEEN}`, { holds: "unseen" });
      return [`@${UNSEEN} = count();`];
    },
    unmatched: (state, value) => {
      maps.set(`@${UNMATCHED}`, { holds: "unmatched" });
      return [`@${UNMATCHED}[${plan.states.findIndex(({ name }) => name === state)}] = sum(${value});`];
    },
    removed: (map) => (flagged.has(map) ? [`if (${fullOf(map)} != 0) { ${fullOf(map)} = 0; }`] : []),
    print: (index, at) => {
      const result = plan.results[index] as Result;
      if (at === "end") return printLast(index, result);
      // The state itself stays: what is open goes on being open.
      const open = forRunner(result, dialect);
      if (open) return [...mapsOf(open).map((map) => `print(@${map});`), batch(index)];
      if (isRunning(result)) return readSums(result, index, batch(index));
      if (result.kind === "openRows") return [...loop(index, result, ""), batch(index)];
      const printed = (side: string): string[] => [
        ...(result.kind === "openGroups" ? loop(index, result, side) : []),
        ...printMaps(index, result, side),
      ];
      return alternates(result, dialect) ? turning(index, printed) : printed("");
    },
  };
}

/** What was sent or added is counted by CPU, as no map that is full or way that is can lose that. */
const sentOf = (result: number): string => `sent${result}`;
const seenOf = (result: number, aggregate: number): string =>
  `seen${result}${aggregate === 0 ? "" : `of${aggregate}`}`;

/**
 * Whether events are counted where they are added to this aggregate, because some may be refused by a full map, or come
 * while one is read and emptied: at the first that says how many it is of. The columns of a line are of other events each.
 */
function isCountedAt(result: Result, index: number): boolean {
  const fn = aggregatesOf(result)[index]?.fn;
  if (isOpen(result) || fn === undefined) return false;
  const isKeyed = result.kind === "groups" && result.keys.length > 0;
  const hasValues = aggregatesOf(result).some((each) => keptOf(each.fn) === "values");
  if (!isKeyed && result.every === undefined && !hasValues) return false;
  return countingAggregate(result) === index || (result.kind === "line" && keptOf(fn) === "values");
}

/** Times, by state: one map for all of them, as an old version gives each room for as many entries as any. */
const FULL = "full";

/**
 * In nanoseconds. A begin may be lost in a map with room, where the kernel takes the processor from its probe: then the next
 * ones must not be lost with it.
 */
const PAUSE = 1_000_000;

/** One map for all of them, as an old version gives each room for as many entries as any. */
const REFUSED = "begins_not_kept";
const REPLACED = "ends_not_seen";
/** The events that loops left out. */
const BEYOND = "events_left_out";
const UNMATCHED = "ranges_not_found";
const UNSEEN = "programs_not_seen";

/** The states that the runner reads for a result: that of the span, and those of owners. */
function statesOf(open: OpenResult): readonly string[] {
  const values = open.condition ? partsOf(open.condition) : [];
  return [...new Set([open.state, ...values.flatMap((part) => (part.op === "state" ? [part.state] : []))])];
}

function keysOf(result: Result): readonly { readonly type: { readonly kind: string } }[] {
  return result.kind === "groups" || result.kind === "openGroups" ? result.keys : [];
}

function hasTextKeys(result: Result): boolean {
  return keysOf(result).some(({ type }) => isTextual(type));
}

function isTextual({ kind }: { readonly kind: string }): boolean {
  return kind === "string" || kind === "stack";
}

/** Two entries can print the same stack; averages of them could not be joined, sums and counts can. */
function keptAs(aggregate: ResultAggregate, result: Result): Pick<ResultAggregate, "fn" | "range"> {
  return aggregate.fn === "avg" && keysOf(result).some((k) => k.type.kind === "stack")
    ? { fn: "stats" }
    : aggregate;
}
