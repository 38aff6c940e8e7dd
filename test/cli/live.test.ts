/** The live view in a pseudo-terminal, on a recording of an interval's tables. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FAULTY_COMMAND, ROOT } from "./faultline.js";
import { inTerminal, parts, type Seen, type Step } from "./in-terminal.js";
import { textWidth } from "../../src/view/table/width.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

/** Twenty intervals of a third of a second of `faults by comm`, with 30 processes. */
function recording(): string {
  const lines = gunzipSync(readFileSync(join(ROOT, "recordings/faults-by-stack.flrec.gz")))
    .toString("latin1")
    .split("\n");
  const header = JSON.parse(lines[0] as string) as {
    plan: { results: { keys: { label: string }[]; every?: unknown }[] };
    maps: [string][];
  };
  for (const result of header.plan.results) {
    result.keys = result.keys.filter(({ label }) => label === "comm");
    result.every = { $bigint: "333000000" };
  }
  const map = header.maps[0]?.[0] as string;
  const batches = Array.from({ length: 20 }, (_, i) => {
    const names = Array.from({ length: 30 }, (__, n) => `"proc${String(n).padStart(2, "0")}": ${n * 10 + i}`);
    const at = 10 + i * 333;
    return [
      `${at} out {"type": "map", "data": {"${map}": {${names.join(", ")}}}}`,
      `${at} out {"type": "value", "data": [0,0,${5_000_000_000 + i * 1_000_000_000}]}`,
    ];
  }).flat();
  const path = join(folder, "every.flrec");
  const end = `8000 end {"ended": "finished", "events": 600, "lost": 0, "damaged": 0, "elapsed": 8000}`;
  writeFileSync(path, [JSON.stringify(header), '5 attached {"probes": 1}', ...batches, end, ""].join("\n"));
  return path;
}
const RECORDING = recording();

function replayed(steps: readonly Step[], options: Parameters<typeof inTerminal>[2] = {}): Promise<Seen> {
  return inTerminal(["replay", RECORDING, "--speed", "real"], steps, options);
}

describe("the live view", { timeout: 60_000 }, () => {
  it("draws in place what fits, and leaves as much of the table when it is quit", async () => {
    const seen = await replayed([["proc29", { keys: "q" }]]);
    expect(seen).toMatchObject({ code: 0, isCooked: true, left: 0 });
    const { frames, rest } = parts(seen.out);
    const last = frames.at(-1) as string[];
    expect(last).toHaveLength(16);
    expect(last[1]).toMatch(/^comm +count\(\)/);
    expect(last[2]).toMatch(/^proc29 +29\d +█+/);
    expect(last.some((line) => /^… \d+ more$/.test(line))).toBe(true);
    expect(last[15]).toContain("q quit");
    expect(rest.match(/proc\d\d/g)).toHaveLength(11);
    expect(rest).toContain("… 19 more, `--all`");
  });

  it("orders by another column, and the other way round", async () => {
    const seen = await replayed([
      ["proc29", { keys: "s" }],
      ["comm ↑", { keys: "r" }],
      ["comm ↓", { keys: "\u001b[C" }],
      ["count() ↓", { keys: "r" }],
      ["count() ↑", { keys: "q" }],
    ]);
    expect(seen).toMatchObject({ code: 0, left: 0 });
    const { frames, rest } = parts(seen.out);
    expect(frames.find((each) => each[1]?.includes("comm ↑"))?.[2]).toMatch(/^proc00/);
    expect(frames.find((each) => each[1]?.includes("comm ↓"))?.[2]).toMatch(/^proc29/);
    expect(rest).toMatch(/count\(\) ↑.*\n\S*proc00/);
  });

  it("holds what is shown until it is told to go on", async () => {
    const seen = await replayed([
      ["proc29", { keys: " " }],
      ["paused", { resize: [60, 12] }],
      ["paused", { resize: [70, 12] }],
      ["paused", { resize: [60, 12] }],
      ["paused", { keys: "p" }],
      ["proc29", { keys: "q" }],
    ]);
    expect(seen).toMatchObject({ code: 0, left: 0 });
    const paused = parts(seen.out).frames.filter((each) => each.at(-1)?.startsWith("paused"));
    expect(paused.length).toBeGreaterThan(2);
    expect(new Set(paused.map((each) => each[2]?.match(/29\d/)?.[0])).size).toBe(1);
  });

  it("keeps to a terminal that is narrow and low, and follows its size", async () => {
    const seen = await replayed(
      [
        ["proc29", { resize: [12, 5] }],
        ["proc29", { resize: [100, 40] }],
        ["proc00", { keys: "q" }],
      ],
      { size: [20, 8] },
    );
    expect(seen).toMatchObject({ code: 0, isCooked: true, left: 0 });
    const { frames } = parts(seen.out);
    const first = frames[0] as string[];
    expect(first).toHaveLength(8);
    expect(Math.max(...first.map(textWidth))).toBeLessThanOrEqual(20);
    const small = frames.filter((each) => each.length === 5);
    expect(small.length).toBeGreaterThan(0);
    expect(Math.max(...small.flat().map(textWidth))).toBeLessThanOrEqual(12);
    expect(frames.at(-1)).toHaveLength(40);
  });

  it.each([
    ["Ctrl-C", { keys: "\u0003" }],
    ["SIGTERM", { signal: 15 }],
    ["SIGHUP", { signal: 1 }],
  ])("gives the terminal back after %s", async (_, action) => {
    const seen = await replayed([["proc29", action]]);
    expect(seen).toMatchObject({ code: 0, isCooked: true, left: 0 });
    expect(parts(seen.out).rest).toContain("proc29");
  });

  it("leaves the last table when it fails itself, and says so", async () => {
    const seen = await replayed([], { command: FAULTY_COMMAND, env: { FAULT: "drawing" } });
    expect(seen).toMatchObject({ code: 1, isCooked: true });
    const { rest } = parts(seen.out);
    expect(rest.match(/proc\d\d/g)).toHaveLength(11);
    expect(rest).toContain("… 19 more, `--all`");
    expect(rest).toContain("a fault of faultline itself ended this: made to fail");
  });

  it("leaves the rows of the last table when that cannot be written", async () => {
    const seen = await replayed([["proc29", { keys: "q" }]], {
      command: FAULTY_COMMAND,
      env: { FAULT: "table" },
    });
    expect(seen).toMatchObject({ code: 1, isCooked: true });
    const { rest } = parts(seen.out);
    expect(rest.match(/^(?:[^,\n]*,)?proc\d\d,\d/gm)).toHaveLength(30);
    expect(rest).toContain("a fault of faultline itself ended this: made to fail");
  });

  it("has no colours where they are not wanted", async () => {
    const seen = await replayed([["proc29", { keys: "q" }]], { env: { NO_COLOR: "1" } });
    expect(seen.out).not.toMatch(/\u001b\[[\d;]*m/);
    expect(seen.out).toContain("█");
  });

  it("scrolls where it is asked to", async () => {
    const { out, code } = await inTerminal(
      ["replay", RECORDING, "--speed", "real", "--scroll"],
      [["proc00", { keys: "\u0003" }]],
    );
    expect(code).toBe(0);
    expect(out).not.toContain("\u001b[?1049h");
    expect(out).toContain("proc00");
  });
});
