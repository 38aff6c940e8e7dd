import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { aggregatesOf } from "../../src/plan/columns.js";
import { FOLLOWED, STARTING, type Plan } from "../../src/plan/plan.js";
import { isRunning } from "../../src/plan/running.js";
import { isOfScripts } from "../../src/plan/script-names.js";
import { noteText } from "../../src/plan/words.js";
import { SHIPPED } from "../tracers.js";
import { hasPython, pythonErrors } from "./python.js";
import { faultsOf, QueryGenerator, randomNumbers } from "./query-generator.js";

/** FAULTLINE_SEED=N makes other queries, FAULTLINE_QUERIES=N more of them. The same ones come by default: a run must not fail by chance. */
const SEED = Number(process.env["FAULTLINE_SEED"] ?? 20261125);
const COUNT = Number(process.env["FAULTLINE_QUERIES"] ?? 300);

/** A script without its comments and texts. */
function codeOf(script: string): string {
  return script.replace(/\/\*[^]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"/gm, "");
}

/** A map is made by what fills it, a statement that begins with its name: bpftrace refuses one that is only used. */
function neverFilled(script: string): readonly string[] {
  const code = codeOf(script);
  const used = new Set([...code.matchAll(/@(\w+)/g)].map(([, name = ""]) => name));
  const filled = new Set([...code.matchAll(/(?:^|[{};])\s*@(\w+)/gm)].map(([, name = ""]) => name));
  return [...used].filter((name) => !filled.has(name));
}

/** Maps that are the script's own, by names that a plan might give to its maps. */
function unreserved(script: string, { states, results }: Plan): readonly string[] {
  const code = codeOf(script);
  const planned = new Set([FOLLOWED, STARTING, ...states.map(({ name }) => name)]);
  for (const result of results)
    for (const { map } of [...aggregatesOf(result), ...(isRunning(result) ? result.running.sums : [])])
      planned.add(map);
  const used = new Set([...code.matchAll(/@(\w+)/g)].map(([, name = ""]) => name));
  return [...used].filter((name) => !planned.has(name) && !isOfScripts(name));
}

/** A variable is assigned in the lines of its probe before it is used; those of loops are assigned by them. */
function undeclared(script: string): readonly string[] {
  const code = codeOf(script);
  return code.split(/^}$/m).flatMap((block) => {
    const assigned = new Set<string>();
    return [...block.matchAll(/(for \()?(\$\w+)( =(?!=))?/g)].flatMap(([whole, loop, name = "", sign]) => {
      // What stands to the right of the sign is used before the variable has it.
      if (loop !== undefined || sign !== undefined) assigned.add(name);
      return assigned.has(name) ? [] : [whole];
    });
  });
}

/** No event meets their conditions, of which the first needs the probes to be known. */
const UNMET = ['kind ~ ""', "1 == 2"].flatMap((never) => [
  `reclaim show reclaimed, comm, kstack where ${never}`,
  `reclaim count() by kind, comm where ${never}`,
  `reclaim hist(reclaimed) by kind where ${never} every 1s`,
  `reclaim distinct(reclaimed), p50(reclaimed) where ${never}`,
  `reclaim sum(reclaimed), max(reclaimed) where ${never} every 1s`,
]);
const UNMET_OPEN = ["by comm", "by ustack", "by comm every 5s"].map(
  (by) => `open allocation sum(size), count() ${by} where 1 == 2 and age > 10s`,
);

it("names no map of a source as one of a script's own", () => {
  const names = ["full", "stopped", "turn0", "numbers", "faults_in_turn"];
  const sources = names.map((name) => `event ${name} { provider software:page-faults:1 }`).join("\n");
  for (const name of names) {
    const { plan } = compile(`${sources}\n${name} count() by comm`);
    expect(plan?.results.flatMap(aggregatesOf)).toMatchObject([{ map: `${name}_2` }]);
  }
});

describe.each(SHIPPED)("$target", ({ target, bpftrace, bcc }) => {
  it("compiles queries whose conditions no event meets, and says so", () => {
    const { kernel } = openProfile(new URL(`../../profiles/${target}.profile`, import.meta.url).pathname);
    const programs: string[] = [];
    for (const query of [...UNMET, ...UNMET_OPEN, "open allocation show size, ustack where 1 == 2"]) {
      const one = compile(query, { kernel, version: bpftrace });
      const other = compile(query, { kernel, to: "bcc", version: bcc, form: "stream" });
      for (const { diagnostics, plan, script } of [one, other]) {
        const told = [...diagnostics.map(({ message }) => message), ...(plan?.notes ?? []).map(noteText)];
        expect(script, query).toBeDefined();
        expect(told.join(), query).toMatch(/never true|no event of its probes can meet/);
      }
      const run = compile(query, { kernel, version: bpftrace, form: "stream" });
      for (const { script } of [one, run]) expect(neverFilled(script?.text ?? ""), query).toEqual([]);
      programs.push(other.script?.text ?? "");
    }
    if (hasPython) expect(pythonErrors(programs)).toBe("");
  });

  it(`compiles generated queries for both back ends (FAULTLINE_SEED=${SEED})`, { timeout: 300_000 }, () => {
    const { kernel } = openProfile(new URL(`../../profiles/${target}.profile`, import.meta.url).pathname);
    const generator = new QueryGenerator(kernel, randomNumbers(SEED));
    const programs: string[] = [];
    const wrong: string[] = [];
    for (let i = 0; i < COUNT; i++) {
      const query = generator.next();
      const one = compile(query, { kernel, version: bpftrace });
      const other = compile(query, { kernel, to: "bcc", version: bcc });
      // It would be the generator's, or the compiler's.
      for (const { code, message } of [...faultsOf(one), ...faultsOf(other)])
        wrong.push(`${query}: ${code}: ${message}`);
      if (other.script) {
        const sent = compile(query, { kernel, to: "bcc", version: bcc, form: "stream" });
        programs.push(other.script.text, sent.script?.text ?? "");
      }
      const stream = compile(query, { kernel, version: bpftrace, form: "stream" });
      for (const script of [one.script, stream.script])
        for (const name of script ? undeclared(script.text) : [])
          wrong.push(`${query}: ${name} is used before it is assigned`);
      for (const script of [one.script, stream.script])
        for (const name of script ? neverFilled(script.text) : [])
          wrong.push(`${query}: @${name} is used and never filled`);
      for (const { script, plan } of [one, stream])
        for (const name of script && plan ? unreserved(script.text, plan) : [])
          wrong.push(`${query}: @${name} could be the name of a source's map`);
    }
    expect(wrong).toEqual([]);
    expect(programs.length).toBeGreaterThan(COUNT);
    if (hasPython) expect(pythonErrors(programs)).toBe("");
  });
});
