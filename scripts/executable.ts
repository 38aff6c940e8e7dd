/** Builds the executable: a Node with the command line in it, Node's "single executable application". */
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
import { SERVER_BUNDLE } from "../src/cli/servers/bundle-name.js";
import { allowAnyProcessor, runBuilder } from "./snapshot.js";

/** The marker in Node's binary that enables an embedded program. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** The path of the main file. The snapshot contains it, so it must not depend on the build folder. */
const MAIN = "/proc/self/cwd/main.cjs";
/** The offset of the snapshot in the blob that Node prepares, after a marker, flags, the name and two lengths. */
const SNAPSHOT_AT = 4 + 4 + 8 + MAIN.length + 8;

/** Folders whose files the command line opens by path; see `src/cli/package-files.ts`. */
const FOLDERS = ["profiles", "recordings", "examples"];

/** Writes `file` from `node` and the command line in `dist`. `work` is an empty folder. */
export async function buildExecutable(dist: string, node: string, work: string, file: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  copyFileSync(join(dist, "cli.bundle.cjs"), join(work, "main.cjs"));
  const files = FOLDERS.flatMap(filesBelow).sort((a, b) => (a.path < b.path ? -1 : 1));
  const list = join(work, ASSET_LIST);
  writeFileSync(list, JSON.stringify(files));
  const assets = {
    "demangler.wasm": join(dist, "demangler.wasm"),
    [SERVER_BUNDLE]: join(dist, SERVER_BUNDLE),
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
  // The output of both is shown only when they fail, since they warn about how Node itself was built.
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
    // The bundle contains the core profiles.
    if (/^profiles\/.*\.json$/.test(path)) return [];
    return [{ path, mode: statSync(path).mode & 0o100 ? 0o700 : 0o600 }];
  });
}
