/** The control groups of this machine, of version 2: whose numbers the kernel gives. */
import { CgroupNames, type Cgroup } from "../cgroups/cgroup-names.js";
import type { FileAccess } from "./read-file.js";

/** Where version 2 is mounted, and which part of it is. */
export interface CgroupMount {
  readonly place: string;
  /** The path of the group that the mount shows as its root, for processes of this cgroup namespace. */
  readonly root: string;
}

/** A machine has hundreds; a loop of mounts must not be followed for ever. */
const MOST_GROUPS = 50_000;

type GroupFiles = Pick<FileAccess, "textOf" | "directoriesIn" | "directoryInode" | "linkAt">;

export function cgroupMount(files: Pick<FileAccess, "textOf">): CgroupMount | undefined {
  const mounts = (files.textOf("/proc/self/mountinfo") ?? "").split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root, place] = before.split(" ");
    return after.startsWith("cgroup2 ") && root !== undefined && place !== undefined
      ? [{ place: unescaped(place), root: unescaped(root) }]
      : [];
  });
  // The whole of it rather than the part that is mounted for one container.
  return mounts.find(({ root }) => root === "/") ?? mounts[0];
}

/** In a list of mounts a space is `\040`. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** The inode of the initial cgroup namespace, which is fixed in the kernel. */
const INITIAL = "cgroup:[4026531835]";

/** Whether paths begin at the group of a container, and what is outside of it cannot be seen. */
export function inCgroupNamespace(files: Pick<FileAccess, "linkAt">): boolean {
  const own = files.linkAt("/proc/self/ns/cgroup");
  return own !== undefined && own !== INITIAL;
}

/** Undefined if version 2 is not mounted. */
export function readCgroups(files: GroupFiles): CgroupNames | undefined {
  const mount = cgroupMount(files);
  if (!mount) return undefined;
  const names = new CgroupNames(cgroupsIn(mount, files), mount.root === "/" && !inCgroupNamespace(files));
  names.refresh = rarely(() => {
    for (const group of cgroupsIn(mount, files)) names.add(group);
  });
  return names;
}

export function cgroupsIn({ place, root }: CgroupMount, files: GroupFiles, from = ""): Cgroup[] {
  const found: Cgroup[] = [];
  const left = [from];
  for (let path = left.pop(); path !== undefined && found.length < MOST_GROUPS; path = left.pop()) {
    const id = files.directoryInode(`${place}${path}`);
    if (id === undefined) continue;
    found.push({ path: `${root === "/" ? "" : root}${path}` || "/", id });
    for (const name of files.directoriesIn(`${place}${path}`)) left.push(`${path}/${name}`);
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A walk over all groups takes milliseconds, and a group that is gone is asked for at each of its events. */
function rarely(act: () => void): () => void {
  let next = -Infinity;
  return () => {
    const now = performance.now();
    if (now < next) return;
    act();
    next = performance.now() + 20 * (performance.now() - now) + 50;
  };
}
