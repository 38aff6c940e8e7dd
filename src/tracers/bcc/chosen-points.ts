/** The probes that were chosen, as the header of a program lists them. */
import type { Choice, PassedOver, Plan } from "../../plan/plan.js";
import { pointText } from "../../semantics/source/probe-points.js";

export interface ChosenPoints {
  readonly sources: readonly string[];
  readonly points: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/** What stands for the name of a function in the points of sources that are calls of one. */
const FUNCTION = "FUNCTION";

/** Calls of functions that are seen in the same way, such as `malloc_call` and `calloc_call`, are listed together. */
export function chosenPoints(plan: Plan): readonly ChosenPoints[] {
  const found = new Map<string, ChosenPoints>();
  for (const [source, choices] of bySource(plan)) {
    const points = choices.map(({ point }) => pointText(point));
    const passedOver = choices.flatMap((choice) => choice.passedOver);
    const [, called] = /^(\w+)_call$/.exec(source) ?? [];
    const isCall = called !== undefined && passedOver.length === 0;
    const ofAny = points.map((point) => (isCall ? withoutFunction(point, called) : point));
    const key = isCall ? ofAny.join() : source;
    const known = found.get(key);
    found.set(
      key,
      known
        ? { ...known, sources: [...known.sources, source], points: ofAny }
        : { sources: [source], points, passedOver },
    );
  }
  return [...found.values()];
}

function withoutFunction(point: string, called: string): string {
  return point.endsWith(`:${called}`) ? `${point.slice(0, -called.length)}${FUNCTION}` : point;
}

/** The choices for each source, in the order of the probes. */
function bySource({ choices, probes }: Plan): ReadonlyMap<string, readonly Choice[]> {
  const places = new Map(probes.map(({ point }, i) => [pointText(point), i]));
  const place = ({ point }: Choice): number => places.get(pointText(point)) ?? places.size;
  const sources = new Map<string, Choice[]>();
  for (const choice of choices) sources.set(choice.source, [...(sources.get(choice.source) ?? []), choice]);
  for (const own of sources.values()) own.sort((a, b) => place(a) - place(b));
  return sources;
}
