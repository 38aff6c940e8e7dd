/** Functions whose arguments are not where C has them on 64 bits, and those with names that a compiler mangled. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { findBinaries } from "../../src/symbols/libraries.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
const hasCompiler = spawnSync("gcc", ["--version"]).status === 0 && process.arch === "x64";
const PROGRAMS = ["ia32", "mangled", "go_registers"] as const;

function scriptOf(query: string, to: "bpftrace" | "bcc"): string {
  const { script, diagnostics } = compile(query.replace("DIR", folder), { binaries: findBinaries({}), to });
  return script?.text ?? diagnostics.map(({ message, hint }) => `${message}\n${hint ?? ""}`).join("\n");
}

describe.skipIf(!hasCompiler)(`probes of programs${hasCompiler ? "" : " (skipped: there is no gcc)"}`, () => {
  if (hasCompiler)
    execFileSync("bash", [join(process.cwd(), "test/kernel/workloads/build.sh"), ...PROGRAMS], {
      cwd: folder,
    });

  it.each([
    ["bpftrace", "uprobe:DIR/ia32:take(size) sum(size)", '*(int32 *)uptr(reg("sp") + 4)'],
    ["bcc", "uprobe:DIR/ia32:take(a, size) sum(size)", "(void *)(PT_REGS_SP(ctx) + 8)"],
    ["bpftrace", "uretprobe:DIR/ia32:take sum(retval)", "(int64)(int32)retval"],
    ["bcc", "uretprobe:DIR/ia32:take sum(retval)", "(s32)PT_REGS_RC(ctx)"],
    ["bpftrace", "uprobe:DIR/go_registers:main.work(a, b) sum(b)", 'reg("bx")'],
    ["bcc", "uprobe:DIR/go_registers:main.work(a, b) sum(b)", "ctx->bx"],
    ["bpftrace", "uprobe:DIR/mangled:ns::Class::method", ":_ZN2ns5Class6methodEPKc"],
    ["bcc", "uprobe:DIR/mangled:ns::Class::method", 'b"_ZN2ns5Class6methodEi"'],
  ] as const)("%s: %s", (to, query, written) => {
    expect(scriptOf(query, to)).toContain(written);
  });

  it("are not where the system calls of 32-bit programs never come by", () => {
    const program = join(folder, "ia32");
    const of = (query: string): string =>
      compile(query, { binaries: findBinaries({ program }) })
        .diagnostics.map(({ message, hint }) => `${message}: ${hint ?? ""}`)
        .join();
    expect(of("tracepoint:syscalls:sys_enter_brk")).toMatch(/is a 32-bit one.*syscall count\(\) by call/);
    expect(of("file_open show file")).toContain("is a 32-bit one");
    expect(of("syscall count() by call where call == ia32_brk")).toBe("");
  });

  it("are told not to see a 32-bit process that runs", () => {
    const notes = (traced: Parameters<typeof findBinaries>[0]): readonly string[] =>
      compile("brk", { binaries: findBinaries(traced) }).plan?.notes.map(({ text }) => text) ?? [];
    const child = spawn(join(folder, "ia32"), { stdio: "ignore" });
    try {
      const seen = notes({ looksAround: true }).filter((text) => text.includes(`ia32 ${child.pid}`));
      expect(seen).toEqual([
        expect.stringMatching(/^not seen: the system calls of .*; `syscall count\(\) by call` sees/),
      ]);
      expect(notes({ looksAround: true, pid: process.pid })).toEqual([]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("would crash programs made by Go where functions return", () => {
    expect(scriptOf("uretprobe:DIR/go_registers:main.work", "bpftrace")).toMatch(
      /is a Go program: Go moves its stacks.*\n.*FUNCTION\+OFFSET/,
    );
  });

  it("suggest names that people know", () => {
    expect(scriptOf("uprobe:DIR/mangled:ns::Class::metod", "bpftrace")).toContain(
      "did you mean `ns::Class::method`",
    );
  });
});
