/**
 * `npm run fuzz -- [--seed N] [--seconds N] [--only NUMBER] [--target NAME] [--most N]`
 * Case after case until the time is up. What fails is made smaller and kept in `corpus/`; the exit status says so.
 */
import { parseArgs } from "node:util";
import { caseOf, faultOf, kindOf, smallest, TARGETS } from "./attack.js";
import { keep } from "./corpus.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
    seconds: { type: "string", default: "60" },
    only: { type: "string" },
    target: { type: "string" },
    /** How many kinds of faults are enough. */
    most: { type: "string", default: "20" },
  },
});

const seed = Number(values.seed);
const seconds = Number(values.seconds);
const targets = TARGETS.filter((t) => values.target === undefined || t.name === values.target);
if (!Number.isSafeInteger(seed) || !(seconds > 0) || targets.length === 0) {
  console.error(
    "fuzz: --seed is a whole number, --seconds a number above zero, --target one of " +
      TARGETS.map((t) => t.name).join(", "),
  );
  process.exit(2);
}
console.log(`fuzz: --seed ${seed} --seconds ${seconds}`);

/** Every so many cases, one with the slow checks. */
const THOROUGH = 10;
const LONGEST_MINIMISING = 8_000;

const kinds = new Map<string, number>();
const counts = new Map<string, number>();
const until = performance.now() + seconds * 1000;
let number = values.only === undefined ? 0 : Number(values.only);
for (; performance.now() < until && kinds.size < Number(values.most); number++) {
  const one = caseOf(seed, number, targets);
  if (values.only !== undefined) console.log(`${one.target.name}: ${JSON.stringify(one.input)}`);
  counts.set(one.target.name, (counts.get(one.target.name) ?? 0) + 1);
  const fault = await faultOf(one, number % THOROUGH === 0 || values.only !== undefined);
  if (fault !== undefined) {
    const kind = `${one.target.name}: ${kindOf(fault)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kinds.get(kind) === 1) {
      console.log(`fuzz: case ${number} (--seed ${seed} --only ${number}): ${one.target.name}: ${fault}`);
      const input = await smallest(one, fault, LONGEST_MINIMISING);
      console.log(`  ${JSON.stringify(input.slice(0, 400))}\n  kept in ${keep({ ...one, input }, fault)}`);
    }
  }
  if (values.only !== undefined) break;
}
const parts = [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
console.log(
  `fuzz: ${parts} cases of seed ${seed}, ${[...kinds.values()].reduce((a, b) => a + b, 0)} failed in ${kinds.size} ways`,
);
for (const [kind, count] of kinds) console.log(`  ${count} × ${kind}`);
// A stand-in that never ends is no reason to wait.
process.exit(kinds.size > 0 ? 1 : 0);
