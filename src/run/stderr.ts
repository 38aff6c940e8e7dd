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
    private readonly runner: Pick<Runner, "attachedNotice" | "noise" | "messages" | "title">,
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
    return [...this.errors.values()].flatMap(({ text, count }) => this.inOurWords(text, count) ?? []);
  }

  private line(line: string): void {
    if (line === this.runner.attachedNotice) return this.onAttached();
    if (this.runner.noise?.test(line)) return;
    if (this.kept.length < KEPT) this.kept += `${line}\n`;
    const found = /^(?:\S*:\d+:\d+(?:-\d+)?: )?(WARNING|ERROR): (.*)/.exec(line);
    const text = found?.[2];
    if (text === undefined) return;
    if (found?.[1] === "ERROR") {
      if (this.inOurWords(text, 1) === undefined) return;
      // What a message is about may be in its numbers, as that of an error.
      const kind = (this.inOurWords(text, 1) ?? "").replace(/\d+/g, "0");
      const known = this.errors.get(kind);
      if (known) known.count++;
      else if (this.errors.size < MOST_WARNINGS) this.errors.set(kind, { text, count: 1 });
      return;
    }
    const told = this.inOurWords(text, 1);
    if (told === undefined || this.warnings.has(told) || this.warnings.size >= MOST_WARNINGS) return;
    this.warnings.add(told);
    this.onWarning(told);
  }

  /** What the user is told of a message of the tracer; undefined if it is of no use. */
  private inOurWords(text: string, count: number): string | undefined {
    for (const { pattern, says } of this.runner.messages ?? []) {
      const match = pattern.exec(text);
      if (match) return says?.(match, count);
    }
    return `${this.runner.title}: ${text}${count > 1 ? ` (${count} times)` : ""}`;
  }
}
