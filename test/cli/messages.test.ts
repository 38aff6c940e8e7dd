/** What a machine in a bad state makes of a command: words for a person, and the exit status that says which. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMAND } from "./faultline.js";
import { standIn, ATTACHED } from "./stand-in.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
symlinkSync("loop.fl", join(folder, "loop.fl"));

/** `F` is the command. */
function shell(script: string, environment: NodeJS.ProcessEnv = {}): { code: number | null; err: string } {
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `F() { ${COMMAND.map((w) => `'${w}'`).join(" ")} "$@"; }\n${script}`],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...environment },
      timeout: 50_000,
    },
  );
  return { code: status, err: stderr };
}

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const TARGET = "--kernel debian13";

describe.runIf(isRoot)("a message", () => {
  it.each<[string, string, number, RegExp]>([
    ["a file in a file", `F check /etc/passwd/x.fl`, 2, /x\.fl: a part of its path is a file/],
    ["links in a circle", `F check ./loop.fl`, 2, /loop\.fl: its symbolic links form a loop/],
    ["a long name", `F check $(printf 'a%.0s' $(seq 300)).fl`, 2, /\.fl: its name is too long/],
    ["a profile in a file", `F check faults --kernel /etc/passwd/x`, 2, /a part of its path is a file/],
    ["a recording", `F replay ./loop.fl`, 2, /its symbolic links form a loop/],
    [
      "a read-only disk",
      `exec unshare -m sh -c 'mount -t tmpfs -o ro t /mnt && shift 0 && "$@" -o /mnt/x' sh ${COMMAND.join(" ")} compile faults ${TARGET}`,
      2,
      /cannot write \/mnt\/x: the disk is read-only/,
    ],
    ["a wrong query, stderr full", `F check 'faults by cmm' ${TARGET} 2>/dev/full`, 2, /^$/],
    ["a wrong option, stderr full", `F list --nix 2>/dev/full`, 2, /^$/],
    ["no such file, stderr full", `F check ./nix.fl 2>/dev/full`, 2, /^$/],
    ["stdout full", `F list ${TARGET} >/dev/full`, 1, /cannot write the results: the disk is full/],
    ["both full", `F list ${TARGET} >/dev/full 2>/dev/full`, 1, /^$/],
    ["a wrong query, both closed", `F check 'faults by cmm' ${TARGET} >&- 2>&-`, 2, /^$/],
    ["stderr closed", `F compile faults ${TARGET} 2>&- >/dev/null`, 0, /^$/],
    [
      "no /proc: a run",
      `exec unshare -m sh -c 'umount -l /proc && "$@" >/dev/null' sh ${COMMAND.join(" ")} faults`,
      3,
      /\/proc is not mounted\nhint: mount it: `mount -t proc proc \/proc`/,
    ],
    [
      "no /proc: memory",
      `exec unshare -m sh -c 'umount -l /proc && "$@"' sh ${COMMAND.join(" ")} memory`,
      3,
      /\/proc is not mounted/,
    ],
    [
      "nowhere for a private file",
      `exec unshare -m sh -c 'for d in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o ro t $d || exit 9; done; TMPDIR=/nowhere "$@"' sh ${COMMAND.join(" ")} overhead faults -- true`,
      3,
      /nowhere to keep a file for the run: \/nowhere \(there is no such directory\), \/tmp \(the disk is read-only\)[\s\S]*hint: set TMPDIR/,
    ],
  ])("of %s", (_, script, code, message) => {
    const ran = shell(script);
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toMatch(/\n\s+at |\bE[A-Z]{3,}:/);
    expect(ran.code).toBe(code);
  });

  it("is none where TMPDIR is missing: another place does", () => {
    const inside = mkdtempSync(join(folder, "bin-"));
    const ran = shell("F 'faults show pid' --format csv", {
      ...standIn(inside, `${ATTACHED}; exit 0`),
      TMPDIR: "/nowhere",
    });
    expect(ran.err).not.toMatch(/mkdtemp|ENOENT/);
    expect(ran.code).toBe(0);
  });
});
