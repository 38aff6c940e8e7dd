/** Benchmarks: whole processes as ratios to a bare node in the same run, and the compiler's stages in this process. */
import { spawnSync } from "node:child_process";
import { bundledKernel, check, compile } from "../src/index.js";
import { openLiveKernel } from "../src/kernel/live/live-kernel.js";
import { openProfile } from "../src/kernel/profile/profile-file.js";

const CARD = 'faults by comm, ustack where file ~ "*.so"';

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function wall(args: readonly string[]): number {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
}

/** Runs both in turn, so that a change of the machine's speed affects both alike. */
function pairs(
  runs: number,
  a: readonly string[],
  b: readonly string[],
): { a: number; b: number; ratio: number } {
  const times = Array.from({ length: runs }, () => ({ a: wall(a), b: wall(b) })).slice(1);
  return {
    a: median(times.map((t) => t.a)),
    b: median(times.map((t) => t.b)),
    ratio: median(times.map((t) => t.a / t.b)),
  };
}

function time(work: () => void, runs: number): number {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  return median(times);
}

const definitions = (n: number): string =>
  Array.from({ length: n }, (_, i) => `event e${i} {\n  provider software:page-faults:1\n}\n`).join("") +
  "e0 by comm\n";

const process_ = pairs(16, ["dist/cli.cjs", "compile", CARD, "--kernel", "debian13"], ["-e", "0"]);
console.log(
  `compile, whole process: ${process_.a.toFixed(1)} ms, ${process_.ratio.toFixed(2)} times node -e 0 (${process_.b.toFixed(1)} ms); aim 1.6`,
);

const kernel = bundledKernel("debian13");
time(() => compile(CARD, { kernel }), 300);
console.log(
  `compile, in process, warm: ${time(() => compile(CARD, { kernel }), 300).toFixed(3)} ms; aim 1 ms`,
);

/** The kernel is opened again for each run, as by a command that runs once. */
const GROWTH = "heap_growth sum(bytes) by comm";
console.log(
  `this kernel's types read, one query compiled: ${time(() => compile(GROWTH, { kernel: openLiveKernel() }), 15).toFixed(1)} ms; aim 150 ms`,
);
console.log(
  `the same from a captured profile: ${time(() => compile(CARD, { kernel: openProfile("profiles/debian13.profile").kernel }), 9).toFixed(1)} ms`,
);

const lines = definitions(666);
console.log(
  `check of ${lines.split("\n").length} lines: ${time(() => check(lines, { kernel }), 9).toFixed(1)} ms; aim 100 ms`,
);

const base = time(() => check(definitions(100), { kernel }), 9) / 100;
for (const n of [100, 1_000, 10_000]) {
  const each = time(() => check(definitions(n), { kernel }), 3) / n;
  console.log(
    `${n} definitions: ${(each * 1000).toFixed(1)} µs each, ${(each / base).toFixed(2)} times that of 100`,
  );
}
