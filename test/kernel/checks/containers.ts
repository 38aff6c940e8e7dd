/** PID namespaces and control groups: what people in and beside containers ask for. */
import { expect } from "vitest";
import { asks, between, rowsWhere, total, type GuestCheck } from "./check.js";

/** A process that writes N pages makes some more faults before, under the name that it gives itself. */
const SLACK = 15;
const POD = "0a1b2c3d-1111-2222-3333-444455556666";
const IN_NAMESPACE = "unshare --pid --fork --mount-proc";

const CGROUPS = "cgroups.sh";

export const CONTAINER_CHECKS: readonly GuestCheck[] = [
  {
    id: "pidns-command",
    ...asks('faults by pid, host_pid, ns_pid, comm where comm == "toucher"'),
    within: IN_NAMESPACE,
    timeoutSeconds: 240,
    // What the command starts is followed in the namespace too.
    workload: 'sh -c "touch_anon 300 toucher; touch_anon 200 toucher"',
    verify: (r) => {
      const ours = rowsWhere(r, { comm: "toucher" });
      expect(ours).toHaveLength(2);
      for (const { values } of ours) {
        expect(values["pid"]).toBe(values["ns_pid"]);
        expect(Number(values["pid"])).toBeGreaterThan(0);
        expect(values["host_pid"]).not.toBe(values["pid"]);
      }
      return between(total(r, "count()"), 500, 500 + 2 * SLACK);
    },
  },
  {
    id: "pidns-open",
    ...asks("open allocation count(), sum(size) by pid, comm, ustack where size == 12345"),
    within: IN_NAMESPACE,
    timeoutSeconds: 240,
    workload: "leak 30 12345 20 10 3",
    verify: (r) => {
      const [row] = rowsWhere(r, { comm: "leak" });
      expect(Number(row?.values["pid"])).toBeGreaterThan(0);
      expect(String(row?.values["ustack"])).toMatch(/main\+\d+/);
      return between(total(r, "count()"), 30, 30);
    },
  },
  {
    // A namespace within that of the runner: its processes have a number in both.
    id: "pidns-nested",
    ...asks('faults by pid, host_pid, ns_pid, comm where comm == "toucher"'),
    workload: 'unshare --pid --fork sh -c "touch_anon 400 toucher"',
    within: IN_NAMESPACE,
    timeoutSeconds: 240,
    verify: (r) => {
      const [row] = rowsWhere(r, { comm: "toucher" });
      expect(Number(row?.values["pid"])).toBeGreaterThan(Number(row?.values["ns_pid"]));
      return between(total(r, "count()"), 400, 400 + SLACK);
    },
  },
  {
    id: "cgroup-glob",
    ...asks('faults by cgroup where comm == "toucher" and cgroup ~ "/faultline.slice/b*"'),
    workload: CGROUPS,
    verify: (r) => {
      between(total(r, "count()", { cgroup: "/faultline.slice/burst2" }), 500, 500 + SLACK);
      between(total(r, "count()", { cgroup: "/faultline.slice/burst1" }), 300, 300 + SLACK);
      // The one that took its place.
      expect(r.rows).toHaveLength(3);
      return between(total(r, "count()"), 1100, 1100 + 3 * SLACK);
    },
  },
  {
    id: "cgroup-path",
    ...asks('faults by cgroup where comm == "toucher" and cgroup == "/faultline.slice/other"'),
    workload: CGROUPS,
    verify: (r) => {
      expect(r.rows).toHaveLength(1);
      return between(total(r, "count()", { cgroup: "/faultline.slice/other" }), 200, 200 + SLACK);
    },
  },
  {
    id: "cgroup-containers",
    ...asks('faults by pod, container where comm == "toucher"'),
    workload: CGROUPS,
    verify: (r) => {
      between(total(r, "count()", { pod: POD, container: "aaaaaaaaaaaa" }), 700, 700 + SLACK);
      between(total(r, "count()", { pod: null, container: null }), 1300, 1300 + 4 * SLACK);
      return between(total(r, "count()", { pod: POD, container: "bbbbbbbbbbbb" }), 900, 900 + SLACK);
    },
  },
  {
    id: "cgroup-pod",
    ...asks('faults by pod where comm == "toucher"'),
    workload: CGROUPS,
    // The two containers are one group.
    verify: (r) => between(total(r, "count()", { pod: POD }), 1600, 1600 + 2 * SLACK),
  },
];
