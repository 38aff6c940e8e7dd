/** Learns of control groups that are made while a trace runs, so that they have names when they are gone again. */
import { firstFew } from "../few.js";
import { watch, type FSWatcher } from "node:fs";
import type { Cgroup, CgroupNames } from "../kernel/cgroups/cgroup-names.js";
import { cgroupMount, cgroupsIn, type CgroupMount } from "../kernel/live/cgroups.js";
import { THIS_MACHINE } from "../kernel/live/read-file.js";
import type { GroupTest, Plan } from "../plan/plan.js";
import { hasGroups } from "../plan/user-stacks.js";
import { nameIn } from "../kernel/cgroups/cgroup-names.js";
import { matchesGlob } from "../semantics/expression/glob.js";

/** One for each group; a user may have some ten thousand. */
const MOST_WATCHES = 8192;
/** In a message. */
const MOST_NAMED = 3;

/** Whether control groups are shown or tested by name. */
export function usesGroups({ results, groupTests }: Pick<Plan, "results" | "groupTests">): boolean {
  return groupTests !== undefined || results.some(hasGroups);
}

export class CgroupWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly missed: string[] = [];
  /** What came when the kernel may not yet have looked for it. */
  private readonly early: string[] = [];
  private isAttached = false;
  private readonly mount: CgroupMount | undefined = cgroupMount(THIS_MACHINE);

  /** `onNew` is called for each group that comes. */
  constructor(
    private readonly names: CgroupNames,
    private readonly tests: readonly GroupTest[],
    onNew: (group: Cgroup) => void = () => undefined,
  ) {
    for (const { path } of names.all) this.watch(path);
    names.onNew = (group) => {
      onNew(group);
      this.watch(group.path);
      const meant = this.tests.filter((test) => isMeant(test, group.path));
      if (meant.some(({ isFollowed }) => !isFollowed)) this.missed.push(group.path);
      else if (meant.length > 0 && !this.isAttached) this.early.push(group.path);
    };
    // What has come since the names were read.
    names.refresh();
  }

  /** The probes are there, and with them the one that sees new groups. */
  attached(): void {
    if (this.mount) for (const group of cgroupsIn(this.mount, THIS_MACHINE)) this.names.add(group);
    this.isAttached = true;
  }

  /** What the results lack, in sentences. */
  notes(): string[] {
    const { nameless } = this.names;
    return [
      ...(nameless === 0
        ? []
        : [
            `${nameless} control group${nameless === 1 ? " has a number" : "s have numbers"} for a name: they were gone before their paths could be read, or cannot be seen from here`,
          ]),
      ...(this.missed.length === 0
        ? []
        : [
            `control groups that came while this ran were not traced, though they match: ${firstFew(this.missed, MOST_NAMED)}`,
          ]),
      ...(this.early.length === 0
        ? []
        : [
            `control groups that match came before the probes were there, and may not be traced: ${firstFew(this.early, MOST_NAMED)}`,
          ]),
    ];
  }

  close(): void {
    this.names.onNew = () => undefined;
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private watch(path: string): void {
    const { mount } = this;
    if (!mount || this.watchers.has(path) || this.watchers.size >= MOST_WATCHES) return;
    const below = mount.root === "/" ? path : path.slice(mount.root.length);
    const from = below === "/" ? "" : below;
    try {
      const watcher = watch(`${mount.place}${from}`, (_, name) => {
        if (name === null) return;
        for (const group of cgroupsIn(mount, THIS_MACHINE, `${from}/${name}`)) this.names.add(group);
      });
      watcher.on("error", () => this.drop(path));
      watcher.unref();
      this.watchers.set(path, watcher);
    } catch {
      // It is gone, or there are no more watches: groups in it are found when they are asked for.
    }
  }

  private drop(path: string): void {
    this.watchers.get(path)?.close();
    this.watchers.delete(path);
  }
}

function isMeant({ of, glob }: GroupTest, path: string): boolean {
  const name = nameIn(of, path);
  return name !== undefined && matchesGlob(glob, name);
}
