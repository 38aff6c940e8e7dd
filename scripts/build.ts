/** Bundles the library, the command line and the Prettier plugin. */
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { buildCommandLine, COMMON } from "./command-line.js";
import { makeSnapshot } from "./snapshot.js";

rmSync("dist", { recursive: true, force: true });
// For browsers too: what needs a part of Node is told here, and not there.
await build({ ...COMMON, platform: "browser", entryPoints: ["src/index.ts"], outdir: "dist", format: "esm" });
await build({
  ...COMMON,
  // It is a plugin of the one that loads it.
  external: ["prettier"],
  entryPoints: { prettier: "src/syntax/print/prettier.ts" },
  outdir: "dist",
  format: "esm",
});
await buildCommandLine("dist");
const refusal = makeSnapshot("dist/cli.cjs", process.execPath);
if (refusal !== undefined)
  console.log(`this Node makes no start-up snapshot, so a start takes longer: ${refusal}`);
