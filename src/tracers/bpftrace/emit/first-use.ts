/**
 * bpftrace takes the type of a map from the first statement that uses it, and older versions refuse to cast what has
 * no type yet. Where a probe reads a record before any probe of the script has stored one (a span that ends where it
 * begins, two spans that begin where the other ends), a store that never runs gives the map its type.
 */
import { allSteps, partsOf, valuesOf } from "../../../plan/needs.js";
import type { Plan, PlanProbe, SpanState, StateField, StepOf } from "../../../plan/plan.js";
import { integer, wordOf } from "../../../semantics/expression/fold.js";
import type { Typed } from "../../../semantics/typed.js";
import type { RecordMaps } from "../records.js";
import type { Dialect } from "../versions.js";
import { newWriter } from "./probe-block.js";
import { storeRecord } from "./record-access.js";
import { ifLines } from "./layout.js";

/** For each probe of the plan, the statements that must come first in it. */
export function typedMaps(
  plan: Plan,
  records: RecordMaps,
  dialect: Dialect,
  stackMode: string | undefined,
): readonly (readonly string[])[] {
  const typed = new Set<string>();
  return plan.probes.map((probe) => {
    const lines = unknownReads(probe, typed).flatMap(({ state, key }) => {
      const store = ownStore(probe, state) ?? typedStore(plan, state, key);
      if (!store) return [];
      typed.add(state);
      const writer = newWriter(dialect, records, stackMode, { point: probe.point });
      const { stores, group } = storeRecord({ ...store, key: store.key.map(anyKey) }, writer, () => []);
      const numbered = group
        ? [
            `${group.number} = (uint64)0;`,
            // A variable of a key has one type in the whole probe, and keys of other results have other types.
            `@${group.of.map}[${group.values.join(", ")}] = ${group.number};`,
          ]
        : [];
      return ifLines("0 == 1", [`// gives @${state} its type`, ...numbered, ...stores]);
    });
    for (const step of allSteps([probe])) if (step.do === "store") typed.add(step.state);
    return lines;
  });
}

/** The records that a probe calculates with, whose maps have no type yet. */
function unknownReads(
  { filter, steps }: PlanProbe,
  typed: ReadonlySet<string>,
): readonly { readonly state: string; readonly key: readonly Typed[] }[] {
  const parts = [...filter, ...steps.flatMap(valuesOf)].flatMap(partsOf);
  const own = parts.flatMap((part) => (part.op === "state" ? [part] : []));
  const changes = allSteps([{ steps }]).flatMap((step) => (step.do === "change" ? [step] : []));
  const reads = [...own, ...changes].filter(({ state }) => !typed.has(state));
  return [...new Map(reads.map((read) => [read.state, read])).values()];
}

function ownStore(probe: PlanProbe, state: string): StepOf<"store"> | undefined {
  return allSteps([probe]).find(
    (step): step is StepOf<"store"> => step.do === "store" && step.state === state,
  );
}

/** A store of the same types, under the key that is read, that another probe could make too. */
function typedStore(plan: Plan, name: string, key: readonly Typed[]): StepOf<"store"> | undefined {
  const state = plan.states.find((s) => s.name === name);
  const store = allSteps(plan.probes).find((s): s is StepOf<"store"> => s.do === "store" && s.state === name);
  const values = state && store && alike(state, store);
  return values && { do: "store", state: name, key, values };
}

function alike({ fields }: SpanState, { values }: StepOf<"store">): readonly Typed[] | undefined {
  const own = fields.map((field, i) => anyOf(field, values[i]));
  return own.every((value) => value !== undefined) ? own : undefined;
}

/** A key of the same type that is not worked out: of processes in a PID namespace, that is long. */
function anyKey(key: Typed): Typed {
  return key.op === "arithmetic" ? wordOf(integer(0n, key.type), key.type) : key;
}

/** A value with the type of one that is stored, made of nothing that only its own probe has. */
function anyOf({ type, isTime }: StateField, stored: Typed | undefined): Typed | undefined {
  if (isTime || stored?.op === "common") return stored;
  if (type.kind === "string")
    return stored?.op === "text" ? { ...stored, pointer: integer(0n, type) } : undefined;
  if (type.kind === "stack" || type.kind === "symbol") return undefined;
  return wordOf(integer(0n, type), type);
}
