/**
 * Finds the files that are part of the package (profiles, recordings, lessons). They are beside the code, bundled or not. The
 * executable embeds them, and extracts a file when it is needed into a private directory that is removed when the
 * process exits, or into the user's cache where a person is to go on with it.
 */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asset, ASSET_LIST, type AssetFile } from "../assets.js";
import { codePlace } from "../code-place.js";
import { lazy } from "../lazy.js";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";
import { version } from "./version.js";

/** Returns the path of a packaged file or directory. It may not exist if the package is incomplete. */
export function packageFile(path: string): string {
  return placed(path, passingFolder, "TMPDIR");
}

/** The same, for what is named to a person: it is still there when the process has ended. */
export function keptFile(path: string): string {
  return placed(path, lastingFolder, "XDG_CACHE_HOME");
}

/** `variable`: of the environment, which says where the folder is. */
function placed(path: string, folder: () => string, variable: string): string {
  const list = asset(ASSET_LIST);
  if (list === undefined) return join(packageFolder(path), path);
  try {
    return unpacked(path, folder(), JSON.parse(Buffer.from(list).toString()) as readonly AssetFile[]);
  } catch (error) {
    throw new CliError(
      `cannot unpack ${path}, which the program has in itself: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.machineCannot,
      `set ${variable} to a folder of your own that there is room in`,
    );
  }
}

/** Returns the nearest directory above the code that contains the file. */
function packageFolder(has: string): string {
  let folder = dirname(fileURLToPath(codePlace()));
  while (!existsSync(join(folder, has)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Only this user may read it, and its name cannot be predicted. */
const passingFolder = lazy((): string => {
  const made = mkdtempSync(join(tmpdir(), "faultline-"));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
});

const lastingFolder = lazy((): string => {
  const cache = process.env["XDG_CACHE_HOME"] ?? "";
  const place = join(cache === "" ? join(homedir(), ".cache") : cache, "faultline", version());
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(place);
  // What is run from there must be what was put there.
  if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) throw new Error(`others may write to ${place}`);
  return place;
});

const unpackedPaths = new Set<string>();

function unpacked(path: string, folder: string, files: readonly AssetFile[]): string {
  for (const file of files.filter((each) => each.path === path || each.path.startsWith(`${path}/`))) {
    const place = join(folder, file.path);
    if (unpackedPaths.has(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    // Another process may be reading the one that is there.
    const made = `${place}.${process.pid}`;
    writeFileSync(made, asset(file.path) ?? "", { mode: file.mode });
    renameSync(made, place);
    unpackedPaths.add(place);
  }
  return join(folder, path);
}
