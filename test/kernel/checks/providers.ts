/**
 * Every provider of a source in turn, on the same workload: those that count the same give the same number, and of
 * the others the definition says how they differ.
 */
import type { Target } from "../guest/guest.js";
import { between, exactly, query, said, total, type GuestCheck, type Report, type Seen } from "./check.js";

interface Provided {
  readonly source: string;
  /** As `via` takes them. */
  readonly providers: readonly string[];
  readonly clauses: string;
  readonly workload: string;
  readonly timeoutSeconds?: number;
  readonly seen: (report: Report) => Seen;
}

const PROVIDED: readonly Provided[] = [
  {
    source: "faults",
    providers: ["software", "tracepoint", "fentry", "kprobe"],
    clauses: "by comm",
    workload: "touch_anon 300 toucher",
    // What differs (faults of the kernel's own, faults retried) does not happen here.
    seen: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    source: "user_faults",
    providers: ["tracepoint", "rawtracepoint"],
    clauses: "by comm",
    workload: "touch_anon 300 toucher",
    seen: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    source: "huge_faults",
    providers: ["fentry", "kprobe"],
    clauses: "by comm",
    workload: "hugepage hugetlb 8",
    seen: (r) => exactly(total(r, "count()", { comm: "hugepage" }), 8),
  },
  {
    source: "mmap",
    providers: ["tracepoint", "kprobe"],
    // The kernel's own mappings, which the kprobe counts as well, are not of this file.
    clauses: 'by comm where file == "known.bin"',
    workload: "mmaps 5 1048576 known.bin",
    seen: (r) => exactly(total(r, "count()", { comm: "mmaps" }), 5),
  },
  {
    source: "swapin",
    providers: ["fentry", "kprobe"],
    clauses: "count()",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    seen: (r) => {
      const pages = said(r, /pages in: (\d+)/);
      return between(total(r, "count()"), Math.floor(pages * 0.95), Math.ceil(pages * 1.05));
    },
  },
  {
    source: "oomkill",
    providers: ["fentry", "kprobe"],
    clauses: "by victim",
    workload: "oom.sh 1",
    timeoutSeconds: 120,
    seen: (r) => exactly(total(r, "count()", { victim: "oomvictim" }), 1),
  },
  {
    source: "fork",
    providers: ["tracepoint", "rawtracepoint"],
    clauses: "count()",
    workload: "sh -c 'for i in 1 2 3 4; do /bin/true; done; true'",
    seen: (r) => exactly(total(r, "count()"), 4),
  },
];

/** What a target's bpftrace cannot attach to. */
const LACKS: Readonly<Partial<Record<string, readonly Target[]>>> = { rawtracepoint: ["debian13", "sid"] };

export const PROVIDER_CHECKS: readonly GuestCheck[] = PROVIDED.flatMap((each) =>
  each.providers.map((provider): GuestCheck => {
    const targets = LACKS[provider];
    return {
      id: `via-${each.source}-${provider}`,
      command: query(`${each.source} ${each.clauses} via ${provider}`),
      workload: each.workload,
      verify: each.seen,
      ...(each.timeoutSeconds === undefined ? {} : { timeoutSeconds: each.timeoutSeconds }),
      ...(targets ? { targets } : {}),
    };
  }),
);
