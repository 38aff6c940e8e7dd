/** The Debian package in a guest: installed there, where no Node is, its command counts events whose number is known. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { query, readReport, total } from "./checks/check.js";
import type { Check, CheckResult, Job, Target } from "./guest/guest.js";

const build = join(import.meta.dirname, "../../build");

/** On the oldest target alone: it is the same file for all. */
export const DEB_TARGET: Target = "debian12";

const FAULTLINE = `/usr/bin/faultline run ${query('faults count() by comm where file ~ "*.so"')} -c ${query("touch_file libtouch.so 200 2")} --format json`;

export const DEB: Check = {
  id: "deb",
  command: `dpkg --install /job/faultline.deb >&2 && PATH=/job/workloads:/usr/sbin:/usr/bin:/sbin:/bin && ! command -v node >&2 && ${FAULTLINE}`,
  timeoutSeconds: 180,
};

export function debFiles(): Job["files"] {
  const name = existsSync(build) ? readdirSync(build).find((each) => each.endsWith(".deb")) : undefined;
  if (name === undefined) throw new Error("there is no Debian package in build/: run `npm run package`");
  return { "faultline.deb": join(build, name) };
}

/** 200 pages, twice. */
export function verifyDeb(result: CheckResult): void {
  expect(total(readReport(result), "count()", { comm: "touch_file" })).toBe(400);
}
