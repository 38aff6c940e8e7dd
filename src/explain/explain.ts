/** Explains what a plan does and what it costs, as plain data; `render-text.ts` formats it for people. */
import type { CostTable, CostRange } from "../costs/cost.js";
import { KNOWN_COSTS } from "../costs/known.js";
import type { Choice, Plan, PlanNote } from "../plan/plan.js";
import { noteText } from "../plan/words.js";
import { pointText } from "../semantics/source/probe-points.js";
import { backEndNamed, DEFAULT_BACK_END } from "../tracers/registry.js";
import { written, type Attempt } from "./back-ends.js";
import { usedConcepts } from "./concepts.js";
import { compare, type OtherTarget } from "./elsewhere.js";
import { eventCost, type CostContext } from "./event-cost.js";
import type { ExplainedProbe, Explanation, Target } from "./explanation.js";
import { fieldsOf } from "./fields.js";
import { filtersOf } from "./filters.js";
import { mapsOf } from "./maps.js";
import { sentence } from "./sentence.js";

export interface ExplainContext {
  /** The back end whose maps are explained, by its name in the registry; by default the usual one. */
  readonly backEnd?: string;
  readonly target: Target;
  /** The same text compiled for other targets. */
  readonly others?: readonly OtherTarget[];
  /** The result of each back end for the text. */
  readonly scripts?: readonly Attempt[];
  /** What events cost on the target, where that was measured. */
  readonly costs?: CostTable;
  readonly firstInstruction?: CostContext["firstInstruction"];
}

export function explain(
  plan: Plan,
  {
    backEnd = DEFAULT_BACK_END,
    target,
    others = [],
    scripts = [],
    costs = KNOWN_COSTS,
    firstInstruction,
  }: ExplainContext,
): Explanation {
  const { bpftrace: version, cpus } = target;
  const footprint = backEndNamed(backEnd).footprint?.(plan, { version, cpus });
  const context = { costs, ...(firstInstruction ? { firstInstruction } : {}) };
  return {
    version: 2,
    target: { ...target, bpftrace: footprint?.version ?? version },
    queries: plan.results.map((result) => ({
      query: result.query,
      ...(result.doc === undefined ? {} : { doc: result.doc }),
      meaning: sentence(result, plan),
    })),
    probes: inOrder(plan).map((choice) => probeOf(choice, plan, context)),
    fields: fieldsOf(plan),
    filters: filtersOf(plan, footprint?.testsOpenSpans ?? true),
    maps: footprint ? mapsOf(plan, footprint) : [],
    ...(footprint ? { buffer: footprint.buffer } : {}),
    notes: plan.notes.filter((note) => !isOfChoice(note, plan)).map(noteText),
    backEnds: scripts.map(written),
    elsewhere: others.map((other) => compare(plan, other)),
    concepts: usedConcepts(plan),
  };
}

/** Whether a note is shown with the probe that was chosen. */
function isOfChoice({ source, text }: PlanNote, { choices }: Plan): boolean {
  return choices.some((choice) => choice.source === source && choice.note === text);
}

/** Returns the choices in the order of the probes in the script: a begin before its end. */
function inOrder({ choices, probes }: Plan): readonly Choice[] {
  const places = probes.map(({ point }) => pointText(point));
  const place = ({ point }: Choice): number => places.indexOf(pointText(point));
  return [...choices].sort((a, b) => place(a) - place(b));
}

function probeOf(choice: Choice, plan: Plan, context: CostContext): ExplainedProbe {
  const { source, note, rate } = choice;
  const probe = pointText(choice.point);
  // Several sources at one place share a probe.
  const parts = plan.probes.filter(({ point }) => pointText(point) === probe);
  const does = parts.flatMap(({ purposes }) =>
    purposes.flatMap((p) => (p.source === source ? [p.does] : [])),
  );
  const cost = eventCost(
    parts[0] ?? { point: choice.point, purposes: [], filter: [], steps: [] },
    plan,
    context,
  );
  return {
    source,
    probe,
    does: [...new Set(does)],
    cost,
    ...(note === undefined ? {} : { note }),
    ...(rate === undefined ? {} : { rate, share: shareAt(rate, cost) }),
    notTaken: choice.passedOver.map(({ point, why }) => ({ probe: point, why })),
  };
}

/** The share of one CPU that events take at a rate a second. */
export function shareAt(rate: number, { least, most }: CostRange): CostRange {
  return { least: (rate * least) / 1e9, most: (rate * most) / 1e9 };
}

export type { ExplainedProbe, Explanation, OtherTarget, Target };
