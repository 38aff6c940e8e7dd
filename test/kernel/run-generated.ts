/**
 * Has a target's own tracers accept generated queries: `tsx test/kernel/run-generated.ts TARGET [COUNT] [SEED]`, as
 * root. Exits with 1 when one is refused.
 */
import { acceptance } from "./acceptance.js";
import { runGuest, targets, type Target } from "./guest/guest.js";

const [name = "", count = "300", seedText] = process.argv.slice(2);
const target = targets.find((t): t is Target => t === name);
if (!target) throw new Error(`usage: run-generated.ts ${targets.join("|")} [COUNT] [SEED]`);
const seed = seedText === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(seedText);
console.log(`${target}: ${count} queries of seed ${seed}`);

const { files, checks, refused } = acceptance(target, Number(count), seed);
const { results } = await runGuest(target, {
  files: { ...files },
  checks: [...checks],
  timeoutSeconds: 3600,
});
for (const tracer of ["bpftrace", "bcc"] as const) {
  const result = results.get(`accept-${tracer}`);
  if (!result) throw new Error(`${tracer} was not asked`);
  const wrong = refused(tracer, result);
  for (const each of wrong) console.log(`${tracer} refuses ${each}`);
  console.log(`${target}: ${tracer} refuses ${wrong.length}; ${result.seconds} s`);
  if (wrong.length > 0) process.exitCode = 1;
}
