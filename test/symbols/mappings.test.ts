/** What processes have mapped: read, kept after they end, and looked up. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { AddressSpaces } from "../../src/symbols/address-spaces.js";
import { MappingIndex } from "../../src/symbols/layout.js";
import { parseMappings, readMappings } from "../../src/symbols/mappings.js";
import { temporaryFolder } from "../temporary-folder.js";

it("takes the executable mappings of files from a process's list", () => {
  const text = `55e3-55e4 r--p 00000000 fe:00 2146919   /tmp/a b
55e4000-55e5000 r-xp 00001000 fe:00 2146919                    /tmp/a b
7f01000-7f02000 r-xp 00026000 fe:00 339380                     /usr/lib/libc.so.6 (deleted)
7f03000-7f04000 r-xp 00000000 00:00 0
7f05000-7f06000 rwxp 00000000 00:00 0                          [heap]
7ffe000-7fff000 r-xp 00000000 00:00 0                          [vdso]
`;
  expect(parseMappings(text)).toEqual([
    { start: 0x55e4000, end: 0x55e5000, offset: 0x1000, path: "/tmp/a b", isDeleted: false },
    { start: 0x7f01000, end: 0x7f02000, offset: 0x26000, path: "/usr/lib/libc.so.6", isDeleted: true },
    { start: 0x7ffe000, end: 0x7fff000, offset: 0, path: "[vdso]", isDeleted: false },
  ]);
});

it("knows of itself, and of no process that is not there", () => {
  expect(readMappings(process.pid)?.length).toBeGreaterThan(1);
  expect(readMappings(2 ** 22 + 1)).toBeUndefined();
});

it("finds an address in each process that has code there", () => {
  const file = (path: string, start: number, end: number) => ({
    path,
    start,
    end,
    offset: 0x10,
    seen: 0,
    isDeleted: false,
  });
  const index = new MappingIndex([
    { pid: 1, mappings: [file("/a", 100, 5000), file("/b", 6000, 6100)] },
    { pid: 2, mappings: [file("/c", 200, 300)] },
    { pid: 3, mappings: [file("/c", 200, 300)] },
  ]);
  const paths = (address: number) =>
    index
      .find(address)
      .map(({ layout, location }) => [location.file.path, location.offset, [...layout.pids]]);
  expect(paths(250)).toEqual([
    ["/c", 50 + 0x10, [2, 3]],
    ["/a", 150 + 0x10, [1]],
  ]);
  expect(paths(4999)).toEqual([["/a", 4899 + 0x10, [1]]]);
  expect(paths(5000)).toEqual([]);
  expect(paths(99)).toEqual([]);
});

it("keeps what a process had when it has ended, and reads a program that was deleted", async () => {
  const directory = temporaryFolder();
  const program = join(directory, "sleeper");
  copyFileSync("/bin/sleep", program);
  const child = spawn(program, ["60"], { stdio: "ignore" });
  const spaces = new AddressSpaces();
  try {
    await once(child, "spawn");
    await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(program);
    spaces.announce(child.pid as number);
    child.kill("SIGKILL");
    await once(child, "exit");
    spaces.refreshWatched();
    const mappings = spaces.layouts.at(-1)?.mappings ?? [];
    const own = mappings.find(({ path }) => path === program);
    expect(own).toMatchObject({ isDeleted: true });
    expect(own?.descriptor).toBeTypeOf("number");
    expect(mappings.some(({ path }) => /libc/.test(path))).toBe(true);
  } finally {
    child.kill("SIGKILL");
    spaces.close();
  }
});
