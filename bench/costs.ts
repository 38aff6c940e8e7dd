/**
 * The runner's costs beside what they are compared with: each as the median of runs in turn, in CPU time, which does not
 * depend on the machine's other load. What needs root or bpftrace is left out with a word where that is missing.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserStacks } from "../src/symbols/user-stacks.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FAULTLINE = join(ROOT, "faultline");
const RUNS = 9;
const KEYS = 1_000_000;
const ROWS = 1_000_000;
const ROWS_A_SECOND = 50_000;
const STACKS = 10_000;
const ONE_LINER = "software:page-faults:1 { @[comm] = count(); } interval:s:1 { exit(); }";

interface Row {
  readonly what: string;
  readonly goal: string;
  readonly figure: string;
  readonly how: string;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The CPU time of a command and what it starts, in milliseconds. */
function cpuOf(words: readonly string[], environment: NodeJS.ProcessEnv = process.env): number {
  const script = `TIMEFORMAT='%U %S'; { time "$@" >/dev/null 2>&1 </dev/null; } 2>&1`;
  const { stdout } = spawnSync("bash", ["-c", script, "bash", ...words], {
    encoding: "utf8",
    env: environment,
  });
  const [user = NaN, system = NaN] = stdout.trim().split(" ").map(Number);
  return (user + system) * 1000;
}

/** All commands in turn, so that a change of the machine's speed affects all alike. */
function cpuInTurn(commands: readonly (readonly string[])[], runs = RUNS): number[][] {
  const times = commands.map((): number[] => []);
  for (let i = 0; i <= runs; i++)
    for (const [k, words] of commands.entries()) {
      const cpu = cpuOf(words);
      // The first run reads files that are not in memory.
      if (i > 0) times[k]?.push(cpu);
    }
  return times;
}

function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((time, i) => time / (b[i] ?? NaN)));
}

function starts(): Row[] {
  const how = `CPU time against node -e 0, ${RUNS} runs in turn`;
  const [node = [], compile = [], list = []] = cpuInTurn([
    [process.execPath, "-e", "0"],
    [FAULTLINE, "compile", "--kernel", "live", "faults by comm"],
    [FAULTLINE, "list"],
  ]);
  return [
    { what: "compile --kernel live", goal: "2.0", figure: ratio(compile, node).toFixed(2), how },
    { what: "list", goal: "1.8", figure: ratio(list, node).toFixed(2), how },
  ];
}

function startOfRun(): Row[] {
  const what = "start of a run";
  if (process.getuid?.() !== 0 || spawnSync("bpftrace", ["--version"]).status !== 0)
    return [{ what, goal: "bpftrace + 60 ms", figure: "not measured", how: "needs root and bpftrace" }];
  const [node = [], plain = [], ours = []] = cpuInTurn([
    [process.execPath, "-e", "0"],
    ["bpftrace", "-e", ONE_LINER],
    [FAULTLINE, "faults by comm for 1s"],
  ]);
  const more = median(ours.map((time, i) => time - (plain[i] ?? NaN)));
  return [
    {
      what,
      goal: "bpftrace + 60 ms",
      figure: `bpftrace ${median(plain).toFixed(0)} + ${more.toFixed(0)} ms`,
      how: `CPU time of a whole run of 1 s, its end and its table too; bare node is ${median(node).toFixed(0)} ms of it`,
    },
  ];
}

/** A tracer that prints what is in a file, for runs whose lines are the same each time. */
function standIn(folder: string, lines: string): NodeJS.ProcessEnv {
  const tracer = join(folder, "bpftrace");
  writeFileSync(
    tracer,
    `#!/bin/sh\ncase "$*" in *--version*) echo "bpftrace v0.17.0"; exit;; esac\necho '{"type": "attached_probes", "data": {"probes": 1}}'\necho __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2\nexec cat '${lines}'\n`,
  );
  chmodSync(tracer, 0o755);
  return { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, "drain");
    text = "";
  }
  file.end(text);
  await finished(file);
}

