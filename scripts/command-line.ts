/** Builds the command line as shipped: its bundle, V8's code cache of it, and the file that starts both. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { cacheOf } from "../src/cli/start/code-cache.js";
import { buildServers, serversBeside } from "./server-bundle.js";
import { LAZY_BUILTINS, lazyBuiltins, STANDING_CLOCK } from "./lazy-builtins.js";

export const COMMON = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20.19",
} satisfies BuildOptions;

/** The URL of the bundle, computed when it is first used. */
const OWN_URL = 'const __own={get url(){return __load("url").pathToFileURL(__filename).href}};';

/** Writes `cli.cjs` and its files into `folder`. `before`: modules to load ahead of it. */
export async function buildCommandLine(folder: string, before: readonly string[] = []): Promise<void> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const start = join(folder, "cli.cjs");
  const bundle = join(folder, "cli.bundle.cjs");
  const modules = [...before, "src/cli/main.ts"];
  await build({
    ...COMMON,
    stdin: { contents: modules.map((path) => `import "./${path}";`).join("\n"), resolveDir: process.cwd() },
    outfile: bundle,
    format: "cjs",
    // Prettier's formatter only, without the code that reads files and settings.
    alias: { prettier: "prettier/standalone" },
    plugins: [serversBeside, lazyBuiltins],
    define: { "process.env.FAULTLINE_VERSION": JSON.stringify(version), "import.meta.url": "__own.url" },
    banner: { js: STANDING_CLOCK + LAZY_BUILTINS + OWN_URL },
  });
  await buildServers(folder, {
    ...COMMON,
    define: { "process.env.FAULTLINE_VERSION": JSON.stringify(version), "import.meta.url": "__own.url" },
    banner: { js: `const __load=require;${OWN_URL}` },
  });
  const other = /^.*?([^\0-\x7f])/m.exec(readFileSync(bundle, "utf8"));
  if (other !== null)
    // esbuild leaves one only in a regular expression. It would double the bundle's size in memory and its reading time.
    throw new Error(`the bundle has \`${String(other[1])}\`: write it as an escape: ${other[0].slice(-60)}`);
  await build({
    ...COMMON,
    entryPoints: ["src/cli/start/start.ts"],
    outfile: start,
    format: "cjs",
    // A Node that is too old must be able to parse it, to report that.
    target: "node12",
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync(start, 0o755);
  // WebAssembly is a separate file beside the bundle that reads it.
  copyFileSync("node_modules/gecko-profiler-demangle/index_bg.wasm", join(folder, "demangler.wasm"));
  makeCodeCache(start, cacheOf(bundle), process.execPath);
}

/**
 * Runs a command, so that the cache holds the code that commands use. Without `--predictable` no two caches are the
 * same; V8 also accepts the cache without that option.
 */
export function makeCodeCache(start: string, cache: string, node: string): void {
  const words = ["compile", 'faults by comm where file ~ "*.so"', "--kernel", "debian13"];
  execFileSync(node, ["--predictable", start, ...words], {
    env: { ...process.env, FAULTLINE_MAKE_CACHE: cache },
    stdio: ["ignore", "ignore", 2],
  });
}
