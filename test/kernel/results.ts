/**
 * The table of what was seen in the guests, row by row of the chapter: results/TARGET.json as each target's run left
 * it, and RESULTS.md made of them all.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SUITE_BCC_CHECKS } from "./bcc-checks.js";
import { CHECKS } from "./checks/all.js";
import type { GuestCheck, Seen } from "./checks/check.js";
import { EXERCISE_CHECKS, exerciseGuestCheck } from "./exercises.js";
import { targets, type Target } from "./guest/guest.js";

const folder = join(import.meta.dirname, "results");

interface Outcome extends Partial<Seen> {
  readonly id: string;
  readonly pass: boolean;
}

interface TargetResults {
  readonly kernel: string;
  readonly bpftrace: string;
  readonly outcomes: readonly Outcome[];
}

export class Results {
  private readonly outcomes: Outcome[] = [];

  constructor(private readonly target: Target) {}

  passed(check: Pick<GuestCheck, "id">, seen: Seen): void {
    this.outcomes.push({ id: check.id, pass: true, ...seen });
  }

  failed(check: Pick<GuestCheck, "id">): void {
    this.outcomes.push({ id: check.id, pass: false });
  }

  write(kernel: string, bpftrace: string): void {
    mkdirSync(folder, { recursive: true });
    const before = read(this.target);
    const isSame = before?.kernel === kernel && before.bpftrace === bpftrace;
    // A run of some checks leaves what others have shown.
    const others = (isSame ? before.outcomes : []).filter(
      ({ id }) => known.has(id) && !this.outcomes.some((o) => o.id === id),
    );
    const outcomes = [...this.outcomes, ...others].sort((a, b) => a.id.localeCompare(b.id));
    const results: TargetResults = { kernel, bpftrace, outcomes };
    writeFileSync(join(folder, `${this.target}.json`), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(folder, "RESULTS.md"), table());
  }
}

function read(target: Target): TargetResults | undefined {
  const path = join(folder, `${target}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as TargetResults) : undefined;
}

type Listed = Pick<GuestCheck, "id" | "row" | "command" | "workload" | "targets">;

const exercises = EXERCISE_CHECKS.map((check): Listed => ({
  id: exerciseGuestCheck(check).id,
  row: check.row,
  command: `exercise ${check.number} --run`,
  workload: "its own workload.sh",
}));

const known: ReadonlySet<string> = new Set(
  [...CHECKS, ...SUITE_BCC_CHECKS, ...exercises].map(({ id }) => id),
);

function table(): string {
  const all = targets.map((target) => ({ target, results: read(target) }));
  const heads = all.map(({ target, results }) =>
    results ? `${target}: ${results.kernel}, bpftrace ${results.bpftrace}` : `${target}: not run`,
  );
  const cell = (check: Listed, { target, results }: (typeof all)[number]): string => {
    if (check.targets && !check.targets.includes(target)) return "not applicable";
    const outcome = results?.outcomes.find((o) => o.id === check.id);
    if (!outcome) return "not run";
    return outcome.pass ? `pass: ${outcome.expected ?? ""} expected, ${outcome.seen ?? ""} seen` : "FAIL";
  };
  const lines = [...CHECKS, ...SUITE_BCC_CHECKS, ...exercises]
    .sort((a, b) => rank(a) - rank(b))
    .map((check) => {
      const cells = all.map((each) => cell(check, each));
      const command = `\`faultline ${check.command.replaceAll("|", "\\|")}\` on \`${check.workload}\``;
      return `| ${[check.row ?? "", check.id, command, ...cells].join(" | ")} |`;
    });
  return [
    "# What was seen in the guests",
    "",
    "Made by `npm run test:kernel:all`. A row is of the chapter's tools (A), one-liners (B) and exercises (C); those without",
    "a row are of the language. The number expected is what the workload is known to cause.",
    "",
    `| row | check | command | ${heads.join(" | ")} |`,
    `| --- | --- | --- | ${heads.map(() => "---").join(" | ")} |`,
    ...lines,
    "",
  ].join("\n");
}

/** A1 … A23, B1 … B7, C1 … C10, then the rest. */
function rank({ row }: Listed): number {
  if (row === undefined) return 1_000_000;
  return row.charCodeAt(0) * 1000 + Number(row.slice(1));
}
