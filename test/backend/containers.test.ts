/** Scripts that are made inside a PID namespace, or with conditions on control groups by name. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { CgroupNames } from "../../src/kernel/cgroups/cgroup-names.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";

const whole = openProfile(new URL("../../profiles/debian12.profile", import.meta.url).pathname).kernel;

/** The kernel with something that only a running machine has. */
function machine(own: Partial<Kernel>): Kernel {
  return Object.create(whole, Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value }]))) as Kernel; // prettier-ignore
}

const inside = machine({ pidNamespace: { inode: 4026532178n, levels: 2 } });
const groups = new CgroupNames([
  { path: "/", id: 1n },
  { path: "/a/burst1", id: 82n },
  { path: `/docker/${"a".repeat(64)}`, id: 90n },
]);
const grouped = machine({ cgroups: () => groups });

const script = (text: string, options: Parameters<typeof compile>[1] = {}): string => {
  const { script, diagnostics } = compile(text, { form: "stream", ...options });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return script?.text ?? "";
};

const VERSIONS = ["0.17.0", "0.23.2", "0.27.1"];

describe("inside a PID namespace", () => {
  it.each(VERSIONS)("bpftrace %s is asked for no number that depends on its version", (version) => {
    const text = script("faults by pid, tid, host_pid, comm where pid == 7", { kernel: inside, version });
    expect(text).toContain("inum == 4026532178");
    // The builtins give the kernel's numbers, or those of a namespace, by version.
    expect(text.replace(/\/\*[^]*?\*\//, "")).not.toMatch(/(?<![\w>.$])[pt]id\b/);
    expect(text).toContain("the numbers in the PID namespace 4026532178");
  });

  it.each(VERSIONS)("bpftrace %s follows a command by the number that it has there", (version) => {
    const process = { pid: 7, followed: true, execs: 1 };
    const text = script("open allocation by pid, ustack", { kernel: inside, version, process });
    expect(text).not.toMatch(/@starting\[\(uint64\)7\]/);
    expect(text).toMatch(
      /task_rename\n\/@starting\[\(uint64\)curtask->tgid\] != 0 \|\| \(.* == 7 && @followed/,
    );
    expect(text).toContain("7 is its number in the PID namespace 4026532178");
    expect(text.replace(/\/\*[^]*?\*\//, "")).not.toMatch(/(?<![\w>.$])[pt]id\b/);
    // A fork gives the kernel's number of the child, by which the runner cannot find it.
    expect(text).not.toMatch(/print\(\(-2, args[.>-]+child_pid/);
  });

  it.each(VERSIONS)("bpftrace %s works a number out once in a probe: each takes long to load", (version) => {
    const text = script("open allocation sum(size) by pid, ustack", { kernel: inside, version });
    const blocks = text.split("\n\n").filter((block) => block.includes("4026532178"));
    const timesIn = (head: RegExp): number =>
      blocks.find((block) => head.test(block))?.match(/== 4026532178/g)?.length ?? 0;
    // Once for each level that is looked at.
    expect(timesIn(/^uprobe:\S+:malloc$/m)).toBe(2);
    expect(timesIn(/^tracepoint:syscalls:sys_enter_mmap$/m)).toBe(2);
    expect(timesIn(/^tracepoint:sched:sched_process_exec\n\{\n {2}\$pid = /m)).toBe(2);
    // The thread, and its process.
    expect(timesIn(/^uretprobe:\S+:calloc$/m)).toBe(4);
  });

  it.each(VERSIONS)("bpftrace %s reads them from the kernel where a program is probed", (version) => {
    const text = script("uprobe:/bin/x:f by pid; faults by pid", { kernel: inside, version });
    const [, user = "", kernel = ""] = /(\nuprobe:[^]*)(\nsoftware:[^]*)/.exec(text) ?? [];
    expect(user).toMatch(/kptr\(\(struct upid \*\)[^]*kptr/);
    expect(user.replace(/kptr\(\(struct/g, "")).not.toContain("(struct upid *)");
    expect(kernel).toContain("((struct upid *)");
    expect(kernel).not.toContain("kptr");
  });

  it("BCC follows a command by the number that it has there", () => {
    const process = { pid: 7, followed: true, execs: 1 };
    const text = script("faults by pid, ustack", { kernel: inside, to: "bcc", process });
    expect(text).toMatch(/if \(.* != 7\)\n\s+return 0;\n\s+starting\.update/);
    expect(text).not.toContain("starting.Key(7)");
    expect(text).toContain("pid = ");
  });

  it("BCC reports mapped code by that number, whose parts no other name of the function hides", () => {
    const process = { pid: 7, followed: true, execs: 1 };
    const text = script("faults by pid, ustack", { kernel: inside, to: "bcc", process });
    const functions = text.split("\n}\n").filter((each) => each.includes("mapped_code_room.lookup"));
    expect(functions.length).toBeGreaterThan(0);
    for (const each of functions) {
      // Of the function itself, and not of a block in it.
      const declared = [...each.matchAll(/^ {4}(?:u\d+|s\d+|struct \w+ \*|void \*) ?\*?(\w+) = /gm)].map(
        ([, name]) => name,
      );
      expect(new Set(declared).size).toBe(declared.length);
      expect(each).toMatch(/\n {4}\{\n {8}u64 task = [^]*\n {8}pid = /);
    }
  });

  it("one process is tested for by its number there", () => {
    const process = { pid: 7, followed: false };
    for (const to of ["bpftrace", "bcc"])
      expect(script("faults by comm", { kernel: inside, to, process })).toMatch(/(?:==|!=) 7\b/);
  });

  it("says that it cannot, where the kernel does not give its types", () => {
    const untyped = machine({ pidNamespace: { inode: 4026532178n, levels: 2 }, struct: () => undefined });
    const { diagnostics, unavailable } = compile("faults by comm", { kernel: untyped });
    expect(unavailable).toBe(true);
    expect(diagnostics[0]).toMatchObject({
      code: "unavailable",
      message: "the numbers of processes cannot be translated to those of this PID namespace",
    });
  });

  it.each(["bpftrace", "bcc"])("a parent has its number there, too, with %s", (to) => {
    const text = script("faults by ppid", { kernel: inside, to });
    expect(text.match(/== 4026532178/g)?.length).toBeGreaterThanOrEqual(2);
    expect(script("faults by ppid", { kernel: whole, to })).not.toContain("4026532178");
  });

  it("command lines are asked for by the numbers that /proc has there", () => {
    for (const to of ["bpftrace", "bcc"]) {
      const text = script("faults by cmdline", { kernel: inside, to });
      expect(text).toContain("4026532178");
      // What runs outside has a number below zero, whose bits would hide the others.
      expect(text).toMatch(/& (?:4194303|0x3fffff)\b/);
    }
    expect(script("faults by cmdline", { kernel: inside })).toMatch(/print\(\(-2, \(.*4026532178/);
  });

  it("are not those of the thread that runs, where an event is of another", () => {
    for (const field of ["host_pid", "ns_pid", "container", "pod"]) {
      const { diagnostics } = compile(`thread_run by ${field}`, { kernel: whole });
      expect(diagnostics[0]?.hint).toContain(`whose \`${field}\` is not known`);
    }
  });

  it("outside of one nothing is translated", () => {
    expect(script("faults by pid, host_pid", { kernel: whole })).toContain("[pid, pid]");
    expect(script("faults by comm", { kernel: whole, process: { pid: 7, followed: false } })).toContain(
      "7 is its number in the initial PID namespace",
    );
  });
});

describe("control groups by name", () => {
  it.each(["bpftrace", "bcc"])("are tested by number, and those that come by their path, with %s", (to) => {
    const text = script('faults by cgroup where cgroup ~ "/a/b*" or cgroup == "/c"', { kernel: grouped, to });
    expect(text).toMatch(/(?:==|!=) 82\b/);
    expect(text).toContain("cgroup_mkdir");
    expect(text).toMatch(/new_cgroups/);
    // Version 1 numbers its groups by itself.
    expect(text).toMatch(/root (?:==|!=) 0/);
    expect(text).toContain('1 control group has a path like \\"/a/b*\\"'.replaceAll("\\", ""));
    expect(text).toContain('0 control groups have a path like "/c"');
  });

  it("finds a part of a path in the text of the event", () => {
    for (const version of VERSIONS)
      expect(script('faults by cgroup where cgroup ~ "*urs*"', { kernel: grouped, version })).toMatch(
        /\(uint8 \*\)\(uint64\)/,
      );
  });

  it("are told apart by the container in the path", () => {
    const { plan } = compile('faults by pod where container ~ "aaa*" and cgroup != "/x"', {
      kernel: grouped,
    });
    expect(plan?.groupTests).toMatchObject([
      { of: "container", ids: [90n], isFollowed: false },
      { of: "cgroup", ids: [], isFollowed: true },
    ]);
    expect(plan?.notes.map(({ text }) => text)).toContain(
      '1 control group has a container like "aaa*" when the script is made; those that come later are not traced',
    );
  });

  it("are known by a name without quotes, and by the whole id of a container", () => {
    const kernel = machine({
      cgroups: () =>
        new CgroupNames([
          { path: "/lxc/shop", id: 5n },
          { path: "/lxc/shop/init.scope", id: 6n },
          { path: `/docker/${"0a".repeat(32)}`, id: 7n },
        ]),
    });
    const testsOf = (text: string) => compile(text, { kernel }).plan?.groupTests;
    // All groups of the container are tested for.
    expect(testsOf("faults by comm where container == shop")).toMatchObject([{ ids: [5n, 6n] }]);
    for (const test of [
      `== "${"0a".repeat(32)}"`,
      '~ "0a0a*"',
      `~ "${"0a".repeat(32)}*"`,
      `in ("${"0a".repeat(20)}", "shop")`,
    ])
      expect(testsOf(`faults by comm where container ${test}`)).toContainEqual(
        expect.objectContaining({ ids: [7n] }),
      );
  });

  it("say that what comes later is not in what is read after the fact", () => {
    const { plan } = compile('open allocation by comm where cgroup == "/c" or age > 1s', { kernel: grouped });
    expect(plan?.notes).toContainEqual({
      text: 'control groups like "/c" that come while it runs are not known to a condition on what is open',
      isOfFigures: true,
    });
  });

  it("do not follow by path what has other paths in a cgroup namespace", () => {
    const kernel = machine({ cgroups: () => new CgroupNames([{ path: "/a", id: 5n }], false) });
    const { plan } = compile('faults by cgroup where cgroup == "/a"', { kernel });
    expect(plan?.groupTests).toMatchObject([{ ids: [5n], isFollowed: false }]);
    expect(plan?.notes.some(({ isOfFigures }) => isOfFigures)).toBe(true);
  });

  it("are tested in what is open, too", () => {
    const text = script('open allocation sum(size) by ustack where cgroup == "/a/burst1" or age > 1s', {
      kernel: grouped,
    });
    expect(text).not.toContain('"/a/burst1" ==');
  });

  it("can still be compared by number", () => {
    expect(script("faults by comm where cgroup == 82", { kernel: whole })).toContain("cgroup == 82");
  });
});
