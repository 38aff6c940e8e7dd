import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderExplanation } from "../../src/explain/render-text.js";
import type { Explanation } from "../../src/index.js";
import { compared, explained } from "./helpers.js";
import { PLAIN } from "./style.js";

const QUERIES = readFileSync(new URL("../fixtures/design-queries.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

const RECLAIM = "direct_reclaim stats(latency), hist(latency) by comm";
const ALLOCATIONS = "open allocation sum(size), count() by ustack where age > 10s every 5s";

/** Only the part that compares. */
function shown(explanation: Explanation, columns = 100): string {
  const text = renderExplanation(explanation, { ...PLAIN, columns, width: Math.min(columns, 100) });
  return /^In bpftrace and in BCC\n(.*?\n)\n\S/ms.exec(text)?.[1] ?? "";
}

function partsOf(explanation: Explanation, name: "bpftrace" | "bcc") {
  const written = explanation.backEnds.find((each) => each.name === name);
  if (!written || "why" in written) throw new Error(written?.why ?? "there is nothing");
  return written;
}

it("stands beside each other where the screen is wide", () => {
  expect(shown(compared("faults by comm where pid == 7"), 130)).toMatchInlineSnapshot(`
    "  aggregate into @faults
        software:page-faults:1     | int on_page_faults(struct bpf_perf_event_data *ctx)
        /pid == 7/                 | {
        {                          |     u32 pid = bpf_get_current_pid_tgid() >> 32;
          @seen0 = count();        |     if (pid != 7)
          @faults[comm] = count(); |         return 0;
        }                          |     u32 turn_now = turn_of(0);
                                   |     struct faults_key key = {};
                                   |     bpf_get_current_comm(&key.comm, sizeof(key.comm));
                                   |     key.turn = turn_now;
                                   |     s64 zero = 0;
                                   |     s64 *count = faults_groups.lookup_or_try_init(&key, &zero);
                                   |     if (count)
                                   |         *count += 1;
                                   |     else
                                   |         problems.increment(FULL_MAP);
                                   |     return 0;
                                   | }
                                   |
                                   | bpf.attach_perf_event(
                                   |     ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.PAGE_FAULTS, fn_name=b"on_page_faults",
                                   |     sample_period=1)
      @faults
        @faults[comm] = count(); | /* faults by comm where pid == 7 */
                                 | struct faults_key { char comm[16]; u32 turn; };
                                 | BPF_PERCPU_HASH(faults_groups, struct faults_key, s64, 2 * MAX_ENTRIES);
      \`faultline compile --form run\` and \`faultline compile --form run --to bcc\` write the whole
      programs.
    "
  `);
});

it("stands one below the other where it is not", () => {
  const text = shown(compared("swapin by comm"), 119);
  expect(text).toMatch(/^ {4}bpftrace\n {6}fentry:swap_read_folio\n {6}\{\n {8}@seen0/m);
  expect(text).toMatch(/^ {4}BCC\n {6}KFUNC_PROBE\(swap_read_folio\)\n/m);
  expect(text).not.toContain(" | ");
});

it("puts the maps that are one table of BCC beside it, results first", () => {
  const { maps } = partsOf(compared(RECLAIM), "bcc");
  expect(maps.map(({ holds }) => holds)).toEqual([
    ["@direct_reclaim_stats_latency", "@direct_reclaim_hist_latency"],
    ["@direct_reclaim_begun"],
  ]);
  expect(shown(compared(RECLAIM))).toContain(
    [
      "  @direct_reclaim_stats_latency, @direct_reclaim_hist_latency",
      "    bpftrace",
      "      @direct_reclaim_stats_latency[comm] = stats($latency);",
      "      @direct_reclaim_hist_latency[comm] = hist($latency);",
      "    BCC",
    ].join("\n"),
  );
});

it("shows what BCC attaches by a call with the call", () => {
  const [probe] = partsOf(compared("brk by comm"), "bcc").probes;
  const [uprobe] = partsOf(compared("malloc by comm"), "bcc").probes;
  expect(probe?.text).toMatch(/^TRACEPOINT_PROBE\(syscalls, sys_enter_brk\)\n\{[^]*\}$/);
  expect(uprobe?.text).toMatch(/\}\n\nbpf\.attach_uprobe\(name=b"c", sym=b"malloc", fn_name=b"on_malloc"\)$/);
}); // prettier-ignore

it("lists the probes that run besides those of the query", () => {
  const bpftrace = (query: string) => partsOf(compared(query), "bpftrace").added.map(({ point }) => point);
  const mapping = ["tracepoint:sched:sched_process_exec", "tracepoint:syscalls:sys_enter_mmap"];
  expect(bpftrace("faults by comm")).toEqual([]);
  expect(bpftrace("faults by ustack")).toEqual(mapping);
  expect(bpftrace("faults by comm every 2s")).toEqual(["interval:s:2"]);
  const both = compared("faults by ustack");
  // For the second it needs types that only a whole profile has.
  expect(partsOf(both, "bcc").added.map(({ point }) => point)).toEqual(mapping.slice(0, 1));
  const text = shown(both, 200);
  expect(text).toMatch(
    /bpftrace also attaches tracepoint:sched:sched_process_exec \(report new programs, so that/,
  );
  expect(text).toMatch(/BCC also attaches tracepoint:sched:sched_process_exec/);
});

it("shows some of many, and says how many more there are", () => {
  const explanation = compared(ALLOCATIONS);
  const { probes } = partsOf(explanation, "bpftrace");
  const text = shown(explanation);
  expect(text).toContain("  There are 18 probes and");
  expect(text.match(/^ {4}bpftrace$/gm)).toHaveLength(6);
  expect(probes).toHaveLength(21);
});

it("says which back end cannot, and why, and shows the other", () => {
  const text = shown(
    compared('tracepoint:vmscan:* by comm where probe == "tracepoint:vmscan:mm_vmscan_kswapd_wake"'),
    150,
  );
  expect(text).toMatch(/^ {2}BCC 0\.31\.0 cannot: BCC finds the probes of a wildcard when it runs/);
  expect(text).toContain("    bpftrace\n      tracepoint:vmscan:*\n");
  expect(text).not.toContain(" | ");
});

it("leaves the section out where nothing was compiled", () => {
  expect(renderExplanation(explained("faults"), PLAIN)).not.toContain("In bpftrace and in BCC");
});

it("lets no text of a query move the cursor", () => {
  expect(shown(compared('faults by comm where comm == "\\x1b[2Jx"'))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
}); // prettier-ignore

describe.each(QUERIES)("%s", (query) => {
  const explanation = compared(query);

  it("has a part for each probe, the same in both", () => {
    const [ours, theirs] = [partsOf(explanation, "bpftrace"), partsOf(explanation, "bcc")];
    expect(theirs.probes.map(({ purpose }) => purpose)).toEqual(ours.probes.map(({ purpose }) => purpose));
  });

  it.each([80, 120, 200])("fits a screen of %d columns", (columns) => {
    for (const line of shown(explanation, columns).split("\n"))
      expect(line.length, line).toBeLessThanOrEqual(columns);
  });
});
