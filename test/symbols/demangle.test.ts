import { expect, it, vi } from "vitest";
import { demangle } from "../../src/symbols/demangle.js";

it.each([
  [
    "_ZN3app4PoolIiE4fillERSt6vectorIiSaIiEEi",
    "app::Pool<int>::fill(std::vector<int, std::allocator<int> >&, int)",
  ],
  ["_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"],
  ["_RNvCs1234_7mycrate3foo", "mycrate::foo"],
  ["main", "main"],
  ["_start", "_start"],
  ["_Zbroken", "_Zbroken"],
  ["_Z", "_Z"],
])("%s is %s", (name, plain) => expect(demangle(name)).toBe(plain));

it("survives names made to bring it down", () => {
  const deep = `_Z1f${"P".repeat(20_000)}i`;
  expect(typeof demangle(deep)).toBe("string");
  expect(demangle("_ZN3foo3barEv")).toBe("foo::bar()");
});

it("reads the memory of its own instance when it is loaded once more", async () => {
  expect(demangle("_ZN3one3twoEv")).toBe("one::two()");
  vi.resetModules();
  const again = await import("../../src/symbols/demangle.js");
  expect(again.demangle("_ZN5three4fourEv")).toBe("three::four()");
});
