/**
 * Finds the files that are part of the package (profiles, recordings, lessons). They are beside the code, bundled or not. The
 * executable embeds them, and extracts a file when it is needed into a private directory that is removed when the
 * process exits.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asset, ASSET_LIST, type AssetFile } from "../assets.js";
import { codePlace } from "../code-place.js";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";

/** Returns the path of a packaged file or directory. It may not exist if the package is incomplete. */
export function packageFile(path: string): string {
  const list = asset(ASSET_LIST);
  if (list === undefined) return join(packageFolder(path), path);
  try {
    return unpacked(path, JSON.parse(Buffer.from(list).toString()) as readonly AssetFile[]);
  } catch (error) {
    throw new CliError(
      `cannot unpack ${path}, which the program has in itself: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.machineCannot,
      "set TMPDIR to a folder that there is room in",
    );
  }
}

/** Returns the nearest directory above the code that contains the file. */
function packageFolder(has: string): string {
  let folder = dirname(fileURLToPath(codePlace()));
  while (!existsSync(join(folder, has)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

let folder: string | undefined;
const unpackedPaths = new Set<string>();

function unpacked(path: string, files: readonly AssetFile[]): string {
  if (folder === undefined) {
    // Only this user may read it, and its name cannot be predicted.
    const made = (folder = mkdtempSync(join(tmpdir(), "faultline-")));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  }
  for (const file of files.filter((each) => each.path === path || each.path.startsWith(`${path}/`))) {
    if (unpackedPaths.has(file.path)) continue;
    const place = join(folder, file.path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, asset(file.path) ?? "", { mode: file.mode, flag: "wx" });
    unpackedPaths.add(file.path);
  }
  return join(folder, path);
}