function* keyLines(): Generator<string> {
  yield '{"type": "value", "data": [-6,0,93000000000000,0]}\n{"type": "map", "data": {"@faults": {';
  for (let i = 0; i < KEYS; i++)
    yield `${i === 0 ? "" : ", "}"task-${(i * 7919) % 1000},${(i * 104_729) % 4_194_304}": ${1 + ((i * 31) % 37)}`;
  yield "}}}\n";
}

function* rowLines(): Generator<string> {
  for (let i = 0; i < ROWS; i++)
    yield `{"type": "value", "data": [1,${93_000_000_000_000 + i * 20_000},${1000 + (i % 500)},"postgres-${i % 40}"]}\n`;
}

interface Used {
  readonly cpu: number;
  /** In MB. */
  readonly memory: number;
}

async function used(query: string, environment: NodeJS.ProcessEnv): Promise<Used> {
  const words = ["run", query, "--format", "csv", "--max-entries", String(2 * KEYS)];
  const child = spawn(FAULTLINE, words, { stdio: "ignore", env: environment });
  let memory = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      memory = Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? memory * 1024) / 1024;
    } catch {
      // It has ended.
    }
  }, 20);
  await once(child, "exit");
  clearInterval(watch);
  return { cpu: cpuOf([FAULTLINE, ...words], environment), memory };
}

async function runs(folder: string): Promise<Row[]> {
  if (process.getuid?.() !== 0)
    return [{ what: "keys, rows", goal: "", figure: "not measured", how: "`faultline run` needs root" }];
  const lines = join(folder, "lines");
  const environment = standIn(folder, lines);
  const how = "a stand-in for bpftrace prints them at once; to CSV";
  await writeLines(lines, []);
  const none = await used("faults by comm, pid", environment);
  await writeLines(lines, keyLines());
  const keys = await used("faults by comm, pid", environment);
  await writeLines(lines, rowLines());
  const rows = await used("faults show time, pid, comm", environment);
  const share = ((rows.cpu - none.cpu) / ROWS) * (ROWS_A_SECOND / 1000);
  return [
    { what: `${KEYS} keys, memory`, goal: "400 MB", figure: `${keys.memory.toFixed(0)} MB`, how },
    {
      what: `${KEYS} keys, CPU`,
      goal: "0.3 of bpftrace's own",
      figure: `${(keys.cpu - none.cpu).toFixed(0)} ms`,
      how: `${how}; without the start`,
    },
    {
      what: `${ROWS_A_SECOND} rows a second`,
      goal: "10 % of a CPU",
      figure: `${(share * 100).toFixed(1)} %`,
      how: `from ${ROWS} rows; ${how}; without the start`,
    },
  ];
}

/** Stacks in Node's own program, which has about 100 MB. */
function symbols(): Row[] {
  const line = readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .find((each) => each.includes("r-xp") && each.endsWith(process.execPath));
  const [start = NaN, end = NaN] = (line?.split(" ")[0] ?? "").split("-").map((each) => parseInt(each, 16));
  if (Number.isNaN(end)) return [];
  let seed = 5;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pool = Array.from({ length: 8000 }, () => start + random(end - start));
  const stacks = Array.from({ length: STACKS }, (_, i) =>
    [...Array.from({ length: 40 + random(40) }, () => pool[random(pool.length)] ?? 0), start + i * 16]
      .map((address) => `0x${address.toString(16)}`)
      .join("\n"),
  );
  const names = new UserStacks(process.pid);
  const [first = 0, second = 0] = [1, 2].map(() => {
    const before = process.cpuUsage();
    for (const stack of stacks) names.name(stack, process.pid);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  names.close();
  const how = `CPU time, ${STACKS} distinct stacks of Node's own program`;
  return [
    { what: "stacks named, first pass", goal: "1600 ms", figure: `${first.toFixed(0)} ms`, how },
    { what: "stacks named, second pass", goal: "nothing", figure: `${second.toFixed(0)} ms`, how },
  ];
}

const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
try {
  const rows = [...starts(), ...startOfRun(), ...(await runs(folder)), ...symbols()];
  for (const { what, goal, figure, how } of rows)
    console.log(`${what.padEnd(28)} goal ${goal.padEnd(22)} ${figure.padEnd(24)} ${how}`);
} finally {
  rmSync(folder, { recursive: true });
}
