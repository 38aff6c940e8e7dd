/** The script as a person runs it: columns with names, maps under a heading. */
import type {
  GroupsResult,
  OpenGroupsResult,
  OpenResult,
  Plan,
  Result,
  ResultAggregate,
  ResultColumn,
} from "../../../plan/plan.js";
import { mostTimes } from "../../../plan/limits.js";
import { stateText, TRACING } from "../../../plan/words.js";
import { UNITS } from "../../../types/units.js";
import { hasKeyPart, isScalar, keptOf, updateOf } from "../aggregates.js";
import { atom, c } from "../../code.js";
import { mapsOfRecord, membersText, type RecordMaps } from "../records.js";
import type { Dialect } from "../versions.js";
import { isRunning, type RunningResult } from "../../../plan/running.js";
import { append } from "../../../lists.js";
import { UNKNOWN_TEXTS, MapFills, type Form } from "./form.js";
import { ifLines } from "./layout.js";
import { changeText, printRunning, runningTextMaps } from "./running-text.js";
import { AT_END, groupsLoop, rowsLoop } from "./open-loop.js";
import { aggregatesOf, hasRate, isRate, sentColumns, storedWith } from "../../../plan/columns.js";
import { quoteFormat } from "./quoting.js";
import { headLine, mapLabel, row } from "./text-row.js";

export function textForm(plan: Plan, dialect: Dialect, records: RecordMaps): Form {
  const fills = new MapFills();
  const context = { dialect, records, stackMode: undefined };
  const helpers: string[] = [];
  plan.results.forEach((result, i) => {
    if (result.kind === "line" && canBeLine(result, dialect)) helpers.push(`lines${i}`);
    if (hasRate(result)) helpers.push(sinceOf(i));
    if (isRunning(result)) append(helpers, runningTextMaps(result, dialect));
  });
  return {
    maps: new Map(),
    fills,
    changeSides: ["_young"],
    helpers: () => [...[...records.values()].flatMap(mapsOfRecord), ...helpers],
    readsStop: () => false,
    exit: ["exit();"],
    stackMode: undefined,
    names: "tracer",
    plan,
    // bpftrace prints it when the script ends, where there is anything in it.
    countUnknown: (why) => `@${UNKNOWN_TEXTS[why]} = count();`,
    // Nobody reads it who could name them.
    announce: () => [],
    begin: () => [
      `printf("${TRACING}\\n");`,
      ...plan.results.flatMap((r) => (r.kind === "rows" ? [headLine(namedCallers(r))] : [])),
      ...plan.results.flatMap((r, i) => (hasRate(r) ? [startOf(i)] : [])),
    ],
    emit: (index, values) => [row(namedCallers(plan.results[index] as Result), values)],
    aggregate: (result, aggregate, key, value) => {
      const found = plan.results[result] as Result;
      if (storedWith(found, aggregate) !== aggregate) return [];
      const a = aggregatesOf(found)[aggregate] as ResultAggregate;
      const update = updateOf(a, value, dialect);
      return [...update.before, fills.note(a.map, update.add(a.map, key))];
    },
    result: (index) => plan.results[index],
    change: (change) => changeText(change, dialect, fills),
    storeBegin: ({ map, stores, kept }) => {
      fills.note(map, stores.join("\n"));
      return kept ? [...stores, ...kept.read, ...ifLines(`${kept.mark} != 0`, kept.then)] : stores;
    },
    mostTimes: mostTimes(plan),
    beyondTimes: () => [],
    // It is printed at the end by itself.
    unmatched: (state, value) => [`@${state}_not_found = sum(${value});`],
    unseen: () => ["@programs_not_seen = count();"],
    removed: () => [],
    print: (index, at) => {
      const result = plan.results[index] as Result;
      switch (result.kind) {
        case "rows":
          return [];
        case "line":
          return line(result, index, at, dialect);
        case "groups":
          return [...partialLine(result, at), ...groups(result, "", index, dialect)];
        case "openRows":
          return dialect.can("forMap")
            ? [
                headLine(result.columns),
                ...rowsLoop(result, context, (values) => [row(result.columns, values)]),
              ]
            : openEntries(result, records);
        case "openGroups": {
          if (isRunning(result))
            return printRunning(result, dialect, (sum, note) => runningSum(result, sum, note));
          if (!dialect.can("forMap")) return openEntries(result, records);
          // What the last interval printed may not be cleared yet.
          const suffix = at === "end" && result.every !== undefined ? AT_END : "";
          return [...groupsLoop(result, context, suffix, fills), ...groups(result, suffix, index, dialect)];
        }
      }
    },
  };
}

