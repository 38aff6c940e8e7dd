/** The live view of a run in a pseudo-terminal: a stand-in for bpftrace prints the tables. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { textWidth } from "../../src/view/table/width.js";
import { FAULTY_COMMAND } from "./faultline.js";
import { inTerminal, parts, type Seen, type Step } from "./in-terminal.js";
import { ATTACHED, standIn } from "./stand-in.js";
import { temporaryFolder } from "../temporary-folder.js";

const NAMES = Array.from({ length: 30 }, (_, n) => `proc${String(n).padStart(2, "0")}`);
/** Counts up in each: 30007 of proc29 is of the seventh interval. */
const TABLE = `printf '{"type": "map", "data": {"@faults": {${NAMES.map((name, n) => `"${name}": ${n + 1}%03d`).join(", ")}}}}\\n' ${"$i ".repeat(NAMES.length)}; echo "{\\"type\\": \\"value\\", \\"data\\": [0,0,$((i + 5))000000000]}"`;
const tracing = (more = ""): string =>
  `i=0; table() { ${TABLE}; }; trap 'i=999; table; exit 0' INT; ${ATTACHED}; while :; do i=$((i + 1)); table; ${more} sleep 0.2; done`;

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function run(
  steps: readonly Step[],
  { body = tracing(), ...more }: { body?: string; fault?: string; size?: readonly [number, number] } = {},
): Promise<Seen> {
  const env = { ...standIn(folder, body), ...(more.fault === undefined ? {} : { FAULT: more.fault }) };
  const seen = await inTerminal(["run", "faults by comm every 1s"], steps, {
    ...more,
    env,
    ...(more.fault === undefined ? {} : { command: FAULTY_COMMAND }),
  });
  // However it ended: lines and echo, the cursor and the usual screen are back, and the tracer is gone.
  expect([seen.isCooked, seen.left]).toEqual([true, 0]);
  expect(seen.out.lastIndexOf(LEAVE)).toBeGreaterThan(seen.out.lastIndexOf(ENTER));
  expect(seen.out.lastIndexOf("\u001b[?25h")).toBeGreaterThan(seen.out.lastIndexOf("\u001b[?25l"));
  expect(existsSync(`/proc/${readFileSync(join(folder, "pid"), "utf8").trim()}`)).toBe(false);
  return seen;
}

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "a run in a terminal",
  { timeout: 60_000 },
  () => {
    it.each<[string, Step[1]]>([
      ["q", { keys: "q" }],
      ["Ctrl-C", { keys: "\u0003" }],
      ["SIGTERM", { signal: 15 }],
    ])(
      "ended by %s asks the tracer for the last table, and leaves what the screen shows of it",
      async (_, action) => {
        const seen = await run([["proc29", action]]);
        expect(seen.code).toBe(0);
        const { rest } = parts(seen.out);
        expect(rest.match(/proc\d\d/g)).toHaveLength(11);
        expect(rest).toContain("… 19 more, `--all`");
        expect(rest).toMatch(/proc29 +30,999/);
      },
    );

    it("whose tracer dies leaves the table that came last, and says what happened", async () => {
      const seen = await run([], { body: tracing("[ $i -lt 5 ] || kill -9 $$;") });
      expect(seen.code).toBe(1);
      const { rest } = parts(seen.out);
      expect(rest).toMatch(/proc29 +30,005/);
      expect(rest).toMatch(/faultline: .*killed by SIGKILL/);
    });

    it("that has a fault of its own leaves the last table, and says so", async () => {
      const seen = await run([], { fault: "drawing" });
      expect(seen.code).toBe(1);
      const { rest } = parts(seen.out);
      expect(rest.match(/proc\d\d/g)).toHaveLength(11);
      expect(rest).toContain("… 19 more, `--all`");
      expect(rest).toMatch(/proc29 +30,999/);
      expect(rest).toContain("a fault of faultline itself ended this: made to fail");
    });

    it("is held, ordered, and follows the terminal's size", async () => {
      const seen = await run([
        ["proc29", { keys: " " }],
        ["paused", { keys: "s" }],
        ["comm ↑", { keys: "p" }],
        ["proc00", { resize: [40, 10] }],
        ["proc00", { resize: [90, 40] }],
        ["proc29", { keys: "q" }],
      ]);
      expect(seen.code).toBe(0);
      const { frames, rest } = parts(seen.out);
      const narrow = frames.filter((each) => each.length === 10);
      expect(narrow.length).toBeGreaterThan(0);
      expect(Math.max(...narrow.flat().map(textWidth))).toBeLessThanOrEqual(40);
      expect(narrow.at(-1)?.join("\n")).toMatch(/^comm ↑.*\nproc00/m);
      expect(frames.at(-1)).toHaveLength(40);
      expect(rest).toMatch(/comm ↑.*\n\S*proc00/);
    });

    it("stopped by Ctrl-Z gives the terminal back while the tracer counts on, and draws again", async () => {
      // The stand-in continues what it finds stopped, after five more intervals.
      const waits = `case $(cat /proc/$PPID/stat) in *") T "*) t=$((t + 1)); [ $t -lt 5 ] || kill -CONT -$PPID;; esac;`;
      const seen = await run(
        [
          ["proc29", { keys: "\u001a" }],
          ["<stopped, cooked>", { resize: [40, 10] }],
          [ENTER, { keys: "" }],
          ["proc29", { keys: "q" }],
        ],
        { body: tracing(waits) },
      );
      expect(seen.code).toBe(0);
      const [before = "", after = ""] = seen.out.split("<stopped, cooked>");
      expect(before.endsWith(LEAVE)).toBe(true);
      expect(after.startsWith(ENTER)).toBe(true);
      const last = parts(after).frames.at(-1) as string[];
      expect(last).toHaveLength(10);
      const counted = (text: string): number => Number(/.*proc29\D+30,(\d{3})/s.exec(text)?.[1]);
      expect(counted(last.join("\n"))).toBeGreaterThanOrEqual(counted(before) + 5);
      expect(parts(after).rest).toMatch(/proc29 +30,999/);
    });
  },
);
