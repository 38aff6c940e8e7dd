import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderExplanation } from "../../src/explain/render-text.js";
import { explained } from "./helpers.js";
import { PLAIN } from "./style.js";

const QUERIES = readFileSync(new URL("../fixtures/design-queries.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

function text(query: string, width = 100): string {
  return renderExplanation(explained(query, "debian13", ["debian12", "dev"]), { ...PLAIN, width });
}

it("shows what there is to know of a query", () => {
  expect(text('faults by comm where file ~ "*.so"')).toMatchInlineSnapshot(`
    "faults by comm where file ~ "*.so"
      Counts the events of faults (page faults, of user and kernel code) where file matches "*.so", for
      each comm; prints the result at Ctrl-C.
      For kernel 6.12.117+deb13-cloud-amd64 (debian13), and bpftrace 0.23.2.

    Probes
      fexit:handle_mm_fault for faults
        does: aggregate into @faults
        costs: 16 to 350 ns an event: 0.0016 to 0.035% of a CPU at 1,000 a second, 0.16 to 3.5% at
          100,000
        of which: the probe itself 16 to 30, 0 to 2 texts read or searched 0 to 80, 0 to 6 reads of
          memory 0 to 110, 0 to 1 name of the thread read 0 to 15, 0 to 2 counts 0 to 120
        note: it counts faults of user code and those that the kernel makes for it, each once, after the
          kernel has handled it, and none outside any mapping
        not software:page-faults:1: it does not provide \`file\`
        not tracepoint:exceptions:page_fault_user: it does not provide \`file\`
        not rawtracepoint:page_fault_user: it does not provide \`file\`
      Measured (texts read or searched, reads of memory, names of the thread read, counts): a virtual
      machine with two Xeon processors (Sapphire Rapids), Linux 6.18, bpftrace 0.17.0.
      Published (the probe itself): Linux commit 4eaf0b5c5e04 (2020).

    Fields
      faults.file  vma->vm_file->f_path.dentry->d_name.name (string)
      comm         bpf_get_current_comm(): the name of the running thread (string)

    Filters
      fexit:handle_mm_fault, in the kernel
        1. retval & 0x400 is 0: before anything else is done
        2. vma->vm_file->f_path.dentry->d_name.name matches "*.so": before anything else is done

    Maps
      @faults count()
        comm (string) → a count, one for each of 2 CPUs
        room for 16,384 entries: about 1.63 MiB
        when full: a new key is not counted, and nothing reports it; those that are there go on
      It is there from the start of the trace to its end, full or not.
      What is printed comes through a buffer of 16 MiB.

    On other kernels
      debian12: the same (6.1.0-50-cloud-amd64, bpftrace 0.17.0)
      dev: cannot (6.18.44-fc-v595, bpftrace 0.27.1)
        faults cannot be answered on this kernel with \`file\`

    Concepts
      fentry    a direct call from a kernel function's entry or return to the program
      map       a table in the kernel that programs write and the tracer reads
      per-cpu   each CPU adds to a value of its own; they are summed when read
      btf       the kernel's own description of its types, by which structs are read
      filter    a test made in the kernel, before anything costly is done
      verifier  the kernel's proof that a program is safe, before it runs
      \`faultline explain --concept NAME\` has a lesson on each.
    "
  `);
});

describe.each([80, 100])("in %d columns", (width) => {
  it.each(QUERIES)("%s", (query) => {
    // The query itself stands as it is; a name that is longer than the line cannot be broken.
    const [, ...lines] = text(query, width).split("\n");
    for (const line of lines.filter((each) => each.trim().includes(" ") && !/^ {2}\S*:\S+ /.test(each)))
      expect(line.length, line).toBeLessThanOrEqual(width);
  });
});

it("says when there are no filters and no maps", () => {
  expect(text("oomkill show victim")).toContain("Filters\n  none: every event counts\n");
  expect(text("oomkill show victim")).toContain("Maps\n  none: each event is sent on its own\n");
});

it("shows a usual rate, and what it costs of a CPU", () => {
  const query = "event ticks { provider software:page-faults:1 rate 100_000 }\nticks";
  expect(text(query)).toContain(
    "costs: 36 to 260 ns an event: 0.36 to 2.6% of a CPU at 100,000 a second, usual on a busy machine",
  );
});

it("lets no text move the cursor", () => {
  const shown = text('/// \u001b[31mred\nfaults by comm where comm == "\\x1b[2Jx"');
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(shown).toContain("\\x1b[31mred");
});
