/** Where a file is written before it takes its name. */
import { realpathSync, statSync } from "node:fs";

export interface Place {
  /** What links lead to. */
  readonly path: string;
  /** Absent: it is a device, a pipe or the like, which is written as it is and never replaced. */
  readonly beside?: string;
  /** Of the file that is there now, which the new one keeps. */
  readonly mode?: number;
}

export function placeOf(path: string): Place {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) return { path };
  const real = found ? realpathSync(path) : path;
  return {
    path: real,
    beside: `${real}.${process.pid}.part`,
    ...(found ? { mode: found.mode & 0o777 } : {}),
  };
}
