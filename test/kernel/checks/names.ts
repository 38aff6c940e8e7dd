/** Names of processes, threads, users and programs, against a workload that has several of them. */
import { expect } from "vitest";
import { asks, between, exactly, ofResult, query, rowsWhere, total, type GuestCheck } from "./check.js";

const NAME = "a-program-with-a-long-name";
/** 400 pages in the first thread, 300 in a thread that is called otherwise; it stays so long that it can be looked at. */
const TOUCH = "long_name.sh 400 300 3";
/** The program comes to pages of its own and of the C library. */
const OWN = 150;

export const NAME_CHECKS: readonly GuestCheck[] = [
  {
    id: "names-of-task",
    ...asks("faults by comm, process, parent, exe", "faults count() as n by pid, ppid, comm"),
    workload: TOUCH,
    verify: (r) => {
      const program = { process: "a-program-with-", parent: "long_name.sh", exe: NAME };
      between(total(r, "count()", { ...program, comm: "renamed" }), 300, 310);
      // Before it runs the program, the process is a copy of the shell.
      expect(
        rowsWhere(ofResult(r, 0), { comm: "a-program-with-" }).every(({ values }) => values["exe"] === NAME),
      ).toBe(true);
      const ids = ofResult(r, 1);
      const [own] = rowsWhere(ids, { comm: "renamed" });
      const shell = rowsWhere(ids, { comm: "long_name.sh" }).map(({ values }) => values["pid"]);
      expect(shell).toContain(own?.values["ppid"]);
      return between(total(r, "count()", { ...program, comm: "a-program-with-" }), 400, 400 + OWN);
    },
  },
  {
    id: "names-where",
    ...asks(
      `faults count() as by_exe where exe == "${NAME}"`,
      'faults count() as by_process where process == "a-program-with-" and comm == "renamed"',
      'faults count() as by_pattern where exe ~ "a-program-*-name" and comm == "renamed"',
      'faults count() as by_parent where parent == "long_name.sh" and comm == "renamed"',
    ),
    workload: TOUCH,
    verify: (r) => {
      const named = ["by_process", "by_pattern", "by_parent"].map((column) =>
        total({ ...r, rows: rowsWhere(r).filter(({ values }) => column in values) }, column),
      );
      expect(new Set(named).size).toBe(1);
      between(named[0] ?? 0, 300, 310);
      const all = rowsWhere(r).filter(({ values }) => "by_exe" in values);
      return between(total({ ...r, rows: all }, "by_exe"), 700, 710 + OWN);
    },
  },
  {
    // All threads of the process, whatever they call themselves.
    id: "names-comm-option",
    command: `${query("faults by comm")} --comm 'a-program-*'`,
    workload: TOUCH,
    verify: (r) => {
      expect(
        r.rows.every(({ values }) => ["renamed", "a-program-with-"].includes(String(values["comm"]))),
      ).toBe(true);
      between(total(r, "count()", { comm: "a-program-with-" }), 400, 400 + OWN);
      return between(total(r, "count()", { comm: "renamed" }), 300, 310);
    },
  },
  {
    id: "names-cmdline",
    ...asks("faults by cmdline, comm"),
    // Two processes with the same words are one group.
    workload: `bash -c '${TOUCH} & ${TOUCH}; wait'`,
    verify: (r) =>
      between(total(r, "count()", { cmdline: `./${NAME} 400 300 3`, comm: "renamed" }), 600, 620),
  },
  {
    id: "names-user",
    ...asks(
      "faults by uid, gid, comm",
      'faults count() as nobody where uid == nobody and comm == "renamed"',
      'faults count() as number where uid == 65534 and comm == "renamed"',
      'faults count() as text where uid ~ "nobod?" and gid == "nogroup" and comm == "renamed"',
    ),
    workload: `bash -c 'as=nobody ${TOUCH}'`,
    verify: (r) => {
      const of = (column: string): number =>
        total({ ...r, rows: rowsWhere(r).filter(({ values }) => column in values) }, column);
      const seen = total(r, "count()", { uid: "nobody", gid: "nogroup", comm: "renamed" });
      expect([of("nobody"), of("number"), of("text")]).toEqual([seen, seen, seen]);
      expect(total(r, "count()", { uid: "root", comm: "renamed" })).toBe(0);
      return between(seen, 300, 310);
    },
  },
  {
    // Threads of the kernel have no program, and their names say so.
    id: "names-kernel-thread",
    ...asks('tracepoint:sched:sched_switch count() by process, parent, exe where comm ~ "rcu_*" for 3s'),
    workload: "sleep 2",
    verify: (r) => {
      expect(r.rows.every(({ values }) => values["exe"] === "")).toBe(true);
      return exactly(rowsWhere(r).filter(({ values }) => values["parent"] !== "kthreadd").length, 0);
    },
  },
];
