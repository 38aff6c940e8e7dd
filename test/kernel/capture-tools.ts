/**
 * Runs the example of each tool in a guest and writes what it printed to docs/outputs/NAME.txt, from which
 * scripts/generate-tool-docs.ts makes docs/tools.md.  usage: capture-tools.ts TARGET [NAME…]   It needs dist/.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOOL_NOTES } from "../../scripts/tool-notes.js";
import { query as quote } from "./checks/check.js";
import { buildWorkloads, runGuest, targets } from "./guest/guest.js";

const root = join(import.meta.dirname, "../..");
const outputs = join(root, "docs/outputs");
/** Of a person's patience. */
const MOST_LINES = 24;

const [wanted, ...only] = process.argv.slice(2);
const target = targets.find((each) => each === wanted);
if (!target) throw new Error(`usage: capture-tools.ts ${targets.join("|")} [NAME…]`);

const examples = [
  ...Object.entries(TOOL_NOTES).map(([name, { command, workload }]) => ({
    name,
    command: `node /job/dist/cli.cjs run ${command} -c ${quote(workload)}`,
  })),
  { name: "memory", command: "node /job/dist/cli.cjs memory -p $$" },
].filter(({ name }) => only.length === 0 || only.includes(name));

const workloads = await buildWorkloads();
try {
  const run = await runGuest(target, {
    files: { "bin/node": process.execPath, dist: join(root, "dist"), workloads },
    checks: examples.map(({ name, command }) => ({
      id: name,
      command: `PATH=/job/workloads:/job/bin:$PATH ${command}`,
      timeoutSeconds: 120,
    })),
    timeoutSeconds: 1500,
  });
  mkdirSync(outputs, { recursive: true });
  writeFileSync(join(outputs, "on.txt"), `${target}: kernel ${run.kernel}, bpftrace ${run.bpftrace}\n`);
  for (const { name } of examples) {
    const result = run.results.get(name);
    if (!result || result.exitCode !== 0) {
      console.error(
        `${name}: ${result ? `exit ${String(result.exitCode)}\n${result.stderr}` : "did not run"}`,
      );
      process.exitCode = 1;
      continue;
    }
    const lines = result.stdout
      .replace(/^\n+/, "")
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"] : lines;
    writeFileSync(join(outputs, `${name}.txt`), `${shown.join("\n")}\n`);
  }
} finally {
  rmSync(workloads, { recursive: true, force: true });
}
