/** Names in decoded results, and what is told of code on the way. */
import { describe, expect, it } from "vitest";
import type { CodeMessage } from "../../src/tracers/code-messages.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import { lineOf } from "../../src/results/lines.js";
import { bccRunner } from "../../src/tracers/bcc/runner.js";
import { aggregate, column, groups, KSTACK, rows, script, STRING, UNSIGNED, USTACK } from "./build-script.js";

const COMM = column("comm", STRING);
const COUNT = aggregate("count", "count()");
const NAMES: Readonly<Record<string, string>> = { "0x5501": "work+1", "0x6601": "work+1", "0x77": "other+2" };

function nameStack(stack: string, pid?: number): string {
  const names = stack.split("\n").map((frame) => NAMES[frame] ?? frame);
  return [...names, ...(pid === undefined ? [] : [`of ${pid}`])].join("\n");
}

const END = '{"type": "value", "data": [0,0,5]}';

describe("groups", () => {
  it("are one where two processes had the same function at different addresses", () => {
    const of = script([groups([COMM, column("ustack", USTACK)], [COUNT])], { "@c": [0, 0] });
    const decoder = createDecoder(of, { version: "0.23.2", nameStack });
    const map = String.raw`{"type": "map", "data": {"@c": {"a,\n5501\n": 2, "a,\n6601\n0\n": 3, "a,\n77\n": 4, "b,\n5501\n": 1}}}`;
    expect([map, END].flatMap((line) => decoder.line(line))).toMatchObject([
      {
        kind: "groups",
        groups: [
          { keys: ["a", "work+1"], values: [5] },
          { keys: ["a", "other+2"], values: [4] },
          { keys: ["b", "work+1"], values: [1] },
        ],
      },
    ]);
  });

  it("say of which process a stack is, where that is a key; stacks of the kernel stay as they are", () => {
    const of = script([groups([column("pid", UNSIGNED), column("ustack", USTACK)], [COUNT])], {
      "@c": [0, 0],
    });
    const decoder = createDecoder(of, { version: "0.23.2", nameStack });
    const map = String.raw`{"type": "map", "data": {"@c": {"7,\n5501\n": 2}}}`;
    expect([map, END].flatMap((line) => decoder.line(line))).toMatchObject([
      { groups: [{ keys: [7, "work+1\nof 7"] }] },
    ]);
    const kernel = createDecoder(script([groups([column("kstack", KSTACK)], [COUNT])], { "@c": [0, 0] }), {
      nameStack,
    });
    const kstack = String.raw`{"type": "map", "data": {"@c": {"\n0x5501\n": 2}}}`;
    expect([kstack, END].flatMap((line) => kernel.line(line))).toMatchObject([
      { groups: [{ keys: ["0x5501"] }] },
    ]);
  });
});

it("lines have names too", () => {
  const decoder = createDecoder(script([rows([COMM, column("ustack", USTACK)])]), {
    version: "0.17.0",
    nameStack,
  });
  expect(decoder.line(String.raw`{"type": "value", "data": [1,"a","\n    0x5501\n    named+3\n"]}`)).toEqual([
    { kind: "row", result: 0, values: ["a", "work+1\nnamed+3"] },
  ]);
});

