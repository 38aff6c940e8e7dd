/** Finds the separate debug file with a stripped file's symbols, as distributions install it. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ElfFile, type ElfSymbol } from "./elf.js";

const DEBUG_DIRECTORY = "/usr/lib/debug";

/** Returns the first candidate that exists. `path` is the file's path as its process sees it. */
export function findDebugFile(
  file: ElfFile,
  path: string,
  root = DEBUG_DIRECTORY,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return candidates(file, path, root, environment).find((each) => each !== path && existsSync(each));
}

/** The symbols of a file, and those that it was stripped of where its debug file is there. */
export function symbolsWithDebug(file: ElfFile, path: string): readonly ElfSymbol[] {
  const own = file.symbols();
  const debug = file.hasSymbolTable ? undefined : findDebugFile(file, path);
  const others = debug === undefined ? undefined : ElfFile.tryRead(debug, (each) => each.symbols());
  return others ? [...own, ...others] : own;
}

function candidates(file: ElfFile, path: string, root: string, environment: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  const id = file.buildId;
  if (id !== undefined && id.length > 2) {
    found.push(join(root, ".build-id", id.slice(0, 2), `${id.slice(2)}.debug`));
    // The cache of `debuginfod-find`, which gdb and perf share.
    const cache =
      environment["DEBUGINFOD_CACHE_PATH"] ??
      join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "debuginfod_client");
    found.push(join(cache, id, "debuginfo"));
  }
  const directory = dirname(path);
  const link = file.debugLink;
  if (link !== undefined)
    found.push(join(directory, link), join(directory, ".debug", link), join(root, directory, link));
  found.push(join(root, directory, `${basename(path)}.debug`));
  return found;
}
