/** The runner against stand-ins for bpftrace, each a few lines of shell that misbehave in one way. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { release } from "node:os";
import { bccRunner } from "../../src/tracers/bcc/runner.js";
import { whatItDoes } from "../../src/run/process/at-rest.js";
import { CommandError, prepareCommand, wordsOf } from "../../src/run/process/command.js";
import type { ResultEvent } from "../../src/results/events.js";
import { runScript, type RunOptions, type Summary } from "../../src/run/run.js";
import { TracerError } from "../../src/tracers/tracer-error.js";
import { aggregate, column, groups, rows, script, STRING, UNSIGNED } from "./build-script.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();
let number = 0;

beforeAll(() => {
  // So that what is left behind is found here, and nothing of another test is.
  vi.stubEnv("TMPDIR", directory);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const SCRIPT = script(
  [groups([column("comm", STRING)], [aggregate("count", "count()")]), rows([column("pid", UNSIGNED)])],
  { "@c": [0, 0] },
  { text: "BEGIN { exit(); }", environment: { BPFTRACE_STRLEN: "120" } },
);

const ATTACHED = `echo '{"type": "attached_probes", "data": {"probes": 2}}'; echo __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2`;
const RESULT = `echo '{"type": "map", "data": {"@c": {"cat": 3}}}'; echo '{"type": "value", "data": [0,0,5]}'`;
const GROUPS = { kind: "groups", result: 0, nsecs: 5, final: true, groups: [{ keys: ["cat"], values: [3] }] };

/** An executable; its pid is left in `PATH.pid`. */
function standIn(body: string): string {
  const path = join(directory, `bpftrace-${++number}`);
  writeFileSync(path, `#!/bin/sh\necho $$ > ${path}.pid\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function run(
  body: string,
  options: Partial<RunOptions> = {},
): Promise<{ summary: Summary; events: ResultEvent[]; path: string }> {
  const events: ResultEvent[] = [];
  const path = standIn(body);
  const summary = await runScript(SCRIPT, {
    tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
    onEvent: (event) => void events.push(event),
    grace: 3000,
    ...options,
  });
  expect(isAlive(path)).toBe(false);
  return { summary, events, path };
}

function isAlive(path: string): boolean {
  if (!existsSync(`${path}.pid`)) return false;
  try {
    return process.kill(Number(readFileSync(`${path}.pid`, "utf8")), 0);
  } catch {
    return false;
  }
}

/** Aborts once the probes are attached. */
function interruptWhenAttached(): Partial<RunOptions> & { events: ResultEvent[] } {
  const controller = new AbortController();
  const events: ResultEvent[] = [];
  return {
    events,
    signal: controller.signal,
    onEvent(event) {
      events.push(event);
      if (event.kind === "attached") setTimeout(() => controller.abort(), 20);
    },
  };
}

describe("a tracer that works", () => {
  it("is given the script in a private file, in JSON, with its environment", async () => {
    const { summary, events, path } = await run(
      `stat -c '%a %n' "$3" > $0.seen; cat "$3" >> $0.seen; echo "$1 $2 $BPFTRACE_STRLEN" >> $0.seen; ${ATTACHED}; ${RESULT}`,
    );
    expect(events).toEqual([{ kind: "attached", probes: 2 }, GROUPS]);
    expect(summary).toMatchObject({ ended: "finished", probes: 2, events: 1, lost: 0, damaged: 0 });
    const seen = readFileSync(`${path}.seen`, "utf8");
    expect(seen).toMatch(/^600 \S+\/faultline-\S+\/query\.bt\nBEGIN \{ exit\(\); \}-f json 120\n$/);
    expect(existsSync(/ (\S+)\n?BEGIN/.exec(seen)?.[1] ?? "/")).toBe(false);
  });

  it("is asked to end, and its last results are waited for", async () => {
    const { events, ...options } = interruptWhenAttached();
    const { summary } = await run(
      `trap '${RESULT.replaceAll("'", `'"'"'`)}; exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`,
      options,
    );
    expect(events).toEqual([{ kind: "attached", probes: 2 }, GROUPS]);
    expect(summary).toMatchObject({ ended: "interrupted", events: 1 });
    expect(summary.failure).toBeUndefined();
  });

  it("holds back while results are not taken", async () => {
    let most = 0;
    let open = 0;
    const { summary } = await run(
      `${ATTACHED}; i=0; while [ $i -lt 300 ]; do echo '{"type": "value", "data": [2,7]}'; i=$((i+1)); done`,
      {
        async onEvent() {
          most = Math.max(most, ++open);
          await new Promise((resolve) => setImmediate(resolve));
          open--;
        },
      },
    );
    expect(summary.events).toBe(300);
    expect(most).toBeLessThanOrEqual(2);
  });

  it("passes on warnings once, and errors it lived through", async () => {
    const { events } = await run(
      `${ATTACHED}; for i in 1 2 3; do echo "ERROR: failed to look up stack id $i" >&2; echo "q.bt:1:2-3: WARNING: odd" >&2; done; echo "WARNING: couldn't set RLIMIT_MEMLOCK" >&2`,
    );
    const texts = events.filter((event) => event.kind === "message").map(({ text }) => text);
    expect(texts).toEqual(["bpftrace: odd", "3 stacks are missing: they could not be read"]);
  });

  it("says that the clock was set while it ran", async () => {
    const { events } = await run(`${ATTACHED}; ${RESULT}`, {
      clock: { wallClock: () => 0, setBy: () => -7_200_000 },
    });
    expect(events.at(-1)).toEqual({
      kind: "message",
      level: "warning",
      text: "the clock of this machine was set 7200 s back during the trace: times of day are by the clock as it was when it began",
      shortfall: { why: "clock" },
    });
  });

  it("is asked again for all that the kernel says of a program it refuses", async () => {
    const log = [
      "11: (05) goto pc-11",
      "infinite loop detected at insn 1",
      "processed 22 insns (limit 1000000)",
    ];
    const path = standIn(
      `[ "$1" = -v ] && printf '%s\\n' ${log.map((line) => `'${line}'`).join(" ")} >&2; echo 'ERROR: Error loading program: x:y (try -v)' >&2; exit 1`,
    );
    const running = runScript(SCRIPT, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      onEvent: () => undefined,
    });
    await expect(running).rejects.toMatchObject({
      exitCode: 1,
      message: "the kernel refuses the program for x:y: infinite loop detected at insn 1",
    });
  });

  it("is asked to end when the only process it is of has ended", async () => {
    const path = standIn(`trap 'exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`);
    const traced = spawn("sleep", ["0.5"]);
    const of = { ...SCRIPT, plan: { ...SCRIPT.plan, process: { pid: traced.pid ?? 0, followed: false } } };
    const summary = await runScript(of, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      onEvent: () => undefined,
    });
    expect(summary).toMatchObject({ ended: "process" });
    expect(summary.elapsed).toBeGreaterThan(300);
    expect(isAlive(path)).toBe(false);
  });

  it("is not started when it was called off before", async () => {
    const { summary, path } = await run(ATTACHED, { signal: AbortSignal.abort() });
    expect(summary.ended).toBe("interrupted");
    expect(existsSync(`${path}.pid`)).toBe(false);
  });
});

