/**
 * Starts the command line from its bundle, with the code that V8 made of it when it was built: half of what a start
 * costs is compiling. Written as a module, and built as a CommonJS file, whose start is cheaper. V8 refuses a cache that another version of it made; then it only takes longer.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { wrap } from "node:module";
import { join } from "node:path";
import { constants, Script } from "node:vm";

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: NodeJS.Module,
  file: string,
  folder: string,
) => void;

const file = join(__dirname, "cli.bundle.cjs");

function cache(): Buffer | undefined {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

const cachedData = cache();
const script = new Script(wrap(readFileSync(file, "utf8")), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(cachedData === undefined ? {} : { cachedData }),
});
(script.runInThisContext() as Wrapped)(exports, require, module, file, __dirname);

// The build runs a command in this way, so that what the cache holds is what a command uses. It is told whether, and not
// where: an environment names no file that is written, and none that is there is written over.
if (process.env["FAULTLINE_MAKE_CACHE"] !== undefined)
  process.on("exit", () => writeFileSync(`${file}.cache`, script.createCachedData(), { flag: "wx" }));
