/** Review scripts that are run by hand, beside a run of the same queries on the same workload: both give the same figures. */
import { expect } from "vitest";
import { expectSame, handFigures } from "../../by-hand.js";
import { between, query, type GuestCheck } from "./check.js";

const TOUCHER = 'where comm == "toucher"';
const GROWER = 'where comm == "brk_grow"';

/** The script by its own first line, as a user starts it who has reviewed it. */
function byHand(text: string): string {
  const compile = `node /job/dist/cli.cjs compile ${query(text)} -o /tmp/by-hand.bt`;
  return `sh -c ${query(`${compile} && chmod +x /tmp/by-hand.bt && exec /tmp/by-hand.bt`)}`;
}

function check(id: string, queries: readonly string[], workload: string, figures: number): GuestCheck {
  const text = queries.join("; ");
  return {
    id: `by-hand-${id}`,
    command: query(text),
    workload,
    beside: byHand(text),
    timeoutSeconds: 240,
    verify: (r) => {
      expect(r.stderr).toContain("beside: the other tracer ran");
      expect(r.summary.incomplete ?? []).toEqual([]);
      const compared = expectSame(r, handFigures(r.stderr));
      return between(compared, figures, 10 * figures);
    },
  };
}

export const BY_HAND_CHECKS: readonly GuestCheck[] = [
  check(
    "faults",
    [
      `faults count() by comm ${TOUCHER}`,
      `faults count(), distinct(address / 16384) by comm, cpu ${TOUCHER} and write`,
      `faults hist(address / 65536), lhist(cpu, 0, 4, 1) by comm ${TOUCHER}`,
      `faults count(), max(address) by comm ${TOUCHER} top 1`,
    ],
    "touch_anon 3000 toucher",
    7,
  ),
  check(
    "brk",
    [
      `heap_growth sum(bytes), count(), max(bytes), avg(bytes), stats(bytes) by comm ${GROWER}`,
      `brk count() by comm ${GROWER}`,
    ],
    "brk_grow 50 8192 10",
    6,
  ),
];
