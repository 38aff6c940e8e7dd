import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CgroupNames } from "../../src/kernel/cgroups/cgroup-names.js";
import { containerOf, podOf } from "../../src/kernel/cgroups/layouts.js";
import { describeEnum } from "../../src/kernel/flags/flag-sets.js";
import { cgroupMount, cgroupsIn, inCgroupNamespace } from "../../src/kernel/live/cgroups.js";
import { THIS_MACHINE } from "../../src/kernel/live/read-file.js";
import { temporaryFolder } from "../temporary-folder.js";

const ID = "0123456789abcdef".repeat(4);
const SHORT = "0123456789ab";
const UID = "0a1b2c3d-1111-2222-3333-444455556666";
const SLICE = `kubepods-burstable-pod${UID.replaceAll("-", "_")}.slice`;

describe("what a path tells", () => {
  it.each([
    [`/system.slice/docker-${ID}.scope`, SHORT],
    [`/docker/${ID}`, SHORT],
    [`/docker/${ID}/init.scope`, SHORT],
    [`/machine.slice/libpod-${ID}.scope/container`, SHORT],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`, SHORT],
    [`/machine.slice/libpod-conmon-${ID}.scope`, undefined],
    [`/kubepods.slice/kubepods-burstable.slice/${SLICE}/cri-containerd-${ID}.scope`, SHORT],
    [`/kubepods.slice/${SLICE}/crio-${ID}.scope`, SHORT],
    [`/kubepods.slice/${SLICE}/crio-conmon-${ID}.scope`, undefined],
    [`/kubepods/besteffort/pod${UID}/${ID}`, SHORT],
    [`/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:${ID}`, SHORT],
    ["/machine.slice/machine-web\\x2done.scope/payload", "web-one"],
    ["/machine.slice/systemd-nspawn@db.service/payload", "db"],
    ["/lxc.payload.old-box/system.slice", "old-box"],
    ["/lxc/old-box", "old-box"],
    ["/system.slice/nginx.service", undefined],
    ["/system.slice/docker.service", undefined],
    ["/", undefined],
  ])("container of %s", (path, container) => expect(containerOf(path)).toBe(container));

  it.each([
    [`/kubepods.slice/kubepods-burstable.slice/${SLICE}/cri-containerd-${ID}.scope`, UID],
    [`/kubepods.slice/kubepods-pod${UID.replaceAll("-", "_")}.slice`, UID],
    [`/kubepods/besteffort/pod${UID}/${ID}`, UID],
    ["/kubepods.slice/kubepods-burstable.slice", undefined],
    [`/docker/${ID}`, undefined],
    ["/system.slice/podman.service", undefined],
  ])("pod of %s", (path, pod) => expect(podOf(path)).toBe(pod));
});

describe("names of control groups", () => {
  const names = (): CgroupNames =>
    new CgroupNames([
      { path: "/", id: 1n },
      { path: `/kubepods/pod${UID}/${ID}`, id: 7n },
      { path: `/kubepods/pod${UID}/${ID}/inner`, id: 9n },
      { path: `/kubepods/pod${UID}/${"f".repeat(64)}`, id: 12n },
    ]);

  it("puts together what is of one container or pod", () => {
    const groups = names();
    expect([7n, 9n, 12n].map((id) => groups.representative("pod", id))).toEqual([7n, 7n, 7n]);
    expect([7n, 9n, 12n].map((id) => groups.representative("container", id))).toEqual([7n, 7n, 12n]);
    expect(groups.representative("pod", 1n)).toBeNull();
    expect(groups.representative("cgroup", 9n)).toBe(9n);
    expect(describeEnum(groups.set("pod"), 12n, "pod")).toBe(UID);
    expect(describeEnum(groups.set("container"), 9n, "container")).toBe(SHORT);
  });

  it("keeps the name of a group that is gone, and tells one apart that takes its place", () => {
    const groups = names();
    groups.add({ path: "/web", id: 20n });
    groups.add({ path: "/web", id: 33n });
    expect(describeEnum(groups.set("cgroup"), 20n, "cgroup")).toBe("/web");
    expect(describeEnum(groups.set("cgroup"), 33n, "cgroup")).toBe("/web (33)");
    expect(groups.matching("cgroup", (path) => path === "/web")).toHaveLength(1);
  });

  it("counts groups without a name, after it has looked for them", () => {
    const groups = names();
    let looked = 0;
    groups.refresh = () => {
      looked++;
      groups.add({ path: "/late", id: 50n });
    };
    expect(describeEnum(groups.set("cgroup"), 50n, "cgroup")).toBe("/late");
    expect(describeEnum(groups.set("cgroup"), 51n, "cgroup")).toBeUndefined();
    expect(groups.representative("cgroup", 0n)).toBeNull();
    expect(looked).toBe(2);
    expect(groups.nameless).toBe(1);
  });
});

describe("the control groups of a machine", () => {
  const mounts = (...lines: string[]): Parameters<typeof cgroupMount>[0] => ({
    textOf: () => lines.join("\n"),
  });

  it("are where version 2 is mounted, whole before a part", () => {
    expect(
      cgroupMount(
        mounts(
          "30 29 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
          "31 29 0:27 /docker/x /part rw - cgroup2 cgroup2 rw",
          "32 29 0:27 / /sys/fs/my\\040groups rw - cgroup2 cgroup2 rw",
        ),
      ),
    ).toEqual({ place: "/sys/fs/my groups", root: "/" });
    expect(cgroupMount(mounts("30 29 0:26 / /m rw - cgroup cgroup rw,memory"))).toBeUndefined();
  });

  it("are directories, each with its inode", () => {
    const place = temporaryFolder();
    mkdirSync(join(place, "a.slice", "b.scope"), { recursive: true });
    writeFileSync(join(place, "cgroup.procs"), "");
    const found = cgroupsIn({ place, root: "/" }, THIS_MACHINE);
    expect(found.map(({ path }) => path).sort()).toEqual(["/", "/a.slice", "/a.slice/b.scope"]);
    rmdirSync(join(place, "a.slice", "b.scope"));
    expect(
      cgroupsIn({ place, root: "/docker/x" }, THIS_MACHINE)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["/docker/x", "/docker/x/a.slice"]);
  });

  it("has other paths in a cgroup namespace", () => {
    expect(inCgroupNamespace({ linkAt: () => "cgroup:[4026531835]" })).toBe(false);
    expect(inCgroupNamespace({ linkAt: () => "cgroup:[4026532999]" })).toBe(true);
  });
});
