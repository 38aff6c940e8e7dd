/** What a reviewer must know of a script, as a page: what it reads and writes, what it costs, where it was compiled. */
import { grouped } from "../integers.js";
import type { CostRange } from "../costs/cost.js";
import { rangeText } from "../explain/render-cost.js";
import type { ExplainedMap, Explanation } from "../explain/explanation.js";
import { Page, type TextStyle } from "../explain/page.js";
import { MOST_TIMES } from "../plan/limits.js";
import { allSteps } from "../plan/needs.js";
import type { Plan } from "../plan/plan.js";
import { hasCommandLines } from "../plan/user-stacks.js";
import { processText } from "../plan/words.js";
import { pointText } from "../semantics/source/probe-points.js";
import type { ScriptParts } from "../tracers/script.js";
import { formatBytes } from "../view/value/format-value.js";
import { accessOf, type Access, type MemoryRead } from "./access.js";

export interface Account {
  readonly plan: Plan;
  readonly explanation: Explanation;
  readonly tracer: { readonly title: string; readonly version: string };
  /** What it has besides the probes and maps of the query. */
  readonly parts: Pick<ScriptParts, "added" | "helperMaps">;
  readonly helperBytes: number;
  readonly targets: readonly CheckedTarget[];
  readonly faultline: string;
}

/** A kernel and a version of the tracer that the query was compiled for. */
export interface CheckedTarget {
  readonly kernel: string;
  readonly release: string;
  readonly version: string;
  /** Absent: it is the same script. */
  readonly differs?: readonly string[];
}

const WIDTH = 100;

const plain = (text: string): string => text;

const STYLE: TextStyle = { width: WIDTH, columns: WIDTH, heading: plain, name: plain, faint: plain };

export function accountText(account: Account): string {
  const page = new Page(STYLE);
  const { plan, explanation } = account;
  const access = accessOf(plan);
  page.section("Question", explanation.queries, ({ query, meaning }) => {
    page.prose(query, "  ");
    page.prose(meaning, "    ");
  });
  const process = processText(plan);
  if (process !== undefined) page.prose(`${process} Whichever process has that number when it runs.`, "    ");
  page.section("What it reads of the kernel", [access], (each) => kernelReads(each, account, page));
  page.section("What it reads of the memory of programs", [access], (each) => userReads(each, page));
  page.section("What it writes", [undefined], () => page.prose(WRITES, "  "));
  page.section("Memory", [account], memoryLines);
  page.section("CPU", [account], cpuLines);
  page.section("Compiled for", account.targets, targetLines);
  page.prose(
    `Compiled means that each probe, field and type was found in what that kernel says of itself; by Faultline ${account.faultline}.`,
    "  ",
  );
  page.section("Not in the script", outside(plan, access), (each) => entry(page, each));
  page.section("Notes", explanation.notes, (note) => entry(page, note));
  page.line();
  return page.text();
}

/** A test looks for what would write in all scripts that there are. */
const WRITES =
  "Nothing, but its own maps and what it prints. It changes no memory of the kernel or of a program, no argument and no result, sends no signal, and starts no program. Its maps are gone when it ends.";

function kernelReads({ running, kernel }: Access, { plan, parts: { added } }: Account, page: Page): void {
  const events = plan.choices.map(({ source, point }) => [`events of ${source}`, pointText(point)] as const);
  const more = added.map(({ purpose, point }) => [purpose, point] as const);
  for (const [what, points] of gathered([...events, ...more])) entry(page, `${what}: ${points.join(", ")}`);
  readLines(kernel, page);
  if (running.length > 0) entry(page, `of the running thread: ${running.join(", ")}`);
}

/** What several places have in common stands once. */
function readLines(reads: readonly MemoryRead[], page: Page): void {
  const byPlace = gathered(reads.map(({ what, at }) => [at, what] as const));
  const byReads = gathered([...byPlace].map(([at, whats]) => [whats.join("; "), at] as const));
  for (const [whats, places] of byReads) entry(page, `at ${places.join(", ")}: ${whats}`);
}

