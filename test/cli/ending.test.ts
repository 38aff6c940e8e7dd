/** How a run ends when it is made to: a stand-in for bpftrace prints, and the command line is ended around it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMAND, FAULTY_COMMAND, faultlineBeside, ROOT } from "./faultline.js";
import { ATTACHED, standIn } from "./stand-in.js";
import { temporaryFolder } from "../temporary-folder.js";

const TIMEOUT = 40_000;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const ROWS = `echo '{"type": "value", "data": [1, 1, "cat"]}'`;

/** A run of a stand-in of which `body` is what it does when it traces. */
function start(body: string, args: readonly string[] = [], redirect = "", fault?: string) {
  return execa(
    "/bin/sh",
    [
      "-c",
      `exec "$@" ${redirect}`,
      "sh",
      ...(fault === undefined ? COMMAND : FAULTY_COMMAND),
      "run",
      "faults show pid, comm",
      "--format",
      "csv",
      ...args,
    ],
    {
      cwd: ROOT,
      reject: false,
      stdin: "ignore",
      env: { ...standIn(folder, body), ...(fault === undefined ? {} : { FAULT: fault }) },
      timeout: TIMEOUT,
    },
  );
}

async function seen(name: string): Promise<void> {
  for (let i = 0; i < 300 && !existsSync(join(folder, name)); i++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(existsSync(join(folder, name))).toBe(true);
  // What is said with it is on its way.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

function isAlive(): boolean {
  try {
    return process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), 0);
  } catch {
    return false;
  }
}

