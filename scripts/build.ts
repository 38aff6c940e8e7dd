/** Bundles the library, the command line and the Prettier plugin. */
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { buildCommandLine, COMMON } from "./command-line.js";
import { makeSnapshot } from "./snapshot.js";

rmSync("dist", { recursive: true, force: true });
// Built for browsers, so that any use of a Node module fails here and not there.
await build({ ...COMMON, platform: "browser", entryPoints: ["src/index.ts"], outdir: "dist", format: "esm" });
await build({
  ...COMMON,
  // The plugin uses the Prettier that loads it.
  external: ["prettier"],
  entryPoints: { prettier: "src/syntax/print/prettier.ts" },
  outdir: "dist",
  format: "esm",
});
await buildCommandLine("dist");
const refusal = makeSnapshot("dist/cli.cjs", process.execPath);
if (refusal !== undefined)
  console.log(`this Node cannot make a start-up snapshot, so starts take longer: ${refusal}`);
