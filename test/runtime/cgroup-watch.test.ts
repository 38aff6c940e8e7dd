import { afterEach, describe, expect, it } from "vitest";
import { CgroupNames } from "../../src/kernel/cgroups/cgroup-names.js";
import type { GroupTest } from "../../src/plan/plan.js";
import { CgroupWatch } from "../../src/run/cgroup-watch.js";
import { compileGlob } from "../../src/semantics/expression/glob.js";

const test = (of: string, text: string, isFollowed: boolean): GroupTest => ({
  of,
  glob: compileGlob(text),
  ids: [],
  isFollowed,
});
let watch: CgroupWatch | undefined;
const watched = (...tests: readonly GroupTest[]): CgroupNames => {
  const names = new CgroupNames([{ path: "/of a test", id: 1n }]);
  watch = new CgroupWatch(names, tests);
  return names;
};
afterEach(() => watch?.close());

describe("groups that come while a trace runs", () => {
  it("are told where nothing looks for them in the kernel", () => {
    const names = watched(test("container", "shop*", false));
    watch?.attached();
    for (const [i, path] of ["/lxc/shop1", "/lxc/other", "/lxc/shop2", "/lxc/shop3", "/lxc/shop4"].entries())
      names.add({ path, id: 2n ** 60n + BigInt(i) });
    expect(watch?.notes()).toEqual([
      "control groups that came while this ran were not traced, though they match: /lxc/shop1, /lxc/shop2, /lxc/shop3 and 1 more",
    ]);
  });

  it("are told where they came before the kernel looked for them", () => {
    const names = watched(test("cgroup", "/of a test/*", true));
    names.add({ path: "/of a test/early", id: 2n ** 60n });
    names.add({ path: "/other", id: 2n ** 60n + 1n });
    watch?.attached();
    names.add({ path: "/of a test/late", id: 2n ** 60n + 2n });
    expect(watch?.notes()).toEqual([
      "control groups that match came before the probes were there, and may not be traced: /of a test/early",
    ]);
  });
});
