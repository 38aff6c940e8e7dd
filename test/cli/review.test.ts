/** What a reviewer signs, and that nothing else runs: a stand-in for bpftrace keeps the script that it is given. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/review/document.js";
import { faultlineBeside as faultline } from "./faultline.js";
import { ATTACHED, standIn } from "./stand-in.js";
import { temporaryFolder } from "../temporary-folder.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, "x.reviewed");
});

const RESULT = `for last; do :; done; cp "$last" "$HERE/ran"; ${ATTACHED}
echo '{"type": "map", "data": {"@faults": {"cat": 7}}}'; echo '{"type": "value", "data": [-6, 0, 5, 0]}'`;

/** For this machine, whose kernel runs it later. */
async function reviewed(what: readonly string[], environment = standIn(folder, RESULT)): Promise<string> {
  const ran = await faultline(["review", ...what, "-o", file], environment);
  expect(ran).toMatchObject({ code: 0, out: "" });
  const hash = /--expect ([0-9a-f]{64})$/.exec(ran.err)?.[1] ?? "";
  expect(ran.err).toBe(`once it is approved: faultline run ${file} --expect ${hash}`);
  return hash;
}

function scriptIn(text: string): string {
  return /^----- BEGIN SCRIPT -----\n([\s\S]*)^----- END SCRIPT -----$/m.exec(text)?.[1] ?? "";
}

/** The same file with another content, whose hashes are right again: as one would who can forge all but the approval. */
function forge(change: (text: string) => string): string {
  const text = change(readFileSync(file, "utf8"));
  const [description = "", rest = ""] = text.split(/^SHA-256 of the script: .*\n/m);
  const request = /^----- BEGIN REQUEST -----\n([\s\S]*)^----- END REQUEST -----$/m.exec(rest)?.[1] ?? "";
  const title = "Faultline review 1\n";
  const digest = sha256(description.slice(title.length) + request);
  const script = scriptIn(text).replace(/[0-9a-f]{64}(?=\n$)/, digest);
  const hash = sha256(script);
  writeFileSync(
    file,
    `${description}SHA-256 of the script: ${hash}\n----- BEGIN SCRIPT -----\n${script}${rest.slice(rest.indexOf("----- END SCRIPT"))}`,
  );
  return hash;
}

