/** Bundles the library, the command line and the Prettier plugin. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { build, type BuildOptions } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
rmSync("dist", { recursive: true, force: true });

const common = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20.19",
  external: ["prettier"],
} satisfies BuildOptions;

// For browsers too: what needs a part of Node is told here, and not there.
await build({ ...common, platform: "browser", entryPoints: ["src/index.ts"], outdir: "dist", format: "esm" });
await build({
  ...common,
  entryPoints: { prettier: "src/syntax/prettier.ts" },
  outdir: "dist",
  format: "esm",
});
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/cli.bundle.cjs",
  format: "cjs",
  define: { "process.env.FAULTLINE_VERSION": JSON.stringify(version), "import.meta.url": "__moduleUrl" },
  banner: { js: "const __moduleUrl=require('node:url').pathToFileURL(__filename).href;" },
});
await build({ ...common, entryPoints: ["src/cli/start.ts"], outfile: "dist/cli.cjs", format: "cjs" });
// Code that is not JavaScript stands beside the bundle that reads it.
copyFileSync("node_modules/gecko-profiler-demangle/index_bg.wasm", "dist/demangler.wasm");
execFileSync(
  process.execPath,
  ["dist/cli.cjs", "compile", 'faults by comm where file ~ "*.so"', "--kernel", "debian13"],
  {
    env: { ...process.env, FAULTLINE_MAKE_CACHE: "1" },
    stdio: "ignore",
  },
);
