/**
 * Gives records their types before any probe reads them. bpftrace takes the type of a map from the first statement that
 * uses it, and a begin reads the record of an earlier span before it stores its own.
 */
import { allSteps } from "../../../plan/needs.js";
import type { Plan } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import { isSigned } from "../../../types/types.js";
import { fieldOf, GROUP, stored, type RecordMap, type RecordMaps } from "../records.js";

/** Statements that store a record and delete it again, for each state with running sums. */
export function typedRecords(plan: Plan, records: RecordMaps, userStack: string): readonly string[] {
  const steps = allSteps(plan.probes);
  return [...records.values()].flatMap((record) => {
    const { name } = record.state;
    const store = steps.find((step) => step.do === "store" && step.state === name);
    const isRead = steps.some((step) => step.do === "change" && step.state === name);
    if (!isRead || store?.do !== "store" || !store.key.every(isNumber)) return [];
    const members = record.members.map((member) => {
      if (member === null) return "1";
      return member === GROUP
        ? "(uint64)0"
        : sample(record, member, stored(store, record, member), userStack);
    });
    if (members.length < 2 || members.some((member) => member === undefined)) return [];
    const place = `@${name}[${store.key.map(() => "(uint64)0").join(", ")}]`;
    return [`${place} = (${members.join(", ")}); delete(${place});`];
  });
}

/** A value of the type that a member has; undefined if there is none at hand. */
function sample({ state }: RecordMap, member: string, value: Typed, userStack: string): string | undefined {
  const { type } = fieldOf(state, member);
  if (type.kind === "stack") return type.space === "user" ? userStack : "kstack";
  if (type.kind === "string") return value.op === "common" && value.name === "comm" ? "comm" : undefined;
  return isSigned({ type }) ? "(int64)0" : "(uint64)0";
}

function isNumber({ type }: Typed): boolean {
  return type.kind === "number" || type.kind === "address";
}
