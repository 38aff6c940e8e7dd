/** Before all tests: builds the command line that they start, so that they test today's source and what is shipped. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildCommandLine } from "../scripts/command-line.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folders that hold the command line, and the one with faults; see `cli/faults.ts`. */
    readonly built: Readonly<Record<"whole" | "faulty", string>>;
  }
}

export default async function setUp(project: TestProject): Promise<() => void> {
  // Of this run alone: others may be testing, or building what is shipped. Within the package, as from there it
  // finds prettier, the profiles and the recordings.
  const folder = join(project.config.root, "node_modules/.cache/faultline-test", String(process.pid));
  const built = { whole: join(folder, "whole"), faulty: join(folder, "faulty") };
  const build = async (): Promise<void> => {
    for (const each of Object.values(built)) mkdirSync(each, { recursive: true });
    await buildCommandLine(built.whole);
    await buildCommandLine(built.faulty, ["test/cli/faults.ts"]);
  };
  await build();
  project.provide("built", built);
  project.onTestsRerun(build);
  return () => rmSync(folder, { recursive: true, force: true });
}
