/**
 * Makes the start-up snapshot of the command line: the heap of a Node process that has loaded and warmed it up, from
 * which another process of the same Node starts. It fits one build of Node only; any other crashes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** With these and a fixed memory layout, two snapshots of a bundle are equal except for the path of the bundle. */
const REPEATABLE = ["--predictable", "--hash-seed=1", "--random-seed=1"];
/** Keeps compiled code, which V8 would discard if it has not run for a while. */
const KEEP_BYTECODE = ["--no-flush-bytecode"];

/** Runs Node to make a snapshot. Throws with Node's messages if it fails. */
export function runBuilder(node: string, words: readonly string[], cwd: string): void {
  const builder = [resolve(node), ...REPEATABLE, ...KEEP_BYTECODE, ...words];
  const env = { PATH: process.env["PATH"], FAULTLINE_MAKE_SNAPSHOT: "1" };
  // Some containers do not let a process fix its memory layout; snapshots then differ each time.
  const fixed = spawnSync("setarch", ["-R", "true"]).status === 0 ? ["setarch", "-R"] : [];
  const [program = "", ...rest] = [...fixed, ...builder];
  execFileSync(program, rest, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Makes `cli.snapshot` beside the start file of a command line, and the key by which the launcher checks that Node and
 * snapshot are unchanged. Returns the reason if this Node cannot make one.
 */
export function makeSnapshot(start: string, node: string): string | undefined {
  const folder = dirname(resolve(start));
  const file = join(folder, "cli.snapshot");
  const part = `${file}.part`;
  try {
    runBuilder(node, ["--snapshot-blob", basename(part), "--build-snapshot", "cli.bundle.cjs"], folder);
    const blob = readFileSync(part);
    allowAnyProcessor(blob, 0, node);
    writeFileSync(part, blob);
    const args = ["compile", "faults by comm", "--kernel", "debian12"];
    const run = (words: readonly string[]): string =>
      execFileSync(node, [...words, start, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    // A different V8 setting stands for a different processor: the snapshot must work with both.
    if (run(["--stack-size=900", "--snapshot-blob", part]) !== run([]))
      throw new Error("its output differs from that of the bundle");
    renameSync(part, file);
    keepKey(file, node);
    return undefined;
  } catch (error) {
    rmSync(part, { force: true });
    rmSync(file, { force: true });
    return reasonOf(error);
  }
}

/** Writes the key with the same command as the launcher, so that both see the same size and time. */
export function keepKey(file: string, node: string): void {
  const key = execFileSync("stat", ["-L", "-c", "%s %.9Y", node, file], { encoding: "utf8" });
  if (!/^(?:\d+ \d+\.\d{9}\n){2}$/.test(key))
    throw new Error("`stat` on this machine does not report the modification time");
  writeFileSync(`${file}.key`, key);
}

/** Returns the line of Node's output that gives the reason for a failure. */
function reasonOf(error: unknown): string {
  const said = (error as { readonly stderr?: Buffer }).stderr?.toString() ?? "";
  const line = /^\w*Error: .+$/m.exec(said)?.[0] ?? /\S.*/.exec(said)?.[0];
  return line ?? (error instanceof Error ? error.message : String(error));
}

/** A flag in the header of a snapshot: it has no code of Node's own modules, so it fits any processor. */
const WITHOUT_CODE_CACHE = 1;

/**
 * Changes the snapshot at `offset` of `blob` so that Node accepts it on other processors and with other V8 settings.
 * Node 20 rejects those because of the included code of its own modules, which V8 checks again by itself; our code is
 * bytecode, which is the same everywhere. Throws if the header is not as expected.
 */
export function allowAnyProcessor(blob: Buffer, offset: number, node: string): void {
  const words = execFileSync(
    node,
    ["-p", "[process.version.slice(1), process.arch, process.platform].join()"],
    {
      encoding: "utf8",
    },
  );
  // A magic number, and a byte for the kind of snapshot.
  let at = offset + 5;
  for (const expected of words.trim().split(",")) {
    const length = Number(blob.readBigUInt64LE(at));
    const found = blob.toString("latin1", at + 8, at + 8 + Math.min(length, 100));
    if (found !== expected) throw new Error("a snapshot of this Node has another head than is known");
    at += 8 + length;
  }
  // Some versions then have values to compare with the processor and the settings; all have flags, a length, and the
  // start of V8's part: four contexts, and a 1 that allows rehashing.
  const isBehind = (head: number): boolean =>
    blob.readUInt32LE(head + 8) === 4 && blob.readUInt32LE(head + 12) === 1;
  if (isBehind(at)) return;
  if (!isBehind(at + 4) || blob.readUInt32LE(at + 4) !== 0)
    throw new Error("a snapshot of this Node has another head than is known");
  blob.writeUInt32LE(WITHOUT_CODE_CACHE, at + 4);
}
