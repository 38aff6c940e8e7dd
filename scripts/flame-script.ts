/** Bundles the browser part of flame graphs as one script that can be embedded in a picture. */
import { join } from "node:path";
import { build } from "esbuild";

export async function flameScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../src/view/chart/browser/flame.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    // Supported by all browsers of recent years.
    target: "es2020",
    tsconfigRaw: {},
  });
  const text = outputFiles[0]?.text.trim() ?? "";
  // It is embedded in CDATA and in HTML.
  if (text === "" || /\]\]>|<\/script/i.test(text))
    throw new Error("the flame graph's script would end too early");
  return text;
}
