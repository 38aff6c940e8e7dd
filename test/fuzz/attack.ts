/** One case: made, run with a limit of time, and made smaller where it fails. */
import { Chance } from "./chance.js";
import { minimise } from "./minimise.js";
import { optionsTarget } from "./options-target.js";
import { profileTarget } from "./profile-target.js";
import { queryTarget } from "./query-target.js";
import { recordingTarget } from "./recording-target.js";
import type { Target } from "./target.js";
import { tracerTarget } from "./tracer-target.js";

export const TARGETS: readonly Target[] = [
  queryTarget,
  optionsTarget,
  recordingTarget,
  profileTarget,
  tracerTarget,
];

/** In milliseconds of the processor, which others on the machine do not take: a case takes some hundredths of that. */
const LONGEST = 10_000;
/** By the clock, for what waits. */
const LONGEST_WAIT = 60_000;

export interface Case {
  readonly target: Target;
  readonly input: string;
}

/** Case `number` of `seed`, whatever ran before it. */
export function caseOf(seed: number, number: number, targets = TARGETS): Case {
  const chance = new Chance(seed, number);
  let share = chance.below(targets.reduce((sum, t) => sum + t.share, 0));
  const target = targets.find((t) => (share -= t.share) < 0) ?? queryTarget;
  return { target, input: target.make(chance) };
}

/** What went wrong, in one line that is the same for the same fault; undefined when all is well. */
export async function faultOf({ target, input }: Case, thorough: boolean): Promise<string | undefined> {
  const begun = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("hang"), LONGEST_WAIT);
    });
    const found = await Promise.race([Promise.resolve(target.run(input, thorough)), late]);
    if (found === "hang") return `no end within ${LONGEST_WAIT} ms`;
    const { user, system } = process.cpuUsage(begun);
    if (user + system > LONGEST * 1000) return `it takes more than ${LONGEST} ms of the processor`;
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const place = error.stack?.split("\n").find((line) => /\/src\//.test(line)) ?? "";
    return `${error.name}: ${error.message.slice(0, 400)}${error.name === "Violation" ? "" : ` ${place.trim()}`}`;
  } finally {
    clearTimeout(timer);
  }
}

/** Faults of the same kind, though the texts in them differ. */
export function kindOf(fault: string): string {
  const [words = ""] = fault.split(': "');
  return words
    .replace(/["`'].*?["`']/g, "…")
    .replace(/\d+/g, "0")
    .slice(0, 160);
}

/** The least of the input that has a fault of that kind. */
export async function smallest({ target, input }: Case, fault: string, within: number): Promise<string> {
  const kind = kindOf(fault);
  const fails = async (smaller: string): Promise<boolean> => {
    const found = await faultOf({ target, input: smaller }, true);
    return found !== undefined && kindOf(found) === kind;
  };
  return (await fails(input)) ? minimise(input, fails, performance.now() + within) : input;
}
