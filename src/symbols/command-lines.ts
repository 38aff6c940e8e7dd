/**
 * The command lines of processes, by the numbers that events have of them (see `process-number.ts`). A process is looked
 * at when the trace begins and when it starts a program, since later it may be gone. What /proc shows is taken only if it
 * is of the process and the program that the number is of, so an id that was given out again does no harm.
 */
import { readdirSync } from "node:fs";
import { readKernelBytes, readKernelText } from "../files/kernel-file.js";
import { PID_BITS, processNumberOf, TICK } from "../semantics/source/process-number.js";
import { RecentTexts } from "./recent-texts.js";

/** What stands for the command line of a process that had ended before it could be looked at. */
export const UNKNOWN_PROCESS = "(unknown)";

/** In bytes; longer ones are cut off. */
const LONGEST = 4096;
/** The limit on counted processes. */
const MOST_UNKNOWN = 10_000;

/** Indexes into the fields of `/proc/PID/stat` after the name. */
const START = 19;
const ARGUMENTS = 45;

export class CommandLines {
  private readonly known = new RecentTexts();
  private readonly unknown = new Set<string>();

  /** `traced` is the only traced process; without it all are traced. `root`: where /proc is. */
  constructor(
    traced: number | undefined,
    private readonly root = "/proc",
  ) {
    if (traced === undefined) this.lookAtAll();
    else this.look(traced);
  }

  /** Looks at a process, if it still exists. */
  look(pid: number): void {
    try {
      const before = this.numberOf(pid);
      const text = this.textOf(pid);
      // It may start another program meanwhile.
      if (before !== undefined && before === this.numberOf(pid)) this.known.set(before, text);
    } catch {
      // It has ended.
    }
  }

  /** Returns the command line of the process with this number. */
  name(number: number | bigint): string {
    const key = String(number);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.look(Number(BigInt(number) & ((1n << PID_BITS) - 1n)));
    const found = this.known.get(key);
    if (found === undefined && this.unknown.size < MOST_UNKNOWN) this.unknown.add(key);
    return found ?? UNKNOWN_PROCESS;
  }

  /** Returns the warning about processes that were not known in time. */
  notes(): string[] {
    const { size } = this.unknown;
    if (size === 0) return [];
    const many = size === MOST_UNKNOWN ? `${size} or more` : String(size);
    return [
      `${UNKNOWN_PROCESS} stands for ${many} ${size === 1 ? "process that" : "processes that"} had ended, or had started another program, before the command line could be read; \`exe\` and \`process\` are known of all`,
    ];
  }

  private lookAtAll(): void {
    for (const name of readdirSync(this.root)) if (/^[1-9]\d*$/.test(name)) this.look(Number(name));
  }

  private numberOf(pid: number): string | undefined {
    const stat = readKernelText(`${this.root}/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [started, at] = [fields[START], fields[ARGUMENTS]];
    if (started === undefined || at === undefined) return undefined;
    const parts = { pid: BigInt(pid), started: BigInt(started) * TICK, arguments: BigInt(at) };
    return String(processNumberOf(parts, (operator, left, right) => CALCULATE[operator](left, right)));
  }

  private textOf(pid: number): string {
    const bytes = readKernelBytes(`${this.root}/${pid}/cmdline`);
    const all = bytes.subarray(0, LONGEST);
    const text = new TextDecoder().decode(all).replace(/\0+$/, "").replaceAll("\0", " ");
    if (text !== "") return bytes.length > LONGEST ? `${text}…` : text;
    // A thread of the kernel has none.
    const stat = readKernelText(`${this.root}/${pid}/stat`);
    return `[${stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))}]`;
  }
}

const word = (value: bigint): bigint => BigInt.asUintN(64, value);

const CALCULATE = {
  "+": (a: bigint, b: bigint) => word(a + b),
  "*": (a: bigint, b: bigint) => word(a * b),
  "/": (a: bigint, b: bigint) => a / b,
  "<<": (a: bigint, b: bigint) => word(a << b),
  "|": (a: bigint, b: bigint) => a | b,
} as const;
