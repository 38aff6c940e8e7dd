/** Measures what tracing costs a command, by running it alternately with and without the tracer. */
import type { Script } from "../tracers/script.js";
import { readProgramNames, readStats, switchStatsOn } from "../run/bpf-stats.js";
import type { CommandExit } from "../run/process/command.js";
import { namedPrograms, probesOf, type NamedProgram } from "./program-names.js";
import type { Tracer } from "../tracers/runner.js";
import { prepareTimed, type TimedCommand, type Timing } from "../run/process/timed-command.js";
import { runScript, type Summary } from "../run/run.js";

/** A pair of runs, in seconds. */
export interface Pair {
  readonly without: Timing;
  readonly with: Timing;
  readonly first: "without" | "with";
}

export interface Measurement {
  readonly pairs: readonly Pair[];
  /** From one additional run, as statistics cost time. Empty if the kernel does not have them for all programs. */
  readonly programs: readonly NamedProgram[];
  /** Events that were lost in all runs. */
  readonly lost: number;
  /** Whether it was interrupted before all pairs were run. */
  readonly isPartial: boolean;
  /** How the command failed, and in how many runs. */
  readonly failures: ReadonlyMap<string, number>;
}

export interface MeasureOptions {
  readonly tracer: Tracer;
  readonly pairs: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number, of: number) => void;
  readonly onWarning?: (text: string) => void;
  /** The file that switches the kernel's statistics on, a global setting. */
  readonly statsSwitch?: string;
}

/** Throws a `TracerError` or a `CommandError`. */
export async function measureOverhead(
  script: Script,
  command: readonly string[],
  options: MeasureOptions,
): Promise<Measurement> {
  return new Measuring(script, command, options).run();
}

class Measuring {
  private readonly failures = new Map<string, number>();
  private readonly warned = new Set<string>();
  private lost = 0;
  private done = 0;

  constructor(
    private readonly script: Script,
    private readonly command: readonly string[],
    private readonly options: MeasureOptions,
  ) {}

  async run(): Promise<Measurement> {
    const pairs: Pair[] = [];
    // The first run warms the caches and is not timed, so it is the one with statistics.
    const programs = await this.countRuns();
    for (let i = 0; i < this.options.pairs && !this.isCalledOff; i++) {
      const pair = await this.pair(i % 2 === 0 ? "without" : "with");
      if (pair) pairs.push(pair);
    }
    const { lost, failures } = this;
    return { pairs, programs: programs ?? [], lost, failures, isPartial: pairs.length < this.options.pairs };
  }

  private get isCalledOff(): boolean {
    return this.options.signal?.aborted === true;
  }

  private async pair(first: Pair["first"]): Promise<Pair | undefined> {
    const runs = { without: () => this.runWithout(), with: () => this.runWith() };
    const one = await runs[first]();
    if (!one || this.isCalledOff) return undefined;
    const other = await runs[first === "with" ? "without" : "with"]();
    if (!other) return undefined;
    return first === "with" ? { with: one, without: other, first } : { without: one, with: other, first };
  }

  private async countRuns(): Promise<readonly NamedProgram[] | undefined> {
    const statistics = switchStatsOn(this.options.statsSwitch);
    let tracer = 0;
    let programs: readonly NamedProgram[] = [];
    try {
      const timing = await this.trace(
        (pid) => (tracer = pid),
        // The programs are unloaded when the tracer ends.
        () => void (programs = namedPrograms(readStats(tracer), readProgramNames(), probesOf(this.script))),
      );
      return statistics?.isOn() && timing ? programs : undefined;
    } finally {
      statistics?.restore();
    }
  }

  private runWith(): Promise<Timing | undefined> {
    return this.trace();
  }

  private async trace(
    onTracer: (pid: number) => void = () => undefined,
    onCommandEnd: () => void = () => undefined,
  ): Promise<Timing | undefined> {
    const command = await prepareTimed(this.command);
    try {
      const summary = await runScript(this.script, {
        tracer: this.options.tracer,
        command: {
          pid: command.pid,
          start: () => command.start(),
          wait: () => command.wait().finally(onCommandEnd),
          kill: async () => undefined,
        },
        onTracer,
        reportsUnnamed: false,
        onEvent: (event) => {
          if (event.kind === "message") this.warn(event.text);
        },
        ...(this.options.signal ? { signal: this.options.signal } : {}),
      });
      this.lost += summary.lost;
      return await this.conclude(summary, command);
    } finally {
      await command.kill();
    }
  }

  private async conclude(summary: Summary, command: TimedCommand): Promise<Timing | undefined> {
    if (summary.failure) throw summary.failure;
    if (summary.ended !== "command") return undefined;
    return this.finish(await command.timing());
  }

  private async runWithout(): Promise<Timing | undefined> {
    const command = await prepareTimed(this.command);
    const stop = (): void => void command.kill();
    this.options.signal?.addEventListener("abort", stop);
    try {
      command.start();
      return this.finish(await command.timing());
    } finally {
      this.options.signal?.removeEventListener("abort", stop);
      await command.kill();
    }
  }

  private finish(timing: Timing | undefined): Timing | undefined {
    if (!timing || this.isCalledOff) return undefined;
    const failure = failureOf(timing.exit);
    if (failure !== undefined) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    this.options.onStep?.(++this.done, 2 * this.options.pairs + 1);
    return timing;
  }

  private warn(text: string): void {
    if (this.warned.has(text)) return;
    this.warned.add(text);
    this.options.onWarning?.(text);
  }
}

function failureOf({ exitCode, signal }: CommandExit): string | undefined {
  if (signal !== null) return `was ended by ${signal}`;
  return exitCode === 0 ? undefined : `ended with exit status ${exitCode ?? "unknown"}`;
}

/** The median and the range of ratios or seconds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined if there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const half = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return least === undefined || most === undefined || low === undefined || high === undefined
    ? undefined
    : { median: (low + high) / 2, least, most };
}
