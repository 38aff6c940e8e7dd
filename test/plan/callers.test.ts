/** The immediate caller beside stacks that are taken at a function's entry. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { bundledKernel } from "../../src/library/bundled.js";
import { keyColumns, sentColumns } from "../../src/plan/columns.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import type { Plan } from "../../src/plan/plan.js";

function planOf(query: string, kernel: Kernel = bundledKernel("debian13")): Plan {
  const { plan, diagnostics } = compile(query, { kernel, form: "stream" });
  if (!plan) throw new Error(diagnostics.map(({ message }) => message).join());
  return plan;
}

function labels(query: string): { readonly sent: readonly string[]; readonly shown: readonly string[] } {
  const [result] = planOf(query).results;
  if (!result) throw new Error("no result");
  const of = (columns: readonly { readonly label: string }[]): readonly string[] =>
    columns.map(({ label }) => label);
  return { sent: of(sentColumns(result)), shown: of(keyColumns(result)) };
}

describe("a stack has its caller beside it, which is not shown by itself", () => {
  it.each([
    ["malloc by ustack, comm", ["ustack", "comm"], ["ustack caller"]],
    ["malloc show comm, ustack", ["comm", "ustack"], ["ustack caller"]],
    ["malloc by ustack(5)", ["ustack(5)"], ["ustack(5) caller"]],
    ["malloc by ustack, ustack(3)", ["ustack", "ustack(3)"], ["ustack caller", "ustack(3) caller"]],
    ["malloc_call by begin.ustack", ["begin.ustack"], ["begin.ustack caller"]],
    ["open malloc_call by ustack", ["ustack"], ["ustack caller"]],
    ["open malloc_call show ustack, age", ["ustack", "age"], ["ustack caller"]],
    ['uprobe:"/bin/app":parse* by ustack', ["ustack"], ["ustack caller"]],
  ])("%s", (query, shown, hidden) => {
    expect(labels(query)).toEqual({ shown, sent: [...shown, ...hidden] });
  });
});

it.each([
  "faults by ustack",
  "malloc by kstack",
  "malloc by ustack(1)",
  "malloc_call by ustack",
  "open allocation by ustack",
  'uprobe:"/bin/app":parse+4 by ustack',
  'uprobe:"/bin/app":0x1139 by ustack',
  'usdt:"/bin/app":a:b by ustack',
])("needs none: %s", (query) => {
  const { sent, shown } = labels(query);
  expect(sent).toEqual(shown);
});

const scriptOf = (query: string, to: string, kernel: Kernel): string =>
  compile(query, { kernel, to, form: "stream" }).script?.text ?? "";

describe("the return address is read", () => {
  const x86 = bundledKernel("debian13");
  const arm: Kernel = Object.create(x86, { arch: { value: "aarch64" } }) as Kernel;
  const other: Kernel = Object.create(x86, { arch: { value: "riscv64" } }) as Kernel;

  it("from the top of the stack", () => {
    expect(scriptOf("malloc by ustack", "bpftrace", x86)).toContain(
      '@malloc[ustack(raw), *(uint64 *)uptr(reg("sp"))]',
    );
    expect(scriptOf("malloc by ustack", "bcc", x86)).toContain("u64 stack_pointer = PT_REGS_SP(ctx);");
  });

  it("from the link register of arm64", () => {
    expect(scriptOf("malloc by ustack", "bpftrace", arm)).toContain('@malloc[ustack(raw), reg("r30")]');
    expect(scriptOf("malloc by ustack", "bcc", arm)).toContain("ctx->regs[30]");
  });

  it("nowhere else", () => {
    expect(scriptOf("malloc by ustack", "bpftrace", other)).toContain("@malloc[ustack(raw)]");
  });

  it("and is 0 where another probe of the source has it in the stack", () => {
    const text = scriptOf(
      "event either = malloc | malloc_end\nevent malloc_end { provider uretprobe:libc:malloc { } }\neither by ustack",
      "bpftrace",
      x86,
    );
    expect(text).toContain("ustack(raw), (uint64)0]");
  });
});
