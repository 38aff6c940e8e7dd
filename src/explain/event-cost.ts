/** What an event at a probe of a plan costs: the probe itself, and each thing that its program does. */
import {
  sumOf,
  type Cost,
  type CostTable,
  type FirstInstruction,
  type ProgramOperation,
  type Origin,
  type CostRange,
} from "../costs/cost.js";
import { partsOf } from "../plan/needs.js";
import type { Plan, PlanProbe, Step } from "../plan/plan.js";
import { structureOf } from "../plan/same.js";
import type { CommonField, ProbePoint, Typed } from "../semantics/typed.js";

/** A part of what an event costs. */
export interface CostPart extends CostRange {
  /** Such as `look-ups in maps`. */
  readonly kind: string;
  /** Such as `3 look-ups in maps`. */
  readonly what: string;
  readonly origin: Origin;
  readonly source: string;
  readonly depends?: string;
}

export interface EventCost extends CostRange {
  /** The probe itself first. */
  readonly parts: readonly CostPart[];
  /** It may stand for several events of the source: the most is that for one of them. */
  readonly repeats?: true;
}

/** How often something is done: at an event that the tests do not let through, and at one for which all is done. */
type HowOften = CostRange;

const PROBE = "the probe itself";
/** As deep as stacks are walked unless the query says less. */
const DEEPEST = 127;
/** A stack has its own frame, that of `main`, and two of what called that. */
const SHALLOWEST = 4;

export interface CostContext {
  readonly costs: CostTable;
  /** What a probe in user code replaces, where that is known. */
  readonly firstInstruction?: (point: ProbePoint) => FirstInstruction | undefined;
}

/** What it takes to get from an event to a program and back: the probe, and a step where there is one. */
export function wayCost(point: ProbePoint, { costs, firstInstruction }: CostContext): EventCost {
  const parts = [
    { kind: PROBE, what: PROBE, ...costs.probes[point.type] },
    ...stepOver(point, costs.step, firstInstruction?.(point)),
  ];
  return { ...sumOf(parts), parts };
}

export function eventCost({ point, filter, steps }: PlanProbe, plan: Plan, context: CostContext): EventCost {
  const tally = new Tally(plan);
  tally.tests(filter);
  tally.steps(steps, filter.length === 0);
  const parts = [...wayCost(point, context).parts, ...tally.parts(context.costs)];
  return { ...sumOf(parts), parts, ...(tally.repeats ? { repeats: true } : {}) };
}

function stepOver(
  { type }: ProbePoint,
  step: Cost,
  first: FirstInstruction | undefined,
): readonly CostPart[] {
  if ((type !== "uprobe" && type !== "uretprobe") || first === "emulated") return [];
  const isSure = first === "stepped";
  const [kind, what] = ["a step over the first instruction", "a step over the function's first instruction"];
  return [
    {
      ...step,
      least: isSure ? step.least : 0,
      kind,
      what: isSure ? what : `${what}, if the kernel cannot emulate it`,
    },
  ];
}

class Tally {
  private readonly operations = new Map<ProgramOperation, HowOften>();
  private frames: CostRange = { least: 0, most: 0 };
  repeats = false;
  /** What a program reads twice, it reads once. */
  private readonly known = new Set<string>();

  constructor(private readonly plan: Plan) {}

  /** The first test is always made. */
  tests(filter: readonly Typed[]): void {
    filter.forEach((test, i) => this.values([test], i === 0));
  }

  steps(steps: readonly Step[], isCertain: boolean): void {
    for (const step of steps) this.step(step, isCertain);
  }

  private step(step: Step, isCertain: boolean): void {
    switch (step.do) {
      case "let":
        return this.values([step.value], isCertain);
      case "when":
        this.values(step.all, isCertain);
        return this.steps(step.then, false);
      case "times":
        this.values([step.count], isCertain);
        this.repeats = true;
        return this.steps(step.then, false);
      case "store":
        this.values([...step.key, ...step.values], isCertain);
        // Whether the map took it is looked up where it can be full.
        this.add("store", isCertain);
        this.add("lookup", isCertain);
        return this.steps(step.stored ?? [], false);
      case "add":
        this.values([...step.key, step.value], isCertain);
        this.add("lookup", isCertain);
        return this.add("store", isCertain);
      case "unseen":
        return this.add("count", isCertain);
      case "unmatched":
        this.values([step.value], isCertain);
        return this.add("update", false);
      case "remove":
        this.values(step.key, isCertain);
        return this.add("remove", isCertain);
      case "change":
        return this.change(step.result, isCertain);
      case "aggregate":
        this.values([...step.key, ...step.updates.flatMap(({ value }) => value ?? [])], isCertain);
        // What the runner compares its figures with.
        this.add("count", false);
        for (const { value } of step.updates) this.add(value === undefined ? "count" : "update", isCertain);
        return;
      case "emit":
        this.values(step.values, isCertain);
        this.add("count", false);
        return this.add("row", isCertain);
    }
  }

