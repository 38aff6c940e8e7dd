/**
 * Queries that a target's own tracers must accept, those of the design and generated ones: bpftrace checks each script
 * in one of its two forms, those of the design in both; BCC compiles each program and the kernel verifies it; nothing is
 * attached. Several queries are in one script, as a tracer takes longer to start than to read another query.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type CompileOptions } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { isOfBinary } from "../../src/plan/binaries.js";
import type { ProbePoint } from "../../src/semantics/typed.js";
import { QueryGenerator, randomNumbers } from "../backend/query-generator.js";
import { TRACERS } from "../tracers.js";
import type { Check, CheckResult, Target } from "./guest/guest.js";

export interface Acceptance {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly checks: readonly Check[];
  /** What was refused, and why. Throws when a tracer did not look at everything. */
  readonly refused: (tracer: "bpftrace" | "bcc", result: CheckResult) => readonly string[];
}

/** Each result prints at the end, and the tuples of 24 of them do not fit on the stack of one program of bpftrace 0.23. */
const TOGETHER = 15;
const TIMEOUT_SECONDS = 1500;

/** The design's uprobe is in a program that no guest has. */
const DESIGN = readFileSync(join(import.meta.dirname, "../fixtures/design-queries.txt"), "utf8")
  .trim()
  .split("\n")
  .filter((query) => !query.includes("/usr/bin/app"));

/** Of the programs and libraries that sources are of, a guest has the C library alone. */
function isElsewhere(point: ProbePoint): boolean {
  return isOfBinary(point) && point.parts[0] !== "libc";
}

/** `count` generated queries beside those of the design. */
export function acceptance(target: Target, count: number, seed: number): Acceptance {
  const { bpftrace, bcc } = TRACERS[target];
  // What has it check a script, load it and not run it.
  const dryRun = target === "debian12" ? "-d" : "--dry-run";
  const { kernel } = openProfile(join(import.meta.dirname, `../../profiles/${target}.profile`));
  const generator = new QueryGenerator(kernel, randomNumbers(seed));
  const generated: string[] = [];
  // What this kernel lacks, or BCC cannot do, the compiler refuses; that is tested elsewhere.
  while (generated.length < count) {
    const query = generator.next();
    const { script, plan } = compile(query, { kernel, version: bpftrace });
    if (script && !plan?.probes.some(({ point }) => isElsewhere(point))) generated.push(query);
  }
  const queries = [...DESIGN, ...generated];
  const files: Record<string, string | Uint8Array> = {
    "bcc-accept.py": join(import.meta.dirname, "bcc-accept.py"),
  };
  /** By the path of its script. */
  const batches = { bpftrace: new Map<string, string>(), bcc: new Map<string, string>() };
  const add = (tracer: keyof typeof batches, name: string, batch: string, options: CompileOptions): void => {
    const { script, diagnostics } = compile(batch, { kernel, ...options });
    if (!script) throw new Error(`${batch}: ${diagnostics.map((d) => d.message).join("; ")}`);
    files[`accept/${name}`] = new TextEncoder().encode(script.text);
    batches[tracer].set(`/job/accept/${name}`, batch);
  };
  for (let i = 0; i < queries.length; i += TOGETHER) {
    const together = queries.slice(i, i + TOGETHER);
    const batch = together.join("; ");
    const id = String(i).padStart(5, "0");
    const isStream = (i / TOGETHER) % 2 === 0;
    if (isStream || i < DESIGN.length)
      add("bpftrace", `${id}-stream.bt`, batch, { version: bpftrace, form: "stream" });
    if (!isStream || i < DESIGN.length) add("bpftrace", `${id}.bt`, batch, { version: bpftrace });
    const forBcc = together.filter((query) => compile(query, { kernel, to: "bcc", version: bcc }).script);
    add("bcc", `${id}.py`, forBcc.join("; "), { to: "bcc", version: bcc });
    // The verifier's limit is for a whole program: where all of them are too much for it, each is tried.
    forBcc.forEach((query, n) => {
      const { script } = compile(query, { kernel, to: "bcc", version: bcc });
      files[`accept/alone/${id}-${n}.py`] = new TextEncoder().encode(script?.text ?? "");
    });
  }
  return {
    files,
    checks: [
      {
        id: "accept-bpftrace",
        command: `for s in /job/accept/*.bt; do echo "== $s"; timeout -s INT 120 bpftrace ${dryRun} "$s" >/tmp/printed 2>/tmp/said || { echo "exit $?"; head -c 1500 /tmp/said; echo; }; done`,
        timeoutSeconds: TIMEOUT_SECONDS,
      },
      {
        id: "accept-bcc",
        command: "python3 /job/bcc-accept.py /job/accept/*.py",
        timeoutSeconds: TIMEOUT_SECONDS,
      },
    ],
    refused(tracer, { exitCode, stdout, stderr }) {
      const answers = (tracer === "bcc" ? bccAnswers : bpftraceAnswers)(stdout);
      if (exitCode !== 0 || answers.length !== batches[tracer].size)
        throw new Error(
          `${answers.length} of ${batches[tracer].size} were looked at, exit ${String(exitCode)}: ${stderr.slice(-2000)}`,
        );
      return answers
        .filter(({ why }) => why !== "")
        .map(({ path, why }) => `${path}: ${batches[tracer].get(path) ?? ""}\n${why}`);
    },
  };
}

interface Answer {
  readonly path: string;
  /** Empty: it is accepted. */
  readonly why: string;
}

function bccAnswers(stdout: string): readonly Answer[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { program: string; error: string | null })
    .map(({ program, error }) => ({ path: program, why: error ?? "" }));
}

function bpftraceAnswers(stdout: string): readonly Answer[] {
  return stdout
    .split(/^== /m)
    .filter((part) => part !== "")
    .map((part) => {
      const end = part.indexOf("\n");
      return { path: part.slice(0, end), why: part.slice(end + 1) };
    });
}
