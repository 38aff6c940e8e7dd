import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/plan/plan.js";
import { compile } from "../../src/index.js";

const CALL = `span call on tid {
  begin tracepoint:syscalls:sys_enter_brk { asked: addr = args.brk }
  end tracepoint:syscalls:sys_exit_brk { after: addr = args.ret }
}
`;

function planOf(text: string): Plan {
  const { plan, diagnostics } = compile(text);
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

function fieldsOf(text: string): string[][] {
  return planOf(text).states.map(({ fields }) => fields.map(({ name }) => name));
}

describe("two uses of one span", () => {
  it("keep one record, with what each of them reads", () => {
    const plan = planOf(`${CALL}call hist(latency); call count() by begin.asked`);
    expect(plan.states.map(({ name, fields }) => [name, fields.map((f) => f.name)])).toEqual([
      ["call_begun", ["time", "asked"]],
    ]);
    expect(plan.probes.map(({ steps }) => steps.map((step) => step.do))).toEqual([
      ["store"],
      ["let", "aggregate", "aggregate", "remove"],
    ]);
  });

  it("keep two where one of them also ends with its thread", () => {
    const plan = planOf(`${CALL}call hist(latency); open call show age, asked`);
    expect(plan.states.map(({ name }) => name)).toEqual(["call_begun", "call_begun_2"]);
    const exit = plan.probes.find(({ point }) => point.parts[1] === "sched_process_exit");
    expect(exit?.steps).toMatchObject([{ do: "remove", state: "call_begun_2" }]);
  });

  it("keep two where one of them tests something at the begin", () => {
    expect(fieldsOf(`${CALL}call hist(latency); open call count() where asked != 0`)).toEqual([["time"], []]);
  });

  it("keep one of a span that another is built of", () => {
    const plan = planOf("open allocation sum(size), count()");
    // That of all calls of which one may be made within another.
    expect(
      plan.states.filter(({ fields }) => fields.some(({ name }) => name === "old_or_place")),
    ).toMatchObject([{ name: "calls" }]);
    const [probe] = plan.probes.filter(
      ({ point }) => point.type === "uretprobe" && point.parts[1] === "realloc",
    );
    // The old block ends before the new one begins, and the call is over when both have been seen to.
    expect(
      probe?.steps.map((step) => (step.do === "when" ? step.then.map((inner) => inner.do) : step.do)),
    ).toEqual([["change", "remove"], ["when", "when", "store"], "remove"]);
  });

  it("keep one where the event that ends a span begins the next", () => {
    const lap = `span lap on tid {
      begin tracepoint:syscalls:sys_enter_brk { asked: addr = args.brk }
      end tracepoint:syscalls:sys_enter_brk
    }
    `;
    const { states, probes } = planOf(`${lap}lap hist(latency); lap count() by begin.asked`);
    expect(states.map(({ fields }) => fields.map(({ name }) => name))).toEqual([["time", "asked"]]);
    // What reads the record comes before the next one is stored.
    const steps = probes[0]?.steps.map((step) => (step.do === "when" ? step.then.map((s) => s.do) : step.do));
    expect(steps).toEqual([["let", "aggregate", "aggregate", "remove"], "store"]);
  });

  it("keep two sums apart from each other, and one sum once", () => {
    const run = `span run on tid {
      begin tracepoint:vmscan:mm_vmscan_kswapd_wake
      during tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { freed: pages = args.nr_reclaimed  seen: int = args.nr_scanned }
      end tracepoint:vmscan:mm_vmscan_kswapd_sleep
    }
    `;
    const { states, probes } = planOf(`${run}run sum(freed); run sum(freed), sum(seen)`);
    expect(states.map(({ fields }) => fields.map(({ name }) => name))).toEqual([["freed", "seen"]]);
    const adds = probes.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.do === "add" ? [step.field] : [])),
    );
    expect(adds).toEqual(["freed", "seen"]);
  });
});

it("keeps no time that nobody reads", () => {
  expect(fieldsOf(`${CALL}call count()`)).toEqual([[]]);
  expect(fieldsOf(`${CALL}call count() by begin.asked`)).toEqual([["asked"]]);
});

it("tells the latencies of a span and of one below it apart", () => {
  const text = `${CALL}event slow { provider call { taken: duration = latency } }
  span outer on tid { begin tracepoint:syscalls:sys_enter_mmap  end slow { taken: duration = taken } }
  outer show latency, taken`;
  const lets = planOf(text).probes.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      step.do === "let"
        ? [step.name]
        : step.do === "when"
          ? step.then.flatMap((s) => (s.do === "let" ? [s.name] : []))
          : [],
    ),
  );
  expect(new Set(lets)).toEqual(new Set(["call_latency", "latency"]));
});
