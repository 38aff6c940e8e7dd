import { describe, expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import { textOffset } from "../../src/kernel/tracepoint/event-layout.js";

const kernel = bundledKernel("debian13");

describe("where the text of an event stands", () => {
  it.each([
    ["sched:sched_process_exec", "filename", 20],
    ["kmem:kmem_cache_free", "name", 28],
    ["block:block_rq_issue", "cmd", undefined],
  ])("%s: %s", (name, field, offset) => {
    const [category = "", event = ""] = name.split(":");
    const tracepoint = kernel.tracepoint(category, event);
    const found = tracepoint?.fields.find((f) => f.name === field);
    if (!tracepoint || !found) throw new Error(`${name} has no ${field}`);
    if (offset === undefined) expect(textOffset(tracepoint, found)).toBeGreaterThan(0);
    else expect(textOffset(tracepoint, found)).toBe(offset);
  });

  it("is not known for the second of two", () => {
    const text = { ctype: "__data_loc char[]", size: 4, signed: false, shape: "data_loc" } as const;
    const [a, b] = [
      { name: "a", ...text },
      { name: "b", ...text },
    ];
    const tracepoint = { category: "c", name: "e", fields: [a, b] };
    expect([textOffset(tracepoint, a), textOffset(tracepoint, b)]).toEqual([16, undefined]);
  });

  it("is put right for the versions of bpftrace that look elsewhere", () => {
    const script = (bpftrace: string): string =>
      compile("exec by file", { kernel, version: bpftrace }).script?.text ?? "";
    expect(script("0.23.2")).toContain("str(args.filename - 60)");
    expect(script("0.22.1")).toContain("str(args.filename)]");
    expect(script("0.24.0")).toContain("str(args.filename)]");
  });
});
