import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";

describe("top … by", () => {
  it.each([
    ["mmap count(), sum(len * 2) by comm", "sum(len * 2)"],
    ["tracepoint:kmem:kmalloc count(), sum(args.bytes_alloc) by comm", "sum(args.bytes_alloc)"],
    ["mmap count(), sum(len > 4KB ? len : 1B) by comm", "sum(len > 4KB ? len : 1B)"],
  ])("%s top 3 by %s", (query, rank) => {
    const { plan, diagnostics } = compile(`${query} top 3 by ${rank}`);
    expect(diagnostics).toEqual([]);
    expect(plan?.results[0]).toMatchObject({ top: { by: 1 } });
  });

  it("takes no other call for the same", () => {
    const [diagnostic] = compile("mmap sum(len * 2) by comm top 3 by sum(len * 3)").diagnostics;
    expect(diagnostic?.code).toBe("unknown-rank");
  });
});
