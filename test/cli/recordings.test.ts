/** Recordings on the command line: kept by `run`, shown by `replay`, compared by `diff`. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { faultlineBeside as faultline } from "./faultline.js";
import { temporaryFolder } from "../temporary-folder.js";

const root = join(import.meta.dirname, "../..");
const folder = temporaryFolder();
const place = (name: string): string => join(folder, name);
const BUNDLED = join(root, "recordings/faults-by-stack.flrec.gz");

/** A recording in which the counts of `faults by comm` are these. */
function recording(name: string, counts: Record<string, number>): string {
  const lines = gunzipSync(readFileSync(BUNDLED)).toString("latin1").split("\n");
  const header = JSON.parse(lines[0] as string) as {
    plan: { results: { keys: { label: string }[] }[] };
    maps: [string][];
  };
  for (const result of header.plan.results) result.keys = result.keys.filter(({ label }) => label === "comm");
  const map = header.maps[0]?.[0] as string;
  const path = place(name);
  const events = Object.keys(counts).length;
  writeFileSync(
    path,
    [
      JSON.stringify(header),
      '5 attached {"probes": 1}',
      `6 out ${JSON.stringify({ type: "map", data: { [map]: counts } })
        .replaceAll('":', '": ')
        .replaceAll(',"', ', "')}`,
      '7 out {"type": "value", "data": [0,0,5]}',
      `8 end {"ended": "finished", "events": ${events}, "lost": 0, "damaged": 0, "elapsed": 1000}`,
      "",
    ].join("\n"),
  );
  return path;
}

