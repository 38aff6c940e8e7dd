/** The library where there is no Node: no file system, no process, no require. */
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("compiles in what a browser has", async () => {
  const { outputFiles } = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "faultline",
    logLevel: "silent",
  });
  const context = createContext({ TextEncoder, TextDecoder });
  runInContext(outputFiles[0]?.text ?? "", context);
  const text: unknown = runInContext(
    "faultline.compile('faults by comm, ustack where file ~ \"*.so\"').script.text",
    context,
  );
  expect(text).toContain("handle_mm_fault");
  const message: unknown = runInContext("faultline.compile('faults by cmm').diagnostics[0].hint", context);
  expect(message).toContain("`comm`");
});