/** Ends when it is asked to, and prints a last line then. */
const POLITE = `trap '${ROWS.replaceAll("'", `'"'"'`)}; exit 0' INT\n${ATTACHED}; ${ROWS}\nwhile :; do sleep 0.1; done`;
const DEAF = `trap '' INT TERM\n${ATTACHED}; ${ROWS}\nwhile :; do sleep 0.1; done`;

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("a run", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "is ended by %s: the last results are in the file, which is whole",
    async (signal) => {
      const out = join(folder, "x.csv");
      const running = start(POLITE, ["-o", out]);
      await seen("attached");
      expect(existsSync(out)).toBe(false);
      running.kill(signal);
      expect((await running).exitCode).toBe(0);
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n1,cat\r\n");
      expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
      expect(isAlive()).toBe(false);
    },
    TIMEOUT,
  );

  it(
    "whose terminal goes is told so twice, and still has its last results",
    async () => {
      const out = join(folder, "x.csv");
      const running = start(`trap '' USR1\n${POLITE.replace("trap '", "trap 'sleep 1; ")}`, ["-o", out]);
      await seen("attached");
      running.kill("SIGHUP");
      await new Promise((resolve) => setTimeout(resolve, 300));
      running.kill("SIGHUP");
      expect((await running).exitCode).toBe(0);
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n1,cat\r\n");
    },
    TIMEOUT,
  );

  it("is ended at once by a second Ctrl-C", async () => {
    const out = join(folder, "x.csv");
    const running = start(DEAF, ["-o", out]);
    await seen("attached");
    running.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.kill("SIGINT");
    const asked = performance.now();
    const { exitCode, stderr } = await running;
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("bpftrace was killed, as it was asked to end twice");
    expect(stderr).toContain("the last results are missing");
    expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n");
    expect(isAlive()).toBe(false);
  }, 60_000);

  it(
    "tells that the tracer was killed, and keeps what it had said",
    async () => {
      const out = join(folder, "x.csv");
      const ran = await start(`${ATTACHED}; ${ROWS}; kill -9 $$`, ["-o", out]);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/faultline: .*(?:kill|SIGKILL)/);
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n");
    },
    TIMEOUT,
  );

  it.each(["decoder", "format"])(
    "that has a fault of its own in the %s ends in order: all else is in the file, which is whole",
    async (where) => {
      const [out, record] = [join(folder, "x.csv"), join(folder, "x.flrec")];
      const fault = `echo '{"type": "value", "data": [1, 2, "fault"]}'`;
      const body = POLITE.replace(/while.*/, `${fault}; $&`);
      const ran = await start(body, ["-o", out, "--record", record], "", where);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("a fault of faultline itself ended this: made to fail");
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n1,cat\r\n");
      expect(isAlive()).toBe(false);
      const again = await faultlineBeside(["replay", record, "--format", "csv"]);
      expect(again.out.split(/\r?\n/)).toEqual(["pid,comm", "1,cat", "2,fault", "1,cat"]);
    },
    TIMEOUT,
  );

  it(
    "whose format fails at its end keeps the rows, in the file and the recording",
    async () => {
      const [out, record] = [join(folder, "x.csv"), join(folder, "x.flrec")];
      const ran = await start(`${ATTACHED}; ${ROWS}`, ["-o", out, "--record", record], "", "end");
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("a fault of faultline itself ended this: made to fail");
      expect(ran.stderr).toContain(`warning: ${out} is incomplete`);
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n");
      expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
      expect((await faultlineBeside(["replay", record])).code).toBe(0);
    },
    TIMEOUT,
  );

  it(
    "whose recording fails at its end keeps it, under its name, and the results",
    async () => {
      const [out, record] = [join(folder, "x.csv"), join(folder, "x.flrec.gz")];
      const ran = await start(`${ATTACHED}; ${ROWS}`, ["-o", out, "--record", record], "", "recording");
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("a fault of faultline itself ended this: made to fail");
      expect(readFileSync(out, "utf8")).toBe("pid,comm\r\n1,cat\r\n");
      expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
      const again = await faultlineBeside(["replay", record, "--format", "csv"]);
      expect(again.out.split(/\r?\n/)).toEqual(["pid,comm", "1,cat"]);
      expect(again.err).toContain("the end of the run is missing");
    },
    TIMEOUT,
  );

  it(
    "ends when nobody reads any more, and the recording is whole",
    async () => {
      const record = join(folder, "x.rec");
      const running = start(`${ATTACHED}\nwhile :; do ${ROWS}; sleep 0.1; done`, ["--record", record]);
      await seen("attached");
      running.stdout?.destroy();
      expect((await running).exitCode).toBe(0);
      expect(isAlive()).toBe(false);
      const again = await faultlineBeside(["replay", record, "--format", "csv"]);
      expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^pid,comm(?:\r?\n1,cat)+$/)]);
    },
    TIMEOUT,
  );

  it(
    "ends when there is no room for what it prints",
    async () => {
      const ran = await start(`${ATTACHED}\nwhile :; do ${ROWS}; sleep 0.1; done`, [], ">/dev/full");
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/faultline: cannot write the results: the disk is full/);
      expect(ran.stderr).not.toMatch(/\n\s+at /);
      expect(isAlive()).toBe(false);
    },
    TIMEOUT,
  );

  describe("into a file for which there is no room", () => {
    const LINES = 2000;
    /** A file system of so many KiB; undefined: nothing can be mounted here. */
    function smallDisk(kilobytes: number, taken: number): string | undefined {
      const disk = join(folder, "full");
      mkdirSync(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "none", disk]);
      } catch {
        return undefined;
      }
      writeFileSync(join(disk, "other"), "x".repeat(taken * 1024));
      return disk;
    }
    afterEach(() => {
      try {
        execFileSync("umount", [join(folder, "full")], { stdio: "ignore" });
      } catch {
        // It has not been mounted.
      }
    });
    const many = `i=0; while [ $i -lt ${LINES} ]; do echo "{\\"type\\": \\"value\\", \\"data\\": [1, $i, \\"a name that needs some room\\"]}"; i=$((i+1)); done`;
    const all = Array.from({ length: LINES }, (_, i) => `${i},a name that needs some room`);

    it(
      "prints what the file could not take, and loses nothing",
      async (context) => {
        const disk = smallDisk(20, 4);
        if (disk === undefined) return context.skip();
        const out = join(disk, "x.csv");
        const ran = await start(`trap '' INT\n${ATTACHED}; ${ROWS}; ${many}; ${ROWS}`, ["-o", out]);
        expect(ran.exitCode).toBe(1);
        expect(ran.stderr).toContain(`faultline: cannot write ${out}: the disk is full`);
        expect(ran.stderr).not.toMatch(/\n\s+at /);
        expect(isAlive()).toBe(false);
        const left = readdirSync(disk).filter((name) => name !== "other");
        const kept = left.map((name) => readFileSync(join(disk, name), "utf8")).join("");
        expect(ran.stderr).toContain(
          left.length === 0
            ? "hint: the results are printed instead"
            : `hint: what was written so far is in ${join(disk, left[0] ?? "")}; the rest is printed`,
        );
        const lines = `${kept}${ran.stdout}`.split("\r\n").map((line) => line.replace("\n", ""));
        expect(lines.slice(0, 2)).toEqual(["pid,comm", "1,cat"]);
        expect(lines.filter((line) => all.includes(line))).toEqual(all);
        expect(lines.filter((line) => line === "1,cat")).toHaveLength(2);
      },
      TIMEOUT,
    );

    it.for(["svg", "html"])(
      "prints the results as a table in place of a picture: %s",
      { timeout: TIMEOUT },
      async (format, context) => {
        const disk = smallDisk(4, 4);
        if (disk === undefined) return context.skip();
        const out = join(disk, `x.${format}`);
        const running = start(POLITE, ["-o", out, "--format", format]);
        await seen("attached");
        running.kill("SIGINT");
        const ran = await running;
        expect(ran.exitCode).toBe(1);
        expect(ran.stderr).toContain(`faultline: cannot write ${out}: the disk is full`);
        expect(ran.stderr).toContain("hint: the results are printed as a table instead");
        expect(ran.stdout).toMatch(/^ *pid +comm *(?:\n +1 +cat){1,2}\n?$/);
        expect(readdirSync(disk)).toEqual(["other"]);
        expect(isAlive()).toBe(false);
      },
    );

    it(
      "tells of the results and of the recording, and leaves nothing that is empty",
      async (context) => {
        const disk = smallDisk(4, 4);
        if (disk === undefined) return context.skip();
        const [out, record] = [join(disk, "x.csv"), join(disk, "x.flrec")];
        const ran = await start(`${ATTACHED}; ${ROWS}`, ["-o", out, "--record", record]);
        expect(ran.exitCode).toBe(1);
        for (const path of [out, record])
          expect(ran.stderr).toContain(`faultline: cannot write ${path}: the disk is full`);
        expect(ran.stderr).toContain("hint: nothing of it was written");
        expect(ran.stdout).toBe("pid,comm\r\n1,cat");
        expect(readdirSync(disk)).toEqual(["other"]);
      },
      TIMEOUT,
    );

    it(
      "says how many rows are not in the table",
      async (context) => {
        const disk = smallDisk(4, 4);
        if (disk === undefined) return context.skip();
        const ran = await start(`${ATTACHED}; ${many}`, ["-o", join(disk, "x.svg"), "--format", "svg"]);
        expect(ran.stderr).toContain(`as a table instead, without ${LINES - 1000} rows that were not kept`);
        expect(ran.stdout.split("\n")).toHaveLength(1001);
      },
      TIMEOUT,
    );

    it(
      "prints all where there was no room at all, and leaves a device as it is",
      async () => {
        const ran = await start(`${ATTACHED}; ${ROWS}`, ["-o", "/dev/full", "--format", "csv"]);
        expect(ran.exitCode).toBe(1);
        expect(ran.stdout).toBe("pid,comm\r\n1,cat");
        expect(ran.stderr).toContain("hint: the results are printed instead");
      },
      TIMEOUT,
    );
  });

  it(
    "does not start without its command",
    async () => {
      const ran = await start(POLITE, ["-c", "/no/such/program"]);
      expect(ran.exitCode).toBe(2);
      expect(ran.stderr).toContain('there is no command "/no/such/program"');
      expect(existsSync(join(folder, "pid"))).toBe(false);
      expect((await start(POLITE, ["-c", "/etc/passwd"])).stderr).toContain('"/etc/passwd" is not a program');
      expect((await start(POLITE, ["-c", "/etc"])).stderr).toContain('"/etc" is not a program');
    },
    TIMEOUT,
  );
});
