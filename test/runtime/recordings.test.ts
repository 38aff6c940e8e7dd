/**
 * Real output of three versions, of one hand-written script (`fixtures/README.md`) over a process that
 * takes the worst names there are.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import type { Histogram } from "../../src/aggregates/values.js";
import type { GroupsEvent, ResultEvent } from "../../src/results/events.js";
import {
  ADDRESS,
  aggregate,
  BYTES,
  column,
  groups,
  INT,
  KSTACK,
  rows,
  script,
  STRING,
  UNSIGNED,
  USTACK,
} from "./build-script.js";

const STATS = { kind: "stats", unit: "bytes" } as const;
const HIST = { kind: "histogram", unit: "bytes" } as const;

const RECORDED = script(
  [
    rows([
      column("comm", STRING),
      column("addr", ADDRESS),
      column("negative", INT),
      column("kernel", ADDRESS),
    ]),
    groups(
      [column("comm", STRING), column("pid", UNSIGNED)],
      [
        aggregate("count", "count"),
        aggregate("sum", "sum", BYTES),
        aggregate("avg", "avg", BYTES),
        aggregate("min", "min", BYTES),
        aggregate("max", "max", BYTES),
        aggregate("stats", "stats", STATS),
        aggregate("hist", "hist", HIST),
        aggregate("lhist", "lhist", HIST),
      ],
    ),
    groups([column("comm", STRING), column("again", STRING)], [aggregate("count", "count")]),
    groups([column("ustack", USTACK), column("comm", STRING)], [aggregate("count", "count")]),
    groups([column("kstack", KSTACK)], [aggregate("sum", "sum", INT)]),
    groups(
      [],
      [
        aggregate("count", "n"),
        aggregate("hist", "h", HIST),
        aggregate("stats", "s", STATS),
        aggregate("sum", "neg", INT),
      ],
    ),
  ],
  {
    "@c": [1, 0], "@s": [1, 1], "@a": [1, 2], "@mi": [1, 3], "@ma": [1, 4], "@st": [1, 5], "@h": [1, 6], "@l": [1, 7],
    "@two": [2, 0], "@us": [3, 0], "@ks": [4, 0], "@n": [5, 0], "@nh": [5, 1], "@ns": [5, 2], "@neg": [5, 3],
  }, // prettier-ignore
);

/** What the process called itself, a control character, a cut character and all. */
const NAMES = [
  "a,b", 'q"x\\y', "c\u0001\u001b[2Jz", "nl\nx\ty", "bad\udcff\udcfe", "\u202e\u0627xxx", '}],"', "", "utf\u00e9",
  "0123456789abcd\udcc3", "tmux: server", "(sd-pam)", "a,1,b",
]; // prettier-ignore

function decode(version: string): ResultEvent[] {
  const decoder = createDecoder(RECORDED, { version });
  const bytes = readFileSync(new URL(`fixtures/hostile-${version}.jsonl`, import.meta.url));
  const lines = bytes.toString("latin1").split("\n");
  return [...lines.flatMap((line) => decoder.line(Buffer.from(line, "latin1"))), ...decoder.end(true)];
}

function batch(events: readonly ResultEvent[], result: number): GroupsEvent {
  const found = events.filter((event) => event.kind === "groups" && event.result === result) as GroupsEvent[];
  expect(found).toHaveLength(1);
  return found[0] as GroupsEvent;
}

describe.each(["0.17", "0.23", "0.27"])("bpftrace %s", (version) => {
  const events = decode(version);

  it("prints rows with every name as it was", () => {
    const found = events.filter((event) => event.kind === "row").map(({ values }) => values);
    expect(found).toHaveLength(28);
    expect(found.every(([, , negative, kernel]) => negative === -5 && kernel === 0xffffffff81234567n)).toBe(
      true,
    );
    expect(new Set(found.map(([comm]) => comm))).toEqual(new Set([...NAMES, "w", "big"]));
  });

  it("prints groups of which the maps are joined", () => {
    const { groups: found, final } = batch(events, 1);
    expect(final).toBe(true);
    const byName = new Map(found.map((group) => [group.keys[0], group]));
    expect(new Set(byName.keys())).toEqual(new Set([...NAMES, "w", "big"]));
    for (const name of NAMES) {
      expect(byName.get(name)?.values, name).toEqual([
        2,
        24576,
        12288,
        8192,
        16384,
        { count: 2, sum: 24576, avg: 12288 },
        {
          buckets: [
            { min: 8192, max: 16383, count: 1 },
            { min: 16384, max: 32767, count: 1 },
          ],
        },
        {
          buckets: [
            { min: 0, max: 9999, count: 1 },
            { min: 10000, max: 19999, count: 1 },
          ],
        },
      ]);
    }
    const pids = new Set(found.map(({ keys }) => keys[1]));
    expect(pids.size).toBe(1);
  });

  it("reads a value beyond 32 bits", () => {
    const [count, sum, , min, , , hist, lhist] =
      [...batch(events, 1).groups].find(({ keys }) => keys[0] === "big")?.values ?? [];
    expect([count, sum]).toEqual([1, 3 * 2 ** 32]);
    // 0.17 keeps no minimum from 2^32 up, and one bucket for all from 2^31 up.
    expect(min).toBe(version === "0.17" ? null : 3 * 2 ** 32);
    const bucket = version === "0.17" ? { min: 2 ** 31, max: null } : { min: 2 ** 33, max: 2 ** 34 - 1 };
    expect(hist).toEqual({ buckets: [{ ...bucket, count: 1 }] });
    expect(lhist).toEqual({ buckets: [{ min: 20000, max: null, count: 1 }] });
  });

  it("never guesses which comma separates two names", () => {
    const { groups: found, ambiguous } = batch(events, 2);
    const named = new Map(found.map(({ keys }) => [keys[0], keys[1]]));
    const damaged = events.filter((event) => event.kind === "damaged").map(({ line }) => line);
    if (version === "0.17") {
      expect(ambiguous).toBe(true);
      expect(damaged.sort()).toEqual(["a,1,b,a,1,b", "a,b,a,b", '}],",}],"']);
      expect(named.get("a,b,a,b")).toBe(null);
    } else {
      // The script printed the keys themselves too.
      expect(ambiguous).toBeUndefined();
      expect(damaged).toEqual([]);
      expect(named).toEqual(new Map([...NAMES, "w", "big"].map((name) => [name, name])));
    }
  });

  it("reads stacks beside names", () => {
    const { groups: found } = batch(events, 3);
    expect(new Set(found.map(({ keys }) => keys[1]))).toEqual(new Set([...NAMES, "w", "big"]));
    for (const { keys } of found) expect(String(keys[0])).toMatch(/^0x7f[0-9a-f]+(\n(0|0x[0-9a-f]+))*$/);
    expect(batch(events, 4).groups).toEqual([
      { keys: ["perf_syscall_enter+397\nsyscall_trace_enter+384"], values: [-84] },
    ]);
  });

  it("reads maps without keys, and counts that turned hexadecimal", () => {
    const [group] = batch(events, 5).groups;
    const [n, hist, stats, negative] = group?.values ?? [];
    expect([n, negative]).toEqual([28, -196]);
    expect(stats).toMatchObject({ count: 28 });
    const counts = (hist as Histogram).buckets.map(({ count }) => count).filter((count) => count !== 0);
    expect(counts).toEqual(version === "0.17" ? [13, 13, 1, 1] : [14, 13, 1]);
  });

  it("tells how many probes there are", () => {
    expect(events[0]).toEqual({ kind: "attached", probes: 2 });
  });
});
