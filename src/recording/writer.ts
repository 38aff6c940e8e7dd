/** Writes a recording while the run goes on. See `format.ts` for what is in it. */
import type { Writable } from "node:stream";
import { drained } from "../files/wait-for-drain.js";
import { textOfLine, type Line } from "../results/lines.js";
import { BatchedWriter } from "../files/batched-writer.js";
import type { Cgroup } from "../kernel/cgroups/cgroup-names.js";
import { RecentTexts } from "../symbols/recent-texts.js";
import type { StackNames } from "../tracers/stack-names.js";
import type { Recorder } from "../run/run.js";
import { toExactJson } from "./exact-json.js";
import { keyOfStack, type RecordingEnd, type RecordingHeader } from "./format.js";

export class RecordingWriter implements Recorder {
  private readonly lines: BatchedWriter;
  private readonly startedAt: number;
  private readonly known = new RecentTexts();

  constructor(
    private readonly out: Writable,
    header: RecordingHeader,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lines = new BatchedWriter((text) => out.writable && out.write(Buffer.from(text, "latin1")));
    this.startedAt = now();
    this.lines.write(bytesOfJson(header) + "\n");
  }

  attached(probes: number, nsecs: bigint): void {
    this.fact("attached", { probes, nsecs: String(nsecs) });
  }

  tracedUntil(nsecs: bigint): void {
    this.fact("until", { nsecs: String(nsecs) });
  }

  line(line: Line): void | Promise<void> {
    this.lines.write(`${this.time()} out ${textOfLine(line)}\n`);
    if (this.out.writableNeedDrain) return drained(this.out);
  }

  /** Once each; where there are many, again. */
  named(names: StackNames): void {
    const key = keyOfStack(names.stack, names.pid);
    if (this.known.get(key) !== undefined) return;
    this.known.set(key, "");
    this.fact("named", names);
  }

  group({ path, id }: Cgroup): void {
    this.fact("group", { path, id: String(id) });
  }

  warning(text: string): void {
    this.fact("warning", { text });
  }

  /** The stream is left open: whoever opened it ends it. */
  end(end: RecordingEnd): void {
    this.fact("end", end);
    this.lines.flush();
  }

  private fact(kind: string, value: object): void {
    this.lines.write(`${this.time()} ${kind} ${bytesOfJson(value)}\n`);
  }

  private time(): number {
    return Math.max(0, Math.floor(this.now() - this.startedAt));
  }
}

/** As a byte string. */
function bytesOfJson(value: object): string {
  return Buffer.from(toExactJson(value), "utf8").toString("latin1");
}
