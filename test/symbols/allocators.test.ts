/** Which functions of allocators a file has, where the files of processes are, and which allocators a query follows. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { allocatorsAmong } from "../../src/symbols/allocators.js";
import { findBinaries } from "../../src/symbols/libraries.js";
import { readMappings, type Mapping } from "../../src/symbols/mappings.js";
import { filesOfCommand } from "../../src/symbols/needed-libraries.js";
import { otherAllocators } from "../../src/symbols/other-allocators.js";
import { fileOf, identityOf } from "../../src/symbols/process-files.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
const hasCompiler = spawnSync("gcc", ["--version"]).status === 0;
const isRoot = process.geteuid?.() === 0;

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

function compiled(name: string, source: string, ...flags: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(`${path}.c`, source);
  execFileSync("gcc", ["-o", path, `${path}.c`, ...flags]);
  return path;
}

async function running(program: string, ...words: readonly string[]): Promise<number> {
  const child = spawn(program, words, { stdio: "ignore" });
  started.push(child);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return child.pid ?? 0;
}

const WAITS =
  "#include <stdlib.h>\n#include <unistd.h>\nint main(void) { free(malloc(7)); for (;;) pause(); }\n";
const PREFIXED = `#include <stdlib.h>
void *xy_malloc(size_t n) { return malloc(n); }
void xy_free(void *p) { free(p); }
`;

/** Symbols, each at an address of its own. */
const symbols = (...names: readonly string[]) => names.map((name, i) => ({ name, address: 16 * (i + 1) }));

const found = (names: readonly string[], file = "app", prefixes: readonly string[] = []) =>
  allocatorsAmong(symbols(...names), file, prefixes);

describe("functions of an allocator", () => {
  it("are those of C, of jemalloc and of C++, in all forms", () => {
    const names = [
      "malloc", "free", "calloc", "mallocx", "sdallocx", "dallocx", "_Znwm", "_ZnamRKSt9nothrow_t", "_Znwj",
      "_ZnwmSt11align_val_tRKSt9nothrow_t", "_Znwm12__hot_cold_t", "_ZdlPv", "_ZdaPvmSt11align_val_t", "_ZdlPvRKSt9nothrow_t",
      "_ZN3foo3newEm", "_ZnwmPv", "mallocate", "malloc_usable_size", "xmalloc",
    ]; // prettier-ignore
    const { functions, names: title } = found(names) ?? {};
    expect(title).toEqual(["jemalloc"]);
    expect(functions?.get("operator_new")).toEqual([
      "_ZnamRKSt9nothrow_t", "_Znwj", "_Znwm", "_Znwm12__hot_cold_t", "_ZnwmSt11align_val_tRKSt9nothrow_t",
    ]); // prettier-ignore
    expect(functions?.get("operator_delete")).toEqual([
      "_ZdaPvmSt11align_val_t",
      "_ZdlPv",
      "_ZdlPvRKSt9nothrow_t",
    ]);
    expect(functions?.get("malloc")).toEqual(["malloc"]);
    expect(functions?.get("sdallocx")).toEqual(["sdallocx"]);
  });

  it("may have a prefix: a usual one, that of a build of jemalloc, or one that is asked for", () => {
    const build = ["malloc", "free", "mallocx", "dallocx", "sdallocx"];
    expect(found(["je_malloc", "je_free", "je_calloc"])?.functions.get("calloc")).toEqual(["je_calloc"]);
    expect(found(build.map((name) => `je_arrow_${name}`))?.names).toEqual([
      "jemalloc with the prefix je_arrow_",
    ]);
    expect(found(build.map((name) => `_rjem_${name}`))?.functions.get("mallocx")).toEqual(["_rjem_mallocx"]);
    const own = ["zmalloc", "zfree", "zcalloc"];
    // What begins otherwise may take something else.
    expect(found(own)).toBeUndefined();
    expect(found(own, "app", ["z"])?.functions.get("malloc")).toEqual(["zmalloc"]);
    expect(found(["je_malloc"])).toBeUndefined();
    expect(found(["mi_malloc", "mi_free", "mi_zalloc_aligned", "mi_new_n"])?.functions).toEqual(
      new Map([
        ["malloc", ["mi_malloc", "mi_zalloc_aligned"]],
        ["calloc", ["mi_new_n"]],
        ["free", ["mi_free"]],
      ]),
    );
  });

  it("are probed once where they have several names", () => {
    const at = (name: string, address: number) => ({ name, address });
    const all = [
      at("tc_malloc", 1),
      at("malloc", 1),
      at("memalign", 2),
      at("aligned_alloc", 2),
      at("free", 3),
    ];
    const { functions } = allocatorsAmong([...all, at("_ZdlPv", 3)], "libx.so", []) ?? {};
    expect(functions?.get("malloc")).toEqual(["malloc"]);
    expect(functions?.get("aligned_alloc")).toEqual(["memalign"]);
    expect(functions?.get("operator_delete")).toEqual(["free"]);
  });

  it("are not the operators of the library of C++, which call malloc", () => {
    expect(found(["_Znwm", "_ZdlPv"], "libstdc++.so.6.0.30")).toBeUndefined();
    expect(found(["_Znwm", "_ZdlPv"], "app")?.names).toEqual([]);
  });
});

