/** Results of many keys are read by column, and are the same as those of few. */
import { describe, expect, it } from "vitest";
import { rowOrder } from "../../src/tracers/row-order.js";
import { TextIndex } from "../../src/tracers/text-index.js";
import { GroupColumns } from "../../src/results/group-columns.js";
import { compareNumbers, isNumber, type Integer } from "../../src/integers.js";
import type { Value } from "../../src/results/events.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import { compile, bundledKernel } from "../../src/index.js";

const MANY = 5000;

/** The same numbers in each run. */
function randomOf(seed: number): (below: number) => number {
  return (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
}

function compareValues(a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

describe("the order of rows", () => {
  const random = randomOf(7);
  const list = <T>(of: (i: number) => T): T[] => Array.from({ length: MANY }, (_, i) => of(i));
  const SIZES: Record<string, Integer[]> = {
    "few numbers": list(() => random(5)),
    "numbers without an upper half": list(() => random(2 ** 31) * 1000),
    "negative numbers, fractions and none": list(
      () => [-1.5, 0, -0, 2 ** 40, -(2 ** 40), -Infinity][random(6)] ?? 0,
    ),
    "beyond a number": list(() => (random(2) === 0 ? 2n ** 63n + BigInt(random(9)) : random(9))),
  };
  const KEYS: Record<string, Value[][]> = {
    addresses: [list(() => 0x7f00_0000_0000 + random(400) * 4096)],
    "names and numbers": [list(() => `task-${random(50)}`), list(() => random(60))],
    "texts of which none is twice": [list((i) => `text ${(i * 7919) % MANY}`)],
    "names among numbers": [list(() => (random(2) === 0 ? random(30) : `NAME_${random(30)}`))],
    "no value at all": [list(() => (random(3) === 0 ? null : random(30)))],
    none: [],
  };
  for (const [sizeName, sizes] of Object.entries(SIZES))
    for (const [keyName, keys] of Object.entries(KEYS))
      it(`is that of comparing each pair: ${sizeName}, ${keyName}`, () => {
        for (const length of [0, 1, 300, MANY]) {
          const expected = Array.from({ length }, (_, i) => i).sort((a, b) => {
            const bySize = compareNumbers(sizes[b] ?? 0, sizes[a] ?? 0);
            const byKey = keys.map((column) => compareValues(column[a] ?? null, column[b] ?? null));
            return bySize || (byKey.find((each) => each !== 0) ?? 0);
          });
          const part = keys.map((column) => column.slice(0, length));
          expect([...rowOrder(length, sizes.slice(0, length), part)]).toEqual(expected);
        }
      });
});

it("numbers texts as a map does", () => {
  const random = randomOf(3);
  const index = new TextIndex();
  const map = new Map<string, number>();
  const numbers: [found: number | undefined, added: number][] = [];
  const expected: typeof numbers = [];
  for (let i = 0; i < 20_000; i++) {
    const text = `${random(9000)}`;
    const known = map.get(text) ?? map.size;
    expected.push([map.get(text), known]);
    map.set(text, known);
    numbers.push([index.find(text), index.add(text)]);
  }
  expect(numbers).toEqual(expected);
  expect(index.size).toBe(map.size);
});

it("gives groups as an array does", () => {
  const groups = Array.from({ length: MANY }, (_, i) => ({ keys: [`k${i}`, i], values: [i * 2] }));
  const columns = GroupColumns.of(groups, 2, 1);
  const reversed = columns.inOrder(Uint32Array.from({ length: MANY }, (_, i) => MANY - 1 - i));
  const expected = [...groups].reverse();
  expect(columns.length).toBe(MANY);
  expect([...columns]).toEqual(groups);
  expect([...reversed]).toEqual(expected);
  expect(reversed.length).toBe(MANY);
  expect(reversed.slice(3, 6)).toEqual(expected.slice(3, 6));
  expect([reversed.at(0), reversed.at(-1), reversed.at(MANY)]).toEqual([
    expected[0],
    expected.at(-1),
    undefined,
  ]);
  expect(reversed.map(({ values }) => values[0])).toEqual(expected.map(({ values }) => values[0]));
});

describe("a map of many keys", () => {
  const KERNEL = bundledKernel("debian13");

  it("is read whole, with what is unusual among it", () => {
    const { script } = compile("faults by comm, pid", {
      kernel: KERNEL,
      version: "0.17.0",
      form: "stream",
      maxEntries: 20_000,
    });
    if (!script) throw new Error("it does not compile");
    const decoder = createDecoder(script, { version: "0.17.0" });
    const [name = ""] = [...script.maps].find(([, { holds }]) => holds === "aggregate") ?? [];
    const unusual = [
      `"a\\"b,1": 7`,
      `"comma, in it,2": 7`,
      `"x,18446744073709551615": 7`,
      `"y,3": -1`,
      `"no number": 7`,
    ];
    const plain = Array.from({ length: MANY }, (_, i) => `"task-${i % 10},${i}": ${1 + (i % 3)}`);
    const members = [...plain.slice(0, 2500), ...unusual, ...plain.slice(2500)];
    const events = [
      `{"type": "map", "data": {"${name}": {${members.join(", ")}}}}`,
      `{"type": "value", "data": [-6, 0, 5, 0]}`,
    ].flatMap((line) => decoder.line(line));
    const all = [...events, ...decoder.end(true)];
    const [batch] = all.flatMap((event) => (event.kind === "groups" ? [event] : []));
    if (!batch) throw new Error("there is no batch");
    // One has no value of its type, one has no number.
    expect(batch.groups.length).toBe(MANY + unusual.length - 1);
    expect(batch.groups.slice(0, 4)).toEqual([
      { keys: ["y", 3], values: [2n ** 64n - 1n] },
      { keys: ['a"b', 1], values: [7] },
      { keys: ["comma, in it", 2], values: [7] },
      { keys: ["x", 2n ** 64n - 1n], values: [7] },
    ]);
    expect(batch.groups.at(4)).toEqual({ keys: ["task-0", 20], values: [3] });
    expect(all.filter(({ kind }) => kind === "damaged")).toHaveLength(1);
  });
});
