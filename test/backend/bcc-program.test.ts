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
function run(
  query: string,
  command: string,
  environment: NodeJS.ProcessEnv = {},
  form: "text" | "stream" = "text",
) {
  const { script, diagnostics } = compile(query, { to: "bcc", form });
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
const cannotWrite = (cause: string): string => `cannot write the results: ${cause}\n`;
const CLOSED = cannotWrite("Broken pipe");

describe.skipIf(!canRun)("a reader that has gone", () => {
  const HEAD = "| head -1 >/dev/null; exit ${PIPESTATUS[0]}";

  it.each([
    ["a stream of events", EVENTS],
    ["reports", `${GROUPS} every 10ms`],
    ["events of several queries", `${EVENTS}; faults show pid`],
    ["histograms", "faults hist(pid) by comm every 10ms"],
    ["a line an interval", "faults count() every 10ms"],
  ])("ends %s with one line", (_, query) => {
    expect(run(query, `run -d 10 ${HEAD}`)).toEqual({ status: 1, stdout: "", stderr: TRACING + CLOSED });
  });

  it.each([
    ["a stream of events", EVENTS],
    ["reports", `${GROUPS} every 10ms`],
    ["events of several queries", `${EVENTS}; faults show pid`],
  ])("ends %s for the runner with one line", (_, query) => {
    expect(run(`${query} for 10s`, `run ${HEAD}`, {}, "stream")).toEqual({
      status: 1,
      stdout: "",
      stderr: CLOSED,
    });
  });
});

describe.skipIf(!canRun)("output that cannot be written", () => {
  const full = cannotWrite("No space left on device");

  it("is reported in one line where events are printed on a full disk", () => {
    const { status, stderr } = run(EVENTS, "run -d 10 >/dev/full");
    expect({ status, stderr }).toEqual({ status: 1, stderr: TRACING + full });
  });

  it.each([
    ["the last results", GROUPS, "-d 0.01"],
    ["reports", `${GROUPS} every 10ms`, "-d 10"],
    ["a histogram", "faults hist(pid) by comm", "-d 0.01"],
    ["a line an interval", "faults count() every 10ms", "-d 10"],
    ["several queries", `${GROUPS}; faults hist(pid)`, "-d 0.01"],
  ])("is an error: %s on a full disk", (_, query, options) => {
    const { status, stderr } = run(query, `run ${options} >/dev/full`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: TRACING + full });
  });

  it.each([
    ["events", EVENTS],
    ["the last results", `${GROUPS} for 10ms`],
    ["reports", `${GROUPS} every 10ms for 10s`],
  ])("is reported to the runner in one line: %s on a full disk", (_, query) => {
    expect(run(query, "run >/dev/full", {}, "stream")).toEqual({ status: 1, stdout: "", stderr: full });
  });

  it.each(["text", "stream"] as const)(
    "is reported in one line where events have been written before: %s",
    (form) => {
      const { status, stderr } = run(EVENTS, `ulimit -f 1; run >"$0.out"`, {}, form);
      expect(status).toBe(1);
      expect(stderr).toBe((form === "text" ? TRACING : "") + cannotWrite("File too large"));
    },
  );

  it("is an error where there is no output at all", () => {
    const { status, stderr } = run(EVENTS, "run >&-");
    expect(status).toBe(1);
    expect(stderr).toBe("cannot write the results: standard output is closed\n");
  });

  it.each(["2>/dev/full", "2>&-"])("does not end the trace where it is that of messages: %s", (closed) => {
    const { stdout } = run(GROUPS, `run -d 0.01 ${closed}`);
    expect(stdout).toBe("comm  count()\ncafé        7\n");
    expect(run(EVENTS, `run -d 10 ${closed} >/dev/full`)).toEqual({ status: 1, stdout: "", stderr: "" });
  });

  it("is escaped where the locale has no such letter", () => {
    const { status, stdout } = run(GROUPS, "run -d 0.01", { PYTHONIOENCODING: "ascii" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/\ncaf\\xe9 +7\n$/);
  });
});

describe.skipIf(!hasPython)("what is open", () => {
  it("is counted once, if it is old enough and its process is alive", () => {
    const { status, stdout } = run(
      "open allocation sum(size), count() by ustack where age >= 500ms every 5s",
      "run -d 0.01",
    );
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(2)).toEqual(["sum(size)  count()  ustack", "    1 KiB        2  -", ""]);
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
    ["-d x", "argument -d/--duration: invalid float value: 'x'"],
    ["-d nan", "the value of an option must be above 0"],
    ["-d -1", "the value of an option must be above 0"],
    ["-p bash", "argument -p/--pid: invalid int value: 'bash'"],
    ["-p 0", "the value of an option must be above 0"],
    ["--top 2.5", "argument --top: invalid int value: '2.5'"],
    ["--top -3", "the value of an option must be above 0"],
    ["--max-entries 0", "the value of an option must be above 0"],
  ])("are refused in words: %s", (options, words) => {
    const { status, stderr } = run(GROUPS, `run ${options}`);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(`program.py: error: ${words}`);
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
  const environment = { PYTHONPATH: directory };
  const [text, stream] = [run(GROUPS, "run", environment), run(GROUPS, "run", environment, "stream")];
  rmSync(join(directory, "bcc.py"));
  expect(text.status).toBe(1);
  expect(text.stderr).toMatch(
    / package python3-bpfcc or [^]*\nModuleNotFoundError: No module named 'bcc'\n$/,
  );
  expect(stream).toEqual({
    status: 1,
    stdout: "",
    stderr: "BCC is not installed: No module named 'bcc'\n",
  });
});

it.skipIf(!hasPython)("a program of the runner is ended without a trace while it loads BCC", () => {
  writeFileSync(join(directory, "bcc.py"), "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n");
  const { status, stderr } = run(GROUPS, '(run); echo "status $?" >&2', { PYTHONPATH: directory }, "stream");
  rmSync(join(directory, "bcc.py"));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "status 130\n" });
});
