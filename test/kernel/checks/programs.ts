/** Programs that a C compiler for 64 bits did not make, by the names and the arguments of their functions. */
import { expect } from "vitest";
import { asks, exactly, missing, ofResult, total, type GuestCheck } from "./check.js";

const IN = "uprobe:/job/workloads";

export const PROGRAM_CHECKS: readonly GuestCheck[] = [
  {
    id: "program-ia32",
    ...asks(
      `${IN}/ia32:take(size, kind) count(), sum(size), sum(kind)`,
      "uretprobe:/job/workloads/ia32:take sum(retval)",
      "syscall count() by call",
    ),
    workload: "ia32",
    verify: (r) => {
      const [called, returned, calls] = [0, 1, 2].map((result) => ofResult(r, result));
      if (!called || !returned || !calls) throw new Error("there are three results");
      exactly(total(called, "count()"), 25);
      exactly(total(called, "sum(size)"), 25 * 4000);
      exactly(total(called, "sum(kind)"), 25 * 7);
      exactly(total(returned, "sum(retval)"), 25 * (4000 + 0x1000));
      exactly(total(calls, "count()", { call: "ia32_mmap2" }), 30);
      return exactly(total(calls, "count()", { call: "ia32_brk" }), 41);
    },
  },
  {
    id: "program-ia32-unseen",
    ...asks("brk count() by comm"),
    workload: "sh -c 'ia32 && ia32'",
    verify: (r) => exactly(missing(r, "not seen"), 2),
  },
  {
    id: "program-mangled",
    ...asks(
      `${IN}/mangled:ns::Class::method count() by probe`,
      `${IN}/mangled:ns::* count()`,
      `${IN}/mangled:"ns::Class::method(int)"(self, value) sum(value)`,
    ),
    workload: "mangled",
    verify: (r) => {
      expect(ofResult(r, 0).rows).toHaveLength(2);
      exactly(total(ofResult(r, 0), "count()"), 50);
      exactly(total(ofResult(r, 1), "count()"), 60);
      return exactly(total(ofResult(r, 2), "sum(value)"), 465);
    },
  },
  {
    id: "program-go",
    ...asks(
      `${IN}/go_registers:main.work(size, kind) count(), sum(size), sum(kind)`,
      `${IN}/go_registers:"main.(*T).Work"(size) count(), sum(size)`,
    ),
    workload: "go_registers",
    verify: (r) => {
      exactly(total(ofResult(r, 0), "sum(size)"), 25 * 4000);
      exactly(total(ofResult(r, 0), "sum(kind)"), 25 * 7);
      exactly(total(ofResult(r, 1), "count()"), 10);
      return exactly(total(ofResult(r, 1), "sum(size)"), 10 * 50);
    },
  },
];