/** The columns of events, where callers of stacks are names. */
function namedCallers(result: Result): readonly ResultColumn[] {
  return sentColumns(result).map((column) =>
    column.callerOf === undefined ? column : { ...column, type: { kind: "symbol", space: "user" } },
  );
}

// ---------------------------------------------------------------- lines

/** One line an interval. */
function line(
  result: Result & { kind: "line" },
  index: number,
  at: "interval" | "end",
  dialect: Dialect,
): string[] {
  const lines = `@lines${index}`;
  const head = headLine(result.aggregates);
  const every = result.header;
  const heading =
    every === undefined ? [`if (${lines} == 0) { ${head} }`] : [`if (${lines} % ${every} == 0) { ${head} }`];
  const since = hasRate(result) ? [startOf(index)] : [];
  if (canBeLine(result, dialect)) {
    const isSigned = (a: ResultAggregate): boolean => a.type.kind === "number" && a.type.signed;
    const values = result.aggregates.map((a) => {
      const total = c.cast(isSigned(a) ? "int64" : "uint64", atom(`@${a.map}`));
      return isRate(a) ? atom(perSecond(total.text, isSigned(a), index)) : total;
    });
    const columns = result.aggregates.map((a) =>
      UNITS[a.type.kind === "number" ? a.type.unit : "none"].display.as === "fraction"
        ? a
        : { ...a, type: { kind: "number", unit: "none", signed: isSigned(a) } as const },
    );
    return [
      ...heading,
      row(columns, values, at === "end" && result.every !== undefined ? " (partial)" : ""),
      `${lines} = ${lines} + 1;`,
      ...result.aggregates.map((a) => `clear(@${a.map});`),
      ...since,
    ];
  }
  // 0.17 can print such a map, and not read it: the columns stand below each other.
  return [
    `time("%H:%M:%S\\n");`,
    ...partialLine(result, at),
    ...result.aggregates.flatMap((a, i) =>
      storedWith(result, i) === i ? [`print(@${a.map});`, `clear(@${a.map});`] : [],
    ),
    ...(hasRate(result) ? [`printf("in %llu ms\\n", ${milliseconds(index)});`, ...since] : []),
  ];
}

// ---------------------------------------------------------------- rates

/** The map that says since when a result's events have been counted. */
function sinceOf(index: number): string {
  return `since${index}`;
}

function startOf(index: number): string {
  return `@${sinceOf(index)} = nsecs;`;
}

function milliseconds(index: number): string {
  return `(uint64)((int64)nsecs - (int64)@${sinceOf(index)}) / 1000000`;
}

/** Rounded towards zero: bpftrace knows no fractions, and divides unsigned numbers only. */
function perSecond(total: string, isSigned: boolean, index: number): string {
  const divided = (text: string): string => `${text} * 1000 / (${milliseconds(index)})`;
  return isSigned
    ? `(${total} < 0 ? -(int64)(${divided(`(uint64)(-${total})`)}) : (int64)(${divided(`(uint64)${total}`)}))`
    : `(${divided(total)})`;
}

/** Whether its aggregates can be read as numbers; else they are printed as maps. */
function canBeLine(result: Result, dialect: Dialect): boolean {
  return dialect.can("readAggregates") && aggregatesOf(result).every(isScalar);
}

// ---------------------------------------------------------------- maps

/** What the last interval of a trace is printed under: it is cut short. */
function partialLine(result: Result, at: "interval" | "end"): readonly string[] {
  return at === "end" && result.every !== undefined ? ['printf("\\n(partial)\\n");'] : [];
}

