/** How large a plan may become: sources of sources multiply, and what they multiply is not seen in the text. */

/** Parts of probes, before those of one place are joined; bpftrace attaches 512 or 1,024 probes, by its version. */
export const MOST_PROBES = 1024;
/** Of an expression, once each of its fields is written out. */
const MOST_NODES = 10_000;
/** Those who walk over an expression do so by recursion. */
const GREATEST_HEIGHT = 1500;

/** A query that is right, and too large to be planned; the message is for the user. */
export class PlanLimit extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

interface Measured {
  readonly nodes: number;
  readonly height: number;
}

const known = new WeakMap<object, Measured>();

/** Returns the expression, whose parts went through here before it; throws `PlanLimit` where it grew too large. */
export function bounded<T extends object>(value: T): T {
  const { nodes, height } = measure(value);
  if (nodes > MOST_NODES || height > GREATEST_HEIGHT)
    throw new PlanLimit(
      `an expression comes to more than ${MOST_NODES} parts, once each of its fields is written out`,
      "fields of fields multiply: ask for fewer of them",
    );
  return value;
}

function measure(value: object): Measured {
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
