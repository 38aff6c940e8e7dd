/** Names of processes, users and groups, and texts that are longer than the kernel keeps. */
import { describe, expect, it } from "vitest";
import { bundledKernel, bundledNames, check, compile } from "../../src/index.js";
import { describeEnum } from "../../src/kernel/flags/flag-sets.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { compileGlob, leastBytes, matchesGlob, shortened } from "../../src/semantics/expression/glob.js";
import { fakeKernel } from "../kernel-knowledge/fake-files.js";

const PASSWD = [
  "root:x:0:0:root:/root:/bin/bash",
  "toor:x:0:0::/root:/bin/sh",
  "# a comment",
  "+::::::",
  "www-data:x:33:33::/var/www:/usr/sbin/nologin",
  "postgres:x:999:997::/var/lib/postgresql:/bin/bash",
  "posterity:x:1002:1002::/:/bin/sh",
  "jörg:x:1001:1001::/:/bin/sh",
  "broken:x:many:1::/:/bin/sh",
].join("\n");
const accounts = fakeKernel({ users: PASSWD, groups: "root:x:0:\nadm:x:4:syslog,ubuntu\n" });

/** A bundled kernel on the machine with these accounts. */
function machine(name = "debian12"): Kernel {
  return Object.assign(Object.create(bundledKernel(name)) as Kernel, {
    users: accounts.users,
    groups: accounts.groups,
  });
}

function messages(text: string, kernel: Kernel = machine()): string[] {
  return check(text, { kernel }).diagnostics.map(
    ({ code, message, hint }) => `${code}: ${message}; ${hint ?? ""}`,
  );
}

function script(text: string, to: string, kernel: Kernel = machine()): string {
  const compiled = compile(text, { kernel, to, form: "stream" });
  expect(compiled.diagnostics).toEqual([]);
  return compiled.script?.text ?? "";
}

describe("a text longer than the kernel keeps", () => {
  const LONG = "a-very-long-name-of-a-program";
  const WHERE: readonly (readonly [source: string, condition: string])[] = [
    ["faults", `comm == "${LONG}"`],
    ["faults", `"${LONG}" != comm`],
    ["faults", `comm in ("ok", "${LONG}")`],
    ["faults", `comm not in ("${LONG}")`],
    ["faults", `comm ~ "${LONG}"`],
    ["faults", `comm !~ "${LONG}*"`],
    ["faults", `comm ~ "*${LONG}"`],
    ["faults", `comm ~ "a-very-*-name-of-a-*"`],
    ["faults", `comm ~ "a-very-[a-z]ong-[!a]ame-of"`],
    ["faults", `comm == "aaaaaaaaaaaaaaä-and-more"`],
    ["faults", `comm in ("aaaaaaaaaaaaaaä-and-more")`],
    ["faults", `comm !~ "aaaaaaaaaaaaa[b]ä-and-more"`],
    ["faults", String.raw`comm == "aaaaaaaaaaa\\*?[-and-more"`],
    ["faults", String.raw`comm ~ "aaaaaaaaaaa\\*\\?\\[-and-more"`],
    ["faults", String.raw`comm == "a\"quote and\tmore"`],
    ["faults", `process == "${LONG}"`],
    ["faults", `parent ~ "${LONG}"`],
    ["faults", `(pid == 1 ? comm : process) == "${LONG}"`],
    ["open allocation", `begin.comm == "${LONG}"`],
    ["runqueue", `thread_comm == "${LONG}"`],
    ["oomkill", `victim == "${LONG}"`],
    ["kprobe:do_mmap", `current.comm == "${LONG}"`],
    ["kprobe:do_mmap", `current.group_leader.comm ~ "${LONG}"`],
    ["kprobe:do_mmap", `str(current.comm) == "${LONG}"`],
    ["tracepoint:sched:sched_wakeup", `args.comm == "${LONG}"`],
    [
      "event woken { provider tracepoint:sched:sched_wakeup { name: string = args.comm } } woken",
      `name == "${LONG}"`,
    ],
    [
      "event a { provider tracepoint:sched:sched_wakeup { name: string = args.comm } } event b { provider a { other: string = name } } b",
      `other == "${LONG}"`,
    ],
  ];

  it.each(WHERE)("is refused, and the hint compiles: %s where %s", (source, condition) => {
    for (const kernel of bundledNames.filter((name) => name !== "dev").map(bundledKernel)) {
      const text = `${source} where ${condition}`;
      const found = check(text, { kernel }).diagnostics;
      expect(found.map(({ code }) => code)).toEqual(["never-matches"]);
      const [{ span, hint = "" }] = found as [(typeof found)[number]];
      expect(text.slice(span.start, span.end)).toMatch(/^".*"$/);
      const better = /write `(.*)`$/s.exec(hint)?.[1] ?? "";
      for (const to of ["bpftrace", "bcc"])
        expect(
          // `[b]*` may be a regular expression.
          compile(`${source} where ${better}`, { kernel, to }).diagnostics.filter(
            (d) => d.code !== "regex-as-glob",
          ),
        ).toEqual([]);
    }
  });

  it("is told from one that fits", () => {
    expect(messages('faults where comm == "fifteen-letters"')).toEqual([]);
    expect(messages('faults where comm ~ "*fifteen*letter*"')).toEqual([]);
    expect(messages('faults where file == "libstdc++.so.6.0.30-and-more"')).toEqual([]);
    expect(messages('faults where exe == "a-program-with-a-long-name"')).toEqual([]);
    expect(messages("mmap where comm == file")).toEqual([]);
  });

  it("is not refused where one of the ways to the field has more room", () => {
    const source =
      "event e { provider tracepoint:sched:sched_wakeup { name: string = args.comm } provider tracepoint:sched:sched_process_exec { name: string = args.filename } }";
    expect(messages(`${source} e where name == "${LONG}"`)).toEqual([]);
  });

  it("comes with what the kernel keeps", () => {
    const hint = (pattern: string): string => shortened(compileGlob(pattern), 15);
    expect(hint("a-very-long-name")).toBe("a-very-long-nam");
    expect(hint("a-very-*long-name*")).toBe("a-very-*long-nam*");
    expect(hint("*a-very-long-name")).toBe("*a-very-long-nam*");
    expect(hint("aaaaaaaaaaaaaaä*")).toBe("aaaaaaaaaaaaaa*");
    for (const pattern of ["a-very-long-name", "[!a-c]-very-lo?g-name", String.raw`\*\?\[-very-long-name`]) {
      expect(leastBytes(compileGlob(hint(pattern)))).toBe(15);
      expect(
        matchesGlob(
          compileGlob(hint(pattern)),
          pattern.replaceAll("\\", "").replace("[!a-c]", "x").slice(0, 15),
        ),
      ).toBe(true);
    }
  });
});

