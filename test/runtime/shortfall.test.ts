import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readMisses } from "../../src/run/bpf-stats.js";
import { MAP_FULL, missedText, warningOf } from "../../src/results/shortfall.js";
import { temporaryFolder } from "../temporary-folder.js";

describe("warnings in a tracer's words", () => {
  it.each([
    [
      "Map full; can't update element. Try increasing max_map_keys config",
      { text: MAP_FULL, shortfall: { why: "map full" } },
    ],
    [
      "7 events of new groups were not counted: a table is full",
      { shortfall: { why: "map full", count: 7 } },
    ],
    ["failed to look up stack id 1 (3 times)", { shortfall: { why: "stack missing", count: 3 } }],
    [
      "2 stacks are missing: another stack took their slot",
      { shortfall: { why: "stack missing", count: 2 } },
    ],
    [missedText(12), { shortfall: { why: "probe missed", count: 12 } }],
  ])("%s", (text, expected) => {
    expect(warningOf(text)).toMatchObject({ kind: "message", level: "warning", text, ...expected });
  });

  it("leaves others as they are", () => {
    expect(warningOf("odd")).toEqual({ kind: "message", level: "warning", text: "odd" });
  });
});

describe("missed events", () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, "7/fdinfo"), { recursive: true });
  });

  it("are added up over programs, each once", () => {
    const descriptor = (name: string, id: number, misses: number): void =>
      writeFileSync(
        join(root, "7/fdinfo", name),
        `pos:\t0\nprog_id:\t${id}\nrun_cnt:\t0\nrecursion_misses:\t${misses}\n`,
      );
    descriptor("3", 1, 5);
    descriptor("4", 1, 5);
    descriptor("5", 2, 2);
    writeFileSync(join(root, "7/fdinfo/6"), "pos:\t0\n");
    // A link, which names its program, as an older kernel shows it.
    writeFileSync(join(root, "7/fdinfo/7"), "link_type:\ttracing\nlink_id:\t3\nprog_id:\t1\n");
    expect(readMisses(7, root)).toBe(7);
    expect(readMisses(8, root)).toBe(0);
  });

  it("are those of return probes too, where the kernel tells them of links", () => {
    const link = (name: string, id: number, missed: number): void =>
      writeFileSync(
        join(root, "7/fdinfo", name),
        `link_type:\tperf\nlink_id:\t${id}\nprog_id:\t1\nname:\tdo_mmap\noffset:\t0x0\nmissed:\t${missed}\ntype:\tkretprobe\n`,
      );
    link("3", 1, 4);
    link("4", 1, 4);
    link("5", 2, 1);
    expect(readMisses(7, root)).toBe(5);
  });
});
