/** 32-bit programs of a traced command are counted where their system calls are asked for by tracepoints. */
import { expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";

const COMMAND = { pid: 77, followed: true, execs: 1 };
const TESTS = "curtask->mm->context.flags & 1) != 0";

function scriptOf(query: string, options: Parameters<typeof compile>[1] = {}): string {
  const { script, diagnostics } = compile(query, {
    kernel: bundledKernel("debian13"),
    process: COMMAND,
    form: "stream",
    ...options,
  });
  if (!script) throw new Error(JSON.stringify(diagnostics));
  return script.text;
}

it("counts what such a command executes", () => {
  expect(scriptOf("brk count() by comm")).toContain(TESTS);
  expect(scriptOf("brk count() by comm", { to: "bcc" })).toContain("problems.increment(UNSEEN_PROGRAM)");
});

it("adds nothing where the calls are seen, or what runs is known", () => {
  expect(scriptOf("syscall count() by call")).not.toContain(TESTS);
  expect(scriptOf("faults count() by comm")).not.toContain(TESTS);
  expect(scriptOf("brk count() by comm", { process: { pid: 77, followed: false } })).not.toContain(TESTS);
});
