import { describe, expect, it } from "vitest";
import type { Value } from "../../src/results/events.js";
import type { Display } from "../../src/semantics/typed.js";
import { BOOL, numberOf, TIMESTAMP, type Type } from "../../src/types/types.js";
import { escapeText } from "../../src/view/value/escape.js";
import { formatBytes, formatDuration, formatValue, plainValue } from "../../src/view/value/format-value.js";
import { ADDRESS, BYTES, DURATION, KSTACK, STRING, UNSIGNED } from "../runtime/build-script.js";
import { CLOCK, NAMES } from "./show.js";

const FORMATTING = { names: NAMES, clock: CLOCK };
const MB: Display = { unit: "bytes", spelling: "MB", factor: 1024n ** 2n };
const MEMBER: Type = { kind: "enum", of: "member", signed: true };
const GFP: Type = { kind: "flags", of: "gfp_t" };
const NOON = new Date(2026, 0, 2, 12, 0, 1, 500);

describe("values by their type", () => {
  it.each<[Type, Display | undefined, Value, string, Value]>([
    [UNSIGNED, undefined, 12345, "12345", 12345],
    [UNSIGNED, undefined, 2n ** 63n, "9223372036854775808", 2n ** 63n],
    [BYTES, undefined, 1536, "1.5 KiB", 1536],
    [BYTES, MB, 1536 * 1024, "1.5", 1.5],
    [BYTES, MB, 1234567, "1.18", 1234567 / 1024 ** 2],
    [numberOf("bytes", true), undefined, -4096, "-4 KiB", -4096],
    [numberOf("pages", false), undefined, 12, "12", 12],
    [DURATION, undefined, 1_234_567, "1.23 ms", 1_234_567],
    [TIMESTAMP, undefined, 1_500_000_000, "12:00:01.500", NOON.toISOString()],
    [ADDRESS, undefined, 0xffffffff81234567n, "0xffffffff81234567", "0xffffffff81234567"],
    [{ kind: "symbol", space: "kernel" }, undefined, "shrink_slab", "shrink_slab", "shrink_slab"],
    [MEMBER, undefined, 1, "MM_ANONPAGES", "MM_ANONPAGES"],
    [MEMBER, undefined, 7, "7", 7],
    [MEMBER, undefined, "MM_SWAPENTS", "MM_SWAPENTS", "MM_SWAPENTS"],
    [GFP, undefined, 0xcc2, "GFP_KERNEL|GFP_HIGHMEM", "GFP_KERNEL|GFP_HIGHMEM"],
    [GFP, undefined, 0x100c0n, "GFP_IO|GFP_FS|0x10000", "GFP_IO|GFP_FS|0x10000"],
    [GFP, undefined, 0, "0", "0"],
    [{ kind: "flags", of: "unknown" }, undefined, 5, "0x5", "0x5"],
    [BOOL, undefined, true, "true", true],
    [STRING, undefined, "a\u001b[2J\u202eb", "a\\x1b[2J\\u{202e}b", "a\u001b[2J\u202eb"],
    [STRING, undefined, "bad\udcff\udcfe.so", "bad\\xff\\xfe.so", "bad\\xff\\xfe.so"],
    [STRING, undefined, 'b\\s "q"', 'b\\\\s \\"q\\"', 'b\\\\s "q"'],
    [STRING, undefined, "\u009b\n😀", "\\u{9b}\\n😀", "\u009b\n😀"],
    [KSTACK, undefined, "a\u001b\nb", "a\\x1b\nb", "a\u001b\nb"],
    [DURATION, undefined, null, "-", null],
  ])("%o %o: %s", (type, display, value, text, plain) => {
    const column = { type, display };
    expect(formatValue(value, column, FORMATTING)).toBe(text);
    expect(plainValue(value, column, FORMATTING)).toEqual(plain);
  });

  it("has three digits that count", () => {
    expect([0, 999, 1000, 12_345, 999_999, 1e9, 59.9e9].map(formatDuration)).toEqual(
      ["0 ns", "999 ns", "1 µs", "12.3 µs", "1 ms", "1 s", "59.9 s"], // prettier-ignore
    );
    expect([125e9, 3_600e9 * 2 + 62e9].map(formatDuration)).toEqual(["2m05s", "2h01m"]);
    expect([0, 1023, 1024, 10 * 1024, 1024 ** 2 - 1, 5 * 1024 ** 3].map(formatBytes)).toEqual(
      ["0 B", "1023 B", "1 KiB", "10 KiB", "1 MiB", "5 GiB"], // prettier-ignore
    );
  });

  it("lets nothing through that a terminal would obey", () => {
    for (let code = 0; code < 0x10000; code++) {
      const text = escapeText(String.fromCharCode(code));
      if (/\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(String.fromCharCode(code)))
        expect(text).toMatch(/^\\[xu]/);
    }
    expect(escapeText("é 🙂 漢")).toBe("é 🙂 漢");
  });
});
