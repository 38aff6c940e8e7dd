/** Where a library is that a query names: told by processes and programs of this machine. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProbePoint } from "../../src/semantics/typed.js";
import { findBinaries, LibraryLookupError } from "../../src/symbols/libraries.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const hasCompiler = spawnSync("gcc", ["--version"]).status === 0;

/** The note that the macros of `sys/sdt.h` make. */
const STATIC_PROBE = `#ifdef STATIC_PROBE
__asm__(".pushsection .note.stapsdt,\\"\\",\\"note\\"; .balign 4; .4byte 8, 2f-1f, 3; .asciz \\"stapsdt\\";"
  "1: .8byte 0, 0, 0; .asciz \\"shop\\"; .asciz \\"order_placed\\"; .asciz \\"\\"; 2: .balign 4; .popsection");
#endif
`;

/** A program that waits, linked with these flags. */
function program(name: string, ...flags: string[]): string {
  const source = join(folder, `${name}.c`);
  writeFileSync(
    source,
    `${STATIC_PROBE}#include <stdlib.h>\n#include <unistd.h>\nint main(void) { void *p = malloc(7); pause(); free(p); return 0; }\n`,
  );
  execFileSync("gcc", ["-o", join(folder, name), source, ...flags]);
  return join(folder, name);
}

async function running<T>(path: string, use: (pid: number) => T): Promise<T> {
  const child = spawn(path, { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return use(child.pid ?? 0);
  } finally {
    child.kill("SIGKILL");
  }
}

const uprobe = (file: string, symbol: string): ProbePoint => ({ type: "uprobe", parts: [file, symbol] });

describe("probes of programs and libraries", () => {
  const { missing, file } = findBinaries({});

  it("are looked for where the tracer finds a library by its name", () => {
    expect(file("libc")).toMatch(/^\/.*\/libc\.so/);
    expect(file("libnosuchthing")).toBe("libnosuchthing");
    expect(missing(uprobe("libc", "malloc"))).toBeUndefined();
    expect(missing(uprobe("c", "mallocx"))?.why).toContain("has no function mallocx");
    // It may be where only the tracer looks.
    expect(missing(uprobe("libnosuchthing", "f"))).toBeUndefined();
    expect(missing(uprobe("/no/such/file", "f"))?.why).toBe("there is no file /no/such/file");
    expect(missing(uprobe("/etc/hostname", "f"))?.why).toContain("is not a program");
  });

  it("may be patterns, addresses and places inside of functions", () => {
    for (const symbol of ["mall?c", "*alloc", "malloc+4", "0x1234", "[m]alloc"])
      expect(missing(uprobe("libc", symbol)), symbol).toBeUndefined();
    expect(missing(uprobe("libc", "mallocx*"))?.why).toMatch(/^no function of .* matches mallocx\*$/);
    expect(missing(uprobe("libc", "mallocx+4"))?.why).toContain("has no function mallocx");
    expect(missing(uprobe("/usr/lib/*", "mallocx"))).toBeUndefined();
  });

  it.skipIf(!hasCompiler)("may be static ones, by provider and name", () => {
    const path = program("static-probe", "-DSTATIC_PROBE");
    const at = (provider: string, name: string): ProbePoint => ({
      type: "usdt",
      parts: [path, provider, name],
    });
    expect(missing(at("shop", "order_placed"))).toBeUndefined();
    expect(missing(at("shop", "order_*"))).toBeUndefined();
    expect(missing(at("shop", "order_place"))?.similar).toEqual(["shop:order_placed"]);
    expect(missing(at("nonsense", "order_placed"))?.why).toContain("has no static probe nonsense:");
    expect(missing(at("shop", "nonsense*"))?.why).toMatch(/^no static probe of .* matches shop:nonsense\*$/);
  });
});

describe("the C library", () => {
  it("of a process is the file it has mapped, as it is seen from here", () => {
    const binaries = findBinaries({ pid: process.pid });
    const path = binaries.locate("libc");
    expect(path).toMatch(/^\/(usr\/)?lib.*\/libc[.-].*so/);
    expect(binaries.missing(uprobe(path, "malloc"))).toBeUndefined();
    expect(binaries.missing(uprobe(path, "mallocx"))?.why).toContain("has no function mallocx");
    expect(binaries.missing(uprobe(path, "mallocx"))?.similar).toContain("malloc");
  });

  it.skipIf(!hasCompiler)("of a static program is the program", async () => {
    const path = program("static", "-static");
    expect(findBinaries({ program: path }).locate("libc")).toBe(path);
    await running(path, (pid) => {
      const binaries = findBinaries({ pid });
      expect(binaries.locate("libc")).toBe(`/proc/${pid}/exe`);
      expect(binaries.missing(uprobe(`/proc/${pid}/exe`, "malloc"))).toBeUndefined();
    });
  });

  it.skipIf(!hasCompiler)("of a dynamic program, and of a script, is what the tracer finds", () => {
    expect(findBinaries({ program: program("dynamic") }).locate("libc")).toBe("libc");
    const script = join(folder, "script.sh");
    writeFileSync(script, "#!/bin/sh\n");
    expect(findBinaries({ program: script }).locate("libc")).toBe("libc");
  });

  it("can be another by name or by path", () => {
    expect(findBinaries({ library: "jemalloc" }).locate("libc")).toBe("jemalloc");
    expect(findBinaries({ library: process.execPath }).locate("libc")).toBe(process.execPath);
    expect(() => findBinaries({ library: "/nowhere/x.so" }).locate("libc")).toThrow(LibraryLookupError);
  });

  it("that a process does not have is told, with those it has", () => {
    const { locate } = findBinaries({ pid: process.pid, library: "jemalloc" });
    let told: unknown;
    try {
      locate("libc");
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ exitCode: 2, hint: expect.stringContaining("libc.so") as string });
  });

  it("of a process that is not there is told", () => {
    expect(() => findBinaries({ pid: 2 ** 22 + 1 }).locate("libc")).toThrow("there is no process");
  });
});