describe("code", () => {
  function told(...data: readonly string[]): { told: CodeMessage[]; events: unknown[] } {
    const found: CodeMessage[] = [];
    const decoder = createDecoder(script([rows([COMM])]), { onCode: (each) => void found.push(each) });
    const events = data.flatMap((each) => decoder.line(`{"type": "value", "data": [${each}]}`));
    return { told: found, events };
  }

  it("is told in tuples, whatever the version makes of large numbers", () => {
    expect(
      told(
        "-2,7",
        '-3,7,"touch",339380,94049805238272,"94049805238809",139753862131712,2,266338304',
        '-4,7,"bin"',
        '-5,7,"libc.so.6",12,139753860227072,1400832,155648',
      ),
    ).toEqual({
      events: [],
      told: [
        { what: "process", pid: 7 },
        {
          what: "program",
          pid: 7,
          name: "touch",
          inode: 339380,
          start: 94049805238272,
          end: 94049805238809,
          base: 139753862131712,
          root: { inode: 2, device: 266338304 },
        },
        { what: "directory", pid: 7, name: "bin" },
        {
          what: "library",
          pid: 7,
          name: "libc.so.6",
          inode: 12,
          start: 139753860227072,
          length: 1400832,
          offset: 155648,
        },
      ],
    });
  });

  it("is told by BCC programs with the same marks, and is not taken for a result", () => {
    const found: CodeMessage[] = [];
    const onCode = (each: CodeMessage): void => void found.push(each);
    const decoder = bccRunner.decoder(script([rows([COMM])]), { onCode });
    const read = (line: string): unknown[] => decoder.read(lineOf(line));
    expect(read('{"code":[-2,7]}')).toEqual([]);
    expect(read('{"code":[-5,7,"caf\\u00e9.so",12,139753860227072,1400832,155648]}')).toEqual([]);
    expect(found).toEqual([
      { what: "process", pid: 7 },
      {
        what: "library",
        pid: 7,
        name: "caf\u00e9.so",
        inode: 12,
        start: 139753860227072,
        length: 1400832,
        offset: 155648,
      },
    ]);
    for (const wrong of ['{"code":[-2]}', '{"code":7}', '{"code":[-9,7]}', '{"code":["a",7]}'])
      expect(read(wrong)).toMatchObject([{ kind: "damaged" }]);
    expect(found).toHaveLength(2);
  });

  it.each<[data: string, why?: string]>([
    ["-2"],
    ['-2,"seven"'],
    ["-2,7,8"],
    ["-4,7"],
    ['-3,7,"touch",1'],
    ['-5,7,"lib",1,2,3'],
    ['-17,7,"x"', "there is no such result"],
  ])("%s is damaged", (data, why = "it does not say what was mapped") => {
    const { told: found, events } = told(data);
    expect(found).toEqual([]);
    expect(events).toMatchObject([{ kind: "damaged", why }]);
  });
});

describe("command lines", () => {
  const CMDLINE = column("cmdline", { kind: "enum", of: "cmdline", signed: false });
  const LINES: Readonly<Record<string, string>> = {
    "7": "app -a",
    "8": "app -a",
    "18446744073709551615": "b",
  };
  const nameProcess = (number: number | bigint): string => LINES[String(number)] ?? "(unknown)";
  const of = script([groups([CMDLINE], [COUNT])], { "@c": [0, 0] });
  const expected = [{ keys: ["app -a"], values: [5] }, { keys: ["(unknown)"], values: [4] }, { keys: ["b"], values: [1] }]; // prettier-ignore

  it("make one group of processes that have the same, as bpftrace prints them", () => {
    const decoder = createDecoder(of, { version: "0.17.0", nameProcess });
    const map = '{"type": "map", "data": {"@c": {"7": 2, "8": 3, "9": 4, "-1": 1}}}';
    expect([map, END].flatMap((line) => decoder.line(line))).toMatchObject([{ groups: expected }]);
  });

  it("and as a BCC program does", () => {
    const decoder = bccRunner.decoder(of, { nameProcess });
    const line =
      '{"groups": 0, "time": 5, "rows": [[[7], [2]], [[8], [3]], [[9], [4]], [[18446744073709551615], [1]]], "final": true}';
    expect(decoder.read(lineOf(line))).toMatchObject([{ groups: expected }]);
  });
});

describe("containers", () => {
  const CONTAINER = column("container", { kind: "enum", of: "container", signed: false });
  /** 7 and 8 are groups of one container, and 9 is of none. */
  const nameGroup = (of: string, id: bigint): bigint | null =>
    of === "container" && id === 8n ? 7n : id === 9n ? null : id;
  const of = script([groups([CONTAINER], [COUNT])], { "@c": [0, 0] });
  const expected = [
    { keys: [7], values: [5] },
    { keys: [null], values: [4] },
  ];

  it("are one group of all their control groups, as bpftrace prints them", () => {
    const decoder = createDecoder(of, { version: "0.17.0", nameGroup });
    const map = '{"type": "map", "data": {"@c": {"7": 2, "8": 3, "9": 4}}}';
    expect([map, END].flatMap((line) => decoder.line(line))).toMatchObject([{ groups: expected }]);
  });

  it("and as a BCC program does", () => {
    const decoder = bccRunner.decoder(of, { nameGroup });
    const line = '{"groups": 0, "time": 5, "rows": [[[7], [2]], [[8], [3]], [[9], [4]]], "final": true}';
    expect(decoder.read(lineOf(line))).toMatchObject([{ groups: expected }]);
  });
});
