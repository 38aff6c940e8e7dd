/** What a guest needs to run `faultline`, with workloads to look at. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Job, Target } from "./guest/guest.js";

const root = join(import.meta.dirname, "../..");

/** `workloads`: the directory of the compiled ones. */
export function faultlineFiles(target: Target, workloads: string): Job["files"] {
  return {
    "bin/node": process.execPath,
    dist: join(root, "dist"),
    examples: join(root, "examples"),
    workloads,
    "old-kernel.profile": oldKernel(target),
  };
}

/**
 * The target's own profile under an old release, for what is written in another way there. No guest is that old, but
 * a new kernel takes the old way as well.
 */
function oldKernel(target: Target): Buffer {
  const bytes = readFileSync(join(root, "profiles", `${target}.profile`));
  const start = bytes.indexOf("\n") + 1;
  const end = bytes.indexOf("\n", start);
  const header = JSON.parse(bytes.toString("utf8", start, end)) as object;
  const old = JSON.stringify({ ...header, release: "5.4.0" });
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(old), bytes.subarray(end)]);
}
