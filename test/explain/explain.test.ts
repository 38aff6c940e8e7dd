import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explained } from "./helpers.js";

const QUERIES = readFileSync(new URL("../fixtures/design-queries.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

describe("the sentence", () => {
  const MEANINGS: readonly (readonly [string, string])[] = [
    [
      'faults by comm, ustack where file ~ "*.so"',
      'Counts the events of faults (page faults, of user and kernel code) where file matches "*.so", for each comm and ustack; prints the result at Ctrl-C.',
    ],
    [
      "malloc sum(size) as total, count() by ustack top 20 by total",
      'Of the events of malloc (calls of malloc, in the C library or whichever allocator takes its place), sums size as "total" and counts how many there were, for each ustack; shows the 20 with the highest total; prints the result at Ctrl-C.',
    ],
    [
      "direct_reclaim show comm, latency in ms where latency > 1ms for 30s",
      "Shows a line for each event of direct_reclaim (a process that frees memory itself because there is none) where latency is above 1ms: comm and latency (ms); ends after 30s.",
    ],
    [
      "open direct_reclaim max(order), count() by comm where age > 10s and gfp != 0 every 5s",
      "Of direct_reclaim (a process that frees memory itself because there is none), those that have begun and not ended, where age is above 10s and gfp is not 0, finds the greatest order and counts how many there were, for each comm; prints the result every 5s, and ends at Ctrl-C.",
    ],
    [
      'every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD"',
      'Prints a line every 1s, with the sum of latency of shrink_slab as "S-SLABms" and the number of kswapd_wake as "KSWAPD"; ends at Ctrl-C.',
    ],
    [
      'mmap lhist(len, 0B, 1MB, 64KB) where flags has MAP_ANONYMOUS and not comm ~ "x*" every 1s',
      'Of the events of mmap (calls of mmap) where flags has MAP_ANONYMOUS and comm does not match "x*", draws a histogram of len from 0B to 1MB in steps of 64KB; prints and clears the result every 1s, and ends at Ctrl-C.',
    ],
    [
      "kprobe:hugepage_madvise show probe, pid",
      "Shows a line for each event of kprobe:hugepage_madvise (calls of the kernel's function hugepage_madvise): probe and pid; ends at Ctrl-C.",
    ],
    [
      "swapin by comm where pid > 10 or uid == 0",
      "Counts the events of swapin (a page read back from swap, in the process that waits for it; of a folio of several pages, each of them) where pid is above 10 or uid is 0, for each comm; prints the result at Ctrl-C.",
    ],
  ];

  it.each(MEANINGS)("%s", (query, meaning) => {
    expect(explained(query).queries).toEqual([{ query, meaning }]);
  });

  it("says what the query's own doc says, and keeps several queries apart", () => {
    const { queries } = explained("/// Who faults?\nfaults by comm;\nmigrate");
    expect(queries.map(({ query, doc }) => [query, doc])).toEqual([
      ["faults by comm", "Who faults?"],
      ["migrate", undefined],
    ]);
  });

  it.each(QUERIES)("has words for %s", (query) => {
    const [first] = explained(query).queries;
    expect(first?.meaning).toMatch(/^[A-Z].*\.$/);
    expect(first?.meaning).not.toMatch(/undefined|\[object|@/);
  });
});

describe("probes", () => {
  it("tells which was taken, what it costs, and why the others were not", () => {
    expect(explained("faults by file").probes).toEqual([
      expect.objectContaining({
        source: "faults",
        probe: "fexit:handle_mm_fault",
        does: ["aggregate into @faults"],
        cost: expect.objectContaining({
          parts: expect.arrayContaining([
            expect.objectContaining({ what: "the probe itself", least: 16, most: 30, origin: "published" }),
          ]),
        }),
        notTaken: [
          { probe: "software:page-faults:1", why: "it does not provide `file`" },
          { probe: "tracepoint:exceptions:page_fault_user", why: "it does not provide `file`" },
          { probe: "rawtracepoint:page_fault_user", why: "it does not provide `file`" },
        ],
      }),
    ]);
  });

  it("puts a span's begin before its end", () => {
    const { probes } = explained("direct_reclaim show latency, reclaimed");
    expect(probes.map(({ probe }) => probe)).toEqual([
      "rawtracepoint:mm_vmscan_direct_reclaim_begin",
      "tracepoint:vmscan:mm_vmscan_direct_reclaim_end",
    ]);
    expect(probes[0]?.does).toEqual(["record the start of direct_reclaim"]);
  });

  it("works out the share of a CPU where the rate is known", () => {
    const query =
      'event ticks { provider tracepoint:sched:sched_switch note "counts switches" rate 50_000 }\nticks by comm';
    const [probe] = explained(query).probes;
    expect(probe).toMatchObject({ rate: 50_000, note: "counts switches" });
    expect(probe?.share?.least).toBeCloseTo((50_000 * (probe?.cost.least ?? 0)) / 1e9);
    expect(probe?.share?.most).toBeCloseTo((50_000 * (probe?.cost.most ?? 0)) / 1e9);
    expect(explained("migrate").probes[0]).not.toHaveProperty("share");
  });
});

describe("fields", () => {
  it("writes them as C would, each with its probe", () => {
    expect(explained("faults by file, comm").fields).toEqual([
      {
        field: "file",
        source: "faults",
        probe: "fexit:handle_mm_fault",
        expression: "vma->vm_file->f_path.dentry->d_name.name",
        type: "string",
      },
      expect.objectContaining({ field: "comm", expression: expect.stringContaining("bpf_get_current_comm") }),
    ]);
  });

  it("shows what is worked out from others", () => {
    const byName = Object.fromEntries(
      explained("heap_growth sum(bytes)").fields.map((f) => [`${f.source ?? ""}.${f.field}`, f.expression]),
    );
    expect(byName).toMatchObject({
      "heap_growth.bytes": "growth",
      "brk_call.growth": "end.after - begin.before",
      "brk_call.after": "args.ret",
      "brk_call.before": "current->mm->brk",
    });
  });

  it("tells a span's latency only where it is used", () => {
    const names = (query: string): string[] => explained(query).fields.map(({ field }) => field);
    expect(names("direct_reclaim hist(latency)")).toContain("latency");
    expect(names("direct_reclaim by comm")).not.toContain("latency");
  });
});

describe("filters", () => {
  it("keeps the order in which the kernel tests them, the cheapest first", () => {
    const filters = explained('faults by pid where file ~ "*.so" and pid > 100').filters;
    expect(filters.map(({ order, test, where, at }) => [order, test, where, at])).toEqual([
      [1, "pid is above 100", "kernel", "fexit:handle_mm_fault"],
      [2, "retval & 0x400 is 0", "kernel", "fexit:handle_mm_fault"],
      [3, 'vma->vm_file->f_path.dentry->d_name.name matches "*.so"', "kernel", "fexit:handle_mm_fault"],
    ]);
  });

  it("tells what is tested once a span has ended", () => {
    expect(explained("direct_reclaim by comm where latency > 1ms").filters).toEqual([
      expect.objectContaining({
        order: 1,
        test: "there is an entry @direct_reclaim_begun[tid]",
        when: "before anything else is done",
      }),
      expect.objectContaining({
        order: 2,
        test: "latency is above 1ms",
        when: "before anything is counted or shown",
      }),
    ]);
  });

  it("says what the runner does where a tracer cannot walk a map", () => {
    const query = "open allocation max(size), count() by pid where age > 10s top 5 by count() every 5s";
    const at = (kernel: "debian12" | "debian13"): string[] =>
      explained(query, kernel).filters.filter(({ at }) => !at.includes(":")).map((f) => `${f.where}: ${f.test}`); // prettier-ignore
    const ranked = "runner: is among the 5 with the highest count()";
    expect(at("debian12")).toEqual([
      "runner: now - @allocation_begun[entry].time is above 10s and @allocation_begun[entry].owner_number is @processes[@allocation_begun[entry].owner_id].start",
      ranked,
    ]);
    expect(at("debian13")).toEqual([
      "kernel: now - @allocation_begun[entry].time is above 10s and @allocation_begun[entry].owner_number is @processes[@allocation_begun[entry].owner_id].start",
      ranked,
    ]);
  });

  it("has none where every event counts", () => {
    expect(explained("faults by comm").filters).toEqual([]);
  });
});

describe("other kernels", () => {
  it("compares what was chosen there", () => {
    const { elsewhere } = explained("swapin by comm", "debian13", ["debian12", "sid", "dev"]);
    expect(elsewhere.map(({ kernel, answer }) => [kernel, answer])).toEqual([
      ["debian12", "differs"],
      ["sid", "same"],
      ["dev", "no"],
    ]);
    expect(elsewhere[0]?.differences).toEqual([
      "swapin: fentry:swap_readpage in place of fentry:swap_read_folio",
    ]);
    expect(elsewhere[2]?.differences.join()).toContain("swapin cannot be answered");
  });

  it("sees that a field is read otherwise from the same probe", () => {
    const here = explained("brk_call sum(growth)", "debian13", ["debian12"]);
    expect(here.elsewhere[0]).toMatchObject({ answer: "same", differences: [] });
  });
});

it("is ready for JSON", () => {
  for (const query of QUERIES) {
    const explanation = explained(query, "debian13", ["debian12"]);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  }
});
