import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/kernel/tracepoint/print-format-expression.js";
import { KernelError } from "../../src/kernel/error.js";
import { fieldValues, parseFormat } from "../../src/kernel/tracepoint/tracepoint-format.js";

const common = `	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;
`;

function format(fields: readonly string[], print = '""'): ReturnType<typeof parseFormat> {
  return parseFormat(
    `name: event\nID: 1\nformat:\n${common}\n${fields.map((f) => `\tfield:${f}`).join("\n")}\n\nprint fmt: ${print}\n`,
  );
}

describe("fields of a tracepoint", () => {
  it.each([
    ["unsigned long address;	offset:8;	size:8;	signed:0;", "address", "unsigned long", 8, false, "number"],
    ["int order;	offset:8;	size:4;	signed:1;", "order", "int", 4, true, "number"],
    ["enum migrate_mode mode;	offset:8;	size:4;	signed:0;", "mode", "enum migrate_mode", 4, false, "number"],
    ["const char * filename;	offset:16;	size:8;	signed:0;", "filename", "const char *", 8, false, "pointer"],
    [
      "const char *const * argv;	offset:16;	size:8;	signed:0;",
      "argv",
      "const char *const *",
      8,
      false,
      "pointer",
    ],
    ["struct mm_struct *mm;	offset:16;	size:8;	signed:0;", "mm", "struct mm_struct *", 8, false, "pointer"],
    [
      "void (*fn)(struct work_struct *);	offset:16;	size:8;	signed:0;",
      "fn",
      "void (*)(struct work_struct *)",
      8,
      false,
      "pointer",
    ],
    ["char comm[16];	offset:16;	size:16;	signed:0;", "comm", "char[16]", 16, false, "char_array"],
    [
      "char comm[TASK_COMM_LEN];	offset:16;	size:16;	signed:1;",
      "comm",
      "char[TASK_COMM_LEN]",
      16,
      true,
      "char_array",
    ],
    [
      "const unsigned char name[8];	offset:16;	size:8;	signed:0;",
      "name",
      "const unsigned char[8]",
      8,
      false,
      "char_array",
    ],
    ["unsigned long args[6];	offset:16;	size:48;	signed:0;", "args", "unsigned long[6]", 48, false, "array"],
    ["__u8 saddr[4];	offset:16;	size:4;	signed:0;", "saddr", "__u8[4]", 4, false, "array"],
    ["struct in6_addr saddr;	offset:16;	size:16;	signed:0;", "saddr", "struct in6_addr", 16, false, "array"],
    ["guid_t fru_id;	offset:16;	size:16;	signed:0;", "fru_id", "guid_t", 16, false, "array"],
    ["__data_loc char[] name;	offset:16;	size:4;	signed:0;", "name", "__data_loc char[]", 4, false, "data_loc"],
    ["__rel_loc char[] name;	offset:16;	size:4;	signed:0;", "name", "__rel_loc char[]", 4, false, "data_loc"],
    [
      "__data_loc unsigned long[] cpus;	offset:16;	size:4;	signed:0;",
      "cpus",
      "__data_loc unsigned long[]",
      4,
      false,
      "data_loc",
    ],
    ["char buf[];	offset:16;	size:0;	signed:0;", "buf", "char[]", 0, false, "char_array"],
    ["unsigned int old_field;	offset:16;	size:4;", "old_field", "unsigned int", 4, false, "number"],
  ])("%s", (line, name, ctype, size, signed, shape) => {
    expect(format([line]).fields).toEqual([{ name, ctype, size, signed, shape }]);
  });

  it("leave out what every event has, and keep their order", () => {
    const { name, fields } = format(["int b;	offset:8;	size:4;	signed:1;", "int a;	offset:12;	size:4;	signed:1;"]);
    expect(name).toBe("event");
    expect(fields.map((f) => f.name)).toEqual(["b", "a"]);
    expect(format([]).fields).toEqual([]);
  });

  it("that cannot be read are told", () => {
    expect(() => parseFormat("nothing of the kind")).toThrow(KernelError);
    expect(() => format(["int;	offset:8;	size:4;	signed:1;"])).toThrow(/event: a field that cannot be read/);
    expect(() => format(["int a"])).toThrow(KernelError);
  });
});

