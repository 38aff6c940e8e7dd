/** The language itself: filters, patterns, keys and aggregates, against workloads whose numbers are exact. */
import { expect } from "vitest";
import {
  asks,
  atLeast,
  between,
  exactly,
  exactlyBut,
  isNamed,
  missing,
  ofResult,
  query,
  said,
  total,
  type GuestCheck,
  type Report,
} from "./check.js";

/** 200 pages, twice: the writes of touch_file fault exactly once a page a round. */
const TOUCH = "touch_file libtouch.so 200 2";

/** 30 blocks stay, 20 are freed at once and 10 by another thread; the process ends three seconds later. */
export const LEAK = "leak 30 12345 20 10 3";

/** 40 blocks through three functions, three of a recursion, and 60 faults in a function without a frame pointer. */
const CALLS = "calls 40 60";

/** The one stack that has all functions between malloc and `main`, after what comes first. */
function wholeStack(report: Report, first: RegExp, column = "ustack"): string {
  const whole = new RegExp(
    `${first.source}innermost\\+\\d+ \\[calls\\]\\nmiddle\\+\\d+ \\[calls\\]\\nouter\\+\\d+ \\[calls\\]\\nmain\\+\\d+ \\[calls\\]\\n`,
  );
  const found = report.rows.map(({ values }) => String(values[column])).find((stack) => whole.test(stack));
  expect(found, report.rows.map(({ values }) => values[column]).join("\n\n")).toBeDefined();
  return found ?? "";
}

const TOUCH_ANONYMOUS = "touch_anon 300 toucher";