describe("replay", () => {
  it("lists the recordings that come along, and shows one by its name", async () => {
    const listed = await faultline(["replay"]);
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toMatch(/^faults-by-stack +faults by comm, ustack +\(kernel 6/m);
    const shown = await faultline(["replay", "faults-by-stack"]);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^comm +count\(\) +ustack\nleak +45\d{3} +__memset/);
    expect(shown.out).toContain("leak_block");
  });

  it.concurrent.each([
    ["x.svg", /^<\?xml[\s\S]*<title>leak_block\n/],
    ["x.html", /^<!doctype html>[\s\S]*Counts? [\s\S]*leak_block/],
    ["x.json", /"schema": "faultline\/results\/1"/],
    ["x.folded", /^leak;__libc_start_call_main;main;leak_block;__memset\S* 45\d{3}\n/m],
    ["x.speedscope.json", /"leak_block"/],
  ])("writes %s whole, under its name", async (name, content) => {
    const path = place(name);
    expect(await faultline(["replay", "faults-by-stack", "-o", path])).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(path, "utf8")).toMatch(content);
    expect(readdirSync(folder).filter((each) => each.startsWith(name) && each !== name)).toEqual([]);
  });

  it.concurrent.each([
    ["plain", []],
    ["x.txt", []],
    ["x.foo", ["--format", "table"]],
  ])("writes a table to %s", async (name, more) => {
    const ran = await faultline(["replay", "faults-by-stack", "-o", place(name), ...more]);
    expect(ran).toMatchObject({ code: 0, out: "", err: "" });
    expect(readFileSync(place(name), "utf8")).toMatch(/^comm +count\(\) +ustack\nleak +45\d{3} /);
  });

  it.concurrent.each(["svg", "html"])(
    "keeps the rows of a picture that cannot be drawn: %s",
    async (format) => {
      const path = place(`undrawn.${format}`);
      const ran = await faultline(["replay", "faults-by-stack", "-o", path], { FAULT: "picture" });
      expect(ran).toMatchObject({ code: 1, out: "" });
      expect(ran.err).toContain("made to fail");
      expect(ran.err).toContain(`warning: ${path} is incomplete`);
      const text = readFileSync(path, "utf8");
      expect(text).toContain("this picture could not be drawn: made to fail");
      expect(text).toMatch(/>leak,&quot;__memset/);
      expect(text).toMatch(/<\/(?:svg|html)>\n$/);
    },
  );

  it.concurrent("has no file of what failed before its first byte", async () => {
    const path = place("undrawn.speedscope.json");
    writeFileSync(path, "older");
    const ran = await faultline(["replay", "faults-by-stack", "-o", path], { FAULT: "document" });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`warning: ${path} was not written`);
    expect(readFileSync(path, "utf8")).toBe("older");
    expect(readdirSync(folder).filter((each) => each.startsWith("undrawn.speedscope"))).toHaveLength(1);
  });

  it.concurrent.each<[string, readonly string[], RegExp]>([
    ["no such recording", ["nothing"], /no recording `nothing`\nhint: there are .*faults-by-stack/],
    ["no such file", ["no/such.flrec"], /cannot read no\/such\.flrec: there is no such file/],
    ["a folder", ["test/"], /cannot read test\/: it is a directory/],
    ["a file that is none", ["package.json"], /package\.json: line 1 \(byte 0\): it is not a recording/],
    ["a speed that is none", ["faults-by-stack", "--speed", "fast"], /--speed is real, max or a number/],
    ["a format that has no time", ["faults-by-stack", "--format", "trace"], /no trace of this/],
    [
      "a format that is of stacks",
      ["vmscan", "--format", "folded"],
      /no folded of this: .* a line of numbers/,
    ],
    ["a format that there is not", ["faults-by-stack", "--format", "gif"], /no format `gif`/],
    [
      "a name with an unknown ending",
      ["faults-by-stack", "-o", place("unknown.foo")],
      /no format for names that end in `\.foo`\nhint: there are \.txt, \.json, [^\n]*`--format`/,
    ],
    [
      "a name with a line break and more",
      ["no/such\n\u001b[2J.flrec"],
      /^faultline: cannot read no\/such\\x0a\\x1b\[2J\.flrec: there is no such file$/,
    ],
    [
      "a place that there is not",
      ["faults-by-stack", "-o", "/no/such/x.csv"],
      /cannot write \/no\/such\/x\.csv: there is no such file/,
    ],
  ])("says what is wrong with %s", async (_, args, message) => {
    const ran = await faultline(["replay", ...args]);
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  it("shows what is whole of one that is cut off, and says where that ends", async () => {
    const path = recording("cut.flrec", { cat: 3, dog: 4 });
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n8 end") + 1;
    writeFileSync(path, bytes.subarray(0, end));
    const ran = await faultline(["replay", path, "--format", "csv"]);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain("dog,4");
    expect(ran.err).toContain(
      `${path}: line 5 (byte ${end}): it is cut off here: the end of the run is missing`,
    );
  });
});

describe("diff", () => {
  it("tells what changed, the most first", async () => {
    const before = recording("before.flrec", { cat: 100, dog: 50, old: 7 });
    const after = recording("after.flrec", { cat: 90, dog: 80, young: 2 });
    const { code, out, err } = await faultline(["diff", before, after, "--format", "csv"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\r\n")).toEqual(["comm,count() before,after,change,change %", "dog,50,80,30,60", "cat,100,90,-10,-10", "old,7,0,-7,-100", "young,0,2,2,"]); // prettier-ignore
    expect((await faultline(["diff", before, after, "--top", "1"])).out).toMatch(
      /^comm +count\(\) before +after +change +change %\ndog +50 +80 +30 +60$/,
    );
  });

  it("draws a flame graph in which red grew and blue shrank", async () => {
    const path = place("diff.svg");
    expect(await faultline(["diff", BUNDLED, BUNDLED, "-o", path])).toMatchObject({ code: 0 });
    const svg = readFileSync(path, "utf8");
    expect(svg).toMatch(/<title>leak_block\nbefore (\d+), after \1: 0\.0%<\/title><rect class="same"/);
    expect(svg).toContain(">grew<");
  });

  it("tells what each of them told, and whose it is, in the result too", async () => {
    const before = recording("told.flrec", { cat: 1 });
    const after = recording("cut-after.flrec", { cat: 2 });
    const [header, ...lines] = readFileSync(before, "utf8").split("\n");
    const warning = `2 warning {"text": "Map full; can't update element (3 times)"}`;
    writeFileSync(before, [header, warning, ...lines].join("\n"));
    const text = readFileSync(after, "utf8");
    writeFileSync(after, text.slice(0, text.indexOf("\n8 end") + 1));
    const path = place("told.json");
    const ran = await faultline(["diff", before, after, "-o", path]);
    expect(ran.code).toBe(2);
    const warnings = ["before: a map is full", "after: the recording is not whole"];
    for (const each of warnings) expect(ran.err).toContain(`warning: ${each}`);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      summary: {
        warnings: warnings.map((each) => expect.stringContaining(each) as string),
        incomplete: [{ why: "map full", count: 3 }],
      },
    });
  });

  it.each(["folded", "speedscope", "trace"])("is not of a format with one number: %s", async (format) => {
    const ran = await faultline(["diff", BUNDLED, BUNDLED, "--format", format]);
    expect(ran).toMatchObject({ code: 2, out: "", err: expect.stringContaining("hint: use") as string });
  });

  it("refuses to compare different questions, or by what is no key", async () => {
    const other = recording("other.flrec", { a: 1 });
    expect(await faultline(["diff", other, BUNDLED])).toMatchObject({
      code: 2,
      err: expect.stringContaining("answer different questions") as string,
    });
    expect(await faultline(["diff", other, other, "--by", "pid"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("it is by comm") as string,
    });
  });
});

describe("run --record", () => {
  /** A tracer that prints what it is told to. */
  const standIn = (name: string, body: string): Record<string, string> => {
    const bin = place(`bin-${name}`);
    mkdirSync(bin);
    const path = join(bin, "bpftrace");
    writeFileSync(
      path,
      `#!/bin/sh\nif [ "$1" = --version ]; then echo bpftrace v0.17.0; exit; fi\n${body}\n`,
    );
    chmodSync(path, 0o755);
    return { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  };
  const ATTACHED = `echo '{"type": "attached_probes", "data": {"probes": 1}}'; echo __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2`;
  const RESULT = `map=$(grep -o '@[a-z_]*\\[' "$3" | head -1 | tr -d '['); echo '{"type": "map", "data": {"'"$map"'": {"cat": 3}}}'; echo '{"type": "value", "data": [-6,0,5,0]}'`;
  const isReady = process.getuid?.() === 0 && existsSync("/sys/kernel/tracing/events");
  if (!isReady) console.warn("SKIPPED: no trace can be started here (not root, or tracefs is not mounted)");

  it.skipIf(!isReady)("keeps what the tracer printed, beside the result", async () => {
    const environment = standIn("ok", `${ATTACHED}\n${RESULT}\necho "ERROR: odd" >&2`);
    const file = place("run.flrec.gz");
    const ran = await faultline(["faults by comm", "--format", "csv", "--record", file], environment);
    expect(ran.out).toBe("comm,count()\r\ncat,3");
    const again = await faultline(["replay", file, "--format", "csv"]);
    expect(again).toEqual({ ...ran, err: ran.err.replace("Tracing... Hit Ctrl-C to end.\n", "") });
    const lines = gunzipSync(readFileSync(file)).toString().split("\n");
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      query: "faults by comm",
      explanation: expect.stringMatching(/page faults/i) as string,
      tracer: { version: "0.17.0" },
    });
    expect(lines.filter((line) => line.includes(" out "))).toHaveLength(3);
  });

  it.skipIf(!isReady)("keeps it of a tracer that dies", async () => {
    const environment = standIn("dies", `${ATTACHED}\n${RESULT}\nkill -9 $$`);
    const file = place("dies.flrec");
    const ran = await faultline(["faults by comm", "--record", file], environment);
    expect(ran.code).toBe(1);
    const again = await faultline(["replay", file]);
    expect(again.code).toBe(0);
    expect(again.out).toContain("cat");
    expect(again.err).toContain("the run that was recorded failed: bpftrace was killed by SIGKILL");
  });

  it.skipIf(!isReady)("on a full disk tells so, and leaves nothing that looks whole", async () => {
    const disk = place("full");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
    } catch {
      console.warn("SKIPPED: nothing can be mounted here");
      return;
    }
    try {
      const rows = `i=0; while [ $i -lt 3000 ]; do echo '{"type": "value", "data": [1,7,"a long name to fill a disk"]}'; i=$((i+1)); done`;
      const environment = standIn("full", `trap '' INT\n${ATTACHED}\n${rows}`);
      const ran = await faultline(["faults show pid, comm", "-o", join(disk, "x.csv")], environment);
      expect(ran.code).toBe(1);
      expect(ran.err).toContain(`cannot write ${join(disk, "x.csv")}: the disk is full`);
      const [part, ...others] = readdirSync(disk);
      expect([part, others]).toEqual([expect.stringMatching(/^x\.csv\.[0-9a-f]{16}\.part$/), []]);
      const lines = `${readFileSync(join(disk, part ?? ""), "utf8")}${ran.out}`.trim().split(/\r?\n/);
      expect(lines).toEqual([
        "pid,comm",
        ...Array.from({ length: 3000 }, () => "7,a long name to fill a disk"),
      ]);
      rmSync(join(disk, part ?? ""));
      const recorded = await faultline(
        ["faults show pid, comm", "--format", "csv", "--record", join(disk, "r.flrec")],
        standIn("full2", `${ATTACHED}\n${rows}`),
      );
      expect(recorded.code).toBe(1);
      expect(recorded.out.split("\n")).toHaveLength(3001);
      expect(recorded.err).toMatch(
        /the disk is full; the trace goes on[\s\S]*what was written so far is in .*r\.flrec\.[0-9a-f]{16}\.part/,
      );
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});
