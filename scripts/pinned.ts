/**
 * Versions of Node that a lock file pins, installed once for this machine and outside the tree: each is 100 MB. npm
 * checks what it fetches against the lock.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The `node_modules` of what `folder`, relative to the package, pins. Throws when it cannot be fetched. */
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
    // Another may have been quicker.
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(place, "node_modules");
}

/** The Node that the executable is made of, and that the set-up takes: its package. */
export function ownNode(): string {
  const found = join(pinned("scripts/node"), `node-linux-${process.arch}`);
  if (existsSync(join(found, "bin/node"))) return found;
  throw new Error(`there is no Node for ${process.platform} on ${process.arch} in scripts/node/package.json`);
}
