import { describe, expect, it } from "vitest";
import { definitionOf, type AggregateFunction } from "../../src/aggregates/aggregates.js";
import type { KeptValue } from "../../src/aggregates/values.js";
import type { Range } from "../../src/aggregates/histograms.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import { evaluate, EvaluationError, type Entry } from "../../src/tracers/bpftrace/read/evaluate.js";
import type { Value } from "../../src/results/events.js";
import { compileGlob } from "../../src/semantics/expression/glob.js";
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../../src/semantics/typed.js";
import { BOOL, TIMESTAMP } from "../../src/types/types.js";
import {
  aggregate,
  BYTES,
  column,
  groups,
  DURATION,
  INT,
  openGroups,
  openRows,
  script,
  STRING,
  UNSIGNED,
  USTACK,
} from "./build-script.js";

const ENTRY: Typed = { op: "local", name: "entry", type: UNSIGNED };
const NOW: Typed = { op: "local", name: "now", type: TIMESTAMP };
const int = (value: bigint, type = UNSIGNED): Typed => ({ op: "integer", value, type });
const text = (value: string): Typed => ({ op: "string", value, type: STRING });
const state = (field: string, type = UNSIGNED): Typed => ({
  op: "state",
  state: "allocation",
  field,
  key: [ENTRY],
  type,
});
const math = (operator: ArithmeticOperator, left: Typed, right: Typed, type = UNSIGNED): Typed => ({
  op: "arithmetic",
  operator,
  left,
  right,
  type,
});
const compare = (operator: ComparisonOperator, left: Typed, right: Typed): Typed => ({
  op: "compare",
  operator,
  left,
  right,
  type: BOOL,
});

function run(expression: Typed, states: Readonly<Record<string, Value>> = {}, now = 0n): Value {
  const entry: Entry = { now, field: (_, name) => states[name] ?? null };
  return evaluate(expression, entry);
}

describe("evaluate", () => {
  it("wraps at 64 bits", () => {
    const most = int(2n ** 64n - 1n);
    expect(run(math("+", most, int(2n)))).toBe(1);
    expect(run(math("-", int(1n), int(2n)))).toBe(2n ** 64n - 1n);
    expect(run(math("-", int(1n), int(2n), INT), {})).toBe(-1);
    expect(run(math("*", int(2n ** 63n), int(2n)))).toBe(0);
    expect(run({ op: "negate", operand: int(5n), type: INT })).toBe(-5);
    expect(run({ op: "complement", operand: int(0n), type: UNSIGNED })).toBe(2n ** 64n - 1n);
  });

  it("divides as the kernel does", () => {
    expect(run(math("/", int(7n), int(2n)))).toBe(3);
    expect(run(math("/", int(-7n, INT), int(2n), INT))).toBe(-3);
    expect(run(math("/", int(7n), int(0n)))).toBe(0);
    expect(run(math("%", int(7n), int(0n)))).toBe(7);
    expect(run(math("<<", int(1n), int(65n)))).toBe(2);
  });

  it("compares, and has logic that knows what it does not know", () => {
    expect(run(compare(">", state("size"), int(10n)), { size: 2n ** 63n })).toBe(true);
    expect(run(compare("==", state("comm", STRING), text("a")), { comm: "a" })).toBe(true);
    expect(run(compare("==", state("comm", STRING), text("a")))).toBe(null);
    const unknown = compare("==", state("gone"), int(1n));
    const no = compare("==", int(1n), int(2n));
    expect(run({ op: "logic", operator: "and", operands: [unknown, no], type: BOOL })).toBe(false);
    expect(run({ op: "logic", operator: "or", operands: [unknown, no], type: BOOL })).toBe(null);
    expect(run({ op: "not", operand: no, type: BOOL })).toBe(true);
  });

  it("matches, tests bits, chooses", () => {
    expect(run({ op: "glob", subject: text("libc.so"), glob: compileGlob("*.so"), type: BOOL })).toBe(true);
    expect(run({ op: "hasBits", subject: int(6n), mask: 2n, names: [], type: BOOL })).toBe(true);
    expect(run({ op: "hasBits", subject: int(6n), mask: 3n, names: [], type: BOOL })).toBe(false);
    expect(run({ op: "choose", condition: int(0n), then: int(1n), otherwise: int(2n), type: UNSIGNED })).toBe(
      2,
    );
  });

  it("knows no age below zero: the map is read after the time is taken", () => {
    const age = math("-", NOW, state("time"), DURATION);
    expect(run(age, { time: 30 }, 100n)).toBe(70);
    expect(run(age, { time: 130 }, 100n)).toBe(0);
  });

  it("refuses what only the kernel has", () => {
    expect(() => run({ op: "common", name: "pid", type: UNSIGNED })).toThrow(EvaluationError);
    expect(() => run(math("+", text("a"), int(1n)))).toThrow(EvaluationError);
  });
});

