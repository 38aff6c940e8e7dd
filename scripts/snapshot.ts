/**
 * The start-up snapshot of the command line: the heap of a Node that has loaded and warmed it, which another process of
 * the same Node takes as its own. It is made for one Node alone; any other dies of it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** With these and one layout of memory, two snapshots of a bundle are the same, but for the path of the bundle. */
const REPEATABLE = ["--predictable", "--hash-seed=1", "--random-seed=1"];
/** V8 forgets compiled code that has not run for a while. */
const KEPT = ["--no-flush-bytecode"];

/** Runs a Node that makes a snapshot. Throws with what it says where it cannot. */
export function runBuilder(node: string, words: readonly string[], cwd: string): void {
  const builder = [resolve(node), ...REPEATABLE, ...KEPT, ...words];
  const env = { PATH: process.env["PATH"], FAULTLINE_MAKE_SNAPSHOT: "1" };
  // Some containers do not let a process choose its layout of memory: then it is another snapshot each time.
  const fixed = spawnSync("setarch", ["-R", "true"]).status === 0 ? ["setarch", "-R"] : [];
  const [program = "", ...rest] = [...fixed, ...builder];
  execFileSync(program, rest, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Makes `cli.snapshot` beside the start file of a command line, and the key by which its launcher knows that the Node and
 * the snapshot are those of now. Where this Node cannot make one, there is none, and what comes back is why.
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
    // The setting is another than the snapshot was made with, as a processor may be.
    if (run(["--stack-size=900", "--snapshot-blob", part]) !== run([]))
      throw new Error("it does not do what its bundle does");
    renameSync(part, file);
    keepKey(file, node);
    return undefined;
  } catch (error) {
    rmSync(part, { force: true });
    rmSync(file, { force: true });
    return gist(error);
  }
}

/** Asked as the launcher asks, which knows no better way to see whether a file is the one that it was. */
export function keepKey(file: string, node: string): void {
  const key = execFileSync("stat", ["-L", "-c", "%s %.9Y", node, file], { encoding: "utf8" });
  if (!/^(?:\d+ \d+\.\d{9}\n){2}$/.test(key))
    throw new Error("this machine's `stat` does not tell when a file was written");
  writeFileSync(`${file}.key`, key);
}

/** Of what a Node said at its end, the line that says why. */
function gist(error: unknown): string {
  const said = (error as { readonly stderr?: Buffer }).stderr?.toString() ?? "";
  const line = /^\w*Error: .+$/m.exec(said)?.[0] ?? /\S.*/.exec(said)?.[0];
  return line ?? (error instanceof Error ? error.message : String(error));
}

/** A flag in the head of a snapshot: it has no code of Node's own modules, so that any processor may take it. */
const WITHOUT_CODE_CACHE = 1;

/**
 * Changes a snapshot at `offset` of `blob` so that Node takes it on other processors than the one it was made on, and with
 * other settings of V8. Node 20 refuses those for the sake of the code of its own modules that goes along, which V8 checks
 * once more by itself; the code of ours is bytecode, the same everywhere. Throws where its head is not what is expected.
 */
export function allowAnyProcessor(blob: Buffer, offset: number, node: string): void {
  const words = execFileSync(
    node,
    ["-p", "[process.version.slice(1), process.arch, process.platform].join()"],
    {
      encoding: "utf8",
    },
  );
  // A mark of the format, and a byte for the kind of the snapshot.
  let at = offset + 5;
  for (const expected of words.trim().split(",")) {
    const length = Number(blob.readBigUInt64LE(at));
    const found = blob.toString("latin1", at + 8, at + 8 + Math.min(length, 100));
    if (found !== expected) throw new Error("a snapshot of this Node has another head than is known");
    at += 8 + length;
  }
  // Some versions then have what is compared with the processor and the settings; all have flags and a length, and what
  // V8 begins with: four contexts, and that hashes may be made anew.
  const isBehind = (head: number): boolean =>
    blob.readUInt32LE(head + 8) === 4 && blob.readUInt32LE(head + 12) === 1;
  if (isBehind(at)) return;
  if (!isBehind(at + 4) || blob.readUInt32LE(at + 4) !== 0)
    throw new Error("a snapshot of this Node has another head than is known");
  blob.writeUInt32LE(WITHOUT_CODE_CACHE, at + 4);
}
