/**
 * Installs the versions of Node pinned by a lock file, once per machine and outside the tree, since each is 100 MB. npm
 * checks the download against the lock.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Returns the `node_modules` pinned by `folder`, relative to the package. Throws if it cannot be downloaded. */
export function pinned(folder: string): string {
  const lock = readFileSync(join(folder, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "faultline");
  const place = join(cache, `node-${hash}`);
  if (existsSync(place)) return join(place, "node_modules");
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetching-"));
  try {
    for (const name of ["package.json", "package-lock.json"]) cpSync(join(folder, name), join(work, name));
    execFileSync(
      "npm",
      ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
      {
        cwd: work,
        stdio: ["ignore", 2, 2],
      },
    );
    renameSync(work, place);
  } catch (error) {
    // Another process may have installed it meanwhile.
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(place, "node_modules");
}

/** Returns the package of the Node used by the executable and the set-up. */
export function ownNode(): string {
  const found = join(pinned("scripts/node"), `node-linux-${process.arch}`);
  if (existsSync(join(found, "bin/node"))) return found;
  throw new Error(`there is no Node for ${process.platform} on ${process.arch} in scripts/node/package.json`);
}