describe("what a reviewer signs", () => {
  it("has the question, the script, what it reads and writes, what it takes, and where it is the same", async () => {
    const { code, out, err } = await faultline([
      "review",
      "--kernel",
      "debian13",
      'faults by comm, ustack where file ~ "*.so"',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Faultline review 1\n\nQuestion\n {2}faults by comm, ustack where file ~ "\*\.so"\n/,
    );
    expect(out).toContain("at fexit:handle_mm_fault: retval; vma->vm_file->f_path.dentry->d_name.name");
    expect(out).toMatch(/memory of programs\n {2}- return addresses on the stack/);
    expect(out).toMatch(/What it writes\n {2}Nothing, but its own maps/);
    expect(out).toMatch(/@faultline_programs, by which it counts and follows: at most [\d.]+ MiB/);
    expect(out).toMatch(/At most about 16\d MiB of the kernel's memory/);
    expect(out).toMatch(/- debian13 \(6\.12\S+\), version 0\.23\.2 of the tracer: this script\n/);
    expect(out).toMatch(/- sid \(7\S+\), version 0\.27\.\d of the tracer: another: spelled otherwise/);
    expect(out).toMatch(/- dev \(\S+\), version \S+ of the tracer: another: faults cannot be answered/);
    const hash = createHash("sha256").update(scriptIn(out), "utf8").digest("hex");
    expect(out).toContain(`\nSHA-256 of the script: ${hash}\n`);
    expect(err).toContain(`--expect ${hash}`);
  });

  it("tells what of a program is read", async () => {
    const { out } = await faultline(["review", "--kernel", "debian12", "malloc sum(size) by comm"]);
    expect(out).toMatch(
      /memory of programs\n(?: {2}- .*\n(?: {4}.*\n)*)*? {2}- at uprobe:libc:malloc: .*arg0/,
    );
  });

  it("is of tools and of files, and takes what `compile` takes", async () => {
    writeFileSync(join(folder, "own.fl"), "event calls = malloc_call\n");
    writeFileSync(join(folder, "x.fl"), 'import "own.fl"\ncalls by comm\n');
    const [tool, imported] = await Promise.all([
      faultline(["review", "--kernel", "debian13", "memleak", "--min-age", "3s", "--to", "bcc"]),
      faultline(["review", "--kernel", "debian13", join(folder, "x.fl"), "--where", "size > 4KB"]),
    ]);
    expect(tool.out).toContain("where age >= 3s");
    expect(tool.out).toMatch(/^# Reviewed with a description/m);
    expect(imported.out).toContain("event calls = malloc_call");
    expect(imported.out).toContain("calls by comm where size > 4KB");
  });

  it("is nothing where the query is wrong", async () => {
    expect(await faultline(["review", "--kernel", "debian13", "faults by cmm"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("did you mean `comm`") as string,
    });
  });
});

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("a reviewed script", () => {
  it("runs byte for byte, and its results are decoded", async () => {
    const environment = standIn(folder, RESULT);
    const hash = await reviewed(["faults by comm"], environment);
    const ran = await faultline(
      ["run", file, "--expect", `sha256:${hash.toUpperCase()}`, "--format", "csv"],
      environment,
    );
    expect(ran).toMatchObject({ code: 0, out: "comm,count()\r\ncat,7" });
    const script = readFileSync(join(folder, "ran"), "utf8");
    expect(sha256(script)).toBe(hash);
    expect(script).toBe(scriptIn(readFileSync(file, "utf8")));
  });

  it.each([
    ["another hash", (text: string) => text, "0".repeat(64), /this is not the script that was approved/],
    ["no hash", (text: string) => text, "now", /--expect is a SHA-256/],
    [
      "another script",
      (text: string) => text.replace("count();", "sum(2);"),
      undefined,
      /was changed: its script/,
    ],
    [
      "another description",
      (text: string) => text.replace("for each comm", "for all"),
      undefined,
      /was changed: its desc/,
    ],
    [
      "another request",
      (text: string) => text.replace('"faults by comm"', '"faults by pid"'),
      undefined,
      /was changed: its desc/,
    ],
    ["what is cut off", (text: string) => text.slice(0, -10), undefined, /not a review/],
    ["two scripts", (text: string) => `${text}----- BEGIN SCRIPT -----\n`, undefined, /not a review/],
    ["another file", () => "faults by comm\n", undefined, /not a review/],
    ["nothing", () => "", undefined, /not a review/],
  ])("is refused with %s", async (_, change, expected, message) => {
    const hash = await reviewed(["faults by comm"]);
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const ran = await faultline(["run", file, "--expect", expected ?? hash], standIn(folder, RESULT));
    expect(ran).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) as string });
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });

  it.each([
    [
      "a script that its query does not have",
      (text: string) => text.replace("count();", "sum(2);"),
      "approved is for live",
    ],
    [
      "the request of another query",
      (text: string) => text.replaceAll('"faults by comm"', '"faults by pid"'),
      "the first line that differs: ",
    ],
  ])("is refused with %s, even if the hash is right", async (name, change, message) => {
    await reviewed(["faults by comm"]);
    const hash = forge((text) =>
      name.startsWith("a script")
        ? change(text).replace(/"code": "[0-9a-f]+"/, `"code": "${"1".repeat(64)}"`)
        : change(text),
    );
    const ran = await faultline(["run", file, "--expect", hash], standIn(folder, RESULT));
    expect(ran).toMatchObject({ code: 3, out: "", err: expect.stringContaining(message) as string });
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });

  it("needs its hash, and takes no option that would make it another", async () => {
    const hash = await reviewed(["faults by comm"]);
    expect(await faultline(["run", file])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`faultline run ${file} --expect HASH`) as string,
    });
    for (const option of [
      ["--where", "pid == 1"],
      ["-p", "1"],
      ["-c", "true"],
      ["--kernel", "sid"],
      ["--max-entries", "9"],
      ["--bpftrace", "0.20"],
    ])
      expect(await faultline(["run", file, "--expect", hash, ...option])).toMatchObject({
        code: 2,
        err: expect.stringContaining("would make another script") as string,
      });
  });

  it("comes from a file that is read with limits", async () => {
    symlinkSync("/dev/zero", join(folder, "zero.reviewed"));
    expect(await faultline(["run", join(folder, "zero.reviewed"), "--expect", "0".repeat(64)])).toMatchObject(
      {
        code: 2,
        err: expect.stringContaining("it is not a file but") as string,
      },
    );
  });
});