  /** A running result has its number of spans, its sums, and what balances them; its group is looked up. */
  private change(at: number, isCertain: boolean): void {
    const result = this.plan.results[at];
    const running = result?.kind === "openGroups" ? result.running : undefined;
    const sums = 1 + (running?.sums.length ?? 0);
    this.add("update", isCertain, sums);
    this.add("lookup", isCertain);
    if (result?.kind === "openGroups") this.values(result.keys.map(({ value }) => value), false); // prettier-ignore
  }

  private values(values: readonly Typed[], isCertain: boolean): void {
    for (const value of values)
      for (const part of partsOf(value)) {
        const operation = operationOf(part);
        if (!operation) continue;
        const text = structureOf(part);
        if (this.known.has(text)) continue;
        this.known.add(text);
        this.add(operation, isCertain);
        if (operation === "stack" && part.op === "common") this.walk(part.depth ?? DEEPEST, isCertain);
      }
  }

  private walk(depth: number, isCertain: boolean): void {
    this.frames = {
      least: this.frames.least + (isCertain ? Math.min(depth, SHALLOWEST) : 0),
      most: this.frames.most + depth,
    };
  }

  private add(operation: ProgramOperation, isCertain: boolean, times = 1): void {
    const { least, most } = this.operations.get(operation) ?? { least: 0, most: 0 };
    this.operations.set(operation, { least: least + (isCertain ? times : 0), most: most + times });
  }

  parts({ operations, frame }: CostTable): readonly CostPart[] {
    const parts = [...this.operations].map(([operation, times]) =>
      partOf(operation, times, operations[operation]),
    );
    if (this.frames.most === 0) return parts;
    return [
      ...parts,
      { ...frame, ...product(this.frames, frame), kind: "frames", what: `${timesText(this.frames)} frames` },
    ];
  }
}

const OPERATION_OF: Partial<Record<Typed["op"], ProgramOperation>> = {
  state: "lookup",
  begun: "lookup",
  followed: "lookup",
  member: "read",
  element: "read",
  global: "read",
  userWord: "read",
  text: "text",
  glob: "text",
};

const OF_COMMON: Partial<Record<CommonField, ProgramOperation>> = {
  ustack: "stack",
  kstack: "stack",
  comm: "comm",
  time: "time",
};

function operationOf(part: Typed): ProgramOperation | undefined {
  return part.op === "common" ? OF_COMMON[part.name] : OPERATION_OF[part.op];
}

const WORDS: Readonly<Record<ProgramOperation, readonly [one: string, many: string]>> = {
  count: ["count", "counts"],
  update: ["update of an aggregate", "updates of aggregates"],
  store: ["entry stored in a map", "entries stored in maps"],
  lookup: ["look-up in a map", "look-ups in maps"],
  remove: ["entry removed from a map", "entries removed from maps"],
  row: ["row sent", "rows sent"],
  stack: ["walk of a stack", "walks of stacks"],
  time: ["reading of the clock", "readings of the clock"],
  comm: ["name of the thread read", "names of the thread read"],
  read: ["read of memory", "reads of memory"],
  text: ["text read or searched", "texts read or searched"],
};

function partOf(operation: ProgramOperation, times: HowOften, cost: Cost): CostPart {
  const [one, many] = WORDS[operation];
  return {
    ...cost,
    ...product(times, cost),
    kind: many,
    what: `${timesText(times)} ${times.most === 1 ? one : many}`,
  };
}

function timesText({ least, most }: HowOften): string {
  return least === most ? String(most) : `${least} to ${most}`;
}

function product(times: CostRange, cost: CostRange): CostRange {
  return { least: times.least * cost.least, most: times.most * cost.most };
}
