/** Where the files that a process has mapped can be opened from here, whatever its root and its mounts are. */
import type { Stats } from "node:fs";
import { statusOf } from "../files/untrusted-file.js";
import type { Mapping } from "./mappings.js";

/**
 * The path of a mapped file. The kernel writes paths as they are seen from here, or, of files in other mounts, from the
 * root of those: so each is looked at, and must be the file that is mapped. A file that has been deleted or replaced is
 * reached by its mapping alone. Undefined if it cannot be reached.
 */
export function fileOf(pid: number, mapping: Mapping): string | undefined {
  const { path, start, end } = mapping;
  if (!path.startsWith("/")) return undefined;
  const link = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
  const mapped = statusOf(link);
  const places = mapping.isDeleted ? [] : [path, `/proc/${pid}/root${path}`];
  // Without the right to look behind the link, the process's own root is the better guess.
  if (!mapped) return places.reverse().find((place) => statusOf(place) !== undefined);
  return places.find((place) => isSameFile(statusOf(place), mapped)) ?? link;
}

/** A file behind an overlay has another device there, and the same inode. */
function isSameFile(one: Stats | undefined, other: Stats): boolean {
  if (one?.ino !== other.ino) return false;
  return one.dev === other.dev || (one.size === other.size && one.mtimeMs === other.mtimeMs);
}

/** What tells a file from others; undefined if there is none. */
export function identityOf(path: string): string | undefined {
  const status = statusOf(path);
  return status && `${status.dev}:${status.ino}`;
}
