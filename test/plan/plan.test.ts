import { allSteps } from "../../src/plan/needs.js";
import { describe, expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import type { ProbePoint } from "../../src/semantics/typed.js";
import type { Plan, Step } from "../../src/plan/plan.js";

const planOf = (text: string, kernel = "debian13"): Plan => {
  const { plan, diagnostics } = compile(text, { kernel: bundledKernel(kernel) });
  if (!plan) throw new Error(diagnostics.map((d) => d.message).join("; "));
  return plan;
};

const SPAN = `
  event both { provider tracepoint:sched:sched_switch { thread: int = args.next_pid } }
  event gone { provider tracepoint:sched:sched_switch { thread: int = args.prev_pid } }
  span on_cpu on thread { begin both end gone }
`;

/** What the steps do, in order, with those inside conditions. */
const deeds = (steps: readonly Step[]): string[] =>
  steps.flatMap((s) => (s.do === "when" ? deeds(s.then) : [s.do]));

describe("probes at one place", () => {
  it("become one, in which a span ends before the next begins", () => {
    const { probes } = planOf(`${SPAN} on_cpu hist(latency)`);
    expect(probes.length).toBe(1);
    expect(deeds(probes[0]?.steps ?? [])).toEqual(["let", "aggregate", "remove", "store"]);
  });

  it("become one when they are of several queries", () => {
    const { probes } = planOf("faults by comm; faults by pid");
    expect(probes.map((p) => p.point.type)).toEqual(["software"]);
    expect(deeds(probes[0]?.steps ?? [])).toEqual(["aggregate", "aggregate"]);
  });

  it("keep a filter that all have in front", () => {
    const text = "faults by comm where pid == 7; faults by uid where pid == 7 and cpu == 1";
    const [probe] = planOf(text).probes;
    expect(probe?.filter.length).toBe(1);
    expect(probe?.steps.some((s) => s.do === "when")).toBe(true);
  });

  it("stand behind those that store what they look up, whichever query has the place first", () => {
    const text = "kswapd_run show pid, reclaimed; kswapd_run count() by order; kswapd_wake show nid";
    const places = planOf(text).probes.map(({ point }) => point.parts.join(":"));
    expect(places.at(-1)).toBe("mm_vmscan_kswapd_sleep");
    expect(places.filter((place) => place.endsWith("mm_vmscan_kswapd_wake")).length).toBe(2);
  });

  it("test what grows while a span is open only where it is printed", () => {
    const spans = `span run on tid {
      begin tracepoint:vmscan:mm_vmscan_kswapd_wake REPEAT { nid: int = args.nid }
      during tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { reclaimed: pages = args.nr_reclaimed }
      end tracepoint:vmscan:mm_vmscan_kswapd_sleep
    } open run show age where reclaimed > 4KB and nid == 0`;
    const filterOf = (repeat: string): string =>
      JSON.stringify(planOf(spans.replace("REPEAT", repeat)).probes[0]?.filter, (_, v: unknown) =>
        typeof v === "bigint" ? Number(v) : v,
      );
    expect(filterOf("")).toContain("nid");
    // A later begin must not pass for the first one, which was not about that.
    expect(filterOf("once")).not.toContain("nid");
    expect(filterOf("once")).toContain('"op":"not"');
  });

  it("end an allocation that realloc gives up before the new one begins", () => {
    const probe = planOf("open allocation sum(size) by comm").probes.find(
      (p) => p.point.type === "uretprobe" && p.point.parts[1] === "realloc",
    );
    const [first, second] = probe?.steps ?? [];
    expect(deeds(first ? [first] : [])).toEqual(["change", "remove"]);
    expect(deeds(second ? [second] : [])).toContain("store");
  });
});

describe("unions", () => {
  const text = `
    event a { provider software:page-faults:1 }
    event b { provider tracepoint:vmscan:mm_vmscan_nothing }
  `;
  it("are without an optional member that the kernel lacks, and say so", () => {
    const plan = planOf(`${text} event u = a | b? u`);
    expect(plan.probes.length).toBe(1);
    expect(plan.notes.map(({ text }) => text).join()).toContain("u is without b");
    expect(plan.choices.map((c) => c.source)).toEqual(["a"]);
  });

  it("need the others", () => {
    const { diagnostics, unavailable } = compile(`${text} event u = a | b u`);
    expect(unavailable).toBe(true);
    expect(diagnostics[0]?.hint).toContain("mm_vmscan_nothing");
    expect(compile(`${text} event u = b? u`).unavailable).toBe(true);
  });
});

describe("via", () => {
  const points = (text: string): readonly string[] =>
    planOf(text).probes.map(({ point }) => [point.type, ...point.parts].join(":"));

  it("chooses the probes of a span's begin and end", () => {
    expect(points("page_fault count()")).toEqual(["fentry:handle_mm_fault", "fexit:handle_mm_fault"]);
    expect(points("page_fault count() via kprobe")).toEqual([
      "kprobe:handle_mm_fault",
      "kretprobe:handle_mm_fault",
    ]);
  });

  it("names a source that stands as a provider, and reaches into it", () => {
    const calls = points("slab_alloc count() via slab_call");
    expect(calls.every((point) => /^fentry:kmem_cache_alloc/.test(point))).toBe(true);
    expect(points("slab_alloc count() via fentry")).toEqual(calls);
  });

  it("leaves to the planner what has no such provider", () => {
    expect(points("swap_residency count() via kprobe:__swap_writepage")).toEqual([
      "kprobe:__swap_writepage",
      "fentry:swap_read_folio",
    ]);
  });

  it("holds for the members of a union", () => {
    expect(points("reclaim count() via rawtracepoint").every((p) => p.startsWith("rawtracepoint:"))).toBe(
      true,
    );
  });
});

describe("an event that stands for several", () => {
  const text = `
    event put { provider kprobe:swap_read_folio(folio) times folio._folio_nr_pages as i { place: int = folio.swap.val + i } }
    span stay on place { begin put anew end put }
  `;
  it("does all that depends on which one it is, once for each", () => {
    const [probe] = planOf(`${text} put count() by comm where place > 7 and cpu == 1`).probes;
    expect(probe?.filter).toHaveLength(1);
    const [loop] = probe?.steps ?? [];
    expect(loop).toMatchObject({ do: "times", index: "i", then: [{ do: "when" }] });
    expect(JSON.stringify(loop, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v))).not.toContain(
      '"cpu"',
    );
  });

  it("keeps a record for each", () => {
    const { probes } = planOf(`${text} stay count()`);
    const loops = probes.flatMap(({ steps }) => steps);
    expect(loops.map((step) => step.do)).toEqual(["times", "times"]);
  });
});

