/** Compares a plan with that of the same query for another kernel. */
import type { Choice, Plan } from "../plan/plan.js";
import { pointText } from "../semantics/source/probe-points.js";
import { cText } from "./prose-expression.js";
import type { Elsewhere, Target } from "./explanation.js";

/** The same text compiled for another target: its plan, or the reason why there is none. */
export interface OtherTarget {
  readonly target: Omit<Target, "cpus">;
  readonly plan?: Plan;
  readonly why?: string;
}

export function compare(plan: Plan, { target, plan: other, why }: OtherTarget): Elsewhere {
  if (!other) return { ...target, answer: "no", differences: [why ?? "it cannot be compiled"] };
  const differences = differencesOf(plan, other);
  return { ...target, answer: differences.length === 0 ? "same" : "differs", differences };
}

function differencesOf(ours: Plan, theirs: Plan): string[] {
  const sources = [...new Set([...ours.choices, ...theirs.choices].map(({ source }) => source))];
  return sources.flatMap((source) => {
    const of = (plan: Plan): readonly Choice[] => plan.choices.filter((choice) => choice.source === source);
    return sourceDifferences(source, of(ours), of(theirs));
  });
}

/** Compares choices in planning order, so that a span's begin is compared with a begin, and its end with an end. */
function sourceDifferences(source: string, ours: readonly Choice[], theirs: readonly Choice[]): string[] {
  if (ours.length !== theirs.length)
    return [`${source}: ${theirs.map(({ point }) => pointText(point)).join(", ") || "not needed"}`];
  return ours.flatMap((our, i) => {
    const their = theirs[i];
    if (!their) return [];
    const [here, there] = [pointText(our.point), pointText(their.point)];
    if (here !== there) return [`${source}: ${there} in place of ${here}`];
    return our.fields.flatMap(({ name, value }) => {
      const other = their.fields.find((field) => field.name === name);
      const text = other && cText(other.value);
      return text === undefined || text === cText(value) ? [] : [`${source}: ${name} is ${text}`];
    });
  });
}
