/** Beyond memory: the scheduler, system calls, files, processes and connections. */
import { expect } from "vitest";
import { atLeast, exactly, query, rowsWhere, total, type GuestCheck } from "./check.js";

export const BEYOND_CHECKS: readonly GuestCheck[] = [
  {
    id: "runqueue",
    command: query("runqueue count(), hist(latency) by thread_comm"),
    workload: "sh -c 'for i in 1 2 3 4 5; do sleep 0.02; done'",
    // Each sleep wakes up once by its timer, and starts.
    verify: (r) => atLeast(total(r, "count()", { thread_comm: "sleep" }), 5),
  },
  {
    id: "syscall",
    command: query('syscall count(), avg(latency) by call where comm == "brk_grow"'),
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      const calls = total(r, "count()", { call: "brk" });
      expect(calls).toBeLessThanOrEqual(63);
      return atLeast(calls, 60);
    },
  },
  {
    id: "file-open",
    command: query('file_open show comm, file, flags where file ~ "*known-file"'),
    workload: "sh -c 'for i in 1 2 3; do cat ./known-file 2>/dev/null; done; true'",
    verify: (r) => {
      expect(rowsWhere(r, { comm: "cat" }).length).toBe(3);
      return exactly(r.rows.length, 3);
    },
  },
  {
    id: "exec",
    command: query('exec by file where file == "/bin/true"'),
    workload: "sh -c 'for i in 1 2 3 4; do /bin/true; done'",
    verify: (r) => exactly(total(r, "count()"), 4),
  },
  {
    id: "tcp-connect",
    command: query("tcp_connect by remote, remote_port, comm"),
    workload: "sh -c 'ip link set lo up; tcp 5 5555'",
    verify: (r) => {
      expect(total(r, "count()", { remote: "127.0.0.1", remote_port: 5556 })).toBe(1);
      return exactly(total(r, "count()", { remote: "127.0.0.1", remote_port: 5555 }), 5);
    },
  },
];
