/** The number of CPUs that maps have values for. */
import { readKernelText } from "../files/kernel-file.js";

/** To assume where that of this machine is unknown. */
export const USUAL_CPUS = 8;

/** Maps have a value for each possible CPU: `0-7`. */
export function possibleCpus(): number {
  try {
    const ranges = readKernelText("/sys/devices/system/cpu/possible").trim().split(",");
    const count = ranges
      .map((range) => range.split("-").map(Number))
      .reduce((total, [first = 0, last = first]) => total + last - first + 1, 0);
    return Number.isInteger(count) && count > 0 ? count : USUAL_CPUS;
  } catch {
    return USUAL_CPUS;
  }
}
