/** What a recording begins with, from what a run knows; and the names that it keeps of a kernel's numbers. */
import { CgroupNames, isGroupSet } from "../kernel/cgroups/cgroup-names.js";
import { CGROUP } from "../kernel/names.js";
import type { Script } from "../tracers/script.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Plan } from "../plan/plan.js";
import type { Clock } from "../results/clock.js";
import type { Tracer } from "../tracers/runner.js";
import { setShownBy } from "../types/types.js";
import { aggregatesOf, keyColumns } from "../plan/columns.js";

import type { MemberNames } from "../view/value/format-value.js";
import { FORMAT, VERSION, type RecordedNames, type RecordingHeader } from "./format.js";

export interface RunFacts {
  readonly faultline: string;
  readonly query: string;
  readonly explanation?: string;
  readonly kernel: Kernel;
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly names: MemberNames;
  /** What runs. */
  readonly script: Script;
  /** The same for a person. */
  readonly text: string;
}

export function headerOf(facts: RunFacts): RecordingHeader {
  const { kernel, tracer, script, clock } = facts;
  return {
    format: FORMAT,
    version: VERSION,
    faultline: facts.faultline,
    query: facts.query,
    ...(facts.explanation === undefined ? {} : { explanation: facts.explanation }),
    started: new Date().toISOString(),
    clock: clock.wallClock(0),
    kernel: { id: kernel.id, release: kernel.release, arch: kernel.arch },
    tracer: { name: tracer.runner.title, version: tracer.version },
    script: { text: facts.text, ran: script.text },
    maps: [...script.maps],
    environment: Object.entries(script.environment),
    ...(script.endsWithMaps ? { endsWithMaps: true } : {}),
    names: namesIn(script.plan, facts.names),
    plan: script.plan,
  };
}

function namesIn(plan: Plan, names: MemberNames): RecordedNames[] {
  const found = new Map<string, RecordedNames>();
  for (const result of plan.results)
    for (const { type } of [...keyColumns(result), ...aggregatesOf(result)]) {
      const set = setShownBy(type);
      if (!set) continue;
      const { kind } = set;
      // Containers and pods are told by the paths.
      const of = isGroupSet(set.of) ? CGROUP : set.of;
      const members = [...(names(kind, of) ?? [])];
      if (members.length > 0) found.set(`${kind} ${of}`, { kind, of, members });
    }
  return [...found.values()];
}

export function namesOf(header: RecordingHeader): MemberNames {
  const sets = new Map(header.names.map(({ kind, of, members }) => [`${kind} ${of}`, new Map(members)]));
  const cgroups = groupsOf(header);
  return (kind, of) => (cgroups && isGroupSet(of) ? cgroups.set(of) : sets.get(`${kind} ${of}`));
}

const groups = new WeakMap<RecordingHeader, CgroupNames>();

/** The control groups that there were when it began, to which those are added that came; undefined if none are shown. */
export function groupsOf(header: RecordingHeader): CgroupNames | undefined {
  const known = groups.get(header);
  if (known) return known;
  const recorded = header.names.find(({ kind, of }) => kind === "enum" && of === CGROUP);
  if (!recorded) return undefined;
  const made = new CgroupNames(recorded.members.map(([path, id]) => ({ path, id })));
  groups.set(header, made);
  return made;
}
