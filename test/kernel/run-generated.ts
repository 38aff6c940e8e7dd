/**
 * Has a target's own tracers accept generated queries: `tsx test/kernel/run-generated.ts TARGET [COUNT] [SEED]`, as
 * root. bpftrace checks each script without running it, BCC compiles each program and the kernel verifies it.
 * `--here` boots no guest: BCC alone compiles each program, with the headers of the target's kernel but the
 * tracepoints of this one, so programs of tracepoints that this kernel lacks are left out, and counted.
 * Exits with 1 when one is refused.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { compile, type Plan } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile-file.js";
import { QueryGenerator, randomNumbers } from "../backend/query-generator.js";
import { compileHere } from "./guest/compile-here.js";
import { runGuest, targets, type Target } from "./guest/guest.js";

const root = join(import.meta.dirname, "../..");
const isHere = process.argv.includes("--here");
const [name = "", count = "300", seedText] = process.argv.slice(2).filter((word) => word !== "--here");
const target = targets.find((t): t is Target => t === name);
if (!target) throw new Error(`usage: run-generated.ts ${targets.join("|")} [COUNT] [SEED] [--here]`);
const seed = seedText === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(seedText);
console.log(`${target}: ${count} queries of seed ${seed}`);

const VERSIONS = {
  debian12: { bpftrace: "0.17.0", bcc: "0.26.0", dryRun: "-d" },
  debian13: { bpftrace: "0.23.2", bcc: "0.31.0", dryRun: "--dry-run" },
  sid: { bpftrace: "0.27.1", bcc: "0.37.0", dryRun: "--dry-run" },
} as const;
const { bpftrace, bcc, dryRun } = VERSIONS[target];
const { kernel } = openProfile(join(root, "profiles", `${target}.profile`));
const generator = new QueryGenerator(kernel, randomNumbers(seed));
const files: Record<string, string | Uint8Array> = {
  "bcc-accept.py": join(import.meta.dirname, "bcc-accept.py"),
};
const queries = new Map<string, string>();
let leftOut = 0;
for (let i = 0; i < Number(count); i++) {
  const query = generator.next();
  const id = String(i).padStart(4, "0");
  queries.set(id, query);
  const script = compile(query, { kernel, bpftrace }).script;
  const program = compile(query, { kernel, to: "bcc", bcc }).script;
  if (script) files[`scripts/${id}.bt`] = new TextEncoder().encode(script.text);
  if (program && isHere && lacksTracepoint(program.plan)) leftOut++;
  else if (program) files[`programs/${id}.py`] = new TextEncoder().encode(program.text);
}
const idOf = (text: string): string => /(\d{4})\.(?:py|bt)/.exec(text)?.[1] ?? "";
let refused = 0;
const refuse = (tracer: string, id: string, why: string): void => {
  refused++;
  console.log(`${tracer} refuses \`${queries.get(id) ?? id}\`: ${why.slice(0, 1500)}`);
};
const started = Date.now();
const said = isHere ? await compileHere(target, files) : await askGuest();
const accepted = said.bcc.trim().split("\n");
for (const line of accepted) {
  const { program, error } = JSON.parse(line) as { program: string; error: string | null };
  if (error !== null) refuse("BCC", idOf(program), error);
}
for (const each of said.bpftrace.split(/(?=^\/job\/scripts\/)/m))
  if (each.trim() !== "") refuse("bpftrace", idOf(each), each);
console.log(
  `${target}: ${accepted.length} programs, ${refused} refused${isHere ? `, ${leftOut} left out` : ""}; ${Math.round((Date.now() - started) / 1000)} s`,
);
process.exitCode = refused > 0 ? 1 : 0;

async function askGuest(): Promise<{ readonly bcc: string; readonly bpftrace: string }> {
  const { results } = await runGuest(target as Target, {
    files,
    timeoutSeconds: 3600,
    checks: [
      { id: "bcc", command: "python3 /job/bcc-accept.py /job/programs/*.py", timeoutSeconds: 3000 },
      {
        id: "bpftrace",
        command: `for s in /job/scripts/*.bt; do timeout -s INT 60 bpftrace ${dryRun} $s >/dev/null 2>/tmp/said || { echo "$s"; head -c 1000 /tmp/said; echo; }; done`,
        timeoutSeconds: 3000,
      },
    ],
  });
  return { bcc: results.get("bcc")?.stdout ?? "", bpftrace: results.get("bpftrace")?.stdout ?? "" };
}

/** BCC makes the struct of a tracepoint's arguments from what the kernel it runs on says of it. */
function lacksTracepoint({ probes }: Plan): boolean {
  return probes.some(
    ({ point }) =>
      point.type === "tracepoint" &&
      !existsSync(join("/sys/kernel/tracing/events", ...point.parts, "format")),
  );
}
