import { describe, expect, it } from "vitest";
import type { Explanation } from "../../src/index.js";
import { faultline } from "./faultline.js";

describe("faultline explain", () => {
  it("explains a query for a kernel, and for the others", () => {
    const { code, out, err } = faultline(["explain", "swapin by comm", "--kernel", "debian13"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("fentry:swap_read_folio");
    expect(out).toMatch(/On other kernels\n {2}debian12: otherwise .*\n {4}swapin: fentry:swap_readpage in place of/);
    expect(out).not.toContain("\u001b");
  }); // prettier-ignore

  it("writes JSON of a version", () => {
    const { code, out } = faultline([
      "explain",
      "faults by file",
      "--kernel",
      "debian12",
      "--format",
      "json",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 2,
      target: { kernel: "debian12", bpftrace: "0.17.0" },
      probes: [{ source: "faults", probe: "fexit:handle_mm_fault" }],
    });
  });

  it("shows how both back ends write it, in JSON too", () => {
    const args = ["explain", "faults by comm where pid == 7", "--kernel", "debian13"];
    const { out } = faultline(args);
    expect(out).toMatch(/In bpftrace and in BCC\n {2}aggregate into @faults\n {4}bpftrace\n {6}software:page-faults:1\n/);
    const { backEnds } = JSON.parse(faultline([...args, "--format", "json"]).out) as Explanation;
    expect(backEnds).toMatchObject([
      { name: "bpftrace", version: "0.23.2", maps: [{ holds: ["@faults"], text: "@faults[comm] = count();" }] },
      { name: "bcc", version: "0.31.0", maps: [{ holds: ["@faults"], text: expect.stringContaining("BPF_PERCPU_HASH(") as string }] },
    ]);
  }); // prettier-ignore

  it("says why BCC cannot", () => {
    const query = 'tracepoint:vmscan:* by comm where probe == "tracepoint:vmscan:mm_vmscan_kswapd_wake"';
    const { code, out } = faultline(["explain", query, "--kernel", "debian13"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /In bpftrace and in BCC\n {2}BCC 0\.31\.0 cannot: BCC finds the probes of a wildcard/,
    );
    expect(out).toContain("    bpftrace\n      tracepoint:vmscan:*\n");
  });

  it("compiles for the version of bpftrace that is asked for", () => {
    const args = ["explain", "kswapd_wake", "--kernel", "debian13", "--bpftrace", "0.17"];
    expect(faultline(args).out).toContain("bpftrace 0.17.0 cannot attach to raw tracepoints");
  });

  it("reads a file, with all its queries", () => {
    const { out, code } = faultline(["explain", "examples/oneliners/b1-brk-stacks.fl", "--kernel", "sid"]);
    expect(code).toBe(0);
    expect(out).toContain("Counts the events of brk");
  });

  it("tells what is wrong with a query, and exits with 2", () => {
    const { code, out, err } = faultline(["explain", "fault by comm", "--kernel", "debian13"]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("did you mean `faults`?");
  });

  it("exits with 3 where the kernel cannot answer", () => {
    const { code, err } = faultline(["explain", "swapin", "--kernel", "dev"]);
    expect(code).toBe(3);
    expect(err).toContain("cannot be answered on this kernel");
  });

  it.each([
    [["explain"], "there is no query"],
    [["explain", "faults", "--format", "xml"], "there is no format `xml`"],
    [["explain", "faults", "--kernel", "nowhere"], "there is no kernel profile `nowhere`"],
    [["explain", "faults", "--bpftrace", "0.1", "--kernel", "sid"], "is too old"],
    [["explain", "--concept", "kprobee"], "did you mean `kprobe`"],
  ])("refuses %j", (args, message) => {
    const { code, err } = faultline(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it("teaches a concept, by any of its words", () => {
    const { code, out } = faultline(["explain", "--concept", "raw", "tracepoint"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^raw tracepoint\n/);
    expect(out).toContain("Try it:\n  faultline '");
  });

  it("lists the concepts, as JSON too", () => {
    expect(faultline(["explain", "--concept"]).out).toMatch(/^ {2}verifier +the kernel's proof/m);
    const { out } = faultline(["explain", "--format", "json", "--concept"]);
    expect(JSON.parse(out)).toMatchObject({ version: 1, concepts: expect.arrayContaining([]) });
  });
});
