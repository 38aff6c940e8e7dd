/** Beyond memory: the scheduler, system calls, files, processes and connections. */
import { expect } from "vitest";
import {
  asks,
  atLeast,
  between,
  exactly,
  ofResult,
  query,
  rowsWhere,
  total,
  type GuestCheck,
} from "./check.js";

/** One workload for checks that look at different events of it. */
const SEVERAL_THINGS = `sh -c '${[
  "for i in 1 2 3 4 5; do sleep 0.02; done",
  "for i in 1 2 3 4; do /bin/true; done",
  "for i in 1 2 3; do cat ./known-file 2>/dev/null; done",
  "ip link set lo up; tcp 5 5555",
].join("; ")}'`;

export const BEYOND_CHECKS: readonly GuestCheck[] = [
  {
    id: "runqueue",
    ...asks("runqueue count(), hist(latency) by thread_comm"),
    workload: SEVERAL_THINGS,
    // Each sleep wakes up once by its timer, and starts.
    verify: (r) => atLeast(total(r, "count()", { thread_comm: "sleep" }), 5),
  },
  {
    id: "syscall",
    ...asks('syscall count(), avg(latency) by call where comm == "brk_grow"'),
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      const calls = total(r, "count()", { call: "brk" });
      expect(calls).toBeLessThanOrEqual(63);
      return atLeast(calls, 60);
    },
  },
  {
    id: "file-open",
    ...asks('file_open show comm, file, flags where file ~ "*known-file"'),
    workload: SEVERAL_THINGS,
    verify: (r) => {
      expect(rowsWhere(r, { comm: "cat" }).length).toBe(3);
      return exactly(r.rows.length, 3);
    },
  },
  {
    id: "open-not-in-memory",
    ...asks('file_open by file where file == "/etc/hostname" and comm == "open_names"'),
    workload: "open_names",
    // The page with the name is not there when the first of the calls begins.
    verify: (r) => exactly(total(r, "count()", { file: "/etc/hostname" }), 5),
  },
  {
    id: "open-long-name",
    ...asks('file_open where file ~ "*target.dat"'),
    // In a trace of its own: bpftrace 0.17 reads one argument for two queries through a moved pointer, which kernels refuse.
    workload: "open_names long",
    // The path has 163 bytes.
    verify: (r) => exactly(total(r, "count()"), 5),
  },
  {
    id: "returns-below-zero",
    ...asks(
      "event got { provider tracepoint:syscalls:sys_exit_readv { n: pages = args.ret } }\n" +
        'got sum(n) where n >= 0B and comm == "open_names"',
    ),
    workload: "open_names",
    // Four calls fail, which is a return of -9.
    verify: (r) => exactly(total(r, "sum(n)"), 200),
  },
  {
    id: "exec",
    ...asks('exec by file where file == "/bin/true"'),
    workload: SEVERAL_THINGS,
    verify: (r) => exactly(total(r, "count()"), 4),
  },
  {
    // The names of errors are for people; programs get the numbers.
    id: "results-of-calls",
    ...asks(
      'tracepoint:syscalls:sys_exit_openat count() as opens by args.ret where args.ret == -ENOENT and comm == "refused"',
      'syscall count() as closes by call, result where result == -EBADF and comm == "refused"',
    ),
    workload: "refused 37 23",
    verify: (r) => {
      expect(total(r, "closes", { call: "close", result: -9 })).toBe(23);
      // The dynamic linker looks for files that are not there, too.
      return between(total(ofResult(r, 0), "opens", { "args.ret": -2 }), 37, 47);
    },
  },
  {
    // What several probes share is said once, and each of them is attached.
    id: "several-probes",
    command: query(
      'event refusal { provider tracepoint:syscalls:sys_exit_openat, tracepoint:syscalls:sys_exit_close where args.ret < 0 { error: result = args.ret } } refusal count() as refused by error where comm == "refused"; tracepoint:syscalls:sys_exit_{openat,close} count() as all by probe where comm == "refused"',
    ),
    workload: "refused 37 23",
    verify: (r) => {
      expect(total(r, "refused", { error: -9 })).toBe(23);
      atLeast(total(r, "all", { probe: "tracepoint:syscalls:sys_exit_close" }), 23);
      atLeast(total(r, "all", { probe: "tracepoint:syscalls:sys_exit_openat" }), 37);
      return between(total(r, "refused", { error: -2 }), 37, 47);
    },
  },
  {
    // A field that the kernel prints names for, by these names and by those of its code.
    id: "printed-names",
    ...asks(
      "tracepoint:irq:softirq_entry by args.vec",
      "tracepoint:irq:softirq_entry count() as timers where args.vec == TIMER_SOFTIRQ",
    ),
    workload: "refused 10 10",
    verify: (r) =>
      exactly(total(ofResult(r, 0), "count()", { "args.vec": "TIMER" }), total(ofResult(r, 1), "timers")),
  },
  {
    id: "tcp-connect",
    ...asks("tcp_connect by remote, remote_port, comm"),
    workload: SEVERAL_THINGS,
    verify: (r) => {
      expect(total(r, "count()", { remote: "127.0.0.1", remote_port: 5556 })).toBe(1);
      return exactly(total(r, "count()", { remote: "127.0.0.1", remote_port: 5555 }), 5);
    },
  },
  {
    // An address by its bytes: whole, of a list, and by what it begins with.
    id: "addresses",
    ...asks(
      'tcp_connect count() as whole where remote == "127.0.0.1" and remote_port == 5555',
      'tcp_connect count() as listed where remote in ("10.0.0.1", "127.0.0.1", "::1") and remote_port == 5555',
      'tcp_connect count() as begun where remote ~ "127.0.*" and remote_port == 5555',
      'tcp_connect count() as other where remote != "127.0.0.1" and remote_port == 5555',
    ),
    workload: SEVERAL_THINGS,
    verify: (r) => {
      expect(["listed", "begun"].map((column, i) => total(ofResult(r, i + 1), column))).toEqual([5, 5]);
      expect(total(ofResult(r, 3), "other")).toBe(0);
      return exactly(total(ofResult(r, 0), "whole"), 5);
    },
  },
];
