/** The command line as its user meets it: what it prints, where, and with which exit status. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultlineBeside as faultline, type Ran } from "./faultline.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
const file = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** No command ever shows where in the program something went wrong. */
function isClean({ out, err }: Ran): boolean {
  return !/\n\s+at .*\.[jt]s:\d+/.test(out + err);
}

describe("compile --form", () => {
  it.each(["bpftrace", "bcc"])(
    "prints for review what runs by itself, and for a run what a tracer gets: %s",
    async (to) => {
      const words = [
        "compile",
        "faults by ustack every 1s",
        "--to",
        to,
        "--kernel",
        "debian13",
        "--max-entries",
        "77",
      ];
      const [review, plain, run] = await Promise.all([
        faultline([...words, "--form", "review"]),
        faultline(words),
        faultline([...words, "--form", "run"]),
      ]);
      expect([review.code, run.code]).toEqual([0, 0]);
      expect(review.out).toBe(plain.out);
      expect(review.out).not.toContain("sched_process_exec");
      expect(run.out).toContain("sched_process_exec");
      for (const { out } of [review, run])
        expect(out).toMatch(to === "bcc" ? /MAX_ENTRIES=77|default=77/ : /max_map_keys = 77;/);
      expect((await faultline([...words, "--form", "stream"])).err).toMatch(
        /no form `stream`\nhint: there are review, run/,
      );
    },
  );
});

describe("what is wrong with the words", () => {
  it.concurrent.each<[string, readonly string[], number, RegExp]>([
    ["nothing", ["run"], 2, /there is no query/],
    ["a misspelling", ["faults by cmm"], 2, /did you mean `comm`/],
    [
      "an unknown kernel",
      ["compile", "faults", "--kernel", "plan9"],
      2,
      /no kernel profile `plan9`[\s\S]*debian12/,
    ],
    [
      "an unknown version",
      ["compile", "faults", "--bpftrace", "x", "--kernel", "debian12"],
      2,
      /not a version/,
    ],
    ["an old version", ["compile", "faults", "--bpftrace", "0.9", "--kernel", "debian12"], 2, /too old/],
    ["an unknown back end", ["compile", "faults", "--to", "awk"], 2, /there is no back end `awk`/],
    [
      "a size that is not for what is written",
      ["compile", "malloc by comm", "--to", "bcc-oneliner", "--max-entries", "9", "--kernel", "debian12"],
      2,
      /--max-entries: what bcc-oneliner writes has tables of a size of its own/,
    ],
    ["an unknown format", ["faults", "--format", "xml"], 2, /no format `xml`[\s\S]*json/],
    [
      "an unknown ending",
      ["faults", "-o", join(folder, "x.tsv")],
      2,
      /names that end in `\.tsv`\nhint: there are \.txt, /,
    ],
    ["an option that moves the cursor", ["list", "--x\u001b[2J"], 2, /no option `--x\\x1b\[2J`/],
    ["an unknown option", ["faults", "--fromat", "json"], 2, /no option `--fromat`/],
    ["a pid that is none", ["faults", "-p", "0"], 2, /--pid needs a whole number/],
    ["two things to trace", ["faults", "-p", "1", "-c", "true"], 2, /exclude each other/],
    ["no such file", ["run", "/nowhere/x.fl"], 2, /there is no such file/],
    ["a folder", ["run", "/tmp/"], 2, /directory/],
    [
      "a tool's unknown option",
      ["vmscan", "--interval-s", "1s"],
      2,
      /no option `--interval-s`[\s\S]*--interval/,
    ],
    ["a tool's wrong value", ["vmscan", "--interval", "1"], 2, /1 what|is a duration/],
    ["a clause that is wrong", ["faults", "--by", "cmm", "--kernel", "debian13"], 2, /did you mean `comm`/],
    ["an unknown source to describe", ["doc", "falts"], 2, /did you mean `faults`/],
    ["no pattern", ["list", "probes"], 2, /give a pattern/],
    [
      "a missing probe",
      ["compile", "kprobe:handle_mm_fualt", "--kernel", "debian13"],
      3,
      /did you mean `handle_mm_fault`/,
    ],
    ["a kernel that cannot", ["compile", "faults by file", "--kernel", "dev"], 3, /has no kprobes/],
  ])("%s", async (_what, args, code, message) => {
    const ran = await faultline(args);
    expect(isClean(ran)).toBe(true);
    expect(ran.err).toMatch(message);
    expect(ran.out).toBe("");
    expect(ran.code).toBe(code);
  });

  it.concurrent("a file that is no text", async () => {
    const ran = await faultline(["check", file("binary.fl", new Uint8Array([0, 159, 146, 150, 0, 1]))]);
    expect(ran.code).toBe(2);
    expect(isClean(ran)).toBe(true);
  });

  it.concurrent("a file that is too large", async () => {
    const ran = await faultline(["check", file("large.fl", new Uint8Array(9 * 1024 * 1024))]);
    expect(ran.err).toContain("too large");
    expect(ran.code).toBe(2);
  });

  it.concurrent("a damaged profile", async () => {
    const ran = await faultline([
      "compile",
      "faults",
      "--kernel",
      file("broken.profile", "faultline profile 99\n{}\n"),
    ]);
    expect(ran.err).toMatch(/profile/);
    expect([2, 3]).toContain(ran.code);
    expect(isClean(ran)).toBe(true);
  });
});

