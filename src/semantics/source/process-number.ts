/**
 * The number by which a process that runs a program is told from all others: from those that had its id before, and
 * from itself when it ran another program. The kernel works it out where an event happens, and the runner from
 * /proc/PID/stat, so both follow the one formula here.
 */

export interface NumberParts<T> {
  readonly pid: T;
  /** When its first thread started: nanoseconds since boot. */
  readonly started: T;
  /** The address of the arguments that the program was started with, which each start of a program chooses anew. */
  readonly arguments: T;
}

/** The bits of a process id: the kernel gives out none above 4,194,304. */
export const PID_BITS = 22n;
/** The kernel shows times in hundredths of a second. */
export const TICK = 10_000_000n;
/** Odd, so that different times give different products: the golden ratio in 32 bits. */
const SPREAD = 2_654_435_761n;

type Operator = "+" | "*" | "/" | "<<" | "|";

/** `calculate` puts an expression together; the numbers have 64 bits and no sign. */
export function processNumberOf<T>(
  { pid, started, arguments: at }: NumberParts<T>,
  calculate: (operator: Operator, left: T, right: T | bigint) => T,
): T {
  const image = calculate("+", calculate("*", calculate("/", started, TICK), SPREAD), at);
  return calculate("|", calculate("<<", image, PID_BITS), pid);
}