export const LANGUAGE_CHECKS: readonly GuestCheck[] = [
  {
    id: "card",
    ...asks('faults by comm, ustack where file ~ "*.so"'),
    workload: TOUCH,
    verify: (r) => {
      // The process has ended when its stacks are printed, and its frames have names all the same.
      expect(r.rows.every(isNamed)).toBe(true);
      return exactly(total(r, "count()", { comm: "touch_file" }), 400);
    },
  },
  {
    id: "glob-prefix",
    ...asks('faults by comm where file ~ "libtouch*"'),
    workload: TOUCH,
    verify: (r) => exactly(total(r, "count()"), 400),
  },
  {
    id: "glob-middle",
    ...asks('faults by comm where file ~ "*touch*"'),
    workload: TOUCH,
    verify: (r) => atLeast(total(r, "count()"), 400),
  },
  {
    id: "glob-class",
    ...asks('faults by file where file ~ "l?b*[a-h].so"'),
    workload: TOUCH,
    verify: (r) => exactly(total(r, "count()", { file: "libtouch.so" }), 400),
  },
  {
    // By itself: the kernel's verifier follows one search for each state that another has left.
    id: "glob-comm",
    command: query('faults count() by comm where comm ~ "*ouch_f*l[a-f]" and file ~ "*.so"'),
    workload: TOUCH,
    verify: (r) => exactly(total(r, "count()"), 400),
  },
  {
    id: "glob-none",
    ...asks('faults by file where file ~ "*.sox" or file ~ "touch*.so"'),
    workload: TOUCH,
    verify: (r) => exactly(total(r, "count()"), 0),
  },
  {
    id: "faults-by-pid",
    ...asks("faults by comm, pid"),
    workload: TOUCH_ANONYMOUS,
    // Under its own name the process also faults on its stack and the pages of the C library that it comes to.
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    id: "interval",
    ...asks("faults by comm every 100ms"),
    workload: "touch_anon 40000 toucher",
    // Nothing is lost between two intervals, and nothing is counted in both.
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 40_000, 40_015),
  },
  {
    id: "faults-show",
    ...asks('faults show comm, address, write where comm == "toucher" and write'),
    workload: TOUCH_ANONYMOUS,
    verify: (r) => between(r.rows.length, 300, 315),
  },
  {
    id: "malloc",
    ...asks("malloc count(), sum(size) by comm where size == 12345"),
    workload: LEAK,
    verify: (r) => {
      expect(total(r, "sum(size)", { comm: "leak" })).toBe(60 * 12345);
      return exactly(total(r, "count()", { comm: "leak" }), 60);
    },
  },
  {
    id: "open-allocation",
    ...asks("open allocation sum(size), count() by comm where size == 12345"),
    workload: LEAK,
    verify: (r) => {
      expect(total(r, "sum(size)", { comm: "leak" })).toBe(30 * 12345);
      return exactly(total(r, "count()", { comm: "leak" }), 30);
    },
  },
  {
    // No thread is freed in itself: each span is open to the end.
    id: "open-sum",
    ...asks(
      "span life on tid { begin tracepoint:sched:sched_process_exec during tracepoint:syscalls:sys_enter_brk { calls: int = 1 } end tracepoint:sched:sched_process_free } open life sum(calls) as calls, count() where calls > 40",
    ),
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      expect(total(r, "count()")).toBe(1);
      return between(total(r, "calls"), 60, 63);
    },
  },
  {
    id: "several",
    ...asks(
      "malloc count() by comm where size == 12345",
      "open allocation count() as here where size == 12345 every 1h",
      "open allocation sum(size) as bytes where size == 12345",
    ),
    workload: LEAK,
    verify: (r) => {
      expect(total(ofResult(r, 0), "count()")).toBe(60);
      expect(total(ofResult(r, 2), "bytes")).toBe(30 * 12345);
      return exactly(total(ofResult(r, 1), "here"), 30);
    },
  },
  {
    // Of 60 blocks 4 are kept: the first that leak. That the others were not is told.
    id: "open-full",
    command: `${query("open allocation count() by comm where size == 12345")} --max-entries 4`,
    workload: LEAK,
    verify: (r, target) => {
      expect(total(r, "count()")).toBe(4);
      const told = said(r, /(\d+) (?:were not kept|times\)|events of new groups were not counted)/);
      // Newer ones of bpftrace tell of each map that an allocation is in.
      return target === "debian12" ? exactly(told, 56) : atLeast(told, 56);
    },
  },
  {
    id: "open-age",
    ...asks("open allocation count() by ustack where age > 1s and size == 12345"),
    workload: LEAK,
    verify: (r) => {
      expect(r.rows.length).toBe(1);
      return exactly(total(r, "count()"), 30);
    },
  },
  {
    // The function that calls malloc is only at the top of the stack when malloc begins.
    id: "caller-entry",
    ...asks("malloc count() by ustack where size == 7777"),
    workload: CALLS,
    verify: (r) =>
      exactly(total(r, "count()", { ustack: wholeStack(r, /^malloc\+0 \[libc\.so\.6\]\n/) }), 40),
  },
  {
    id: "caller-return",
    ...asks("malloc_call count() by ustack where size == 7777"),
    workload: CALLS,
    verify: (r) =>
      exactlyBut(
        total(r, "count()", { ustack: wholeStack(r, /^/) }),
        40,
        missing(r, "end missed", "probe missed"),
      ),
  },
  {
    id: "caller-begin",
    ...asks("malloc_call count() by begin.ustack where size == 7777"),
    workload: CALLS,
    verify: (r) =>
      exactlyBut(
        total(r, "count()", {
          "begin.ustack": wholeStack(r, /^malloc\+0 \[libc\.so\.6\]\n/, "begin.ustack"),
        }),
        40,
        missing(r, "end missed", "probe missed"),
      ),
  },
  {
    id: "caller-rows",
    ...asks("malloc show ustack, size where size == 7777"),
    workload: CALLS,
    verify: (r) => {
      const stack = wholeStack(r, /^malloc\+0 \[libc\.so\.6\]\n/);
      return exactly(r.rows.filter(({ values }) => values["ustack"] === stack).length, 40);
    },
  },
  {
    id: "caller-open",
    ...asks("open allocation count() by ustack where size == 7777"),
    workload: CALLS,
    verify: (r) =>
      exactlyBut(
        total(r, "count()", { ustack: wholeStack(r, /^/) }),
        40,
        missing(r, "end missed", "probe missed"),
      ),
  },
  {
    id: "caller-depth",
    ...asks("malloc count() by ustack(3) where size == 7777"),
    workload: CALLS,
    verify: (r) => {
      const [row] = r.rows;
      expect(String(row?.values["ustack(3)"])).toMatch(
        /^malloc\+0 \[libc\.so\.6\]\ninnermost\+\d+ \[calls\]\nmiddle\+\d+ \[calls\]$/,
      );
      return exactly(total(r, "count()"), 40);
    },
  },
  {
    // Kernels that see that malloc begins put its caller into the stack: it is there once all the same, as the recursion is.
    id: "caller-recursion",
    ...asks("malloc count() by ustack where size == 7776"),
    workload: CALLS,
    verify: (r) => {
      const counts = r.rows.map(({ values }) => String(values["ustack"]).match(/^again\+/gm)?.length);
      expect(counts.sort()).toEqual([1, 2, 3]);
      return exactly(total(r, "count()"), 3);
    },
  },
  {
    // What has no frame pointer hides its caller, which the call before the next return address names.
    id: "caller-missing",
    ...asks('faults count() by ustack where comm == "calls"'),
    workload: CALLS,
    verify: (r) => {
      const stack = r.rows
        .map(({ values }) => String(values["ustack"]))
        .find((each) => each.startsWith("bare+"));
      expect(stack).toMatch(
        /^bare\+\d+ \[calls\]\nbetween \[calls\]\nfaulting\+\d+ \[calls\]\nmain\+\d+ \[calls\]\n/,
      );
      return atLeast(total(r, "count()", { ustack: stack }), 60);
    },
  },
  {
    id: "stack-depth-kernel",
    ...asks("kprobe:hugepage_madvise count() by kstack(2)"),
    workload: "hugepage madvise 25",
    verify: (r) => {
      for (const { values } of r.rows) expect(String(values["kstack(2)"]).split("\n").length).toBe(2);
      return exactly(total(r, "count()"), 25);
    },
  },
  {
    id: "hugepage-show",
    ...asks("kprobe:hugepage_madvise show probe, pid"),
    workload: "hugepage madvise 25",
    verify: (r) => {
      expect(new Set(r.rows.map((row) => row.values.probe))).toEqual(new Set(["kprobe:hugepage_madvise"]));
      return exactly(r.rows.length, 25);
    },
  },
];
