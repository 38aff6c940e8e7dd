/** What a flame graph does in a browser, as one script that can stand in a picture. */
import { join } from "node:path";
import { build } from "esbuild";

export async function flameScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../src/view/chart/browser/flame.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    // What all browsers of the last years have.
    target: "es2020",
    tsconfigRaw: {},
  });
  const text = outputFiles[0]?.text.trim() ?? "";
  // It stands in CDATA, and in a page of HTML.
  if (text === "" || /\]\]>|<\/script/i.test(text))
    throw new Error("the flame graph's script would end too early");
  return text;
}
