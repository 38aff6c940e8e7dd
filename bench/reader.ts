/**
 * Measures the reader: a tracer's lines to each format of rows, compared with `JSON.parse` on the same lines; its memory; and a flame
 * graph of many stacks. Can be run alone: `npx tsx bench/reader.ts`.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Script } from "../src/tracers/script.js";
import type { Plan, Result } from "../src/plan/plan.js";
import { Sink } from "../src/cli/output/sink.js";
import { createDecoder } from "../src/tracers/bpftrace/read/decode.js";
import type { Group } from "../src/results/events.js";
import { LineSplitter, textOfLine } from "../src/results/lines.js";
import { DURATION, STRING, TIMESTAMP, UNSIGNED, BYTES, type Type } from "../src/types/types.js";
import { createView } from "../src/view/view.js";

const LINES = 1_000_000;
const STACKS = 100_000;
const RUNS = 5;

function planOf(result: Result): Plan {
  return { probes: [], states: [], results: [result], choices: [], derived: [], notes: [], maxEntries: 0 };
}

const column = (label: string, type: Type): { label: string; type: Type } => ({ label, type });

const ROWS = planOf({
  kind: "rows",
  asked: [],
  query: "swapin show time, pid, comm, latency, size",
  columns: [
    column("time", TIMESTAMP),
    column("pid", UNSIGNED),
    column("comm", STRING),
    column("latency", DURATION),
    column("size", BYTES),
  ],
});

async function writeLines(path: string): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < LINES;) {
    let text = "";
    for (const end = i + 1000; i < end; i++)
      text += `{"type": "value", "data": [1,${93_000_000_000_000 + i * 10_000},${1000 + (i % 500)},"postgres-${i % 40}",${(i * 7919) % 100_000_000},${4096 * (i % 300)}]}\n`;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await finished(file);
}

interface Measured {
  readonly milliseconds: number;
  /** The CPU time, which does not depend on the machine's other load. */
  readonly cpu: number;
  /** The peak memory, in MB. */
  readonly memory: number;
}

async function measured(work: () => Promise<void>): Promise<Measured> {
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, process.memoryUsage().rss / 2 ** 20)), 20);
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  clearInterval(watch);
  return { milliseconds, cpu: (user + system) / 1000, memory };
}

async function parseOnly(path: string): Promise<void> {
  const lines = new LineSplitter();
  let sum = 0;
  for await (const chunk of createReadStream(path)) {
    lines.push(chunk as Buffer);
    for (let line = lines.next(); line; line = lines.next())
      sum += (JSON.parse(textOfLine(line)) as { data: unknown[] }).data.length;
  }
  if (sum !== LINES * 6) throw new Error(`read ${sum} values`);
}

/** The formats that rows are written in, and the aim of each as a multiple of `JSON.parse` line by line. */
const AIMS = { csv: 1.4, ndjson: 2, json: 2, table: 2.5 } as const;
type RowFormat = keyof typeof AIMS;
const FORMATS = Object.keys(AIMS) as RowFormat[];

async function toFormat(format: RowFormat, path: string, target: string): Promise<void> {
  const script: Script = { form: "stream", text: "", plan: ROWS, maps: new Map(), environment: {} };
  const decoder = createDecoder(script, { version: "0.23.2" });
  const sink = await Sink.open(target);
  const err = new Writable({ write: (_, __, done) => done() });
  const view = createView(format, ROWS, { out: sink.stream, err }, () => undefined, { environment: {} });
  const lines = new LineSplitter();
  let count = 0;
  for await (const chunk of createReadStream(path)) {
    lines.push(chunk as Buffer);
    for (let line = lines.next(); line; line = lines.next()) {
      for (const event of decoder.read(line)) {
        count++;
        const held = view.event(event);
        if (held) await held;
      }
    }
  }
  await sink.finish(view, { lost: 0, damaged: 0 });
  if (count !== LINES) throw new Error(`read ${count} lines`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Runs all in turn, so that a change of the machine's speed affects all alike. */
async function reader(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    const path = join(folder, "lines");
    await writeLines(path);
    const limits: Measured[] = [];
    const runs: Record<RowFormat, Measured[]> = { csv: [], ndjson: [], json: [], table: [] };
    for (let i = 0; i < RUNS; i++) {
      limits.push(await measured(() => parseOnly(path)));
      for (const format of FORMATS)
        runs[format].push(await measured(() => toFormat(format, path, join(folder, "out"))));
    }
    const limit = median(limits.map((run) => run.milliseconds));
    console.log(`${LINES} lines: JSON.parse line by line takes ${limit.toFixed(0)} ms`);
    for (const format of FORMATS) {
      const time = median(runs[format].map((run) => run.milliseconds));
      const ratio = median(runs[format].map((run, i) => run.milliseconds / (limits[i]?.milliseconds ?? NaN)));
      const cpu = median(runs[format].map((run, i) => run.cpu / (limits[i]?.cpu ?? NaN)));
      const memory = Math.max(...runs[format].map((run) => run.memory));
      console.log(
        `  to ${format}: ${time.toFixed(0)} ms, ${ratio.toFixed(2)} times that, ${cpu.toFixed(2)} in CPU time; aim ${AIMS[format]}; at most ${memory.toFixed(0)} MB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function stacks(): Group[] {
  const names = Array.from({ length: 4000 }, (_, i) => `function_number_${i}`);
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: STACKS }, (_, i) => {
    // Few distinct outer frames, as in a real program.
    const depth = 12 + random(28);
    const frames = Array.from(
      { length: depth },
      (_, d) => `${names[d < 6 ? random(2 + d) : random(4000)]}+${random(200)}`,
    );
    frames.push(`leaf_${i}`);
    return { keys: [`comm-${i % 7}`, frames.reverse().join("\n")], values: [1 + random(100)] };
  });
}

async function flameGraph(): Promise<void> {
  const plan = planOf({
    kind: "groups",
    asked: [],
    query: "faults by comm, ustack",
    keys: [column("comm", STRING), column("ustack", { kind: "stack", space: "user" })],
    aggregates: [{ ...column("count()", UNSIGNED), fn: "count", map: "c" }],
  });
  const groups = stacks();
  let size = 0;
  const { milliseconds, cpu } = await measured(async () => {
    const out = new Writable({ write: (chunk: Buffer, _, done) => ((size += chunk.length), done()) });
    const view = createView("svg", plan, { out, err: out }, () => undefined, { environment: {} });
    await view.event({ kind: "groups", result: 0, nsecs: 0, groups });
    view.end({ lost: 0, damaged: 0 });
  });
  console.log(
    `flame graph of ${STACKS} stacks: ${milliseconds.toFixed(0)} ms, ${cpu.toFixed(0)} ms of CPU, ${(size / 2 ** 20).toFixed(1)} MB; aim 2000 ms`,
  );
}

const only = process.argv[2];
if (only !== "flame") await reader();
if (only !== "reader") await flameGraph();
