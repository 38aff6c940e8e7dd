/**
 * A stand-in for bpftrace, for `memory.ts`: prints the requested number of events as fast as they are read, with keys
 * that never repeat. After each quarter it pauses for a moment, and records that in a file.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { once } from "node:events";

const QUIET = 500;
/** The number of keys in a full map. */
const BATCH = 10_000;
const STACKS = 1_000;
const FRAMES = 20;

/** Returns a stack of addresses without code. */
function stack(i: number): string {
  return Array.from({ length: FRAMES }, (_, d) => `0x${(0x10_0000_0000 + i * 64 + d).toString(16)}`).join(
    "\\n",
  );
}

/** Returns a function that makes the output from event `from` on, with its number of events. */
function batchOf(script: string): (from: number) => { text: string; events: number } {
  const map = /print\((@\w+)\)/.exec(script)?.[1];
  if (map === undefined)
    return (from) => {
      let text = "";
      for (let i = from; i < from + BATCH; i++)
        text += `{"type": "value", "data": [1,${i * 10_000},${i},"task-${i}"]}\n`;
      return { text, events: BATCH };
    };
  const hasStacks = script.includes("ustack");
  return (from) => {
    const events = hasStacks ? STACKS : BATCH;
    const entries = Array.from({ length: events }, (_, i) => {
      const key = hasStacks ? `task-${i % 8},\\n${stack(from + i)}\\n` : `task-${from + i},${from + i}`;
      return `"${key}": ${i}`;
    });
    const end = `{"type": "value", "data": [0,0,${(1 + from / events) * 1_000_000_000}]}`;
    return { text: `{"type": "map", "data": {"${map}": {${entries.join(", ")}}}}\n${end}\n`, events };
  };
}

async function print(total: number, progress: string): Promise<void> {
  const next = batchOf(readFileSync(process.argv.at(-1) ?? "", "utf8"));
  process.stdout.write(`{"type": "attached_probes", "data": {"probes": 1}}\n`);
  process.stderr.write("__BPFTRACE_NOTIFY_PROBES_ATTACHED\n");
  let quarter = 1;
  for (let done = 0; done < total;) {
    const { text, events } = next(done);
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
    done += events;
    if (done * 4 < quarter * total) continue;
    quarter++;
    appendFileSync(progress, ".");
    await new Promise((resolve) => setTimeout(resolve, QUIET));
  }
}

if (process.argv.some((each) => /version/i.test(each))) console.log("bpftrace v0.17.0");
else await print(Number(process.env["BENCH_EVENTS"]), process.env["BENCH_PROGRESS"] ?? "");
