/** Stages the files of a package as installed. They do not depend on the user who builds, or on the time. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Returns the date of all files, in seconds: `SOURCE_DATE_EPOCH` if set, otherwise that of the last commit. */
export function sourceDate(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  return Number(given ?? execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" }));
}

export class Stage {
  private readonly date = sourceDate();

  constructor(readonly folder: string) {
    this.makeFolder("");
  }

  write(content: string | Uint8Array, to: string, mode = 0o644): void {
    this.place(to, mode, (path) => writeFileSync(path, content));
  }

  copy(from: string, to: string, mode = 0o644): void {
    this.place(to, mode, (path) => copyFileSync(from, path));
  }

  /** Copies a folder; does nothing if it does not exist. */
  copyFolder(from: string, to: string): void {
    for (const path of filesIn(from)) this.copy(join(from, path), join(to, path));
  }

  /** Returns the paths of all files. */
  files(): readonly string[] {
    return filesIn(this.folder);
  }

  /** Sets the dates. Call it last, since writing into a folder changes its date. */
  finish(): void {
    for (const path of filesIn(this.folder, true).toReversed())
      utimesSync(join(this.folder, path), this.date, this.date);
    utimesSync(this.folder, this.date, this.date);
  }

  tar(): Buffer {
    this.finish();
    const always = "--sort=name --format=gnu --owner=0 --group=0 --numeric-owner".split(" ");
    return execFileSync("tar", [...always, "-C", this.folder, "-c", ...readdirSync(this.folder).sort()], {
      maxBuffer: 2 ** 30,
    });
  }

  private place(to: string, mode: number, write: (path: string) => void): void {
    this.makeFolder(dirname(to));
    const path = join(this.folder, to);
    write(path);
    chmodSync(path, mode);
  }

  /** Makes folders with a fixed mode, independent of the umask. */
  private makeFolder(folder: string): void {
    let path = this.folder;
    for (const part of ["", ...folder.split("/")]) {
      path = join(path, part);
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o755);
    }
  }
}

function filesIn(folder: string, withFolders = false): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => withFolders || statSync(join(folder, path)).isFile())
    .sort();
}
