/** Keeps the servers out of the bundle of the command line: they are a file beside it, loaded by their commands. */
import { join, resolve } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { SERVER_BUNDLE } from "../src/cli/servers/bundle-name.js";

const ENTRY = "src/cli/servers/servers.ts";

/** Puts a call of `loadBeside` in place of the servers. */
export const serversBeside: Plugin = {
  name: "servers-beside",
  setup(builder) {
    builder.onLoad({ filter: /\/src\/cli\/servers\/servers\.ts$/ }, () => ({
      contents: `
        import { loadBeside } from "./beside.js";
        export const startLanguageServer = (...given) => loadBeside().startLanguageServer(...given);
        export const startAssistantServer = (...given) => loadBeside().startAssistantServer(...given);
      `,
      resolveDir: resolve("src/cli/servers"),
      loader: "js",
    }));
  },
};

export async function buildServers(folder: string, options: BuildOptions): Promise<void> {
  await build({
    ...options,
    entryPoints: [ENTRY],
    outfile: join(folder, SERVER_BUNDLE),
    format: "cjs",
    alias: { prettier: "prettier/standalone" },
    mainFields: ["module", "main"],
  });
}
