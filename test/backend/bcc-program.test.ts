/** What a BCC program does where its output fails or its options are wrong: it runs with a stand-in for BCC. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { hasPython } from "./python.js";
import { temporaryFolder } from "../temporary-folder.js";

const STAND_IN = fileURLToPath(new URL("../fixtures/bcc-stand-in", import.meta.url));
const TRACING = "Tracing... Hit Ctrl-C to end.\n";
const EVENTS = "faults show comm, pid";
const GROUPS = "faults count() by comm";

const directory = temporaryFolder();

/** `command`: of bash, which has the program as `$0` and runs it by the name `run`. */
function run(query: string, command: string, environment: NodeJS.ProcessEnv = {}) {
  const { script, diagnostics } = compile(query, { to: "bcc" });
  if (!script) throw new Error(diagnostics.map((d) => d.message).join("; "));
  const program = join(directory, "program.py");
  writeFileSync(program, script.text);
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", `run() { python3 -B "$0" "$@"; }; ${command}`, program],
    {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: STAND_IN, ...environment },
    },
  );
  return { status, stdout, stderr };
}

const canRun = hasPython && existsSync("/dev/full");

describe.skipIf(!canRun)("a reader that has gone", () => {
  it.each([
    ["a stream of events", EVENTS, "-d 10", TRACING],
    ["a stream of JSON", EVENTS, "-d 10 --json", ""],
    ["reports", GROUPS, "-d 10 -i 0.01", TRACING],
    ["reports in JSON", GROUPS, "-d 10 -i 0.01 --json", ""],
    ["events of several queries", `${EVENTS}; faults show pid`, "-d 10", TRACING],
  ])("ends %s without a word", (_, query, options, stderr) => {
    expect(run(query, `run ${options} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`)).toEqual({
      status: 0,
      stdout: "",
      stderr,
    });
  });
});

describe.skipIf(!canRun)("output that cannot be written", () => {
  const why = (cause: string): string => `program.py: cannot write the results: ${cause}\n`;
  const full = why("No space left on device");

  it.each([
    ["events", EVENTS, "-d 10", TRACING],
    ["events in JSON", EVENTS, "-d 10 --json", ""],
    ["the last results", GROUPS, "-d 0.01", TRACING],
    ["the last results in JSON", GROUPS, "-d 0.01 --json", ""],
    ["reports", GROUPS, "-d 10 -i 0.01", TRACING],
    ["a histogram", "faults hist(pid) by comm", "-d 0.01", TRACING],
  ])("is told in one line: %s on a full disk", (_, query, options, before) => {
    const { status, stderr } = run(query, `run ${options} >/dev/full`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: before + full });
  });

  it.each(["", "--json"])("is told in one line where events have been written before %s", (options) => {
    const { status, stderr } = run(EVENTS, `ulimit -f 1; run -d 10 ${options} >"$0.out"`);
    expect(status).toBe(1);
    expect(stderr).toBe((options === "" ? TRACING : "") + why("File too large"));
  });

  it("is an error where there is no output at all", () => {
    const { status, stderr } = run(EVENTS, "run >&-");
    expect(status).toBe(1);
    expect(stderr).toBe("program.py: there is nowhere to write: standard output is closed\n");
  });

  it("does not end the tracing where it is a message", () => {
    const { status, stdout } = run(GROUPS, "run -d 0.01 2>/dev/full");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^comm +count\(\)\ncafé +7\n$/);
  });

  it("is escaped where the locale has no such letter", () => {
    const { status, stdout } = run(GROUPS, "run -d 0.01", { PYTHONIOENCODING: "ascii" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/\ncaf\\xe9 +7\n$/);
  });
});

describe.skipIf(!hasPython)("a signal", () => {
  const started = `python3 -B "$0" -d 60 2>"$0.err" & until grep -q Tracing "$0.err"; do sleep 0.05; done`;

  /** The kernel sends it where a terminal goes, and the shell that ran there may, too. */
  const again = (signal: string): string => (signal === "HUP" ? "kill -HUP $!;" : "");

  it.each(["INT", "TERM", "HUP"])("ends a program with its last results: SIG%s", (signal) => {
    // A shell without jobs has what it starts ignore Ctrl-C, which the program does not.
    const { status, stdout } = run(
      GROUPS,
      `rm -f "$0.err"; ${started}; kill -${signal} $!; ${again(signal)} wait $!`,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/\ncafé +7\n$/);
  });

  it("of a terminal that goes away is not for what is to outlive it", () => {
    const ended = `kill -HUP $!; sleep 0.3; kill -0 $! && echo alive; kill -TERM $!; wait $!`;
    const { status, stdout } = run(GROUPS, `trap '' HUP; rm -f "$0.err"; ${started}; ${ended}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^alive\n[^]*\ncafé +7\n$/);
  });
});

describe.skipIf(!hasPython)("options of a program", () => {
  it.each([
    ["-d x", "-d/--duration: `x` is not a number of seconds: 5, 0.5"],
    ["-d nan", "-d/--duration: `nan` is not a number of seconds: 5, 0.5"],
    ["-i 0", "-i/--interval: `0` is not a number of seconds: 5, 0.5"],
    ["-p bash", "-p/--pid: `bash` is not the number of a process: `pgrep NAME` tells it"],
    ["--top 2.5", "--top: `2.5` is not a number above 0: 10"],
    ["--max-entries -1", "--max-entries: `-1` is not a number of entries above 0: 16384"],
  ])("are refused in words: %s", (options, words) => {
    const { status, stderr } = run(GROUPS, `run ${options}`);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(`program.py: error: argument ${words}`);
  });

  it.each([
    [`${EVENTS}; ${GROUPS}`],
    ["faults count() by comm where pid % 2 == 0"],
    ['faults count() by comm where comm == "%(prog)s"'],
  ])("come with all that is traced: %s", (query) => {
    const { status, stdout } = run(query, "COLUMNS=200 run --help");
    expect(status).toBe(0);
    expect(stdout.split("\n\n")[1]).toBe(query);
  });
});

it.skipIf(!hasPython)("a program without BCC says what to install", () => {
  writeFileSync(join(directory, "bcc.py"), "raise ModuleNotFoundError(\"No module named 'bcc'\")\n");
  const { status, stderr } = run(GROUPS, "run", { PYTHONPATH: directory });
  rmSync(join(directory, "bcc.py"));
  expect(status).toBe(1);
  expect(stderr).toBe(
    "the package python3-bpfcc is not installed, on some distributions python3-bcc: No module named 'bcc'\n",
  );
});

it.skipIf(!hasPython)("a program is ended without a trace while it loads BCC", () => {
  writeFileSync(join(directory, "bcc.py"), "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n");
  const { status, stderr } = run(GROUPS, '(run); echo "status $?" >&2', { PYTHONPATH: directory });
  rmSync(join(directory, "bcc.py"));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "status 130\n" });
});