describe("users and groups", () => {
  it("are compared by name, in words, texts, lists and patterns", () => {
    for (const [condition, test] of [
      ["uid == postgres", "uid == 999"],
      ['uid == "www-data"', "uid == 33"],
      ['"jörg" == uid', "1001 == uid"],
      ["uid == 999", "uid == 999"],
      ["gid == adm", "gid == 4"],
      ["uid in (postgres, 33)", "uid == 999 || uid == 33"],
      ['uid ~ "post*"', "uid == 999 || uid == 1002"],
      ["uid == toor", "uid == 0"],
      ["uid >= 1000", "uid >= 1000"],
      ["uid % 10 == 3", "uid % 10 == 3"],
    ])
      expect(script(`faults where ${condition ?? ""}`, "bpftrace")).toContain(`/${test ?? ""}/`);
  });

  it("are root on every machine, and otherwise of the machine that runs it", () => {
    const debian = bundledKernel("debian12");
    expect(script("faults where uid == root and gid == root", "bpftrace", debian)).toContain("uid == 0");
    expect(messages("faults where uid == postgres", debian).join()).toContain("are not known here");
    expect(messages("faults where uid == postgre").join()).toContain("did you mean `postgres`?");
    expect(messages("faults where uid == 'x'").join()).not.toBe("");
  });

  it("are shown by name, and by number where there is none", () => {
    const users = accounts.users() ?? new Map<string, bigint>();
    expect(describeEnum(users, 0n, "user")).toBe("root");
    expect(describeEnum(users, 33n, "user")).toBe("www-data");
    expect(describeEnum(users, 12_345n, "user")).toBe("12345");
    expect([...users.keys()]).not.toContain("broken");
  });
});

describe("fields of the running task", () => {
  it.each(["debian12", "debian13", "sid"])("are there on %s, for both tracers", (name) => {
    for (const to of ["bpftrace", "bcc"]) {
      const text = script("faults by process, ppid, parent, exe, cmdline", to, bundledKernel(name));
      expect(text).toMatch(/group_leader/);
      expect(text).toMatch(/arg_start|ARG_START/);
    }
  });

  it("are not told of another thread than the one that runs", () => {
    const compiled = compile("runqueue by process", { kernel: machine() });
    expect(compiled.diagnostics[0]?.hint).toContain("its events are about another thread");
    expect(compile("exit by exe", { kernel: machine() }).diagnostics[0]?.hint).toContain("its memory");
    expect(compile("exit by process", { kernel: machine() }).diagnostics).toEqual([]);
  });

  it("leave command lines to the runner", () => {
    for (const to of ["bpftrace", "bcc"])
      expect(compile("faults by cmdline", { kernel: machine(), to }).diagnostics[0]?.message).toContain(
        "a script that runs by itself cannot show it",
      );
  });
});

describe("--comm", () => {
  const amended = (text: string, comm: string): string =>
    compile(text, { kernel: machine(), amendments: { comm } }).script?.text ?? "";

  it("is of processes, whatever their threads are called", () => {
    expect(amended("faults", "nginx")).toContain("group_leader->comm");
    expect(amended("kprobe:do_mmap by pid", "nginx")).toContain("group_leader->comm");
  });

  it("is of the thread where events are about one that does not run", () => {
    expect(compile("runqueue", { kernel: machine(), amendments: { comm: "nginx" } }).diagnostics).toEqual([]);
  });

  it("is refused where it cannot match, or cannot narrow", () => {
    const codes = (text: string, comm: string): string[] =>
      compile(text, { kernel: machine(), amendments: { comm } }).diagnostics.map(({ code }) => code);
    expect(codes("faults", "a-very-long-name-of-a-program")).toEqual(["never-matches"]);
    expect(codes("every 1s show count(faults)", "nginx")).toEqual(["unfiltered-table"]);
  });
});

describe("the process of a span", () => {
  it("is that of its begin, and not added up during it", () => {
    for (const kernel of ["debian12", "debian13", "sid"])
      for (const to of ["bpftrace", "bcc"] as const) {
        const { script, diagnostics } = compile('page_fault show process where major and process ~ "swap*"', {
          kernel: bundledKernel(kernel),
          to,
        });
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(script?.text).not.toMatch(/process(?:\[tid\])? (?:\+=|= .*\+)/);
      }
  });
});
