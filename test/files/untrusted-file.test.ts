import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  FileRefused,
  readNamed,
  readUntrusted,
  streamNamed,
  UntrustedFile,
} from "../../src/files/untrusted-file.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const LIMITS = { largest: 100 };

function named(name: string, content = "text"): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a file that others control", () => {
  it("is read where it is a regular file within its limit", () => {
    expect(readUntrusted(named("plain"), LIMITS).toString()).toBe("text");
    expect(readUntrusted(named("full", "x".repeat(100)), LIMITS).length).toBe(100);
    expect(() => readUntrusted(named("large", "x".repeat(101)), LIMITS)).toThrow("it is too large");
  });

  // Without the check each of these waits for ever, or never ends.
  it("is refused where it is a pipe, a device or a directory", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of [pipe, "/dev/zero", "/dev/null"])
      for (const read of [readUntrusted, readNamed, streamNamed])
        expect(() => read(path, LIMITS)).toThrow("it is not a file but a pipe, a device or a socket");
    mkdirSync(join(folder, "directory"));
    expect(() => readUntrusted(join(folder, "directory"), LIMITS)).toThrow("it is a directory");
  });

  it("is refused where it is a link and none may be followed", () => {
    const link = join(folder, "link");
    symlinkSync(named("linked"), link);
    expect(readUntrusted(link, LIMITS).toString()).toBe("text");
    expect(() => readUntrusted(link, { ...LIMITS, noLink: true })).toThrow("it is a symbolic link");
  });

  it("has no more than when it was opened, and is told where it has less", () => {
    const path = named("changing", "123456");
    const file = UntrustedFile.open(path, LIMITS);
    try {
      writeFileSync(path, "1234567890");
      expect(file.read(0, file.size).toString()).toBe("123456");
      expect(() => file.read(0, 10)).toThrow(FileRefused);
      truncateSync(path, 3);
      expect(() => file.read(0, file.size)).toThrow("it stops in the middle");
      for (const [at, length] of [
        [-1, 2],
        [0.5, 1],
        [1e300, 1],
        [0, NaN],
      ] as const)
        expect(() => file.read(at, length)).toThrow(FileRefused);
    } finally {
      file.close();
    }
  });

  it("may be what the shell has opened for a query, up to the limit", () => {
    const read = (command: string): string =>
      execFileSync(
        "bash",
        [
          "-c",
          `exec "$0" --import tsx -e 'import("./src/files/untrusted-file.ts").then(({ readNamed }) => console.log(readNamed(process.argv[1], { largest: 100 }).toString().trim()), String).catch((e) => console.log(e.message))' <(${command})`,
          process.execPath,
        ],
        { encoding: "utf8" },
      ).trim();
    expect(read("echo faults by comm")).toBe("faults by comm");
    expect(read("cat /dev/zero")).toBe("it is too large: more than 0 KB");
  });
});
