/** The runner against the bpftrace of this machine, if it has one and lets us trace. */
import { describe, expect, it } from "vitest";
import { createClock } from "../../src/results/clock.js";
import { prepareCommand } from "../../src/run/process/command.js";
import type { ResultEvent } from "../../src/results/events.js";
import { runScript } from "../../src/run/run.js";
import { TIMESTAMP } from "../../src/types/types.js";
import { aggregate, column, groups, rows, script, STRING, UNSIGNED } from "./build-script.js";
import { thisTracer } from "./this-tracer.js";

const { why } = await thisTracer();

describe.skipIf(why !== undefined)(
  `bpftrace on this machine${why === undefined ? "" : ` (skipped: ${why})`}`,
  () => {
    it("counts the page faults of a command, and ends with it", async () => {
      const command = await prepareCommand("true");
      const events: ResultEvent[] = [];
      const text = `software:page-faults:1 /pid == ${command.pid}/ { @c[comm, pid] = count(); }
END { print(@c); print((0, 0, nsecs)); clear(@c); }`;
      const faults = script(
        [groups([column("comm", STRING), column("pid", UNSIGNED)], [aggregate("count", "count()")])],
        { "@c": [0, 0] },
        { text },
      );
      const summary = await runScript(faults, { command, onEvent: (event) => void events.push(event) });
      expect(summary).toMatchObject({ ended: "command", damaged: 0, command: { exitCode: 0 } });
      const [, found] = events.filter((event) => event.kind === "groups" || event.kind === "attached");
      expect(found).toMatchObject({ kind: "groups", final: true });
      const names = found?.kind === "groups" ? found.groups.map(({ keys }) => keys) : [];
      expect(names).toContainEqual(["true", command.pid]);
    }, 120_000);

    it("gives time stamps that are those of the wall clock", async () => {
      const before = Date.now();
      let time: unknown;
      const show = script(
        [rows([column("time", TIMESTAMP)])],
        {},
        { text: "BEGIN { print((1, nsecs)); exit(); }" },
      );
      await runScript(show, { onEvent: (event) => void (event.kind === "row" && (time = event.values[0])) });
      const wall = createClock().wallClock(time as number);
      expect(wall).toBeGreaterThan(before - 1000);
      expect(wall).toBeLessThan(Date.now() + 1000);
    }, 120_000);

    it("says what the kernel does not have", async () => {
      const nothing = script([], {}, { text: "tracepoint:vmscan:no_such_event { @ = count(); }" });
      await expect(runScript(nothing, { onEvent: () => undefined })).rejects.toMatchObject({
        exitCode: 3,
        message: "this kernel has no tracepoint vmscan:no_such_event",
      });
    }, 120_000);
  },
);
