/** The files of a package as they will be installed. Nothing of them depends on who packs them, or when. */
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

/** Of all files: that of the last commit, unless `SOURCE_DATE_EPOCH` says another. */
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

  /** Nothing, where there is no such folder. */
  copyFolder(from: string, to: string): void {
    for (const path of filesIn(from)) this.copy(join(from, path), join(to, path));
  }

  /** All files, by their paths. */
  files(): readonly string[] {
    return filesIn(this.folder);
  }

  /** Sets the dates, which writing into a folder changes: to be called last. */
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

  /** With the same mode for each, whatever this user's mask is. */
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
