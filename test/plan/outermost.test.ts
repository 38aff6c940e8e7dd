/** Calls that are made within one another are one: told by the steps of the plan, run on calls of a thread. */
import { describe, expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import type { Plan, Step } from "../../src/plan/plan.js";
import type { Typed } from "../../src/semantics/typed.js";

const SOURCE = `
  span outer_call on tid { begin uprobe:a:outer(size) { size: bytes = size } end uretprobe:a:outer { address: addr = retval } }
  span inner_call on tid { begin uprobe:a:inner(size) { size: bytes = size } end uretprobe:a:inner { address: addr = retval } }
  span twin_call on tid { begin uprobe:a:twin(size) { size: bytes = size } end uretprobe:a:twin { address: addr = retval } }
  event block outermost = outer_call | inner_call | twin_call
`;

const planOf = (query: string): Plan => {
  const { plan, diagnostics } = compile(`${SOURCE} ${query}`, { kernel: bundledKernel("debian12") });
  if (!plan) throw new Error(diagnostics.map((d) => d.message).join("; "));
  return plan;
};

type Values = Map<string, bigint>;

/** A thread that runs the steps of a plan. */
class Thread {
  readonly counted: bigint[] = [];
  replaced = 0;
  private readonly records = new Map<string, Values>();
  private time = 1000n;

  constructor(private readonly plan: Plan) {}

  enter(name: string, stack: number, size = 0): void {
    this.probe("uprobe", name, stack, size);
  }

  leave(name: string, stack: number): void {
    this.probe("uretprobe", name, stack + 8, 1);
  }

  wait(milliseconds: number): void {
    this.time += BigInt(milliseconds) * 1_000_000n;
  }

  private probe(type: string, name: string, stack: number, value: number): void {
    this.time += 10n;
    for (const { point, filter, steps } of this.plan.probes) {
      if (point.type !== type || point.parts[1] !== name) continue;
      const run = new Run(this.records, this.plan, stack, BigInt(value), this.time, this);
      if (filter.every((test) => run.value(test) !== 0n)) run.steps(steps);
    }
  }
}

class Run {
  constructor(
    private readonly records: Map<string, Values>,
    private readonly plan: Plan,
    private readonly stack: number,
    private readonly register: bigint,
    private readonly time: bigint,
    private readonly thread: Thread,
  ) {}

  steps(all: readonly Step[]): void {
    for (const step of all) {
      if (step.do === "when") {
        if (step.all.every((test) => this.value(test) !== 0n)) this.steps(step.then);
      } else if (step.do === "store") {
        if (step.countsReplaced && this.records.has(step.state)) this.thread.replaced++;
        const { fields } = this.plan.states.find(({ name }) => name === step.state) ?? { fields: [] };
        const values = step.values.map((value) => this.value(value));
        this.records.set(step.state, new Map(fields.map(({ name }, i) => [name, values[i] ?? 0n])));
      } else if (step.do === "remove") this.records.delete(step.state);
      else if (step.do === "aggregate")
        this.thread.counted.push(...step.updates.flatMap(({ value }) => (value ? [this.value(value)] : [])));
      else throw new Error(`no step ${step.do} is expected`);
    }
  }

  private calculated(operator: string, left: bigint, right: bigint): bigint {
    if (operator === "+") return left + right;
    if (operator === "-") return left - right;
    if (operator === "*") return left * right;
    throw new Error(`no ${operator} is expected`);
  }

  value(value: Typed): bigint {
    switch (value.op) {
      case "integer":
        return value.value;
      case "argument":
      case "returnValue":
        return this.register;
      case "register":
        return BigInt(this.stack);
      case "common":
        return value.name === "time" ? this.time : 7n;
      case "begun":
        return BigInt(this.records.has(value.state));
      case "state":
        return this.records.get(value.state)?.get(value.field) ?? 0n;
      case "arithmetic":
        return this.calculated(value.operator, this.value(value.left), this.value(value.right));
      case "compare": {
        const [left, right] = [this.value(value.left), this.value(value.right)];
        const holds = { "==": left === right, "!=": left !== right, "<": left < right, "<=": left <= right };
        const more = { ">": left > right, ">=": left >= right };
        return BigInt({ ...holds, ...more }[value.operator]);
      }
      case "logic": {
        const truths = value.operands.map((operand) => this.value(operand) !== 0n);
        return BigInt(value.operator === "and" ? truths.every(Boolean) : truths.some(Boolean));
      }
      default:
        throw new Error(`no ${value.op} is expected`);
    }
  }
}

/** Stack pointers at the entries of functions: a call lies below its caller. */
const [HIGH, LOW, LOWER] = [0x7ff8, 0x7fb8, 0x7f78];

const thread = (): Thread => new Thread(planOf("block sum(size)"));

describe("calls within one another", () => {
  it("are one, of the outermost", () => {
    const one = thread();
    one.enter("outer", HIGH, 100);
    one.enter("inner", LOW, 116);
    one.leave("inner", LOW);
    one.enter("inner", LOW, 16);
    one.enter("twin", LOWER, 5);
    one.leave("twin", LOWER);
    one.leave("inner", LOW);
    one.leave("outer", HIGH);
    one.enter("inner", LOW, 7);
    one.leave("inner", LOW);
    expect(one.counted).toEqual([100n, 7n]);
    expect(one.replaced).toBe(0);
  });

  it("are one of a function that calls itself", () => {
    const one = thread();
    one.enter("inner", HIGH, 1);
    one.enter("inner", LOW, 2);
    one.leave("inner", LOW);
    one.leave("inner", HIGH);
    expect(one.counted).toEqual([1n]);
  });

  it("are one where a function jumps to another, or has two names", () => {
    const one = thread();
    one.enter("outer", HIGH, 50);
    one.enter("inner", HIGH, 66);
    // Returns of one frame come from the last to the first.
    one.leave("inner", HIGH);
    one.leave("outer", HIGH);
    expect(one.counted).toEqual([66n]);
    one.enter("inner", LOW, 8);
    one.enter("twin", LOW, 8);
    one.leave("inner", LOW);
    one.leave("twin", LOW);
    expect(one.counted).toEqual([66n, 8n]);
    expect(one.replaced).toBe(0);
  });

  it("do not hide others behind one whose return was not seen", () => {
    const one = thread();
    one.enter("outer", LOW, 1);
    one.enter("outer", LOW, 2);
    one.leave("outer", LOW);
    expect(one.counted).toEqual([2n]);
    expect(one.replaced).toBe(1);
    one.enter("outer", HIGH, 3);
    one.wait(11_000);
    one.enter("inner", LOWER, 4);
    one.leave("inner", LOWER);
    expect(one.counted).toEqual([2n, 4n]);
    expect(one.replaced).toBe(2);
  });
});

describe("the calls of a union", () => {
  it("are one state, which several queries share", () => {
    expect(planOf("block sum(size); block count()").states.map(({ name }) => name)).toEqual(["calls"]);
    const { states } = planOf("block sum(size); inner_call hist(latency)");
    // Of a member by itself, every call counts.
    expect(states.map(({ name }) => name).sort()).toEqual(["calls", "inner_call_begun_2"]);
  });

  it("have the time and the fields of their spans once each, whatever those are called", () => {
    const fieldsOf = (query: string) =>
      planOf(query).states.map(({ fields }) => fields.map(({ name }) => name));
    expect(fieldsOf("block hist(latency)")).toEqual([["call", "time"]]);
    const named = (name: string, field: string): string =>
      `span ${name}_call on tid { begin uprobe:b:${name}(n) { ${field}: uint = n } end uretprobe:b:${name} } `;
    const event = "event take outermost = one_call | two_call ";
    expect(fieldsOf(`${named("one", "call")}${named("two", "call")}${event} take sum(call)`)).toEqual([
      ["call", "time", "call_2"],
    ]);
  });

  it("of the heap are one for blocks that come and one for blocks that go", () => {
    const kernel = bundledKernel("debian12");
    const states = (text: string) => compile(text, { kernel }).plan?.states.map(({ name }) => name);
    expect(states("heap_alloc count()")).toEqual(["calls"]);
    expect(states("heap_free count()")).toEqual(["calls"]);
    // realloc ends one block and begins another: its call is kept once.
    expect(states("open allocation count()")?.sort()).toEqual(["allocation_begun", "calls", "processes"]);
  });
});
