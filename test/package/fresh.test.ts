/** The first command of README on a Debian that has only what `debootstrap` gives, bpftrace, and no Node. */
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { thisTracer } from "../runtime/this-tracer.js";

const isRoot = process.getuid?.() === 0;
const canTrace = (await thisTracer()).tracer !== undefined;
if (!isRoot || !canTrace)
  console.error("SKIPPED: README's first command is not tried on fresh machines: no root, or no BPF here");

describe.skipIf(!isRoot || !canTrace)("README's first command", () => {
  it.concurrent.each([
    // Whose Node is 18.
    ["debian12", /the Node of this machine is v18\.[0-9.]+, and v20\.19\.0 is needed/],
    ["debian13", /^/],
  ])(
    "sets up and traces on a fresh %s",
    async (target, said) => {
      const { exitCode, stdout, stderr } = await execa(join(import.meta.dirname, "fresh.sh"), [target], {
        reject: false,
        stdin: "ignore",
      });
      expect([exitCode, stderr.slice(-2000)]).toEqual([0, expect.stringMatching(/^/)]);
      expect(stderr).toMatch(said);
      expect(stdout).toMatch(/^comm +pid +count\(\)\n(?:\S.* +\d+ +\d+\n?)+$/m);
    },
    1_200_000,
  );
});
