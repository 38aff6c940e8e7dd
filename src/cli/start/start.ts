/**
 * Starts the command line from its bundle, with the code that V8 made of it when it was built. Written as a module, and
 * built as a CommonJS file, whose start is cheaper.
 */
import "./node-version.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheOf } from "./code-cache.js";
import { startBundle } from "./start-bundle.js";

const file = join(__dirname, "cli.bundle.cjs");

function cache(): Buffer | undefined {
  try {
    return readFileSync(cacheOf(file));
  } catch {
    return undefined;
  }
}

// It has no other letters than those of ASCII, which are read in less time so.
startBundle(file, readFileSync(file, "latin1"), cache(), module);
