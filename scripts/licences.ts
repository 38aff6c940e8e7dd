/** Collects the licences of everything in the executable. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { COMMON } from "./command-line.js";

/** Returns the licence texts. `node` is the npm package of the embedded Node. */
export async function licences(node: string): Promise<string> {
  const { metafile } = await build({
    ...COMMON,
    // Without the plugin that keeps the servers apart, all that is shipped is in one bundle.
    entryPoints: ["src/cli/main.ts"],
    alias: { prettier: "prettier/standalone" },
    write: false,
    metafile: true,
    outdir: "none",
    format: "cjs",
    logLevel: "error",
  });
  const used = Object.keys(metafile.inputs).flatMap((path) => {
    const found = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    return found === undefined ? [] : [found];
  });
  const parts = [...new Set(used)].sort().map((folder) => `${folder.slice(13)}\n\n${licenceIn(folder)}`);
  const own = readFileSync("LICENSE", "utf8");
  return [`Faultline\n\n${own}`, `Node.js\n\n${licenceIn(node)}`, ...parts].join(`\n${"=".repeat(80)}\n\n`);
}

function licenceIn(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(folder, file), "utf8");
  const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { license?: string };
  if (license === undefined) throw new Error(`${folder} does not state its licence`);
  return `${license}\n`;
}
