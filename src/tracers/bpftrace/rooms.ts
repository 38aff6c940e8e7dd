/** How many entries each map has room for. Only newer versions can give a map a size of its own. */
import { roomOf } from "../../plan/columns.js";
import type { Plan } from "../../plan/plan.js";
import { isRunning, readingPeriod, STEPS_OF_GROUP } from "../../plan/running.js";
import { mapsOfRecord, type RecordMaps } from "./records.js";
import type { Dialect } from "./versions.js";

/** Where all maps have one size, a million entries in each of them would take gigabytes. */
const MOST_IN_ALL = 262_144;

type Rooms = Pick<Plan, "results" | "maxEntries" | "openEntries">;

/** Of all maps that have no size of their own. */
export function commonRoom({ maxEntries, openEntries = maxEntries }: Rooms, dialect: Dialect): number {
  if (dialect.can("sizesMaps") || openEntries <= maxEntries) return maxEntries;
  return Math.max(maxEntries, Math.min(openEntries, MOST_IN_ALL));
}

/** Of the records of a state. */
export function recordRoom(plan: Rooms, state: string, dialect: Dialect): number {
  return dialect.can("sizesMaps") ? roomOf(plan, state) : commonRoom(plan, dialect);
}

/** Of the changes of a running result. */
export function changeRoom(plan: Rooms, hasSteps: boolean, dialect: Dialect): number {
  return dialect.can("sizesMaps") && hasSteps ? STEPS_OF_GROUP * plan.maxEntries : commonRoom(plan, dialect);
}

/** Declarations of the maps with sizes of their own. */
export function sizedMaps(
  plan: Plan,
  records: RecordMaps,
  dialect: Dialect,
  suffixes: readonly string[],
): readonly string[] {
  if (!dialect.can("sizesMaps")) return [];
  const declared = (map: string, type: string, room: number): string[] =>
    room === commonRoom(plan, dialect) ? [] : [`let @${map} = ${type}(${room});`];
  return [
    ...[...records.values()].flatMap((record) =>
      mapsOfRecord(record).flatMap((map) =>
        declared(map, "hash", recordRoom(plan, record.state.name, dialect)),
      ),
    ),
    ...plan.results.flatMap((result) => {
      if (!isRunning(result) || !result.running.age) return [];
      const sides = readingPeriod(result) === undefined ? suffixes.slice(0, 1) : suffixes;
      return result.running.sums.flatMap(({ map }) =>
        sides.flatMap((side) => declared(`${map}${side}`, "percpuhash", changeRoom(plan, true, dialect))),
      );
    }),
  ];
}