describe("what comes out", () => {
  it.concurrent("a script, on standard output or in a file", async () => {
    const args = ["compile", "faults by comm", "--kernel", "debian13"];
    const ran = await faultline(args);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toContain("software:page-faults:1");
    const path = join(folder, "out.bt");
    expect((await faultline([...args, "-o", path])).code).toBe(0);
    const lost = await faultline([...args, "-o", "/nowhere/out.bt"]);
    expect(lost.code).toBe(2);
    expect(lost.err).toContain("cannot write /nowhere/out.bt");
  });

  it.concurrent("the tools of a file", async () => {
    const path = file("own.fl", "tool mine(least: bytes = 1KB) { malloc by comm where size >= least }");
    const ran = await faultline([
      "compile",
      path,
      "--tool",
      "mine",
      "--least",
      "4KB",
      "--kernel",
      "debian13",
    ]);
    expect(ran.out).toContain("malloc by comm where size >= 4KB");
    expect((await faultline(["compile", path, "--kernel", "debian13"])).err).toContain("--tool NAME");
  });

  it.concurrent("the help of a tool, with and without `run`", async () => {
    for (const args of [
      ["run", "memleak", "--help"],
      ["memleak", "--help"],
    ]) {
      const ran = await faultline(args);
      expect(ran.code).toBe(0);
      expect(ran.out).toContain("--min-age <duration>");
    }
  });

  it.concurrent("a line a kernel from `check --kernel all`", async () => {
    const ran = await faultline(["check", "faults by file", "--kernel", "all"]);
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(/debian12 +yes +fexit:handle_mm_fault/);
    expect(ran.out).toMatch(/dev +no .*no kprobes/);
  });

  it.concurrent("sources, tools, and a source's fields", async () => {
    expect((await faultline(["list", "swap*", "--kernel", "debian13"])).out).toMatch(/swap_residency +span/);
    const doc = await faultline(["doc", "swapin", "--kernel", "debian13"]);
    expect(doc.out).toContain("tool swapin");
    expect(doc.out).toContain("event swapin");
    const onOthers = await faultline(["doc", "runqueue", "--kernel", "debian13"]);
    expect(onOthers.out).toContain("  runnable\nEnds:\n  thread_run\n");
  });

  it.concurrent("canonical text from `fmt`", async () => {
    expect((await faultline(["fmt", "faults   by comm ,pid"])).out).toBe("faults by comm, pid");
    const path = file("ugly.fl", "faults   by comm\n");
    expect((await faultline(["fmt", "--check", path])).code).toBe(1);
    expect((await faultline(["fmt", "--write", path])).code).toBe(0);
    expect((await faultline(["fmt", "--check", path])).code).toBe(0);
  });
});

describe("a machine that cannot trace", () => {
  it.concurrent("still gets the script, and why it did not run", async () => {
    const old = file("bpftrace", "#!/bin/sh\necho bpftrace v0.9.4\n");
    chmodSync(old, 0o755);
    const ran = await faultline(["faults by comm, pid for 1s", "--kernel", "debian13"], { PATH: folder });
    expect(ran.code).toBe(3);
    expect(ran.out).toContain("software:page-faults:1");
    expect(ran.err).toMatch(/did not run[\s\S]*0\.9\.4 is too old/);
    expect(isClean(ran)).toBe(true);
  });

  it.concurrent.each([
    ["--format", "json"],
    ["--format", "svg"],
    ["-o", "nothing.html"],
  ])("gives no script to who waits for %s %s", async (...asked) => {
    const old = file("bpftrace", "#!/bin/sh\necho bpftrace v0.9.4\n");
    chmodSync(old, 0o755);
    const ran = await faultline(["faults by comm, pid for 1s", "--kernel", "debian13", ...asked], {
      PATH: folder,
    });
    expect(ran).toMatchObject({ code: 3, out: "" });
    expect(ran.err).toMatch(
      /the query was compiled, and did not run[\s\S]*`faultline compile` prints its script/,
    );
  });
});
