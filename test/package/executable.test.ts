/** The executable, which needs no Node, and the Debian package of it, in the root of a Debian 12 that has no Node. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TRACING } from "../../src/plan/words.js";
import { thisTracer } from "../runtime/this-tracer.js";
import { core, VERSION, type Command } from "./core.js";
import { temporaryFolder } from "../temporary-folder.js";

const ROOT = join(import.meta.dirname, "../..");
const BUILD = join(ROOT, "build");
const canTrace = (await thisTracer()).tracer !== undefined;

/** The one file in `build/` whose name is such. */
function built(name: RegExp): string {
  const found = readdirSync(BUILD).filter((file) => name.test(file));
  expect(found).toHaveLength(1);
  return join(BUILD, found[0] ?? "");
}

const folder = temporaryFolder();
const cache = temporaryFolder();

describe("the executable, with nothing beside it", () => {
  const run = (args: readonly string[], env: Record<string, string> = {}): ReturnType<Command> => {
    const { status, stdout, stderr } = spawnSync(built(/^faultline-[\d.]+-linux-\w+$/), args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", TMPDIR: folder, XDG_CACHE_HOME: cache, ...env },
    });
    return { code: status, out: stdout, err: stderr };
  };

  core(() => run);

  it("starts on a processor, and with settings of V8, other than those it was made with", () => {
    const { code, out, err } = run(["fmt", "faults   by comm"], {
      NODE_OPTIONS: "--interpreted-frames-native-stack",
    });
    expect([code, out, err]).toEqual([0, "faults by comm\n", ""]);
  });

  it("takes away what it unpacked", () => {
    expect(run(["replay", "vmscan"]).code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves what a lesson's commands name, and no one else may have put it there", () => {
    const path = / -c (\S+\/workload\.sh)/.exec(run(["exercise", "1"]).out)?.[1] ?? "";
    expect(path.startsWith(cache)).toBe(true);
    expect(statSync(path).mode & 0o111).not.toBe(0);
    expect(readFileSync(path)).toEqual(readFileSync(join(ROOT, path.slice(path.indexOf("examples/")))));
    const shared = join(folder, "shared");
    mkdirSync(join(shared, "faultline", VERSION), { recursive: true });
    chmodSync(join(shared, "faultline", VERSION), 0o777);
    const { code, err } = run(["exercise", "1"], { XDG_CACHE_HOME: shared });
    rmSync(shared, { recursive: true });
    expect(err).toMatch(/others may write to .*shared.*\nhint: set XDG_CACHE_HOME /);
    expect(code).toBe(3);
  });

  it("says where it could not unpack", () => {
    const { code, err } = run(["replay", "vmscan"], { TMPDIR: join(folder, "none") });
    expect(err).toMatch(/^faultline: cannot unpack recordings, .*none.*\nhint: set TMPDIR /);
    expect(code).toBe(3);
  });
});

describe("what npm run package makes", () => {
  it("has its checksums", () => {
    execFileSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: BUILD });
    expect(readFileSync(join(BUILD, "SHA256SUMS"), "utf8").trim().split("\n")).toHaveLength(4);
  });

  it("is the same when it is made again, by another user's mask", () => {
    const again = join(folder, "again");
    execFileSync("/bin/sh", ["-c", 'umask 077; exec npx tsx scripts/package.ts "$1"', "sh", again], {
      cwd: ROOT,
      stdio: "pipe",
    });
    expect(readFileSync(join(again, "SHA256SUMS"), "utf8")).toBe(
      readFileSync(join(BUILD, "SHA256SUMS"), "utf8"),
    );
  });
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.error("SKIPPED: the Debian package is not tried, as that needs root");

describe.skipIf(!isRoot)("the Debian package, on Debian 12", () => {
  let upper: string;
  beforeAll(() => {
    // Where there is none yet, what building it says is none of what is tested.
    execFileSync(join(ROOT, "test/kernel/guest/build-image.sh"), ["debian12"], { stdio: "ignore" });
    upper = mkdtempSync("/dev/shm/faultline-deb-");
    mkdirSync(join(upper, "files"));
    copyFileSync(built(/\.deb$/), join(upper, "files/faultline.deb"));
    const { code, err } = inside("dpkg", "--install", "/files/faultline.deb");
    expect([code, err]).toEqual([0, ""]);
  });
  afterAll(() => rmSync(upper, { recursive: true, force: true }));

  function inside(...words: readonly string[]): ReturnType<Command> {
    const script = join(import.meta.dirname, "in-root.sh");
    const { status, stdout, stderr } = spawnSync(script, ["debian12", upper, ...words], { encoding: "utf8" });
    return { code: status, out: stdout, err: stderr };
  }

  it("finds no Node there", () => {
    expect(inside("/bin/sh", "-c", "command -v node")).toEqual({ code: 127, out: "", err: "" });
  });

  core(() => (args) => inside("faultline", ...args));

  it.skipIf(!canTrace)("traces real events", () => {
    const { code, out, err } = inside("faultline", "faults count() by comm for 2s", "--format", "csv");
    expect([code, err]).toEqual([0, `${TRACING}\n`]);
    expect(out).toMatch(/^comm,count\(\)\r\n/);
    expect(out).toMatch(/^\w[^,]*,[1-9]\d*\r$/m);
  });

  it("goes away whole", () => {
    expect(inside("dpkg", "--purge", "faultline").code).toBe(0);
    expect(inside("/bin/sh", "-c", "ls -d /usr/bin/faultline /usr/share/*/faultline").out).toBe("");
  });
});