describe("aggregates", () => {
  const compute = (fn: AggregateFunction, of: readonly bigint[], range?: Range): KeptValue =>
    definitionOf(fn).compute(of, range);
  const values = [-3n, 0n, 1n, 5n, 6n, 9n];

  it("has the buckets bpftrace has", () => {
    expect(compute("hist", values)).toEqual({
      buckets: [
        { min: null, max: -1, count: 1 },
        { min: 0, max: 0, count: 1 },
        { min: 1, max: 1, count: 1 },
        { min: 2, max: 3, count: 0 },
        { min: 4, max: 7, count: 2 },
        { min: 8, max: 15, count: 1 },
      ],
    });
    expect(compute("lhist", [-1n, 0n, 9n, 25n, 30n], { min: 0n, max: 20n, step: 10n })).toEqual({
      buckets: [
        { min: null, max: -1, count: 1 },
        { min: 0, max: 9, count: 2 },
        { min: 10, max: 19, count: 0 },
        { min: 20, max: null, count: 2 },
      ],
    });
  });

  it("computes the others", () => {
    const of = (fn: AggregateFunction): unknown => compute(fn, values);
    expect([of("count"), of("sum"), of("avg"), of("min"), of("max")]).toEqual([6, 18, 3, -3, 9]);
    expect(of("stats")).toEqual({ count: 6, sum: 18, avg: 3 });
  });
});

describe("what is open, from what spans keep", () => {
  const age = math("-", NOW, state("time"), DURATION);
  const STATES = [
    {
      name: "allocation",
      span: "allocation",
      key: [{ name: "address", type: UNSIGNED }],
      fields: [
        { name: "time", type: TIMESTAMP },
        { name: "size", type: BYTES },
        { name: "stack", type: USTACK },
      ],
    },
  ];
  const MAPS = {
    "@allocation": { holds: "state", state: "allocation", members: ["time", null, "size"] },
    "@stack": { holds: "state", state: "allocation", members: ["stack"] },
  } as const;
  const LINES = [
    '{"type": "map", "data": {"@allocation": {"1": [100,1,64], "2": [900,1,32], "3": [200,1,16], "4": [300,1,8]}}}',
    String.raw`{"type": "map", "data": {"@stack": {"1": "\n    malloc+1\n", "2": "\n    main+2\n", "3": "\n    malloc+1\n"}}}`,
    '{"type": "value", "data": [0,0,1000]}',
  ];

  it("filters, groups and counts", () => {
    const result = openGroups({
      condition: compare(">", age, int(500n)),
      keys: [{ ...column("ustack", USTACK), value: state("stack", USTACK) }],
      aggregates: [
        { ...aggregate("sum", "sum(size)", BYTES), value: state("size", BYTES) },
        aggregate("count", "count()"),
      ],
    });
    const decoder = createDecoder(script([result], MAPS, { states: STATES }));
    expect(LINES.flatMap((line) => decoder.line(line))).toEqual([
      {
        kind: "groups",
        result: 0,
        nsecs: 1000,
        final: true,
        // The last began, but what else is known of it had not been printed.
        groups: [
          { keys: ["malloc+1"], values: [80, 2] },
          { keys: [null], values: [8, 1] },
        ],
      },
    ]);
  });

  it("is told for each result that asks for it, beside results of another kind", () => {
    const counted = openGroups({ aggregates: [aggregate("count", "count()")] });
    const old = openGroups({
      condition: compare(">", age, int(750n)),
      aggregates: [aggregate("count", "count()")],
    });
    const faults = groups([], [aggregate("count", "count()")]);
    const decoder = createDecoder(
      script([faults, counted, old], { ...MAPS, "@faults": [0, 0] }, { states: STATES }),
    );
    const states = LINES.slice(0, 2);
    const lines = [
      '{"type": "map", "data": {"@faults": 7}}',
      '{"type": "value", "data": [0,0,1000]}',
      ...states,
      '{"type": "value", "data": [0,1,1000]}',
      ...states,
      '{"type": "value", "data": [0,2,1000]}',
    ];
    expect([...lines.flatMap((line) => decoder.line(line)), ...decoder.end(true)]).toMatchObject([
      { result: 0, groups: [{ values: [7] }] },
      { result: 1, groups: [{ values: [4] }] },
      { result: 2, groups: [{ values: [2] }] },
    ]);
  });

  it("is kept where the stream breaks off before its end, also behind results that have none", () => {
    const counted = openGroups({ aggregates: [aggregate("count", "count()")] });
    const decoder = createDecoder(
      script([groups([], [aggregate("count", "count()")]), counted], MAPS, { states: STATES }),
    );
    for (const line of LINES.slice(0, 2)) decoder.line(line);
    expect(decoder.end(true)).toMatchObject([{ result: 1, groups: [{ values: [4] }] }]);
  });

  it("shows them one by one", () => {
    const result = openRows({
      condition: compare(">", age, int(750n)),
      columns: [
        { ...column("age", DURATION), value: age },
        { ...column("size", BYTES), value: state("size", BYTES) },
      ],
    });
    const decoder = createDecoder(script([result], MAPS, { states: STATES }));
    const [event] = LINES.flatMap((line) => decoder.line(line));
    expect(event).toMatchObject({
      groups: [
        { keys: [800, 16], values: [] },
        { keys: [900, 64], values: [] },
      ],
    });
  });

  it("says when an expression cannot be evaluated", () => {
    const result = openGroups({
      keys: [{ ...column("pid", UNSIGNED), value: { op: "common", name: "pid", type: UNSIGNED } }],
    });
    const decoder = createDecoder(script([result], MAPS, { states: STATES }));
    expect(LINES.flatMap((line) => decoder.line(line))).toMatchObject([
      { kind: "damaged", why: "common cannot be evaluated outside the kernel" },
      { kind: "groups", groups: [] },
    ]);
  });
});
