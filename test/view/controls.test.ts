/** What keys change of the live view. */
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { expect, it } from "vitest";
import { LiveView } from "../../src/view/live/live.js";
import { createView } from "../../src/view/view.js";
import { aggregate, column, groups, plan, STRING, UNSIGNED } from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES } from "./show.js";

const ROWS = 30;

/** The frame after each of the keys. */
async function frames(keys: readonly string[]): Promise<string[]> {
  const out = Object.assign(new Memory({ columns: 80 }), { rows: 12 });
  const keyboard = Object.assign(new PassThrough(), { setRawMode: () => keyboard, isTTY: true });
  const live = new LiveView({
    out,
    err: new Memory({ columns: 80 }),
    keyboard: keyboard as unknown as ReadStream,
    onQuit: () => undefined,
    onStop: () => undefined,
  });
  const query = plan([
    groups([column("comm", STRING), column("pid", UNSIGNED)], [aggregate("count", "count()")], {
      every: 1_000_000_000n,
    }),
  ]);
  const view = createView("table", query, { out, err: out, live }, NAMES, {
    clock: CLOCK,
    environment: { NO_COLOR: "1" },
  });
  live.begin();
  void view.event({
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: Array.from({ length: ROWS }, (_, i) => ({ keys: [`proc${i}`, 7], values: [9000 - i] })),
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  const seen: string[] = [];
  for (const key of keys) {
    keyboard.write(key);
    // A lone Esc is told from the start of a sequence by what follows.
    await new Promise((resolve) => setTimeout(resolve, key === "\u001b" ? 700 : 20));
    seen.push((out.text.split("\u001b[H").at(-1) ?? "").replaceAll("\u001b[K", ""));
  }
  view.end({ lost: 0, damaged: 0 });
  return seen;
}

it("is helped by ?, until another key", async () => {
  const [help, gone] = await frames(["?", "?"]);
  expect(help).toMatch(/ {2}\/ +only rows that contain a text/);
  expect(help).not.toContain("proc0");
  expect(gone).toContain("proc0");
});

it("shows only rows that contain what is typed", async () => {
  const [, , two, , kept, , , all] = await frames(["/", "P", "roc2", "q", "\u007f", "\r", "/", "\u001b"]);
  expect(two).toMatch(/proc2 [\s\S]*proc20 [\s\S]*\/Proc2▏/);
  expect(two).not.toContain("proc1");
  // Letters are text meanwhile, and no commands.
  expect(kept).toContain("/Proc2▏");
  expect(all).toContain("proc1 ");
});

it("scrolls to rows that do not fit, and not beyond the last", async () => {
  const [down, far, home] = await frames([
    "\u001b[B",
    "\u001b[6~\u001b[6~\u001b[6~\u001b[6~\u001b[6~\u001b[6~",
    "\u001b[H",
  ]);
  expect(down).toMatch(/… 1 above[\s\S]*proc1 /);
  expect(far).toMatch(/… 29 above[\s\S]*proc29/);
  expect(home).toMatch(/proc0 /);
  expect(home).not.toContain("above");
});

it("hides columns and shows them again, but never all", async () => {
  const [hidden, shown, , last] = await frames(["2", "2", "1", "231"]);
  expect(hidden).not.toContain("pid");
  expect(shown).toContain("pid");
  expect(last).toMatch(/pid|count\(\)/);
});
