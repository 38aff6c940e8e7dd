/** The guest's own lists of what can be traced, against the bundled profile that was captured in such a guest. */
import { join } from "node:path";
import { expect } from "vitest";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import type { CheckResult, Target } from "./guest/guest.js";

const SEPARATOR = "== functions";

export const LISTS = {
  id: "lists",
  command: `cat /sys/kernel/tracing/available_events; echo '${SEPARATOR}'; grep -v '\\[' /sys/kernel/tracing/available_filter_functions`,
  timeoutSeconds: 120,
};

/** Debian's kernel moves on within its release: then a few names may differ, and no more. */
const MOST_MOVED = 0.02;
/** Of the same kernel, by the modules that were loaded when. */
const MOST_BY_CHANCE = 5;

export function expectLists(target: Target, result: CheckResult, release: string): void {
  const { kernel, header } = openProfile(join(import.meta.dirname, `../../profiles/${target}.profile`));
  const [events = "", functions = ""] = result.stdout.split(`${SEPARATOR}\n`);
  const same = header.release === release;
  if (!same) console.error(`${target}: the profile is of ${header.release}, and the guest has ${release}`);
  compare(lines(events), new Set(kernel.tracepointNames()), same);
  const own = kernel.functionNames().filter((name) => kernel.function(name)?.module === undefined);
  compare(lines(functions), new Set(own.filter((name) => !NO_FUNCTION.test(name))), same);
}

/** What the kernel lists for a place that is a function no more. */
const NO_FUNCTION = /^__ftrace_invalid_address/;

function lines(text: string): ReadonlySet<string> {
  return new Set(text.split("\n").filter((line) => line !== "" && !NO_FUNCTION.test(line)));
}

/** Modules may be loaded in one of the two and not in the other, so what matters is that nothing is made up. */
function compare(guest: ReadonlySet<string>, profile: ReadonlySet<string>, same: boolean): void {
  const missing = [...profile].filter((name) => !guest.has(name));
  const added = [...guest].filter((name) => !profile.has(name));
  const most = same ? MOST_BY_CHANCE : profile.size * MOST_MOVED;
  expect(missing.length, `in the profile only: ${missing.slice(0, 20).join(", ")}`).toBeLessThanOrEqual(most);
  expect(added.length, `in the guest only: ${added.slice(0, 20).join(", ")}`).toBeLessThanOrEqual(most);
}
