/** What a trace costs that its user should know before it starts: memory of the kernel, and time of other programs. */
import { grouped } from "../integers.js";
import { sumOf, type CostRange } from "../costs/cost.js";
import { eventCost } from "../explain/event-cost.js";
import { rangeText } from "../explain/render-cost.js";
import { greatest, smallest } from "../lists.js";
import type { MachineCosts } from "../overhead/calibration-file.js";
import { firstInstructions } from "../symbols/first-instruction.js";
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

/** `costsHere`: what events cost on this machine; it is asked only if something is said of that. */
export function costNotices(
  plan: Plan,
  target: TraceTarget,
  costsHere: () => MachineCosts,
): readonly string[] {
  return [...memoryNotice(plan, target), ...everyProcessNotice(plan, costsHere)];
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
    `room for ${grouped(room ?? openEntries)} open at a time, which ${takes} ${formatBytes(bytes)} of the kernel's memory; --max-entries changes it`,
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
function everyProcessNotice(plan: Plan, costsHere: () => MachineCosts): readonly string[] {
  const inUserCode = plan.probes.filter(({ point: { type } }) => type === "uprobe" || type === "uretprobe");
  const functions = [...new Set(inUserCode.map(({ point }) => point.parts.at(-1) ?? ""))];
  const [first] = functions;
  if (plan.process || first === undefined) return [];
  const { costs, note } = costsHere();
  const context = { costs, firstInstruction: firstInstructions() };
  const calls = functions.map((name) =>
    costOfCall(
      inUserCode
        .filter(({ point }) => point.parts.at(-1) === name)
        .map((probe) => eventCost(probe, plan, context)),
    ),
  );
  const range = {
    least: smallest(calls.map(({ least }) => least)),
    most: greatest(calls.map(({ most }) => most)),
  };
  const { origin, source } = costs.probes.uprobe;
  const from = origin === "calibrated" ? `by ${source}` : `measured on ${source}`;
  const what = functions.length === 1 ? first : `${first} and ${functions.length - 1} other functions`;
  return [
    ...(note === undefined ? [] : [note]),
    `every process is traced: each call of ${what} costs its caller ${rangeText(range)} ns (${from}); give a process with -p, or a command with -c`,
  ];
}

/** A call that is probed where it begins and where it returns has one trap that both need, and another. */
function costOfCall(costs: readonly CostRange[]): CostRange {
  return { least: greatest(costs.map(({ least }) => least)), most: sumOf(costs).most };
}
