/**
 * Runs the bundle of the command line with the code that V8 made of it before: half of what a start costs is compiling.
 * Without that code it only takes longer.
 */
import { writeFileSync } from "node:fs";
import { wrap } from "node:module";
import { dirname } from "node:path";
import { Script } from "node:vm";

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: NodeJS.Module,
  file: string,
  folder: string,
) => void;

/** `from` is the module that asks, in whose place the bundle is run. */
export function startBundle(
  file: string,
  text: string,
  cachedData: Buffer | undefined,
  from: NodeJS.Module,
): void {
  const script = new Script(wrap(text), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  (script.runInThisContext() as Wrapped)(from.exports as object, require, from, file, dirname(file));
  // The build runs a command in this way, so that what the cache holds is what a command uses.
  const made = process.env["FAULTLINE_MAKE_CACHE"];
  if (made !== undefined) process.on("exit", () => writeFileSync(made, script.createCachedData()));
}