/**
 * As bpftrace does it: an interrupt that comes while it reads events makes it drop the rest of them. It takes its time
 * for each of the events that are there when the command has ended.
 */
const READS_SLOWLY = (events: number): string => `cat > $0.py <<'END'
import signal, sys, time
asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append(1))
print('{"type": "attached_probes", "data": {"probes": 2}}', flush=True)
print("__BPFTRACE_NOTIFY_PROBES_ATTACHED", file=sys.stderr, flush=True)
for i in range(${events}):
    until = time.monotonic() + 0.004
    while time.monotonic() < until:
        pass
    if asked:
        break
    print('{"type": "value", "data": [2,%d]}' % i, flush=True)
while not asked:
    time.sleep(0.1)
END
exec python3 $0.py`;
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";

describe("what is on its way when the command ends", () => {
  it("is read", async () => {
    const command = await prepareCommand("true");
    const { summary } = await run(READS_SLOWLY(200), { command, grace: 20_000 });
    expect(summary).toMatchObject({ ended: "command", events: 200 });
  });

  it("is not waited for by who asks meanwhile", async () => {
    const controller = new AbortController();
    const start = performance.now();
    const { summary } = await run(READS_SLOWLY(5000), {
      command: await prepareCommand("true"),
      signal: controller.signal,
      onEvent: (event) => void (event.kind === "attached" && setTimeout(() => controller.abort(), 1500)),
      grace: 20_000,
    });
    expect(summary).toMatchObject({ ended: "command" });
    expect(summary.events).toBeLessThan(5000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it("is read when a person ends it, too", async () => {
    const { events, ...options } = interruptWhenAttached();
    const { summary } = await run(READS_SLOWLY(150), { ...options, grace: 20_000 });
    expect(summary).toMatchObject({ ended: "interrupted", events: 150 });
    expect(events.filter(({ kind }) => kind === "row")).toHaveLength(150);
  });
});

describe("a fault of this program", () => {
  const ENDS_WHEN_ASKED = `trap '${RESULT.replaceAll("'", `'"'"'`)}; exit 0' INT; ${ATTACHED}; echo '{"type": "value", "data": [2,7]}'; while :; do sleep 0.02; done`;
  const FAILED = {
    ended: "failed",
    events: 2,
    failure: { exitCode: 1, message: "a fault of faultline itself ended this: no" },
  };

  it("in what takes an event ends the tracer, and the results it still had come", async () => {
    const events: ResultEvent[] = [];
    const { summary } = await run(ENDS_WHEN_ASKED, {
      onEvent(event) {
        events.push(event);
        if (event.kind === "row") throw new Error("no");
      },
    });
    expect(events).toMatchObject([{ kind: "attached" }, { kind: "row" }, GROUPS]);
    expect(summary).toMatchObject(FAILED);
  });

  it("elsewhere does so too", async () => {
    const mishap = new AbortController();
    const { summary, events } = await run(ENDS_WHEN_ASKED, {
      mishap: mishap.signal,
      onStatus: ({ events }) => void (events === 1 && mishap.abort(new Error("no"))),
    });
    expect(events).toMatchObject([{ kind: "attached" }, { kind: "row" }, GROUPS]);
    expect(summary).toMatchObject(FAILED);
  });
});

describe("a tracer that does not", () => {
  it.each([
    ["stdout", ""],
    ["stderr", " >&2"],
  ])("find the headers of the kernel is reported with what to install, from its %s", async (_, to) => {
    const body = `echo 'Unable to find kernel headers. Try rebuilding kernel.'${to}; echo 'cannot trace: Failed to compile BPF module <text>' >&2; exit 1`;
    const tracer = { runner: bccRunner, path: standIn(body), version: "0.31.0" };
    await expect(run("", { tracer })).rejects.toMatchObject({
      exitCode: 3,
      message: "the headers of this kernel are not installed, and BCC cannot compile without them",
      hint: expect.stringContaining(`apt install linux-headers-${release()}`) as string,
    });
  });

  it("dies at once", async () => {
    await expect(
      run("echo 'ERROR: bpftrace currently only supports running as the root user.' >&2; exit 1"),
    ).rejects.toMatchObject({
      exitCode: 3,
      message: "bpftrace needs root",
    });
    await expect(run("exit 9")).rejects.toMatchObject({
      exitCode: 1,
      message: "bpftrace ended with exit code 9",
    });
    expect(readdirSync(directory).filter((name) => name.startsWith("faultline-"))).toEqual([]);
  });

  it("dies midway: what it said so far has been delivered", async () => {
    const { summary, events } = await run(`${ATTACHED}; ${RESULT}; printf '{"type": "val'; kill -SEGV $$`);
    expect(events).toMatchObject([{ kind: "attached" }, GROUPS, { kind: "damaged" }]);
    expect(summary).toMatchObject({
      ended: "failed",
      events: 1,
      failure: { exitCode: 1, message: "bpftrace was killed by SIGSEGV" },
    });
  });

  it("ends well before it has attached", async () => {
    await expect(run("exit 0")).rejects.toMatchObject({
      exitCode: 1,
      message: "bpftrace ended before it had attached to any probe",
    });
  });

  it("dies when it is asked to end", async () => {
    const { events, ...options } = interruptWhenAttached();
    const { summary } = await run(
      `trap 'kill -SEGV $$' INT; ${ATTACHED}; while :; do sleep 0.02; done`,
      options,
    );
    expect(summary).toMatchObject({
      ended: "failed",
      failure: { exitCode: 1, message: "bpftrace was killed by SIGSEGV" },
    });
    expect(events.at(-1)).toMatchObject({ kind: "attached" });
  });

  it.each([
    ["its output", "1>&1 2>/dev/null"],
    ["its messages", "1>/dev/null 2>&2"],
    ["both", ""],
  ])("leaves a child that holds %s open: it ends with it", async (_, held) => {
    const { summary, path } = await run(
      `${ATTACHED}; ${RESULT}; sleep 61 ${held} & echo $! > $0.child; exit 0`,
    );
    expect(summary).toMatchObject({ ended: "finished", events: 1 });
    const child = Number(readFileSync(`${path}.child`, "utf8"));
    await vi.waitFor(() => expect(whatItDoes(child)).toBe("gone"));
  });

  it("leaves a child that holds them open, and is asked to end meanwhile", async () => {
    const controller = new AbortController();
    const start = performance.now();
    const { summary } = await run(`${ATTACHED}; ${RESULT}; sleep 61 & exit 0`, {
      signal: controller.signal,
      onEvent: (event) => void (event.kind === "attached" && setTimeout(() => controller.abort(), 300)),
    });
    expect(summary.failure).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("never attaches, and is called off", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    const { summary } = await run("exec sleep 60", { signal: controller.signal });
    expect(summary).toMatchObject({ ended: "interrupted", probes: 0, events: 0 });
  });

  it("ignores the request to end", async () => {
    const { events, ...options } = interruptWhenAttached();
    const { summary } = await run(`trap '' INT TERM; ${ATTACHED}; while :; do sleep 0.02; done`, {
      ...options,
      grace: 150,
    });
    expect(events).toHaveLength(1);
    expect(summary.failure?.message).toBe("bpftrace did not end and was killed");
  });

  it("is ended without waiting by who asks twice", async () => {
    const force = new AbortController();
    const { events, ...options } = interruptWhenAttached();
    setTimeout(() => force.abort(), 150);
    const start = performance.now();
    const { summary } = await run(`trap '' INT; ${ATTACHED}; while :; do sleep 0.02; done`, {
      ...options,
      force: force.signal,
      grace: 10_000,
    });
    expect(events).toHaveLength(1);
    expect(summary).toMatchObject({
      ended: "failed",
      failure: { exitCode: 1, message: "bpftrace was killed, as it was asked to end twice" },
    });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("closes its output and stays", async () => {
    const { summary } = await run(`${ATTACHED}; ${RESULT}; exec >&- 2>&-; exec sleep 60`, { grace: 150 });
    expect(summary).toMatchObject({ ended: "failed", events: 1, failure: { exitCode: 1 } });
  });

  it("has a duration that is longer than a timer can be", async () => {
    const long = { ...SCRIPT, plan: { ...SCRIPT.plan, duration: 3_000_000_000_000_000n } };
    const { events, ...options } = interruptWhenAttached();
    const path = standIn(`trap 'exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`);
    const summary = await runScript(long, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      grace: 3000,
      onEvent: () => undefined,
      ...options,
    });
    expect(summary).toMatchObject({ ended: "interrupted" });
    expect(events).toHaveLength(1);
  });

  it("outlives the duration", async () => {
    const short = { ...SCRIPT, plan: { ...SCRIPT.plan, duration: 50_000_000n } };
    const path = standIn(`trap 'exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`);
    const summary = await runScript(short, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      onEvent: () => undefined,
      grace: 5000,
    });
    expect(summary).toMatchObject({ ended: "finished" });
  });

  it("floods: what is read is not kept", async () => {
    let seen = 0;
    const path = standIn(
      `trap 'kill $!; exit 0' INT; ${ATTACHED}; yes '{"type": "value", "data": [2,7]}' & wait`,
    );
    const controller = new AbortController();
    const summary = await runScript(SCRIPT, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      signal: controller.signal,
      grace: 200,
      onEvent: (event) => void (event.kind === "row" && ++seen === 20_000 && controller.abort()),
    });
    expect(seen).toBe(summary.events);
    expect(summary).toMatchObject({ ended: "interrupted", damaged: expect.any(Number) });
  });

  it("is ended when nobody reads the results any more", async () => {
    const output = new Writable({
      write: (_, __, done) => done(Object.assign(new Error("gone"), { code: "EPIPE" })),
    });
    output.on("error", () => undefined);
    const { summary } = await run(`trap 'exit 0' INT; ${ATTACHED}; while :; do ${RESULT}; sleep 0.02; done`, {
      output,
      onEvent: () => void output.write("x"),
    });
    expect(summary.ended).toBe("closed");
  });
});

describe("the command of -c", () => {
  it("runs once the probes are attached, and the trace ends with it", async () => {
    const mark = join(directory, "ran");
    const command = await prepareCommand(["sh", "-c", `echo $$ > ${mark}; exit 3`]);
    const { summary } = await run(
      `trap 'exit 0' INT; sleep 0.1; test -e ${mark} && exit 7; ${ATTACHED}; while :; do sleep 0.02; done`,
      { command },
    );
    expect(summary).toMatchObject({ ended: "command", command: { exitCode: 3, signal: null } });
    expect(Number(readFileSync(mark, "utf8"))).toBe(command.pid);
  });

  it("ends with the trace, and never runs when there is none", async () => {
    const { events, ...options } = interruptWhenAttached();
    const long = await prepareCommand("sleep 60");
    await run(`trap 'exit 0' INT; ${ATTACHED}; while :; do sleep 0.02; done`, { ...options, command: long });
    expect(events).toHaveLength(1);
    expect(await long.wait()).toEqual({ exitCode: null, signal: "SIGTERM" });
    const mark = join(directory, "never");
    const never = await prepareCommand(["touch", mark]);
    await expect(run("exit 1", { command: never })).rejects.toThrow(TracerError);
    await never.wait();
    expect(existsSync(mark)).toBe(false);
  });

  it("is refused when there is no such command", async () => {
    await expect(prepareCommand("no-such-command --flag")).rejects.toThrow(CommandError);
    await expect(prepareCommand([])).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each<[string, string[] | undefined]>([
    ['a  b \'c d\' "e \\"f" g\\ h', ["a", "b", "c d", 'e "f', "g h"]],
    ["a=1 b", undefined],
    ["a | b", undefined],
    ["a '$b'", ["a", "$b"]],
    ['a "$b"', undefined],
    ["cc --std=c11 ''", ["cc", "--std=c11", ""]],
  ])("reads %s", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it("refuses an open quote", () => {
    expect(() => wordsOf("a 'b")).toThrow(CommandError);
  });
});
