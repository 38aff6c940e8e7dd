/**
 * Captures the bundled profiles, each in its own guest: profiles/NAME.profile.
 * Usage, as root: npm run build && tsx scripts/capture-profiles.ts debian12 debian13 sid
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runGuest, targets, type Target } from "../test/kernel/guest/guest.js";

const root = new URL("../", import.meta.url).pathname;

for (const target of process.argv.slice(2)) {
  if (!isTarget(target)) throw new Error(`there is no guest ${target}: there are ${targets.join(", ")}`);
  const { results } = await runGuest(target, {
    files: { "bin/node": process.execPath, dist: join(root, "dist") },
    timeoutSeconds: 1200,
    checks: [
      {
        id: "capture",
        command: `/job/bin/node /job/dist/cli.cjs profile capture --id ${target} -o profile && base64 -w0 profile`,
        timeoutSeconds: 900,
      },
    ],
  });
  const result = results.get("capture");
  if (result?.exitCode !== 0) throw new Error(`${target}: ${result?.stderr ?? "the capture did not run"}`);
  writeFileSync(join(root, "profiles", `${target}.profile`), Buffer.from(result.stdout, "base64"));
  console.log(result.stderr.trim());
}

function isTarget(name: string): name is Target {
  return targets.some((t) => t === name);
}
