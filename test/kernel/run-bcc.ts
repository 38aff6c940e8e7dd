/**
 * Runs the BCC checks on one target, a boot for all of them: `tsx test/kernel/run-bcc.ts TARGET [ID…]`, as root,
 * after `npm run build`. Prints a line a check; exits with 1 when one does not hold.
 */
import { rm } from "node:fs/promises";
import { BCC_CHECKS } from "./bcc-checks.js";
import { guestCheck, isFor, readReport } from "./checks/check.js";
import { faultlineFiles } from "./faultline-files.js";
import { buildWorkloads, runGuest, targets, type Target } from "./guest/guest.js";

const [name = "", ...only] = process.argv.slice(2);
const target = targets.find((t): t is Target => t === name);
if (!target) throw new Error(`usage: run-bcc.ts ${targets.join("|")} [ID…]`);

const checks = BCC_CHECKS.filter(
  (c) => isFor(c, target) && (only.length === 0 || only.includes(c.id.replace(/^bcc-/, ""))),
);
const workloads = await buildWorkloads();
let failed = 0;
try {
  const run = await runGuest(target, {
    files: faultlineFiles(target, workloads),
    timeoutSeconds: 2400,
    checks: checks.map(guestCheck),
    onResult: (result) => {
      const check = checks.find((c) => c.id === result.id);
      try {
        const seen = check?.verify(readReport(result), target);
        console.log(`ok   ${result.id} (${result.seconds} s): ${seen?.seen ?? ""}`);
      } catch (error) {
        failed++;
        console.log(`FAIL ${result.id} (${result.seconds} s): ${String(error).slice(0, 3000)}`);
        console.log(result.stdout.slice(0, 2000));
        console.log(result.stderr.slice(-2000));
      }
    },
  });
  console.log(
    `${target}: kernel ${run.kernel}, up after ${run.bootSeconds.toFixed(0)} s; ${failed} of ${checks.length} failed`,
  );
} finally {
  await rm(workloads, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
