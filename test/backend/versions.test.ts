/** The table of bpftrace's versions: a row is what its version changed, and the rest is as before. */
import { describe, expect, it } from "vitest";
import { dialectOf, factsOf, NEWEST, OLDEST, type Facts } from "../../src/tracers/bpftrace/versions.js";

describe("what a version of bpftrace does", () => {
  it.each<[keyof Facts, string, Facts[keyof Facts], string, Facts[keyof Facts]]>([
    ["argsDot", "0.18.1", false, "0.19.0", true],
    ["forMap", "0.21.9", false, "0.22", true],
    ["jsonKeys", "0.21.0", "plain", "0.22.0", "escaped"],
    ["jsonKeys", "v0.23.5", "escaped", "0.24.0-34-gdeadbeef", "stripped"],
    // A fault that came and went.
    ["locatesText", "0.22.1", true, "0.23.0", false],
    ["locatesText", "0.23.3", false, "0.23.4", true],
    ["textBytes", "0.22.0", 64, "0.23.2", 1024],
    ["stackBytes", "0.26.0", 24, "0.27.0", 1032],
    ["endsOnInterrupt", "0.19.9", false, "0.20.0", true],
    ["reportsAttached", "0.23.9", false, "0.24.0", true],
  ])("%s", (fact, before, was, since, is) => {
    expect(factsOf(before)[fact]).toEqual(was);
    expect(factsOf(since)[fact]).toEqual(is);
  });

  it("goes on as in the row before, beyond the newest too", () => {
    expect(factsOf("0.26.3")).toEqual(factsOf("0.24.0"));
    expect(factsOf("1.2.3")).toEqual(factsOf(NEWEST));
    expect(factsOf("0.27.0").stackTable).toBeUndefined();
  });

  it("is that of the oldest where a recording says nothing that is known", () => {
    for (const version of ["0.9.1", "", "unknown"]) expect(factsOf(version)).toEqual(factsOf(OLDEST));
  });

  it("is asked by its ability, and refused where the version is none or too old", () => {
    expect(dialectOf("0.23.2").can("forMap")).toBe(true);
    expect(dialectOf("0.17").can("forMap")).toBe(false);
    expect(() => dialectOf("0.16.0")).toThrow("bpftrace 0.16.0 is too old: 0.17.0 is the oldest");
    expect(() => dialectOf("new")).toThrow("`new` is not a version of bpftrace");
  });
});