function userReads({ users, userStacks }: Access, page: Page): void {
  readLines(users, page);
  if (userStacks)
    entry(page, "return addresses on the stack of the running program, along its frame pointers");
  if (users.length === 0 && !userStacks) page.prose("Nothing.", "  ");
}

function entry(page: Page, text: string): void {
  page.prose(text, "  - ", "    ");
}

/** In the order in which the keys come; each value once. */
function gathered(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const known = groups.get(key) ?? [];
    if (!known.includes(value)) known.push(value);
    groups.set(key, known);
  }
  return groups;
}

function memoryLines(account: Account, page: Page): void {
  const { maps, buffer, target } = account.explanation;
  if (!buffer) {
    page.prose(
      "It is not worked out for this tracer: the script says how many entries its tables have.",
      "  ",
    );
    return;
  }
  for (const map of maps) entry(page, mapText(map));
  const buffers = buffer.bytes * (buffer.perCpu ? target.cpus : 1);
  entry(page, `buffer for what it prints: ${formatBytes(buffers)}`);
  const own = new Set(maps.map(({ name }) => name));
  const helperMaps = (account.parts.helperMaps ?? [])
    .map((name) => `@${name}`)
    .filter((name) => !own.has(name));
  const helpers = helperMaps.length * account.helperBytes;
  if (helperMaps.length > 0)
    page.prose(
      `${helperMaps.join(", ")}, by which it counts and follows: at most ${formatBytes(helpers)}`,
      "  - ",
      "    ",
    );
  const most = maps.reduce((total, { bytes }) => total + bytes, buffers + helpers);
  page.prose(
    `At most about ${formatBytes(most)} of the kernel's memory, with ${target.cpus} CPUs, however long it runs: what a full map refuses is counted.`,
    "  ",
  );
}

function mapText({ name, entries, sets, bytes, perCpu }: ExplainedMap): string {
  return `${name}: at most ${grouped(entries)} ${entries === 1 ? "entry" : "entries"}${perCpu ? ", a value for each CPU" : ""}${sets === undefined ? "" : `, in ${sets} sets`}: ${formatBytes(bytes)}`;
}

function cpuLines({ explanation: { probes }, plan }: Account, page: Page): void {
  const costs = probes.map(({ probe, cost, rate }) => [costText(cost, rate), probe] as const);
  for (const [cost, places] of gathered(costs)) entry(page, `${places.join(", ")}: ${cost}`);
  page.prose(
    "There is no bound but the number of events: each costs the thread in which it happens that time. `faultline explain` says where the figures come from.",
    "  ",
  );
  if (allSteps(plan.probes).some((step) => step.do === "times"))
    page.prose(`An event that stands for several is gone through in at most ${MOST_TIMES} rounds.`, "  ");
}

function costText(cost: CostRange, rate: number | undefined): string {
  const full = grouped(Math.round(1e9 / cost.most));
  const usual = rate === undefined ? "" : `; ${grouped(rate)} a second are usual on a busy machine`;
  return `${rangeText(cost)} ns an event, so a whole CPU at ${full} events a second or more${usual}`;
}

function targetLines({ kernel, release, version, differs }: CheckedTarget, page: Page): void {
  const answer = differs === undefined ? "this script" : `another: ${differs.join("; ")}`;
  entry(page, `${kernel} (${release}), version ${version} of the tracer: ${answer}`);
}

/** What the runner does with what the script prints. */
function outside(plan: Plan, { userStacks }: Access): readonly string[] {
  return [
    "Sorting, units, `top` and formats: Faultline works on what the script prints.",
    ...(userStacks
      ? [
          "Names of addresses: Faultline reads /proc/PID/maps and the files of programs, as the user who runs it.",
        ]
      : []),
    ...(plan.results.some(hasCommandLines) ? ["Command lines: Faultline reads /proc/PID/cmdline."] : []),
  ];
}
