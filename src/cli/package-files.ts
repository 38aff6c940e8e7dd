/**
 * The files that come with the program (profiles, recordings, lessons). They stand beside its code, bundled or not. The
 * executable has them in itself, and unpacks one when it is needed, into a folder that only this user may enter and that
 * goes away with the process.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asset, ASSET_LIST, type AssetFile } from "../assets.js";
import { codePlace } from "../code-place.js";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";

/** Where a file or a folder of the package can be read; nothing is there when the package is not whole. */
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

/** The first folder above the code that has it: from there the code may be some folders deep. */
function packageFolder(has: string): string {
  let folder = dirname(fileURLToPath(codePlace()));
  while (!existsSync(join(folder, has)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

let folder: string | undefined;
const unpackedPaths = new Set<string>();

function unpacked(path: string, files: readonly AssetFile[]): string {
  if (folder === undefined) {
    // For this user alone, and of a name that nobody can foresee.
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
