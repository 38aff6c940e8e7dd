/** What the stream form tells of the code that processes map. */
import { describe, expect, it } from "vitest";
import { compile, type CompileOptions } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";

const kernel = openProfile(new URL("../../profiles/debian13.profile", import.meta.url).pathname).kernel;

function text(query: string, options: CompileOptions = {}): string {
  const { script, diagnostics } = compile(query, { kernel, version: "0.23.2", form: "stream", ...options });
  if (!script) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return script.text;
}

const STACKS = "faults by comm, ustack";

describe("the stream form", () => {
  it("tells programs and libraries where user stacks are shown, and nothing where they are not", () => {
    const script = text(STACKS);
    expect(script).toContain("\ntracepoint:sched:sched_process_exec\n{");
    expect(script).toContain("\ntracepoint:syscalls:sys_enter_mmap\n/(args.prot & (uint64)4) != 0 && ");
    expect(script).toContain("clear(@faultline_programs);");
    for (const other of ["faults by comm", "faults by kstack", "faults show time, address"])
      expect(text(other)).not.toMatch(/sched_process_exec|faultline_programs|sys_enter_mmap/);
    expect(text("faults show time, ustack")).toContain("sched_process_exec");
    expect(text(STACKS, { form: "text" })).not.toContain("sched_process_exec");
  });

  it("tells only of the traced command and what it starts; of one process there is nothing to tell", () => {
    const followed = text(STACKS, { process: { pid: 7, followed: true } });
    expect(followed).toContain("sched_process_exec\n/@followed[(uint64)pid] != 0/");
    expect(followed).toMatch(/sys_enter_mmap\n\/.* && @followed\[\(uint64\)pid\] != 0\//);
    expect(followed).toContain("  print((-2, args.child_pid));");
    expect(text("faults by comm", { process: { pid: 7, followed: true } })).not.toContain("print((-2");
    expect(text(STACKS, { process: { pid: 7, followed: false } })).not.toMatch(/sched_process_exec|mmap/);
  });

  it("only says that there is a program, where the kernel does not give its types", () => {
    const { struct, ...rest } = kernel;
    expect(struct).toBeTypeOf("function");
    const untyped = Object.assign(Object.create(kernel) as typeof kernel, {
      ...rest,
      struct: () => undefined,
    });
    const script = text(STACKS, { kernel: untyped });
    expect(script).toMatch(/sched_process_exec\n\{\n {2}print\(\(-2, pid\)\);\n\}/);
    expect(script).not.toMatch(/sys_enter_mmap|faultline_programs/);
  });

  it("asks for addresses where the version can", () => {
    expect(text(STACKS)).toContain("@faults[comm, ustack(raw)]");
    expect(text(STACKS, { version: "0.17.0" })).toContain("@faults[comm, ustack]");
    expect(text(STACKS, { form: "text" })).toContain("@faults[comm, ustack]");
    expect(text("faults by kstack")).toContain("@faults[kstack]");
  });
});
