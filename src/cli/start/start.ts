/**
 * Starts the command line from its bundle, with the code cache made by the build. Written as a module, and built as a
 * CommonJS file, which starts faster.
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

// The bundle is ASCII only, and Latin-1 decodes faster than UTF-8.
startBundle(file, readFileSync(file, "latin1"), cache(), module);
