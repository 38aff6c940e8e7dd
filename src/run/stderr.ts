/** Reads a tracer's stderr: warnings to forward, and the text that failures are classified by. */
import type { Readable } from "node:stream";
import type { Runner } from "../tracers/runner.js";
import { textOf } from "../results/bytes.js";
import { splitLines } from "../results/lines.js";

/** The cause is at the beginning. */
const KEPT = 64 * 1024;
const MOST_WARNINGS = 20;
const LONGEST_LINE = 16 * 1024;

export class StderrReader {
  private kept = "";
  private readonly warnings = new Set<string>();
  /** By the text without its numbers, so that "stack id 12" and "stack id 13" are the same. */
  private readonly errors = new Map<string, { readonly text: string; count: number }>();

  constructor(
    private readonly runner: Pick<Runner, "attachedNotice" | "noise">,
    private readonly onAttached: () => void,
    private readonly onWarning: (text: string) => void,
  ) {}

  /** The beginning of the output, up to a limit. */
  get text(): string {
    return this.kept;
  }

  async read(stream: Readable): Promise<void> {
    for await (const line of splitLines(stream, LONGEST_LINE)) this.line(textOf(line));
  }

  /** Errors of a run that succeeded nevertheless. */
  survivedErrors(): string[] {
    return [...this.errors.values()].map(({ text, count }) =>
      count > 1 ? `${text} (${count} times)` : text,
    );
  }

  private line(line: string): void {
    if (line === this.runner.attachedNotice) return this.onAttached();
    if (this.runner.noise?.test(line)) return;
    if (this.kept.length < KEPT) this.kept += `${line}\n`;
    const found = /^(?:\S*:\d+:\d+(?:-\d+)?: )?(WARNING|ERROR): (.*)/.exec(line);
    const text = found?.[2];
    if (text === undefined) return;
    if (found?.[1] === "ERROR") {
      const kind = text.replace(/\d+/g, "0");
      const known = this.errors.get(kind);
      if (known) known.count++;
      else if (this.errors.size < MOST_WARNINGS) this.errors.set(kind, { text, count: 1 });
    } else if (!this.warnings.has(text) && this.warnings.size < MOST_WARNINGS) {
      this.warnings.add(text);
      this.onWarning(text);
    }
  }
}