describe("a begin of a span that is open", () => {
  const begins = (repeat: string): readonly unknown[] => {
    const { probes } = planOf(`span s on pid {
      begin tracepoint:syscalls:sys_enter_getpid ${repeat}
      end tracepoint:syscalls:sys_enter_getuid
    } s count()`);
    return probes.flatMap(({ filter, steps }) =>
      steps.flatMap((step) =>
        step.do === "store" ? [filter.map(({ op }) => op), step.countsReplaced ?? false] : [],
      ),
    );
  };
  it("is counted, unless it is kept out or starts the span anew", () => {
    expect(begins("")).toEqual([[], true]);
    expect(begins("once")).toEqual([["not"], false]);
    expect(begins("anew")).toEqual([[], false]);
  });
});

describe("what happens during a span", () => {
  const text = `
    span run on tid {
      begin tracepoint:vmscan:mm_vmscan_kswapd_wake
      during tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { freed: pages = args.nr_reclaimed }
      end tracepoint:vmscan:mm_vmscan_kswapd_sleep
    }
  `;
  it("is added up from its begin to its end", () => {
    const { probes, states } = planOf(`${text} run sum(freed) by comm`);
    const steps = probes.flatMap((p) => p.steps);
    expect(states).toMatchObject([
      { name: "run_begun", span: "run", key: [{ name: "tid" }], fields: [{ name: "freed", isSum: true }] },
    ]);
    expect(steps).toContainEqual(expect.objectContaining({ do: "add", state: "run_begun", field: "freed" }));
    expect(steps).toContainEqual(
      expect.objectContaining({
        do: "store",
        state: "run_begun",
        values: [expect.objectContaining({ op: "integer", value: 0n })],
      }),
    );
  });

  it("may be less than nothing, as what a span inside it took away", () => {
    const { probes, results } = planOf(`
      span part on tid {
        begin tracepoint:vmscan:mm_vmscan_kswapd_wake { before: pages = args.order  nid: int = args.nid  who: string = comm }
        end tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { after: pages = args.nr_reclaimed }
        grown: pages = after - before
      }
      span run on tid {
        begin tracepoint:vmscan:mm_vmscan_kswapd_wake { nid: int = args.nid }
        during part { grown: pages = grown }
        end tracepoint:vmscan:mm_vmscan_kswapd_sleep
      }
      run sum(grown) by nid
    `);
    // Of the span inside, only what the `during` names is added up: `nid` is of the begin.
    const added = probes
      .flatMap(({ steps }) => allSteps([{ steps }]))
      .filter(({ do: does }) => does === "add");
    expect(added).toMatchObject([{ state: "run_begun", field: "grown" }]);
    const [result] = results;
    if (result?.kind !== "groups") throw new Error("the query groups");
    const sum = probes.flatMap(({ steps }) => allSteps([{ steps }])).find((step) => step.do === "aggregate");
    expect(sum).toMatchObject({ updates: [{ value: { type: { unit: "pages", signed: true } } }] });
  });

  it("costs nothing where it is not asked for", () => {
    expect(planOf(`${text} run hist(latency)`).probes.length).toBe(2);
  });

  it("must be a number", () => {
    const { diagnostics } = compile(text.replace("freed: pages = args.nr_reclaimed", "who: string = comm"));
    expect(diagnostics.map((d) => d.code)).toContain("not-measurable");
  });
});

