/** One file that is a Node with the command line in it: a "single executable application" of Node. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { ASSET_LIST, type AssetFile } from "../src/assets.js";
import { allowAnyProcessor, runBuilder } from "./snapshot.js";

/** The mark in Node's own file that tells it that a program follows. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Its path is kept in the snapshot, so it must not tell where this is. */
const MAIN = "/proc/self/cwd/main.cjs";
/** Of the snapshot in what Node prepares: a mark, flags, and the lengths of the name and of the snapshot are before it. */
const SNAPSHOT_AT = 4 + 4 + 8 + MAIN.length + 8;

/** What the command line may ask for by its path; see `src/cli/package-files.ts`. */
const FOLDERS = ["profiles", "recordings", "examples"];

/** Writes `file`, of the command line in `dist` and of `node`. `work` is an empty folder. */
export async function buildExecutable(dist: string, node: string, work: string, file: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  copyFileSync(join(dist, "cli.bundle.cjs"), join(work, "main.cjs"));
  const files = FOLDERS.flatMap(filesBelow).sort((a, b) => (a.path < b.path ? -1 : 1));
  const list = join(work, ASSET_LIST);
  writeFileSync(list, JSON.stringify(files));
  const assets = {
    "demangler.wasm": join(dist, "demangler.wasm"),
    [ASSET_LIST]: list,
    ...Object.fromEntries(files.map(({ path }) => [path, path])),
  };
  const config = {
    main: MAIN,
    output: "blob",
    disableExperimentalSEAWarning: true,
    useSnapshot: true,
    assets: Object.fromEntries(Object.entries(assets).map(([name, path]) => [name, resolve(path)])),
  };
  writeFileSync(join(work, "sea.json"), JSON.stringify(config));
  runBuilder(node, ["--experimental-sea-config", "sea.json"], work);
  const blob = readFileSync(join(work, "blob"));
  allowAnyProcessor(blob, SNAPSHOT_AT, node);
  writeFileSync(join(work, "blob"), blob);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  const postject = "node_modules/postject/dist/cli.js";
  // What both say is only told when they fail: they warn of what Node itself is built with.
  execFileSync(
    process.execPath,
    [postject, file, "NODE_SEA_BLOB", join(work, "blob"), "--sentinel-fuse", FUSE],
    {
      stdio: "pipe",
    },
  );
}

function filesBelow(folder: string): AssetFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): AssetFile[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    // The cores of the profiles are in the bundle.
    if (/^profiles\/.*\.json$/.test(path)) return [];
    return [{ path, mode: statSync(path).mode & 0o100 ? 0o700 : 0o600 }];
  });
}
