/**
 * Conditions on control groups by name become tests of the numbers that those of such a name have when the trace
 * starts. Groups made later are put into a map by the kernel as it makes them, where their paths are what is asked for.
 */
import type { CgroupNames } from "../kernel/cgroups/cgroup-names.js";
import { CGROUP } from "../kernel/names.js";
import { matchesGlob, type Glob } from "../semantics/expression/glob.js";
import { comparisonOf, integer, logic } from "../semantics/expression/fold.js";
import type { ProbePoint, Typed } from "../semantics/typed.js";
import { BOOL, type Type } from "../types/types.js";
import { MOST_GROUP_IDS, PlanLimit } from "./limits.js";
import { partsOf, rewritten } from "./needs.js";
import type { GroupTest, Result, Step } from "./plan.js";
import type { PlannedProbe } from "./merge.js";
import type { Planner } from "./planner.js";

const MKDIR: ProbePoint = { type: "tracepoint", parts: ["cgroup", "cgroup_mkdir"] };

/** The fields of the tracepoint at which the kernel makes a group. */
export interface GroupEvent {
  /** 0 for version 2, whose numbers are those of processes. */
  readonly root: Typed;
  readonly id: Typed;
  readonly path: Typed;
}

export interface TargetGroups {
  readonly names: CgroupNames;
  /** Absent: the kernel does not tell, or by other paths than those of `names`. */
  readonly made?: GroupEvent | undefined;
}

type NamedTest = Typed & { readonly op: "glob" };

function isNamedTest(value: Typed): value is NamedTest {
  return value.op === "glob" && value.subject.type.kind === "enum";
}

interface Tested {
  readonly probes: readonly PlannedProbe[];
  readonly results: readonly Result[];
  readonly tests: readonly GroupTest[];
}

/** The planned probes and results with numbers in place of names, and the probes that see new groups. */
export function withGroupTests(
  planner: Planner,
  results: readonly Result[],
  groups: TargetGroups | undefined,
): Tested {
  const replaced = new GroupTests(planner, groups);
  const planned = planner.probes.length;
  const probes = planner.probes.map((probe) => replaced.in(probe));
  const made = planner.probes.slice(planned);
  const tested = results.map((result) => replaced.inResult(result));
  for (const test of replaced.tests) {
    const isOfFigures = !test.isFollowed || test.ids.length === 0;
    planner.note({ text: noteOn(test), ...(isOfFigures ? { isOfFigures } : {}) });
  }
  return { probes: [...made, ...probes], results: tested, tests: replaced.tests };
}

function noteOn({ of, glob, ids, isFollowed }: GroupTest): string {
  const found = `${ids.length} control group${ids.length === 1 ? " has" : "s have"} ${of === CGROUP ? "a path" : `a ${of}`} like ${JSON.stringify(glob.text)}`;
  return isFollowed
    ? `${found} when the script is made; those that come with such a path while it runs are traced too`
    : `${found} when the script is made; those that come later are not traced`;
}

/** Replaces the conditions in what has been planned; plans the probe that sees new groups. */
export class GroupTests {
  private readonly known = new Map<string, { readonly test: GroupTest; readonly state?: string }>();

  constructor(
    private readonly planner: Planner,
    private readonly groups: TargetGroups | undefined,
  ) {}

  get tests(): readonly GroupTest[] {
    return [...this.known.values()].map(({ test }) => test);
  }

  /** In a probe. */
  in<T>(tree: T): T {
    return rewritten(tree, (value) => (isNamedTest(value) ? this.testOf(value, true) : undefined));
  }

  /** In what is read after the fact: only by the numbers of the start. */
  inResult(result: Result): Result {
    if (!("condition" in result) || !result.condition) return result;
    if (!partsOf(result.condition).some(isNamedTest)) return result;
    const condition = rewritten(result.condition, (value) => {
      if (!isNamedTest(value)) return undefined;
      this.planner.note({
        text: `control groups like ${JSON.stringify(value.glob.text)} that come while it runs are not known to a condition on what is open`,
        isOfFigures: true,
      });
      return this.testOf(value, false);
    });
    return { ...result, condition };
  }

  private testOf({ subject, glob }: NamedTest, isInProbe: boolean): Typed {
    const of = subject.type.kind === "enum" ? subject.type.of : CGROUP;
    const { test, state } = this.entry(of, glob);
    const tests: Typed[] = test.ids.map((id) => comparisonOf("==", subject, integer(id, subject.type)));
    if (state !== undefined && isInProbe) tests.push({ op: "begun", state, key: [subject], type: BOOL });
    if (tests.length === 0) return comparisonOf("==", subject, integer(0n, subject.type));
    return logic("or", tests);
  }

  private entry(of: string, glob: Glob): { readonly test: GroupTest; readonly state?: string } {
    const key = JSON.stringify([of, glob]);
    const known = this.known.get(key);
    if (known) return known;
    const ids = (this.groups?.names.matching(of, (name) => matchesGlob(glob, name)) ?? []).map(
      ({ id }) => id,
    );
    if (ids.length > MOST_GROUP_IDS)
      throw new PlanLimit(
        `${ids.length} control groups match ${JSON.stringify(glob.text)}, and ${MOST_GROUP_IDS} is the maximum`,
        "leave the condition out and look at `by cgroup`, or write a narrower pattern",
      );
    const made = of === CGROUP ? this.groups?.made : undefined;
    const state = made ? this.watch(glob, made, subjectType(of)) : undefined;
    const entry = {
      test: { of, glob, ids, isFollowed: state !== undefined },
      ...(state === undefined ? {} : { state }),
    };
    this.known.set(key, entry);
    return entry;
  }

  /** Plans the map of groups that come with such a path. */
  private watch(glob: Glob, { root, id, path }: GroupEvent, type: Type): string {
    const state = this.planner.mapName("new_cgroups");
    this.planner.state({ name: state, span: "cgroup", key: [{ name: "cgroup", type }], fields: [] });
    const key = [{ ...id, type }];
    const steps: readonly Step[] = [{ do: "store", state, key, values: [] }];
    this.planner.inAnyProcess(() =>
      this.planner.probe(MKDIR, `note new control groups like ${JSON.stringify(glob.text)}`, () => ({
        filter: [
          comparisonOf("==", root, integer(0n, root.type)),
          { op: "glob", subject: path, glob, type: BOOL },
        ],
        steps,
      })),
    );
    return state;
  }
}

function subjectType(of: string): Type {
  return { kind: "enum", of, signed: false };
}