describe("a text that is one of two", () => {
  it("is tested as each of them", () => {
    const { script } = compile('mmap by comm where file ~ "lib*.so"', {
      kernel: bundledKernel("dev"),
      version: "0.17.0",
    });
    expect(script?.text).toContain("curtask->files->fdt->fd");
    const empty = compile('mmap by comm where file == ""', {
      kernel: bundledKernel("dev"),
      version: "0.17.0",
    });
    expect(empty.script?.text).toMatch(/\(int32\)args->fd\)* < 0/);
  });
});

describe("programs and libraries", () => {
  const binaries = {
    locate: (name: string) => (name === "libc" ? "/proc/7/root/lib/ld-musl-x86_64.so.1" : name),
    file: (name: string) => name,
    missing: ({ parts: [file = "", symbol = ""] }: ProbePoint) =>
      file.includes("musl") && ["pvalloc", "valloc"].includes(symbol)
        ? { why: `${file} has no function ${symbol}`, similar: ["malloc"] }
        : undefined,
    allocators: (name: string) =>
      ["malloc", "free", "operator_new"].includes(name)
        ? [
            { file: "/lib/ld-musl-x86_64.so.1", symbol: name },
            { file: "/opt/app", symbol: `je_${name}` },
          ]
        : [],
    allocatorsTaken: () => "the heap is that of two",
    lacks: ({ parts: [file] }: ProbePoint) => (file === "allocator" ? ["something is not seen"] : []),
  };
  it("are attached to where they are, without the functions they lack", () => {
    const { plan } = compile("open allocation count() by pid", { binaries });
    const points = plan?.probes.map((p) => p.point.parts.join(":")) ?? [];
    expect(points).toContain("/lib/ld-musl-x86_64.so.1:malloc");
    expect(points).toContain("/opt/app:je_malloc");
    expect(points).toContain("/opt/app:je_operator_new");
    expect(points.some((p) => p.endsWith("pvalloc"))).toBe(false);
    // What no allocator has is not missing.
    expect(plan?.notes.map(({ text }) => text)).toEqual(["the heap is that of two", "something is not seen"]);
    expect(plan?.notes[1]?.isOfFigures).toBe(true);
  });

  it("must have what a query cannot do without", () => {
    const { unavailable, diagnostics } = compile("uprobe:libc:valloc", { binaries });
    expect(unavailable).toBe(true);
    expect(diagnostics[0]).toMatchObject({
      code: "missing-probe",
      span: { start: 0, end: 18 },
      message: "/proc/7/root/lib/ld-musl-x86_64.so.1 has no function valloc",
      hint: "did you mean `malloc`?",
    });
  });
});

describe("memory of the program", () => {
  const placesOf = ({ probes }: Plan): readonly string[] => probes.map(({ point }) => point.parts[1] ?? "");

  it("is read when a system call returns, from the address that its entry had", () => {
    const plan = planOf('openat_call by file where file ~ "*.so" and comm == "cat"');
    expect(placesOf(plan)).toEqual(["sys_enter_openat", "sys_exit_openat"]);
    const [entry, exit] = plan.probes;
    // What does not need that memory is tested first.
    expect(entry?.filter).toHaveLength(1);
    expect(deeds(entry?.steps ?? [])).toEqual(["store"]);
    expect(deeds(exit?.steps ?? [])).toEqual(["aggregate", "remove"]);
    expect(plan.states).toMatchObject([
      { span: "openat", key: [{ name: "tid" }], fields: [{ name: "filename" }] },
    ]);
  });

  it("is read so for raw probes too, whose name stays that of the entry", () => {
    const plan = planOf("tracepoint:syscalls:sys_enter_openat show probe, str(args.filename), args.flags");
    expect(placesOf(plan)).toEqual(["sys_enter_openat", "sys_exit_openat"]);
    expect(plan.states[0]?.fields.map(({ name }) => name)).toEqual(["filename", "flags"]);
    const [emit] = plan.probes[1]?.steps ?? [];
    expect(emit).toMatchObject({ do: "emit" });
    expect(emit?.do === "emit" && emit.values[0]).toMatchObject({
      op: "string",
      value: "tracepoint:syscalls:sys_enter_openat",
    });
  });

  it("is left alone where nothing of it is asked for, and where a call does not return to it", () => {
    expect(placesOf(planOf("openat_call by flags"))).toEqual(["sys_enter_openat"]);
    expect(placesOf(planOf("mmap by file"))).toEqual(["sys_enter_mmap"]);
    expect(
      placesOf(
        planOf(
          "span o on tid { begin tracepoint:syscalls:sys_enter_openat { f: string = str(args.filename) } end tracepoint:syscalls:sys_exit_openat } o by f",
        ),
      ),
    ).toEqual(["sys_enter_openat", "sys_exit_openat"]);
  });
});
