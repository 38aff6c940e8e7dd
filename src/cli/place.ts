/** Where a file is written before it takes its name. */
import { realpathSync, statSync } from "node:fs";
import { chmod, rename, rm, truncate } from "node:fs/promises";

export interface Place {
  /** What is written: a file beside the place, or a device, a pipe or the like itself, which is never replaced. */
  readonly written: string;
  /** How it is opened; nobody reads it meanwhile who could not read the file that has the name. */
  readonly flags: "w" | "wx";
  readonly mode: number;
  /** It is whole: it takes the name, and the mode of the file that had it. */
  settle(): Promise<void>;
  /** No more of it is left than so many bytes. */
  cut(length: number): Promise<void>;
  /** Nothing is left of it. */
  drop(): Promise<void>;
}

export function placeOf(path: string): Place {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) {
    const leave = (): Promise<void> => Promise.resolve();
    return { written: path, flags: "w", mode: found.mode, settle: leave, cut: leave, drop: leave };
  }
  // What links lead to.
  const real = found ? realpathSync(path) : path;
  const mode = found ? found.mode & 0o777 : 0o666;
  const beside = `${real}.${process.pid}.part`;
  return {
    written: beside,
    flags: "wx",
    mode,
    async settle() {
      if (found) await chmod(beside, mode);
      await rename(beside, real);
    },
    cut: (length) => truncate(beside, length),
    drop: () => rm(beside, { force: true }),
  };
}
