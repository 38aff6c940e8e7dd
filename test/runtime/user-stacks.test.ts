/** Stacks of processes that have ended, with the bpftrace and the kernel of this machine. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { openLiveKernel } from "../../src/kernel/live/live-kernel.js";
import { prepareCommand } from "../../src/run/process/command.js";
import type { Group } from "../../src/results/events.js";
import { runScript } from "../../src/run/run.js";
import { compileProgram, hasCompiler, hasCppCompiler, TOUCH } from "../symbols/build-elf.js";
import { thisTracer } from "./this-tracer.js";
import { temporaryFolder } from "../temporary-folder.js";

const { tracer } = await thisTracer();

const directory = temporaryFolder();

const POOL = `#include <vector>
namespace app {
template <class T> struct Pool {
  __attribute__((noinline)) void fill(std::vector<T> &v) { for (auto &x : v) x = T(1); __asm__ volatile(""); }
};
}
int main() {
  std::vector<int> v;
  v.reserve(1000000);
  app::Pool<int> pool;
  int *p = v.data();
  for (int i = 0; i < 3; i++) { v.resize(300000 * (i + 1)); pool.fill(v); }
  return *p - 1;
}
`;

/** Runs the query on a command, and returns its groups when both have ended. */
async function trace(query: string, command: string): Promise<{ groups: readonly Group[]; notes: string[] }> {
  const prepared = await prepareCommand(command);
  const { script, diagnostics } = compile(query, {
    kernel: openLiveKernel(),
    version: tracer?.version ?? "",
    form: "stream",
    process: { pid: prepared.pid, followed: true },
  });
  expect(diagnostics).toEqual([]);
  if (!script) throw new Error("it does not compile");
  const groups: Group[] = [];
  const notes: string[] = [];
  await runScript(script, {
    command: prepared,
    onEvent: (event) => {
      if (event.kind === "groups") groups.push(...event.groups);
      if (event.kind === "message") notes.push(event.text);
    },
  });
  return { groups, notes };
}

describe.skipIf(!tracer || !hasCompiler)(
  `user stacks of processes that have ended${tracer && hasCompiler ? "" : " (skipped: bpftrace or gcc is missing)"}`,
  () => {
    it("have the names of the functions, and are one group for all runs of a program", async () => {
      const path = compileProgram(directory, "toucher", TOUCH);
      const { groups } = await trace(
        'faults by ustack where comm == "toucher" top 1',
        `sh -c "for i in 1 2 3 4 5 6 7 8 9 10; do ${path}; done"`,
      );
      const [group] = groups;
      expect(String(group?.keys[0])).toMatch(
        /^touch_pages\+\d+ \[toucher\]\ndo_work(?:\+\d+)? \[toucher\]\nmain\+\d+ \[toucher\]\n/,
      );
      expect(group?.values).toEqual([2000]);
    }, 120_000);

    it("have file and address where the program is stripped, and it is said how to get names", async () => {
      const path = compileProgram(directory, "naked", TOUCH, ["-s"]);
      const { groups, notes } = await trace('faults by ustack where comm == "naked" top 1', path);
      expect(String(groups[0]?.keys[0])).toMatch(/^naked\+0x[0-9a-f]+\nnaked\+0x[0-9a-f]+\n/);
      expect(groups[0]?.values).toEqual([200]);
      expect(notes).toContainEqual(
        expect.stringMatching(/functions without names in .*naked.*debuginfod-find/),
      );
    }, 120_000);

    it.skipIf(!hasCppCompiler)(
      "are demangled",
      async () => {
        const path = compileProgram(directory, "pooler", POOL);
        const { groups } = await trace('faults by ustack where comm == "pooler" top 5', path);
        expect(groups.map(({ keys }) => String(keys[0])).join("\n\n")).toMatch(
          /std::vector<int, std::allocator<int> >::/,
        );
      },
      120_000,
    );
  },
);
