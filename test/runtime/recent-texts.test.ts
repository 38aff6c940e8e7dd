/** What is remembered of texts has a bound. */
import { describe, expect, it } from "vitest";
import { RecentTexts } from "../../src/symbols/recent-texts.js";
import { UserStacks } from "../../src/symbols/user-stacks.js";

describe("recent texts", () => {
  it("are forgotten where there is no room", () => {
    const texts = new RecentTexts(10);
    texts.set("abc", "de");
    texts.set("f", "g");
    expect([texts.get("abc"), texts.get("f")]).toEqual(["de", "g"]);
    texts.set("hij", "k");
    expect([texts.get("abc"), texts.get("f"), texts.get("hij")]).toEqual([undefined, undefined, "k"]);
  });
});

describe.runIf(process.platform === "linux")("stacks without names", () => {
  it("are counted up to a bound, and it is told when there were more", () => {
    // Of this process alone, which has no code there.
    const stacks = new UserStacks(process.pid);
    for (let i = 0; i < 10_500; i++) stacks.name(`0x${(16 + i).toString(16)}`);
    expect(stacks.notes().join()).toMatch(/10000 or more stacks with addresses only/);
    stacks.close();
  });
});
