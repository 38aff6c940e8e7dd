/** Stacks of processes that are gone, by what was told of them. */
import { rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ElfFile } from "../../src/symbols/elf.js";
import { UserStacks } from "../../src/symbols/user-stacks.js";
import { buildElf } from "./build-elf.js";
import { temporaryFolder } from "../temporary-folder.js";

const directory = temporaryFolder();

const FUNCTIONS = [
  { name: "main", address: 0x401000, size: 0x100 },
  { name: "_ZN3app4workEi", address: 0x401100, size: 0x100 },
];

function program(name: string, symbols = FUNCTIONS, table?: string): string {
  const path = join(directory, name);
  writeFileSync(path, buildElf({ wide: true, little: true }, symbols, table));
  return path;
}

/** No process has this number: only what is told counts. */
const FIRST_PID = 2 ** 22 + 1;

const ROOT = { inode: 2, device: 0 };

/** Says that a process ran the program, loaded `bias` bytes from where it was linked to be. */
function tell(stacks: UserStacks, path: string, pid: number, bias: number): void {
  const { address, fileSize } = ElfFile.read(
    path,
    ({ segments }) => segments[0] ?? { address: 0, fileSize: 0 },
  );
  const { ino } = statSync(path);
  stacks.report({
    what: "program",
    pid,
    name: basename(path),
    inode: ino,
    start: address + bias,
    end: address + bias + fileSize,
    base: 0,
    root: ROOT,
  });
  for (let at = dirname(path); at !== "/"; at = dirname(at))
    stacks.report({ what: "directory", pid, name: basename(at) });
}

function using<T>(use: (stacks: UserStacks) => T): T {
  const stacks = new UserStacks(FIRST_PID);
  try {
    return use(stacks);
  } finally {
    stacks.close();
  }
}

const BIAS = 0x5500_0000_0000;
const hex = (address: number): string => `0x${address.toString(16)}`;

describe("frames", () => {
  it("get the names of the program that ran", () => {
    using((stacks) => {
      tell(stacks, program("one"), FIRST_PID, BIAS);
      const stack = [hex(BIAS + 0x401105), hex(BIAS + 0x401010), "known+3", "0x2f3d454c444e5542"].join("\n");
      expect(stacks.name(stack)).toBe("app::work(int)+5 [one]\nmain+16 [one]\nknown+3\n0x2f3d454c444e5542");
      expect(stacks.notes()).toEqual([]);
    });
  });

  it("read file and address where there is no name, and it is said how to get one", () => {
    using((stacks) => {
      const path = program("bare", [{ name: "main", address: 0x401000, size: 0x10 }], ".dynsym");
      tell(stacks, path, FIRST_PID, BIAS);
      expect(stacks.name([hex(BIAS + 0x401800), hex(BIAS + 0x401004)].join("\n"))).toBe(
        "bare+0x401800\nmain+4 [bare]",
      );
      expect(stacks.notes()).toEqual([
        expect.stringMatching(/^functions without names in .*\/bare: .*-dbgsym.*debuginfod/),
      ]);
    });
  });

  it("stay addresses where no process that is known had code there", () => {
    using((stacks) => {
      tell(stacks, program("other"), FIRST_PID, BIAS);
      expect(stacks.name("0x7f0000001000\n0x7f0000002000")).toBe("0x7f0000001000\n0x7f0000002000");
      expect(stacks.notes()).toEqual([
        expect.stringMatching(/^1 stack with addresses only: their processes had ended/),
      ]);
    });
  });

  it("stay addresses where two processes would have them differently, unless it is known which it was", () => {
    using((stacks) => {
      const renamed = [{ name: "other", address: 0x401000, size: 0x100 }];
      tell(stacks, program("left"), FIRST_PID, BIAS);
      tell(stacks, program("right", renamed), FIRST_PID + 1, BIAS);
      const stack = hex(BIAS + 0x401001);
      expect(stacks.name(stack)).toBe(stack);
      expect(stacks.name(stack, FIRST_PID)).toBe("main+1 [left]");
      expect(stacks.name(stack, FIRST_PID + 1)).toBe("other+1 [right]");
    });
  });

  it("are the same in two processes that ran the same program elsewhere", () => {
    using((stacks) => {
      const path = program("twice");
      tell(stacks, path, FIRST_PID, BIAS);
      tell(stacks, path, FIRST_PID + 1, 2 * BIAS);
      expect(stacks.name(hex(BIAS + 0x401001))).toBe("main+1 [twice]");
      expect(stacks.name(hex(2 * BIAS + 0x401001))).toBe("main+1 [twice]");
    });
  });

  it("are not named by a file that took the place of the one that ran", () => {
    using((stacks) => {
      const path = program("changed");
      const inode = statSync(path).ino;
      stacks.report({
        what: "program",
        pid: FIRST_PID,
        name: "changed",
        inode: inode + 1,
        start: BIAS,
        end: BIAS + 0x1000,
        base: 0,
        root: ROOT,
      });
      expect(stacks.name(hex(BIAS + 1))).toBe(hex(BIAS + 1));
    });
  });
});

it("names functions that a program compiled as it ran, where it says so", () => {
  const map = `/tmp/perf-${FIRST_PID}.map`;
  using((stacks) => {
    try {
      writeFileSync(map, "7f0000010000 100 JS:~parse app.js:1\nnot a line\n0x7f0000020000 10 JS:other\n");
      tell(stacks, program("runtime"), FIRST_PID, BIAS);
      const stack = ["0x7f0000010010", hex(BIAS + 0x401001), "0x7f0000010100", "0x7f0000020001"].join("\n");
      expect(stacks.name(stack)).toBe(
        "JS:~parse app.js:1+16 [jit]\nmain+1 [runtime]\n0x7f0000010100\nJS:other+1 [jit]",
      );
    } finally {
      rmSync(map, { force: true });
    }
  });
});
