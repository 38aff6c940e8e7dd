/**
 * A stand-in for bpftrace, for `memory.ts`: prints as much as it is asked to, as fast as it is read, and none of its
 * keys twice. After each quarter it is quiet for a moment, and says in a file that it is.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { once } from "node:events";

const QUIET = 500;
/** As many keys as a map has room for. */
const BATCH = 10_000;
const STACKS = 1_000;
const FRAMES = 20;

/** A stack of addresses nobody has code at. */
function stack(i: number): string {
  return Array.from({ length: FRAMES }, (_, d) => `0x${(0x10_0000_0000 + i * 64 + d).toString(16)}`).join(
    "\\n",
  );
}

/** What comes from event number `from` on, and how many events it is of. */
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
