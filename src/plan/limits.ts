/** How large a plan may become: nested sources multiply its size, which the text of a query does not show. */
import type { Plan } from "./plan.js";

/**
 * The number of events that one event of a probe may stand for: what is in a list, or the pages of a folio. The kernel's
 * verifier follows each round.
 */
export const MOST_TIMES = 512;

/** A map of the numbers of the events has no more room than the others. */
export function mostTimes({ maxEntries }: Pick<Plan, "maxEntries">): number {
  return Math.min(MOST_TIMES, maxEntries);
}

/** Parts of probes, before parts at the same point are merged; bpftrace attaches 512 or 1,024 probes, depending on its version. */
export const MOST_PROBES = 1024;
/** Control groups that one pattern may stand for: each is a test at every event. */
export const MOST_GROUP_IDS = 256;
/** Nodes of an expression, once each of its fields is expanded. */
const MOST_NODES = 10_000;
/** Expressions are walked recursively. */
const GREATEST_HEIGHT = 1500;

/** Thrown for a query that is valid but too large to be planned; the message is for the user. */
export class PlanLimit extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

interface TreeSize {
  readonly nodes: number;
  readonly height: number;
}

const known = new WeakMap<object, TreeSize>();

/** Returns the expression, whose parts were checked before it; throws `PlanLimit` if it is too large. */
export function bounded<T extends object>(value: T): T {
  const { nodes, height } = measure(value);
  if (nodes > MOST_NODES || height > GREATEST_HEIGHT)
    throw new PlanLimit(
      `an expression has more than ${MOST_NODES} parts, once each of its fields is expanded`,
      "fields that are defined by other fields multiply: ask for fewer of them",
    );
  return value;
}

function measure(value: object): TreeSize {
  const before = known.get(value);
  if (before) return before;
  let nodes = 1;
  let height = 0;
  for (const part of Object.values(value)) {
    for (const each of Array.isArray(part) ? (part as unknown[]) : [part]) {
      if (typeof each !== "object" || each === null || !("op" in each)) continue;
      const inner = measure(each);
      nodes += inner.nodes;
      height = Math.max(height, inner.height);
    }
  }
  const found = { nodes, height: height + 1 };
  known.set(value, found);
  return found;
}
