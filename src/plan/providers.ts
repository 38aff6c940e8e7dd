/** Chooses the provider of a source: the cheapest of those that count the same events and provide all needed fields. */
import { pointText } from "../semantics/source/probe-points.js";
import { isBuiltin, isCommon } from "../semantics/source/probe-scope.js";
import type { Alternative, CheckedSource, ProbePoint } from "../semantics/typed.js";
import { alternativeCost, isStable } from "./probe-costs.js";
import type { PassedOver } from "./plan.js";

/** Why the tracer cannot attach to a probe that the kernel has, in a few words. */
export type AttachGap = (point: ProbePoint) => string | undefined;

/** Thrown if the target cannot answer: no provider exists there, or none provides all the fields. */
export class PlanError extends Error {
  readonly reasons: readonly string[];

  constructor(message: string, reasons: readonly string[]) {
    super(message);
    // Alternatives that differ in their conditions alone lack the same.
    this.reasons = [...new Set(reasons)];
  }
}

/**
 * Alternatives that count different events are tried in the order of the definition, so that a query's meaning does
 * not depend on costs; those that count the same are ranked by cost. Throws a `PlanError` if none is usable.
 */
export function choose(
  name: string,
  all: readonly Alternative[],
  needed: ReadonlySet<string>,
  gap: AttachGap = () => undefined,
): { chosen: Alternative; passedOver: readonly PassedOver[] } {
  const reasons = new Map(all.map((a) => [a, whyNot(a, needed) ?? whyNotAttached(a, gap)]));
  const able = all.filter((a) => reasons.get(a) === undefined);
  const [first] = able;
  if (!first) {
    const fields = [...needed].filter((n) => !isBuiltin(n));
    const some = fields.length > 0 && all.some((a) => a.unavailable === undefined);
    throw new PlanError(
      `${name} cannot be answered on this kernel${some ? ` with ${fields.map((f) => `\`${f}\``).join(", ")}` : ""}`,
      all.map((a) => `${triggerText(a)}: ${reasons.get(a) ?? ""}`),
    );
  }
  const same = able.filter((a) => a.meaning === first.meaning);
  const cost = costsOf(same);
  const chosen = same.reduce((best, a) => (isBetter(a, best, cost) ? a : best));
  const passedOver = all
    .filter((a) => a !== chosen)
    .map((a) => ({ point: triggerText(a), why: reasons.get(a) ?? whyNotChosen(a, chosen, cost) }));
  return { chosen, passedOver };
}

/** Why a source is unavailable on its target with any fields; undefined if it is available. */
export function whyUnanswerable(source: CheckedSource): string | undefined {
  const ofAll = (alternatives: readonly Alternative[]): string | undefined => {
    const reasons = alternatives.map(
      (a) => a.unavailable ?? (a.trigger.kind === "source" ? whyUnanswerable(a.trigger.source) : undefined),
    );
    return reasons.includes(undefined) ? undefined : [...new Set(reasons)].join("; ");
  };
  switch (source.kind) {
    case "event":
      return ofAll(source.alternatives);
    case "union":
      return source.members
        .filter((m) => !m.optional)
        .map((m) => whyUnanswerable(m.source))
        .find((why) => why !== undefined);
    case "span":
      return ofAll(source.begin) ?? ofAll(source.end);
  }
}

export function triggerText({ trigger }: Pick<Alternative, "trigger">): string {
  return trigger.kind === "probe" ? pointText(trigger.point) : trigger.source.name;
}

type CostOf = (alternative: Alternative) => number;

/** Per event; per second, where the rates of all alternatives are known. */
function costsOf(alternatives: readonly Alternative[]): CostOf {
  const rated = alternatives.every((a) => a.rate !== undefined);
  return (a) => alternativeCost(a) * (rated ? (a.rate ?? 1) : 1);
}

/** Prefers what the kernel keeps stable from release to release, then the lower cost. */
function isBetter(a: Alternative, b: Alternative, cost: CostOf): boolean {
  return isStableProvider(a) === isStableProvider(b) ? cost(a) < cost(b) : isStableProvider(a);
}

function isStableProvider({ trigger }: Alternative): boolean {
  return trigger.kind === "probe" && isStable(trigger.point);
}

/** Why a usable alternative was not chosen. */
function whyNotChosen(alternative: Alternative, chosen: Alternative, cost: CostOf): string {
  if (alternative.meaning !== chosen.meaning)
    return alternative.note === undefined ? "it counts something else" : `it ${alternative.note}`;
  if (isStableProvider(alternative) !== isStableProvider(chosen))
    return "it depends on a kernel function, which any kernel release may change";
  return cost(alternative) > cost(chosen)
    ? "it costs more"
    : "it costs the same, and comes later in the definition";
}

function whyNotAttached({ trigger }: Alternative, gap: AttachGap): string | undefined {
  return trigger.kind === "probe" ? gap(trigger.point) : undefined;
}

function whyNot(alternative: Alternative, needed: ReadonlySet<string>): string | undefined {
  const { trigger } = alternative;
  const unanswerable = trigger.kind === "source" ? whyUnanswerable(trigger.source) : undefined;
  const why = alternative.unavailable ?? unanswerable;
  if (why !== undefined) return why;
  for (const name of needed) {
    const value = alternative.fields.get(name);
    if (typeof value === "string") return value;
    const inherited = trigger.kind === "source" && provides(trigger.source, name);
    if (value === undefined && !isCommon(name) && !inherited) return `it does not provide \`${name}\``;
  }
  return undefined;
}

function provides(source: CheckedSource, name: string): boolean {
  if (isCommon(name)) return true;
  switch (source.kind) {
    case "event":
      return source.alternatives.some(
        (a) =>
          typeof a.fields.get(name) === "object" ||
          (a.trigger.kind === "source" && provides(a.trigger.source, name)),
      );
    case "union":
      return source.members.every(
        (m) => provides(m.source, name) || (m.optional && whyUnanswerable(m.source) !== undefined),
      );
    case "span":
      return (
        name === "latency" ||
        source.fields.has(name) ||
        [...source.begin, ...source.during, ...source.end].some(
          (a) =>
            typeof a.fields.get(name) === "object" ||
            (a.trigger.kind === "source" && provides(a.trigger.source, name)),
        )
      );
  }
}

/** The fields that any of them provides. */
export function providedBy(alternatives: readonly Alternative[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const a of alternatives) {
    for (const name of a.fields.keys()) names.add(name);
    if (a.trigger.kind === "source") for (const name of namesOf(a.trigger.source)) names.add(name);
  }
  return names;
}

function namesOf(source: CheckedSource): string[] {
  switch (source.kind) {
    case "event":
      return [...providedBy(source.alternatives)];
    case "union":
      return source.members.flatMap((m) => namesOf(m.source));
    case "span":
      return [
        ...providedBy([...source.begin, ...source.during, ...source.end]),
        ...source.fields.keys(),
        "latency",
      ];
  }
}
