/** A tracer that misbehaves: a stand-in that does some of these things, one after the other. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "../../src/run/run.js";
import { TracerError } from "../../src/tracers/tracer-error.js";
import { aggregate, column, groups, rows, script, STRING, UNSIGNED } from "../runtime/build-script.js";
import type { Chance } from "./chance.js";
import { hostile } from "./hostile.js";
import { mutateBytes } from "./mutate.js";
import { hasNoLeak } from "./oracles.js";
import { must, type Target } from "./target.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";

const SCRIPT = script(
  [groups([column("comm", STRING)], [aggregate("count", "count()")]), rows([column("pid", UNSIGNED)])],
  { "@c": [0, 0] },
  { text: "BEGIN { exit(); }" },
);

const LINES = [
  '{"type": "map", "data": {"@c": {"cat": 3}}}', '{"type": "value", "data": [0,0,5]}', '{"type": "value", "data": [2,7]}',
  '{"type": "lost_events", "data": {"events": 5}}', '{"type": "printf", "data": "x\\n"}', '{"type": "map", "data": {"@zq": {"a": {"b": 1}}}}',
  '{"type": "value", "data": [2,7', "null", "{}", "[]", '{"type": 5}', '{"type": "map", "data": null}', '{"type":"value","data":[2,1e999]}',
]; // prettier-ignore

const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`).replaceAll("\0", "")}'`;

function step(chance: Chance): string {
  const line = chance.pick(LINES);
  const told = [hostile(chance), "ERROR: cannot attach", "WARNING: odd", "stdin:1:1-2: ERROR: zq"];
  return chance.pick([
    `printf '%s\\n' ${quoted(line)}`,
    `printf '%s\\n' ${quoted(line)}`,
    `printf '%s\\n' ${quoted(Buffer.from(mutateBytes(line, chance), "latin1").toString())}`,
    `printf '%s' ${quoted(line.slice(0, chance.below(line.length)))}`,
    `printf '%s\\n' ${quoted(chance.pick(told))} >&2`,
    `head -c ${chance.pick([1, 100, 70_000, 3_000_000])} /dev/zero`,
    `head -c ${chance.pick([10, 5000])} /dev/urandom`,
    `head -c ${chance.pick([100_000, 2_000_000])} /dev/zero | tr '\\0' x`,
    `head -c ${chance.pick([100_000, 1_000_000])} /dev/urandom >&2`,
    "exec 1>&-",
    "exec 2>&-",
    "trap '' INT",
    "trap '' INT TERM",
    `trap 'printf "%s\\n" "{}"; exit ${chance.below(3)}' INT`,
    "sleep 3 &",
    "sleep 0.05",
    "sleep 3",
    `exit ${chance.pick([0, 1, 2, 127, 255])}`,
    `kill -${chance.pick(["SEGV", "KILL", "TERM", "HUP", "ABRT", "PIPE"])} $$`,
  ]);
}

const ATTACHED = `printf '%s\\n' '{"type": "attached_probes", "data": {"probes": 2}}'; echo __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2`;

function make(chance: Chance): string {
  const steps = Array.from({ length: 1 + chance.below(6) }, () => step(chance));
  if (chance.is(0.8)) steps.splice(chance.below(steps.length), 0, ATTACHED);
  return `${steps.join("\n")}\n`;
}

/** How long a run is let run before it is asked to end; it must be over soon after. */
const PATIENCE = 300;
const GRACE = 300;

async function run(body: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-fuzz-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  const asked = new AbortController();
  const timer = setTimeout(() => asked.abort(), PATIENCE);
  try {
    const path = join(folder, "bpftrace");
    writeFileSync(path, `#!/bin/sh\n${body}`);
    chmodSync(path, 0o755);
    const summary = await runScript(SCRIPT, {
      tracer: { runner: bpftraceRunner, path, version: "0.17.0" },
      onEvent: () => undefined,
      grace: GRACE,
      signal: asked.signal,
    });
    if (summary.failure) tell(summary.failure, body);
    must(Number.isFinite(summary.elapsed) && summary.events >= 0, "the summary has figures that are none");
    rmSync(path);
    must(readdirSync(folder).length === 0, "files are left behind", readdirSync(folder).join(" "));
  } catch (error) {
    if (!(error instanceof TracerError)) throw error;
    tell(error, body);
  } finally {
    clearTimeout(timer);
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(error: TracerError, body: string): void {
  must(!error.message.includes("fault of faultline itself"), "a fault of faultline itself", error.message);
  hasNoLeak("what is told", error.message, body);
}

export const tracerTarget: Target = { name: "tracer", share: 1, make, run };