/** The mapping of the C library. */
function libraryOf(pid: number): Mapping {
  const mapping = readMappings(pid)?.find(({ path }) => /\/libc[.-]/.test(path));
  if (!mapping) throw new Error(`${pid} has no C library`);
  return mapping;
}

describe.skipIf(!hasCompiler || !isRoot)("a process with a root of its own", () => {
  const root = join(folder, "jail");

  it("is reached in a plain chroot, and when its files are gone", async () => {
    const program = compiled("waits", WAITS);
    const files = filesOfCommand(program, []);
    for (const file of files) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      copyFileSync(file, join(root, file));
    }
    const pid = await running("chroot", root, program);
    const mapping = libraryOf(pid);
    const path = files.find((file) => /\/libc[.-]/.test(file)) ?? "";
    expect(fileOf(pid, mapping)).toBe(join(root, path));
    const binaries = findBinaries({ pid });
    expect(binaries.locate("libc")).toBe(join(root, path));
    expect(binaries.allocators("malloc")).toEqual([{ file: join(root, path), symbol: "malloc" }]);

    // Machine-wide, it is told and can be followed.
    const others = otherAllocators(new Set([identityOf(path) ?? ""]), [], [pid]);
    expect(others.map(({ file }) => file)).toEqual([join(root, path)]);
    expect(others[0]?.processes.map((each) => each.pid)).toEqual([pid]);
    expect(otherAllocators(new Set(others.map(({ file }) => identityOf(file) ?? "")), [], [pid])).toEqual([]);

    rmSync(join(root, path));
    const gone = libraryOf(pid);
    expect(gone.isDeleted).toBe(true);
    expect(fileOf(pid, gone)).toMatch(new RegExp(`^/proc/${pid}/map_files/`));
    expect(findBinaries({ pid }).allocators("malloc")[0]?.file).toMatch(/map_files/);
    expect(findBinaries({ pid }).allocatorsTaken()).toContain(`${join(root, path)}, deleted`);
  });

  it("is reached in mounts of its own", async () => {
    const program = compiled("mounted", WAITS);
    const other = join(folder, "other");
    mkdirSync(other, { recursive: true });
    copyFileSync(program, join(other, "mounted"));
    const script = `mount -t tmpfs none ${other} && cp ${program} ${other}/inside && exec ${other}/inside`;
    const pid = await running("unshare", "-m", "sh", "-c", script);
    const mapping = readMappings(pid)?.find(({ path }) => basename(path) === "inside");
    if (!mapping) throw new Error("the program does not run");
    expect(fileOf(pid, mapping)).toBe(`/proc/${pid}/root${other}/inside`);
  });
});

describe.skipIf(!hasCompiler)("the allocators of a command", () => {
  it("are those of its program, what it needs and what is loaded before it", () => {
    const own = compiled("liballoc-one.so", PREFIXED, "-shared", "-fPIC");
    const program = compiled("needs", WAITS, own, `-Wl,-rpath,$ORIGIN`, "-Wl,--no-as-needed", own);
    const files = filesOfCommand(program, [program], {});
    expect(files).toContain(own);
    expect(files.some((file) => /\/libc[.-]/.test(file))).toBe(true);
    const preload = ["env", `LD_PRELOAD=${own}`, "/bin/true"];
    expect(filesOfCommand("/usr/bin/env", preload, { PATH: "/bin" })).toContain(own);
    expect(filesOfCommand("/bin/sh", ["sh", "-c", `A=1 LD_PRELOAD="${own}" true; ${program}`], {})).toEqual(
      expect.arrayContaining([own, program]),
    );
    expect(filesOfCommand("/bin/true", [], { LD_PRELOAD: own })).toContain(own);
    expect(filesOfCommand("/bin/true", [], {})).not.toContain(own);
    const script = join(folder, "script");
    writeFileSync(script, `#!${program} -x\n`, { mode: 0o755 });
    expect(filesOfCommand(script, [], {})).toContain(program);
  });

  it("are told, and so is a prefix that nothing has", () => {
    const program = compiled("prefixed", `${PREFIXED}int main(void) { xy_free(xy_malloc(1)); return 0; }`);
    const { allocators, allocatorsTaken, lacks } = findBinaries({
      program,
      prefixes: ["xy_", "qq_"],
    });
    expect(allocators("malloc").map(({ symbol }) => symbol)).toEqual(["xy_malloc", "malloc"]);
    expect(allocators("mallocx")).toEqual([]);
    expect(allocatorsTaken()).toContain("with the prefix xy_ (");
    expect(lacks({ type: "uprobe", parts: ["allocator", "malloc"] })).toEqual([
      "no program or library here has qq_malloc and qq_free",
    ]);
  });

  it("that throw cost a program that catches, which is told", () => {
    const source = `#include <stdlib.h>\nvoid *_Znwm(size_t n) { return malloc(n); }\nint main(void) { return !_Znwm(1); }`;
    const { allocatorsTaken } = findBinaries({ program: compiled("throws", source) });
    expect(allocatorsTaken()).toContain("std::bad_alloc");
  });
});

describe("a library in place of the C library", () => {
  it("is the only one, and is taken to have what every one has where it is not known", () => {
    const { allocators } = findBinaries({ library: "nosuchlibrary" });
    expect(allocators("malloc")).toEqual([{ file: "nosuchlibrary", symbol: "malloc" }]);
    expect(allocators("mallocx")).toEqual([]);
  });
});
