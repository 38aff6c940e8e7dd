/** State maps as BCC tables: those that are stored together, under the same key, are one table with a struct. */
import type { Plan, Step } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import { fieldOf, type Field } from "./fields.js";
import type { Names } from "../names.js";
import { append } from "../../../lists.js";

export interface StateField extends Field {
  /** The plan's map. */
  readonly map: string;
}

export interface StateTable {
  /** Of the table; the struct of its values has the same name. */
  readonly name: string;
  readonly purpose: string;
  readonly key: readonly Field[];
  readonly fields: readonly StateField[];
}

type Change = Step & { readonly do: "store" | "remove" };
type Store = Step & { readonly do: "store" };

export function stateTables(plan: Plan, names: Names): readonly StateTable[] {
  const runs = plan.probes.flatMap((probe) => runsOf(probe.steps));
  const stores = runs.flat().filter((step): step is Store => step.do === "store");
  const groups: string[][] = [];
  for (const { name } of plan.states) {
    if (groups.some((group) => group.includes(name))) continue;
    groups.push(partners(name, runs));
  }
  return groups.map((maps) => table(maps, plan, stores, names));
}

/** Maps that are always stored, and always removed, right after each other, with the same keys. */
function partners(map: string, runs: readonly (readonly Change[])[]): string[] {
  const has = (run: readonly Change[], other: string): boolean => run.some((step) => step.map === other);
  const first = runs.find((run) => run[0]?.do === "store" && has(run, map)) ?? [];
  const maps = first.length > 0 ? first.map((step) => step.map) : [map];
  return maps.filter((other) => runs.every((run) => has(run, other) === has(run, map)));
}

/** Stores, or removals, that follow each other and have the same key. */
function runsOf(steps: readonly Step[]): Change[][] {
  const runs: Change[][] = [];
  let last: string | undefined;
  for (const step of steps) {
    if (step.do === "when") append(runs, runsOf(step.then));
    if (step.do !== "store" && step.do !== "remove") {
      last = undefined;
      continue;
    }
    const act = `${step.do} ${structure(step.key)}`;
    if (act === last) runs.at(-1)?.push(step);
    else runs.push([step]);
    last = act;
  }
  return runs;
}

/** What makes two expressions the same. */
export function structure(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
}

function table(maps: readonly string[], plan: Plan, stores: readonly Store[], names: Names): StateTable {
  const [first = ""] = maps;
  const stem = /^(.*)_start(_\d+)?$/.exec(first);
  const prefix = stem ? `${stem[1] ?? ""}_` : "";
  // Of a second span of that name all maps have its number, as the table has.
  const number = stem?.[2] ?? "";
  const ends = (map: string): boolean => number !== "" && map.endsWith(number);
  const known = plan.states.find((s) => s.name === first);
  const keys = stores.filter((s) => s.map === first).map((s) => s.key);
  const own = new Set<string>();
  const field = (map: string): StateField => {
    const values = stores.filter((s) => s.map === map).map((s) => s.value);
    const wanted = map.startsWith(prefix)
      ? map.slice(prefix.length, ends(map) ? -number.length : undefined)
      : map;
    return { ...fieldOf(wanted, values as [Typed, ...Typed[]], own), map };
  };
  return {
    name: names.take(`${stem ? `${stem[1] ?? ""}${stem[2] ?? ""}` : first}_begun`),
    purpose: known?.purpose ?? "",
    key: keysOf(keys),
    fields: maps.map(field),
  };
}

function keysOf(keys: readonly (readonly Typed[])[]): Field[] {
  const own = new Set<string>();
  return (keys[0] ?? []).map((first, i) =>
    fieldOf(nameOf(first), keys.map((key) => key[i] as Typed) as [Typed, ...Typed[]], own),
  );
}

function nameOf(value: Typed): string {
  if (value.op === "common") return value.name;
  if (value.op === "argument") return value.name ?? `arg${value.index}`;
  if (value.op === "returnValue") return "returned";
  return value.op === "member" ? value.name : "id";
}
