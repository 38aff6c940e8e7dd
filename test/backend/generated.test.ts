import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile-file.js";
import { SHIPPED } from "../tracers.js";
import { hasPython, pythonErrors } from "./python.js";
import { QueryGenerator, randomNumbers } from "./query-generator.js";

/** FAULTLINE_SEED=N makes other queries, FAULTLINE_QUERIES=N more of them. The same ones come by default: a run must not fail by chance. */
const SEED = Number(process.env["FAULTLINE_SEED"] ?? 20261125);
const COUNT = Number(process.env["FAULTLINE_QUERIES"] ?? 300);

describe.each(SHIPPED)("$target", ({ target, bpftrace, bcc }) => {
  it(`compiles generated queries for both back ends (FAULTLINE_SEED=${SEED})`, { timeout: 300_000 }, () => {
    const { kernel } = openProfile(new URL(`../../profiles/${target}.profile`, import.meta.url).pathname);
    const generator = new QueryGenerator(kernel, randomNumbers(SEED));
    const programs: string[] = [];
    const wrong: string[] = [];
    for (let i = 0; i < COUNT; i++) {
      const query = generator.next();
      const one = compile(query, { kernel, bpftrace });
      const other = compile(query, { kernel, to: "bcc", bcc });
      const codes = [...one.diagnostics, ...other.diagnostics].filter((d) => d.severity === "error");
      // What the kernel lacks, or a back end cannot do, is told; all else would be the generator's or the compiler's fault.
      for (const { code, message } of codes)
        if (!/^unavailable$|^missing-probe$|^kernel-|-limit$/.test(code))
          wrong.push(`${query}: ${code}: ${message}`);
      if (other.script) programs.push(other.script.text);
    }
    expect(wrong).toEqual([]);
    expect(programs.length).toBeGreaterThan(COUNT / 2);
    if (hasPython) expect(pythonErrors(programs)).toBe("");
  });
});
