/** Finds the path of a file known only by name and inode, because its process has ended. */
import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readKernelText } from "../files/kernel-file.js";
import { readUntrusted, statusOf } from "../files/untrusted-file.js";
import { readMappings } from "./mappings.js";

export class FileFinder {
  private readonly found = new Map<string, string | undefined>();
  private readonly seen = new Map<string, Set<string>>();
  private directories: readonly string[] | undefined;

  /** Adds a path that a process had mapped. */
  add(path: string): void {
    const name = basename(path);
    this.seen.set(name, (this.seen.get(name) ?? new Set()).add(path));
  }

  /** `directories` are the file's parents, innermost first, up to the root of its file system. */
  find(name: string, inode: number, directories: readonly string[] = []): string | undefined {
    const key = `${inode} ${[name, ...directories].join("/")}`;
    const known = this.found.get(key);
    if (known !== undefined) return known;
    const path = this.candidates(name, directories).find((each) => inodeOf(each) === inode);
    const real = path === undefined ? undefined : realPath(path);
    this.found.set(key, real);
    return real;
  }

  private *candidatePaths(name: string, directories: readonly string[]): Generator<string> {
    yield* this.seen.get(name) ?? [];
    if (directories.length > 0) {
      const path = join([...directories].reverse().join("/"), name);
      for (const mount of mountPoints()) yield join(mount, path);
    }
    this.directories ??= libraryDirectories();
    for (const directory of this.directories) yield join(directory, name);
  }

  private candidates(name: string, directories: readonly string[]): string[] {
    return name === "" || name.includes("/") ? [] : [...this.candidatePaths(name, directories)];
  }
}

/** Returns undefined if the file no longer exists. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function inodeOf(path: string): number | undefined {
  return statusOf(path)?.ino;
}

function mountPoints(): string[] {
  try {
    const lines = readKernelText("/proc/self/mountinfo").split("\n");
    const points = lines.map((line) => line.split(" ")[4]).filter((each) => each !== undefined);
    return [...new Set(["/", ...points.map((each) => each.replace(/\\([0-7]{3})/g, unescapeOctal))])];
  } catch {
    return ["/"];
  }
}

function unescapeOctal(_: string, digits: string): string {
  return String.fromCharCode(parseInt(digits, 8));
}

/** Lists the directories that the dynamic linker is configured to search, and those of this process's libraries. */
export function libraryDirectories(): string[] {
  const own = (readMappings(process.pid) ?? []).filter(({ path }) => path.startsWith("/"));
  return [
    ...new Set([
      ...own.map(({ path }) => dirname(path)),
      ...["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"],
      ...configuredDirectories(),
    ]),
  ];
}

function configuredDirectories(folder = "/etc/ld.so.conf.d"): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".conf"))
      .flatMap((name) =>
        readUntrusted(join(folder, name), { largest: 1 << 20 })
          .toString("utf8")
          .split("\n"),
      )
      .map((line) => line.trim())
      .filter((line) => line.startsWith("/"));
  } catch {
    return [];
  }
}
