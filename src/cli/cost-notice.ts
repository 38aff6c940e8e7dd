/** What a trace costs that its user should know before it starts: memory of the kernel, and time of other programs. */
import type { Plan } from "../plan/plan.js";
import { roomOf } from "../plan/columns.js";
import { backEndNamed } from "../tracers/registry.js";
import { formatBytes } from "../view/value/format-value.js";

/** Of an entry of a hash table without its key and value, with its place in the buckets. */
const ENTRY_BYTES = 64;
const FIELD_BYTES = 8;

export interface TraceTarget {
  readonly via: string;
  readonly version: string | undefined;
  readonly cpus: number;
}

export function costNotices(plan: Plan, target: TraceTarget): readonly string[] {
  return [...memoryNotice(plan, target), ...everyProcessNotice(plan)];
}

/** Tables of open spans are large from the start, or may become so. */
function memoryNotice(plan: Plan, { via, version, cpus }: TraceTarget): readonly string[] {
  const { openEntries } = plan;
  if (openEntries === undefined) return [];
  const footprint = backEndNamed(via).footprint?.(plan, {
    cpus,
    ...(version === undefined ? {} : { version }),
  });
  const own = plan.results.flatMap((result) => ("state" in result ? [result.state] : []));
  const room = footprint?.maps.flatMap((map) =>
    map.content.kind === "state" && own.includes(map.content.state) ? [map.entries] : [],
  )[0];
  const bytes = footprint?.maps.reduce((total, map) => total + map.bytes, 0) ?? recordBytes(plan, own);
  const takes = footprint ? "takes" : "takes up to";
  return [
    `room for ${(room ?? openEntries).toLocaleString("en")} open at a time, which ${takes} ${formatBytes(bytes)} of the kernel's memory; --max-entries changes it`,
  ];
}

function recordBytes(plan: Plan, states: readonly string[]): number {
  const sizes = plan.states
    .filter(({ name }) => states.includes(name))
    .map(
      ({ name, key, fields }) =>
        roomOf(plan, name) * (ENTRY_BYTES + FIELD_BYTES * (key.length + fields.length)),
    );
  return sizes.reduce((total, each) => total + each, 0);
}

/** A probe in user code is a trap, in every process that calls the function. */
function everyProcessNotice({ probes, process }: Plan): readonly string[] {
  const functions = new Set(
    probes.flatMap(({ point }) =>
      point.type === "uprobe" || point.type === "uretprobe" ? [point.parts.at(-1) ?? ""] : [],
    ),
  );
  if (process || functions.size === 0) return [];
  const [first = ""] = functions;
  const what = functions.size === 1 ? first : `${first} and ${functions.size - 1} other functions`;
  return [
    `every process is traced: each call of ${what} costs its caller one to several microseconds; give a process with -p, or a command with -c`,
  ];
}
