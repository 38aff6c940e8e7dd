/** What BCC programs that are made to be run tell of the code that processes map. */
import { describe, expect, it } from "vitest";
import { compile, type CompileOptions } from "../../src/index.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { SHIPPED } from "../tracers.js";
import { hasPython, pythonErrors } from "./python.js";

const kernels = new Map<string, Kernel>(
  SHIPPED.map(({ target }) => [
    target,
    openProfile(new URL(`../../profiles/${target}.profile`, import.meta.url).pathname).kernel,
  ]),
);
const kernel = kernels.get("debian13") as Kernel;

/** The kernel, but for what is given. */
function but(given: Partial<Kernel>): Kernel {
  return Object.assign(Object.create(kernel) as Kernel, given);
}

function text(query: string, options: CompileOptions = {}): string {
  const { script, diagnostics } = compile(query, { kernel, to: "bcc", form: "stream", ...options });
  if (!script) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return script.text;
}

const STACKS = "faults by comm, ustack";
const FOLLOWED = { process: { pid: 7, followed: true } };
const TOLD = /mapped_|send_code|sched_process_exec|sys_enter_mmap/;

describe("a BCC program that is made to be run", () => {
  it("tells programs and libraries where user stacks are shown, and nothing where they are not", () => {
    const program = text(STACKS);
    expect(program).toContain('tp=b"sched:sched_process_exec", fn_name=b"on_mapped_program"');
    expect(program).toContain('tp=b"syscalls:sys_enter_mmap", fn_name=b"on_mapped_library"');
    expect(program).toContain("send_code(mapped_code_buffer.event(data), CODE_FACTS)");
    expect(text("faults show time, ustack")).toMatch(TOLD);
    for (const other of ["faults by comm", "faults by kstack", "faults show time, address"])
      expect(text(other)).not.toMatch(TOLD);
  });

  it("does not when a person is to read it, or when there is one process, which is known from the start", () => {
    expect(text(STACKS, { form: "text" })).not.toMatch(TOLD);
    expect(text(STACKS, { process: { pid: 7, followed: false } })).not.toMatch(TOLD);
  });

  it("tells only of the traced command and what it starts", () => {
    const followed = text(STACKS, FOLLOWED);
    for (const name of ["on_mapped_program", "on_mapped_library"]) {
      const body = followed.slice(followed.indexOf(`int ${name}(`));
      expect(body.indexOf("if (!followed.lookup(&pid))")).toBeGreaterThan(0);
      expect(body.indexOf("if (!followed.lookup(&pid))")).toBeLessThan(body.indexOf("code->mark"));
    }
    expect(followed).toMatch(/code->mark = -2;\n {4}code->pid = child;/);
    expect(text("faults by comm", FOLLOWED)).not.toContain("code->mark");
  });

  it("reads members where the kernel has them", () => {
    expect(text(STACKS)).toMatch(/#define MM_STRUCT__EXE_FILE [1-9]\d*\n/);
    // Where `f_path` and `d_name` stand in unions without names.
    expect(text(STACKS, { kernel: kernels.get("sid") as Kernel })).toMatch(
      /#define FILE__F_PATH__DENTRY \d+\n[^]*#define DENTRY__D_NAME__NAME \d+\n/,
    );
  });

  it("only says that there is a program, where the kernel does not give its types", () => {
    const program = text(STACKS, { kernel: but({ struct: () => undefined }) });
    expect(program).toMatch(/int on_mapped_program\(void \*ctx\)\n[^}]*code->mark = -2;/);
    expect(program).not.toMatch(/sys_enter_mmap|mapped_programs|kernel_word/);
    expect(text(STACKS, { kernel: but({ tracepoint: (category, name) => category === "syscalls" ? undefined : kernel.tracepoint(category, name) }) })).not.toMatch(/kernel_word/); // prettier-ignore
  });

  it("shares probes with the query's own, and uses a perf buffer where there are no ring buffers", () => {
    const own = text("tracepoint:syscalls:sys_enter_mmap by ustack");
    expect(own).toContain("TRACEPOINT_PROBE(syscalls, sys_enter_mmap)");
    expect(own).toContain("int on_mapped_library(");
    const old = text(STACKS, { kernel: but({ release: "5.4.0-26-amd64" }) });
    expect(old).toContain("mapped_code_buffer.perf_submit(args, code, sizeof(*code));");
    expect(old).toContain("bpf.perf_buffer_poll(");
    expect(old).not.toMatch(/ring_?buf/i);
  });

  it("says code before the stacks that are in it", () => {
    const groups = text(STACKS);
    const rows = groups.indexOf("rows = [");
    const consumed = groups.indexOf("bpf.ring_buffer_consume()");
    expect(rows).toBeGreaterThan(0);
    expect(consumed).toBeGreaterThan(rows);
    expect(consumed).toBeLessThan(groups.indexOf('send({"groups"'));
    const lines = text("faults show time, ustack");
    expect(lines).toContain('waiting_rows.append({"row": 0, "values": values})');
    expect(lines.match(/send_waiting_rows\(bpf\.ring_buffer_consume\)/g)).toHaveLength(2);
    expect(text("faults show time, address")).not.toContain("waiting_rows");
  });

  it.skipIf(!hasPython)("is Python", () => {
    const queries = [STACKS, "faults show time, ustack", "open allocation by ustack", `${STACKS}; mmap show pid`]; // prettier-ignore
    const programs = SHIPPED.flatMap(({ target, bcc }) =>
      queries.map((query) =>
        text(query, { kernel: kernels.get(target) as Kernel, version: bcc, ...FOLLOWED }),
      ),
    );
    expect(pythonErrors(programs)).toBe("");
  });
});