/** `suffix`: of the maps that are printed. */
function groups(
  result: GroupsResult | OpenGroupsResult,
  suffix: string,
  index: number,
  dialect: Dialect,
): string[] {
  const aggregates = result.aggregates.map((a) => ({ ...a, map: `${a.map}${suffix}` }));
  const isFirst = ({ map }: ResultAggregate, i: number): boolean =>
    aggregates.findIndex((each) => each.map === map) === i;
  const printed = aggregates.filter(isFirst).flatMap((a) => {
    const i = aggregates.indexOf(a);
    const together = aggregates.filter(({ map }) => map === a.map);
    const label = together.map(averageLabel).join(", ");
    const keys = result.keys.length > 0 ? `[${result.keys.map(mapLabel).join(", ")}]` : "";
    // bpftrace ranks a map by its own values, and those of another would leave out what is asked for.
    const limit = isScalar(a) && i === result.top?.by ? result.top.count : undefined;
    const all = result.top && limit === undefined ? ", of all groups" : "";
    const head = `\n@${a.map}${keys}: ${label}${all}`;
    if (keptOf(a.fn) === "values")
      return [...values(a, result.keys.length, head, dialect), `clear(@${a.map});`];
    const heading = isRate(a)
      ? `printf("${quoteFormat(`${head}, as the total of `).slice(1, -1)}%llu ms\\n", ${milliseconds(index)});`
      : `printf(${quoteFormat(`${head}${hasKeyPart(a, dialect) ? ", by the least value of a bucket" : ""}\n`)});`;
    return [heading, `print(@${a.map}${limit === undefined ? "" : `, ${limit}`}); clear(@${a.map});`];
  });
  return aggregates.some(isRate) ? [...printed, startOf(index)] : printed;
}

/** A running sum, which is not cleared. */
function runningSum(result: RunningResult, sum: ResultAggregate, note: string): string[] {
  const { owner } = result.running;
  const owners = owner ? ["process", "number"] : [];
  const keys = [...result.keys.map(({ label }) => label), ...owners];
  const limit = result.aggregates[result.top?.by ?? -1]?.label === sum.label ? result.top?.count : undefined;
  const head = `\n@${sum.map}${keys.length > 0 ? `[${keys.join(", ")}]` : ""}: ${mapLabel(sum)}${note}`;
  return [
    `printf(${quoteFormat(`${head}\n`)});`,
    `print(@${sum.map}${limit === undefined ? "" : `, ${limit}`});`,
  ];
}

/** bpftrace shows averages as whole numbers. */
function averageLabel(aggregate: ResultAggregate): string {
  return `${mapLabel(aggregate)}${keptOf(aggregate.fn) === "pair" ? ", averages rounded down" : ""}`;
}

/** How many entries each group has; where no loop can count them, the entries. */
function values({ map }: ResultAggregate, keys: number, head: string, dialect: Dialect): string[] {
  const heading = (text: string): string => `printf(${quoteFormat(`${head}${text}\n`)});`;
  if (!dialect.can("forMap"))
    return [heading(": an entry for each value, with how often it came"), `print(@${map});`];
  const key = Array.from({ length: keys }, (_, i) => `$kv.0.${i}`).join(", ");
  return [
    `for ($kv : @${map}) { @${map}_number${keys > 0 ? `[${key}]` : ""} = count(); }`,
    heading(""),
    `print(@${map}_number);`,
    `clear(@${map}_number);`,
  ];
}

/** Without a loop over maps, the entries themselves: what is kept of each. */
function openEntries({ state }: OpenResult, records: RecordMaps): string[] {
  const record = records.get(state);
  if (!record) throw new Error(`there is no state ${state}`);
  const what = stateText(record.state);
  return [
    `printf(${quoteFormat(`\n${what}: ${membersText(record)}\n`)});`,
    `print(@${state});`,
    ...record.apart.flatMap(({ field, map }) => [
      `printf(${quoteFormat(`\n${what}: ${field}\n`)});`,
      `print(@${map});`,
    ]),
  ];
}
