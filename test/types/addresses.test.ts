/** IP addresses as bytes, and what their patterns begin with. */
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { addressBytes, addressText, prefixBytes } from "../../src/types/addresses.js";

const mapped = (...bytes: number[]): number[] => [...Array<number>(10).fill(0), 255, 255, ...bytes];

describe("an address", () => {
  it.each([
    ["10.0.0.1", mapped(10, 0, 0, 1)],
    ["::ffff:10.0.0.1", mapped(10, 0, 0, 1)],
    ["::1", [...Array<number>(15).fill(0), 1]],
    ["fe80::1:2", [0xfe, 0x80, ...Array<number>(10).fill(0), 0, 1, 0, 2]],
    ["2001:db8:0:0:0:0:0:5", [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 5]],
  ])("%s is its bytes", (text, bytes) => {
    expect(addressBytes(text)).toEqual(bytes);
  });

  it.each([
    "10.0.0.300",
    "10.0.0",
    "1.2.3.4.5",
    "01.2.3.4",
    "",
    ":",
    ":::",
    "1::2::3",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7:8:9",
    "1.2.3.4::",
  ])(
    // prettier-ignore
    "%j is none",
    (text) => {
      expect(isIP(text)).toBe(0);
      expect(addressBytes(text)).toBeUndefined();
    },
  );

  it("is told by what it begins with", () => {
    expect(prefixBytes("10.1.*")).toEqual(mapped(10, 1));
    expect(prefixBytes("2001:db8:*")).toEqual([0x20, 1, 0xd, 0xb8]);
    for (const pattern of ["*", "10.1*", "*.1", "10.*.1", "0:*", "10.300.*", "::*"])
      expect(prefixBytes(pattern)).toBeUndefined();
  });

  it("of IPv4 is known without what maps it", () => {
    expect(["::ffff:10.0.0.1", "::ffff:a00:1", "::1"].map(addressText)).toEqual([
      "10.0.0.1",
      "::ffff:a00:1",
      "::1",
    ]);
  });
});

describe("a condition on an address", () => {
  const filter = (test: string, to: string): string =>
    compile(`tcp_connect by remote where ${test}`, { to }).script?.text ?? "";

  it.each(["bpftrace", "bcc"])("is one on its bytes with %s", (to) => {
    for (const test of ['remote == "10.2.3.4"', 'remote in ("10.2.3.4", "::1")', 'remote ~ "10.2.*"']) {
      const text = filter(test, to);
      expect(text).toMatch(/daddr_v6\[13\]/);
      expect(text).not.toMatch(/ntop\([^)]*\) == "/);
    }
  });

  it("of 4 bytes in a number is one on the number", () => {
    const text = compile(
      'event e { provider tracepoint:sock:inet_sock_set_state { to: inet = inet(args.daddr) } } e by to where to == "10.0.0.1"',
    ).script?.text;
    expect(text).toContain(
      "((args.daddr[0] ^ 10) | args.daddr[1] | args.daddr[2] | (args.daddr[3] ^ 1)) == 0",
    );
  });
});
