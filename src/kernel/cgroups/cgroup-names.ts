/**
 * The control groups of a machine by the numbers that the kernel has for them. Groups come and go while a trace runs;
 * one that is gone keeps its name, since events of it may still be shown.
 */
import { CGROUP, CONTAINER, POD, type NumberedNames } from "../names.js";
import { containerOf, podOf } from "./layouts.js";

export interface Cgroup {
  readonly path: string;
  readonly id: bigint;
}

export type GroupSet = typeof CGROUP | typeof CONTAINER | typeof POD;

export function isGroupSet(of: string): of is GroupSet {
  return of === CGROUP || of === CONTAINER || of === POD;
}

export class CgroupNames {
  private readonly paths = new Map<bigint, string>();
  private readonly ids = new Map<string, bigint>();
  /** Of containers and pods, by their names: the group that stands for all of theirs. */
  private readonly first = new Map<string, bigint>();
  private readonly sets = new Map<string, NumberedNames>();
  private readonly unknown = new Set<bigint>();
  /** Looks for groups that have come since, when one is asked for that is not known. */
  refresh: () => void = () => undefined;
  /** Called for each group that comes. */
  onNew: (group: Cgroup) => void = () => undefined;

  /** `isWhole`: whether the paths are those by which the kernel knows groups, and not those of a cgroup namespace. */
  constructor(
    groups: Iterable<Cgroup> = [],
    readonly isWhole = true,
  ) {
    for (const group of groups) this.add(group);
  }

  add({ path, id }: Cgroup): void {
    if (this.paths.has(id)) return;
    const other = this.ids.get(path);
    // A group that takes the place of one that was removed is another, whose events are apart.
    const shown = other === undefined ? path : `${path} (${id})`;
    this.paths.set(id, shown);
    this.ids.set(shown, id);
    for (const of of [CONTAINER, POD] as const) {
      const name = nameIn(of, path);
      if (name !== undefined && !this.first.has(`${of} ${name}`)) this.first.set(`${of} ${name}`, id);
    }
    this.unknown.delete(id);
    this.sets.clear();
    this.onNew({ path, id });
  }

  get all(): readonly Cgroup[] {
    return [...this.paths].map(([id, path]) => ({ path, id }));
  }

  /** Returns the groups whose path, container or pod is one that matches. */
  matching(of: string, test: (name: string) => boolean): readonly Cgroup[] {
    return this.all.filter(({ path }) => {
      const name = nameIn(of, path);
      return name !== undefined && test(name);
    });
  }

  /**
   * Returns the number by which a group's events are put together with others: those of a container or a pod have one;
   * null if there is none.
   */
  representative(of: string, id: bigint): bigint | null {
    if (id === 0n) return null;
    const path = this.pathOf(id);
    if (path === undefined || of === CGROUP) return id;
    const name = nameIn(of, path);
    return name === undefined ? null : (this.first.get(`${of} ${name}`) ?? id);
  }

  /** How many groups were shown by number, because they had gone before they were seen. */
  get nameless(): number {
    return this.unknown.size;
  }

  /** The names of one kind. */
  set(of: string): NumberedNames {
    const known = this.sets.get(of);
    if (known) return known;
    const names = new Map<string, bigint>();
    for (const { path, id } of this.all) {
      const name = nameIn(of, path);
      if (name !== undefined && !names.has(name)) names.set(name, id);
    }
    const made: NumberedNames = Object.assign(names, {
      nameOf: (id: bigint) => {
        const path = this.pathOf(id);
        return path === undefined ? undefined : nameIn(of, path);
      },
    });
    this.sets.set(of, made);
    return made;
  }

  private pathOf(id: bigint): string | undefined {
    if (!this.paths.has(id)) this.refresh();
    const path = this.paths.get(id);
    if (path === undefined && id !== 0n) this.unknown.add(id);
    return path;
  }
}

/** The path, or the container or pod that it tells. */
export function nameIn(of: string, path: string): string | undefined {
  return of === CONTAINER ? containerOf(path) : of === POD ? podOf(path) : path;
}
