/** Starts from a start-up snapshot: what it must not keep, and what becomes of it when something is not as it was. */
import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { restoreHidden } from "../../src/cli/start/hidden-variable.js";
import { keepKey, makeSnapshot } from "../../scripts/snapshot.js";

const ROOT = join(import.meta.dirname, "../..");
const COMPILE = ["compile", 'faults by comm where file ~ "*.so"', "--kernel", "debian12"];

/** A checkout: its launcher, what is built, and a Node of its own that writes down how it was started. */
let checkout: string;
let snapshot: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "faultline-snapshot-"));
  snapshot = join(checkout, "dist/cli.snapshot");
  copyFileSync(join(ROOT, "faultline"), join(checkout, "faultline"));
  cpSync(inject("built").whole, join(checkout, "dist"), { recursive: true });
  for (const folder of ["bin", "profiles"]) mkdirSync(join(checkout, folder));
  const profile = "profiles/debian13.profile";
  copyFileSync(join(ROOT, profile), join(checkout, profile));
  const node = join(checkout, "bin/node");
  writeFileSync(
    node,
    `#!/bin/sh\necho "$1" >>"${checkout}/started"\necho "$FAULTLINE_EXTRA_CA_CERTS" >"${checkout}/certificates"\nexec "${process.execPath}" "$@"\n`,
  );
  chmodSync(node, 0o755);
  expect(makeSnapshot(join(checkout, "dist/cli.cjs"), node)).toBeUndefined();
}, 60_000);
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What Node was given first. */
  readonly first: string;
}

function start(args: readonly string[], options: SpawnSyncOptions = {}): Outcome {
  rmSync(join(checkout, "started"), { force: true });
  const { status, stdout, stderr } = spawnSync(join(checkout, "faultline"), args, {
    ...options,
    encoding: "utf8",
    env: { PATH: `${join(checkout, "bin")}:/usr/bin:/bin`, ...options.env },
  });
  const first = readFileSync(join(checkout, "started"), "utf8").trim();
  return { code: status, out: stdout, err: stderr, first };
}

const fromBundle = (args: readonly string[]): string =>
  spawnSync(process.execPath, [join(checkout, "dist/cli.cjs"), ...args], { encoding: "utf8" }).stdout;

describe("the launcher of a checkout", () => {
  it("starts from the snapshot, and does what the bundle does", () => {
    for (const args of [COMPILE, ["fmt", "faults   by comm"], ["list", "swap*", "--kernel", "debian13"]]) {
      const out = fromBundle(args);
      expect(out).not.toBe("");
      expect(start(args)).toEqual({ code: 0, out, err: "", first: "--snapshot-blob" });
    }
  });

  it("reports a mistake as ever", () => {
    const { code, out, err, first } = start(["compile", "faults by cmm", "--kernel", "debian13"]);
    expect(err).toMatch(/did you mean `comm`\?/);
    expect([code, out, first]).toEqual([2, "", "--snapshot-blob"]);
  });

  it("finds what comes with the code", () => {
    const args = ["compile", "kprobe:tcp_sendmsg(sk, msg, size) hist(size)", "--kernel", "debian13"];
    const { out, ...rest } = start(args);
    expect(out).toMatch(/tcp_sendmsg/);
    expect(rest).toEqual({ code: 0, err: "", first: "--snapshot-blob" });
  });

  const damages: Readonly<Record<string, () => void>> = {
    "is cut short": () => truncateSync(snapshot, 1_000_000),
    "has other bytes": () => {
      const bytes = readFileSync(snapshot);
      bytes.fill(255, 1_000_000, 1_000_100);
      writeFileSync(snapshot, bytes);
    },
    "is empty": () => truncateSync(snapshot, 0),
    "is not there": () => rmSync(snapshot),
    "has no key": () => rmSync(`${snapshot}.key`),
    "has an empty key": () => truncateSync(`${snapshot}.key`, 0),
    "is of another Node": () => {
      const key = readFileSync(`${snapshot}.key`, "utf8");
      writeFileSync(
        `${snapshot}.key`,
        key.replace(/^\d+/, (size) => String(Number(size) + 1)),
      );
    },
  };
  it.each(Object.keys(damages))("starts from the bundle, without a word, where the snapshot %s", (name) => {
    const whole = readFileSync(snapshot);
    try {
      damages[name]?.();
      const { first, ...rest } = start(COMPILE);
      expect(rest).toEqual({ code: 0, out: fromBundle(COMPILE), err: "" });
      expect(first).toMatch(/cli\.cjs$/);
    } finally {
      writeFileSync(snapshot, whole);
      keepKey(snapshot, join(checkout, "bin/node"));
    }
  });

  it("starts from the bundle where the user sets something of Node", () => {
    const { first, ...rest } = start(COMPILE, { env: { NODE_OPTIONS: "--stack-trace-limit=20" } });
    expect(rest).toEqual({ code: 0, out: fromBundle(COMPILE), err: "" });
    expect(first).toMatch(/cli\.cjs$/);
  });
});

describe("certificates that Node is to read", () => {
  it("are not read, and programs that are started know of them", () => {
    const NODE_EXTRA_CA_CERTS = "/nowhere/certificates";
    // Node complains of a file that is not there.
    expect(start(COMPILE, { env: { NODE_EXTRA_CA_CERTS } })).toMatchObject({ code: 0, err: "" });
    const hidden = readFileSync(join(checkout, "certificates"), "utf8").trim();
    const environment = { FAULTLINE_EXTRA_CA_CERTS: hidden, HOME: "/root" };
    restoreHidden(environment);
    expect(environment).toEqual({ NODE_EXTRA_CA_CERTS, HOME: "/root" });
  });
});

describe("a start-up snapshot", () => {
  it("keeps nothing of the environment that it was made in", () => {
    const text = readFileSync(snapshot, "latin1");
    expect(text).not.toContain(String(process.env["PATH"]));
    expect(text).not.toContain(process.cwd());
  });

  it("takes the words, the working directory, the mask and the colours of each start", () => {
    const here = mkdtempSync(join(tmpdir(), "faultline-snapshot-"));
    try {
      writeFileSync(join(here, "mine.fl"), "faults by comm\n");
      const query = ["compile", "mine.fl", "--kernel", "debian12"];
      const { out } = start(query, { cwd: here });
      expect(out).toMatch(/faults by comm/);
      const masked = spawnSync(
        "/bin/sh",
        ["-c", 'umask 077; exec "$@"', "sh", join(checkout, "faultline"), ...query, "-o", "x.bt"],
        {
          cwd: here,
          env: { PATH: `${join(checkout, "bin")}:/usr/bin:/bin` },
        },
      );
      expect(masked.status).toBe(0);
      expect(statSync(join(here, "x.bt")).mode & 0o777).toBe(0o600);
      const wrong = ["--color", "compile", "faults by cmm", "--kernel", "debian13"];
      expect(start(wrong).err).toContain("\u001b[");
      expect(start(wrong.slice(1)).err).not.toContain("\u001b[");
    } finally {
      rmSync(here, { recursive: true, force: true });
    }
  });

  it("is the same when it is made again", () => {
    const again = (): Buffer => {
      expect(makeSnapshot(join(checkout, "dist/cli.cjs"), join(checkout, "bin/node"))).toBeUndefined();
      return readFileSync(snapshot);
    };
    expect(again().equals(again())).toBe(true);
  });
});
