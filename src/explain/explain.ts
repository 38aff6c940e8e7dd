/** What a plan does and what it costs, as plain data; `render-text.ts` shows it to a person. */
import { dialectOf } from "../tracers/bpftrace/versions.js";
import { storageOf } from "../tracers/bpftrace/map-memory.js";
import type { Choice, Plan, PlanNote } from "../plan/plan.js";
import { noteText } from "../plan/words.js";
import { pointText } from "../semantics/source/probe-points.js";
import { written, type Attempt } from "./back-ends.js";
import { usedConcepts } from "./concepts.js";
import { compare, type OtherTarget } from "./elsewhere.js";
import type { ExplainedProbe, Explanation, Target } from "./explanation.js";
import { fieldsOf } from "./fields.js";
import { filtersOf } from "./filters.js";
import { mapsOf } from "./maps.js";
import { sentence } from "./sentence.js";

export interface ExplainContext {
  readonly target: Target;
  /** The same text compiled for others. */
  readonly others?: readonly OtherTarget[];
  /** What each back end made of the text. */
  readonly scripts?: readonly Attempt[];
}

export function explain(plan: Plan, { target, others = [], scripts = [] }: ExplainContext): Explanation {
  const dialect = dialectOf(target.bpftrace);
  const walksMaps = dialect.can("forMap");
  const storage = storageOf(plan, dialect.version);
  return {
    version: 1,
    target: { ...target, bpftrace: dialect.version },
    queries: plan.results.map((result) => ({
      query: result.query,
      ...(result.doc === undefined ? {} : { doc: result.doc }),
      meaning: sentence(result, plan),
    })),
    probes: inOrder(plan).map((choice) => probeOf(choice, plan)),
    fields: fieldsOf(plan),
    filters: filtersOf(plan, walksMaps),
    maps: mapsOf(plan, storage, dialect, target.cpus),
    buffer: storage.buffer,
    notes: plan.notes.filter((note) => !isOfChoice(note, plan)).map(noteText),
    backEnds: scripts.map(written),
    elsewhere: others.map((other) => compare(plan, other)),
    concepts: usedConcepts(plan),
  };
}

/** Whether a note is told with the probe that was chosen. */
function isOfChoice({ source, text }: PlanNote, { choices }: Plan): boolean {
  return choices.some((choice) => choice.source === source && choice.note === text);
}

/** As the probes come in the script: a begin before its end. */
function inOrder({ choices, probes }: Plan): readonly Choice[] {
  const places = probes.map(({ point }) => pointText(point));
  const place = ({ point }: Choice): number => places.indexOf(pointText(point));
  return [...choices].sort((a, b) => place(a) - place(b));
}

function probeOf(choice: Choice, plan: Plan): ExplainedProbe {
  const { source, nanoseconds, note, rate } = choice;
  const probe = pointText(choice.point);
  // What was planned for one place is one probe, which serves several sources.
  const does = plan.probes
    .filter(({ point }) => pointText(point) === probe)
    .flatMap(({ purposes }) => purposes.flatMap((p) => (p.source === source ? [p.does] : [])));
  return {
    source,
    probe,
    does: [...new Set(does)],
    nanoseconds,
    ...(note === undefined ? {} : { note }),
    ...(rate === undefined ? {} : { rate, share: (rate * nanoseconds) / 1e9 }),
    notTaken: choice.passedOver.map(({ point, why }) => ({ probe: point, why })),
  };
}

export type { ExplainedProbe, Explanation, OtherTarget, Target };
