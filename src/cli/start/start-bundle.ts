/**
 * Runs the bundle of the command line with V8's code cache, since compiling is half the cost of a start. Without the
 * cache the start is only slower.
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

/** Runs the bundle as if it were the module `from`, which calls this. */
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
  // The build runs a command with this variable, so that the cache holds the code that commands use.
  const made = process.env["FAULTLINE_MAKE_CACHE"];
  if (made !== undefined) process.on("exit", () => writeFileSync(made, script.createCachedData()));
}