describe("names the kernel prints", () => {
  const field = [
    "unsigned long gfp_flags;	offset:8;	size:8;	signed:0;",
    "int reason;	offset:16;	size:4;	signed:1;",
  ];

  it("of flags, as 6.1 spells them", () => {
    const found = fieldValues(
      format(
        field,
        `"gfp_flags=%s", (REC->gfp_flags) ? __print_flags(REC->gfp_flags, "|", {( unsigned long)((( gfp_t)(0x400u|0x800u)) | (( gfp_t)0x40u) | (( gfp_t)0x80u)), "GFP_KERNEL"}, {( unsigned long)(((( gfp_t)0x40000u) | (( gfp_t)0x2000u)) & ~(( gfp_t)(0x2000u))), "COMP"}, {( unsigned long)(( gfp_t)0x100u), "__GFP_ZERO"}, { 0, ((void *)0) } ) : "none"`,
      ),
      "gfp_flags",
    );
    expect(found).toEqual({
      kind: "flags",
      values: new Map([
        ["__GFP_ZERO", 0x100n],
        ["GFP_KERNEL", 0xcc0n],
        ["COMP", 0x40000n],
      ]),
    });
    expect([...(found?.values.keys() ?? [])]).toEqual(["__GFP_ZERO", "GFP_KERNEL", "COMP"]);
  });

  it("of flags, as 6.12 and later spell them, with names of enumerators or without", () => {
    const bits = new Map([["___GFP_ZERO_BIT", 8n]]);
    const print = `"%s", __print_flags(REC->gfp_flags, "|", {( unsigned long)(( gfp_t)((((1UL))) << (___GFP_ZERO_BIT))), "__GFP_ZERO"}, {( unsigned long)(( gfp_t)((((1UL))) << (11))), "__GFP_KSWAPD_RECLAIM"}, {BIT(3) | BIT_ULL(40), "BOTH"}, {UNKNOWN_NAME, "UNKNOWN"})`;
    const found = fieldValues(format(field, print), "gfp_flags", (name) => bits.get(name));
    expect(found?.values).toEqual(
      new Map([
        ["__GFP_ZERO", 0x100n],
        ["__GFP_KSWAPD_RECLAIM", 0x800n],
        ["BOTH", (1n << 40n) | 8n],
      ]),
    );
    // An entry that cannot be worked out is left out, and the others stay.
    expect(fieldValues(format(field, print), "gfp_flags")?.values.has("__GFP_ZERO")).toBe(false);
  });

  it("of enums, with negative values, brackets and commas in names, and names in pieces", () => {
    const found = fieldValues(
      format(
        field,
        `"%s", __print_symbolic(REC->reason, {-1, "a, {b}"}, { 0x0, "APIC_" "ID" }, {2, "say \\"hm\\""})`,
      ),
      "reason",
    );
    expect(found).toEqual({
      kind: "enum",
      values: new Map([
        ["a, {b}", -1n],
        ["APIC_ID", 0n],
        ['say \\"hm\\"', 2n],
      ]),
    });
  });

  it("belong to the field that is printed whole", () => {
    const symbols = '{0, "zero"}';
    const names = (print: string, name = "reason"): boolean =>
      fieldValues(format(field, print), name) !== undefined;
    expect(names(`"%s", __print_symbolic(REC->reason, ${symbols})`, "gfp_flags")).toBe(false);
    expect(names(`"%s", __print_symbolic((int)(REC->reason), ${symbols})`)).toBe(true);
    expect(names(`"%s", __print_symbolic((((REC->reason) >> 13) & (8 - 1)), ${symbols})`)).toBe(false);
    expect(names(`"%s", __print_symbolic(REC->reason & 0xf, ${symbols})`)).toBe(false);
    expect(names(`"%s", __print_flags(REC->reason & (0x1 | 0x2), "|", { 0x1, "S" })`)).toBe(true);
    expect(names(`"%s", __print_flags((1 << REC->reason), "|", { 0x1, "S" })`)).toBe(false);
    expect(names(`"%s", __print_flags_u64(REC->reason, "|", { 0x1, "S" })`)).toBe(true);
  });

  it("are none where the text is cut off", () => {
    expect(
      fieldValues(format(field, '"%s", __print_flags(REC->reason, "|", { 0x1, "S"'), "reason"),
    ).toBeUndefined();
    expect(fieldValues(format(field, '"never ends'), "reason")).toBeUndefined();
    expect(fieldValues(format(field, '"__print_flags("'), "reason")).toBeUndefined();
  });
});

describe("constant expressions", () => {
  it.each<[string, bigint | undefined]>([
    ["0x10", 16n],
    ["010", 8n],
    ["(( gfp_t)0x400u)", 0x400n],
    ["( __kernel_rwf_t) 0x1", 1n],
    ["(enum zone_type)3 + (struct x *)4", 7n],
    ["(unsigned int)~0", 0xffff_ffffn],
    ["1 | 2 << 3 & ~8", 17n],
    ["(1UL << 20) - 1", 0xf_ffffn],
    ["2 + 3 * 4 - 10 / 3 % 2", 13n],
    ["(1 && 0) || !0", 1n],
    ["3 > 2 ? 0xa : 0xb", 10n],
    ["1 << 64", undefined],
    ["1 << -1", undefined],
    ["1 / 0", undefined],
    ["sizeof(int)", undefined],
    ["09", undefined],
    ["1 +", undefined],
    ["(1", undefined],
    ["1 2", undefined],
    ['"text"', undefined],
    ["", undefined],
    ["NAME", undefined],
  ])("%s is %s", (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it("stay small, whatever is written", () => {
    expect(evaluate(Array.from({ length: 5000 }, () => "0xffffffffffffffff").join("*"))).toBeLessThan(
      1n << 64n,
    );
    expect(evaluate("(".repeat(100_000) + "1" + ")".repeat(100_000))).toBeUndefined();
    expect(evaluate("-".repeat(100_000) + "1")).toBeUndefined();
  });
});
