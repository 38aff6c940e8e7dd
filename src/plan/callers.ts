/**
 * Puts the immediate caller beside user stacks that are taken at a function's entry. Tracers walk by frame pointers, and
 * there the frame pointer is still that of the caller, which is therefore left out: only the return address tells it.
 */
import { isOfBinary } from "./binaries.js";
import { allSteps } from "./needs.js";
import type { OpenColumn, Result, ResultColumn, SpanState, Step } from "./plan.js";
import type { Shareable } from "./share-states.js";
import { isUserStack } from "./user-stacks.js";
import { integer } from "../semantics/expression/fold.js";
import type { ProbePoint, Typed } from "../semantics/typed.js";
import { ADDRESS, type Type } from "../types/types.js";

const CALLER: Type = { kind: "address", isCaller: true };

/** How the return address is read at a function's entry, by the kernel's name of the architecture. */
const RETURN_ADDRESS: Readonly<Record<string, Typed>> = {
  x86_64: {
    op: "userWord",
    address: { op: "register", name: "stack pointer", type: ADDRESS },
    type: CALLER,
  },
  aarch64: { op: "register", name: "link register", type: CALLER },
};

const NONE = integer(0n, CALLER);

/** A probe at the entry of a function of a program, and not inside of it. */
function isEntry({ type, parts }: ProbePoint): boolean {
  const name = parts.at(-1) ?? "";
  return type === "uprobe" && !/(?:^|\+)(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(name);
}

export function withCallers(planned: Shareable, arch: string): Shareable {
  const address = RETURN_ADDRESS[arch];
  if (!address || !planned.probes.some(({ point }) => isOfBinary(point) && isEntry(point))) return planned;
  return new Callers(planned, address).placed();
}

class Callers {
  /** Fields of states that are stacks with a caller beside them: by state, their names. */
  private readonly fields = new Map<string, Set<string>>();
  /** The same of results: by position, the positions of the columns. */
  private readonly columns = new Map<number, Set<number>>();

  constructor(
    private readonly planned: Shareable,
    private readonly address: Typed,
  ) {
    // A state may keep what another one kept: it is known after a few rounds.
    while (this.findFields());
    this.findColumns();
  }

  placed(): Shareable {
    if (this.columns.size === 0) return this.planned;
    const { probes, states, results } = this.planned;
    return {
      probes: probes.map((probe) => ({
        ...probe,
        steps: probe.steps.map((step) => this.step(step, probe.point)),
      })),
      states: states.map((state) => this.state(state)),
      results: results.map((result, i) => this.result(result, i)),
    };
  }

  private findFields(): boolean {
    let isNew = false;
    for (const { point, steps } of this.planned.probes)
      for (const step of allSteps([{ steps }])) {
        if (step.do !== "store") continue;
        const kept = this.planned.states.find(({ name }) => name === step.state)?.fields ?? [];
        for (const [i, { name }] of kept.entries()) {
          const value = step.values[i];
          if (!value || this.isKept(step.state, name) || !this.hasCaller(value, point)) continue;
          this.fields.set(step.state, (this.fields.get(step.state) ?? new Set()).add(name));
          isNew = true;
        }
      }
    return isNew;
  }

  private findColumns(): void {
    const note = (result: number, values: readonly Typed[], point: ProbePoint | undefined): void => {
      for (const [i, value] of values.entries())
        if (this.hasCaller(value, point))
          this.columns.set(result, (this.columns.get(result) ?? new Set()).add(i));
    };
    for (const { point, steps } of this.planned.probes)
      for (const step of allSteps([{ steps }])) {
        if (step.do === "aggregate") note(step.result, step.key, point);
        if (step.do === "emit") note(step.result, step.values, point);
      }
    for (const [i, result] of this.planned.results.entries()) {
      if (result.kind === "openGroups") note(i, result.keys.map(valueOf), undefined);
      if (result.kind === "openRows") note(i, result.columns.map(valueOf), undefined);
    }
  }

  private isKept(state: string, field: string): boolean {
    return this.fields.get(state)?.has(field) === true;
  }

  /** Without a probe, only what is kept of a span can be read. */
  private hasCaller(value: Typed, point: ProbePoint | undefined): boolean {
    if (!isUserStack(value.type)) return false;
    // Of one frame there is no caller.
    if (value.op === "common") return point !== undefined && isEntry(point) && value.depth !== 1;
    if (value.op === "state") return this.isKept(value.state, value.field);
    return (
      value.op === "choose" && (this.hasCaller(value.then, point) || this.hasCaller(value.otherwise, point))
    );
  }

  /** The caller of a stack, 0 where the stack has it. */
  private callerOf(value: Typed, point: ProbePoint | undefined): Typed {
    if (!this.hasCaller(value, point)) return NONE;
    if (value.op === "state") return { ...value, field: callerField(value.field), type: CALLER };
    if (value.op !== "choose") return this.address;
    return {
      ...value,
      then: this.callerOf(value.then, point),
      otherwise: this.callerOf(value.otherwise, point),
      type: CALLER,
    };
  }

  private state(state: SpanState): SpanState {
    return {
      ...state,
      fields: state.fields.flatMap((field) =>
        this.isKept(state.name, field.name)
          ? [field, { name: callerField(field.name), type: CALLER }]
          : [field],
      ),
    };
  }

  private step(step: Step, point: ProbePoint): Step {
    switch (step.do) {
      case "when":
      case "times":
        return { ...step, then: step.then.map((inner) => this.step(inner, point)) };
      case "store": {
        const fields = this.planned.states.find(({ name }) => name === step.state)?.fields ?? [];
        return {
          ...step,
          values: step.values.flatMap((value, i) =>
            this.isKept(step.state, fields[i]?.name ?? "") ? [value, this.callerOf(value, point)] : [value],
          ),
        };
      }
      case "aggregate":
        return { ...step, key: [...step.key, ...this.callers(step.result, step.key, point)] };
      case "emit":
        return { ...step, values: [...step.values, ...this.callers(step.result, step.values, point)] };
      case "add":
      case "change":
      case "let":
      case "remove":
      case "unmatched":
      case "unseen":
        return step;
    }
  }

  private callers(result: number, values: readonly Typed[], point: ProbePoint | undefined): Typed[] {
    return this.positions(result).map((i) => this.callerOf(values[i] ?? NONE, point));
  }

  private positions(result: number): readonly number[] {
    return [...(this.columns.get(result) ?? [])].sort((a, b) => a - b);
  }

  private result(result: Result, index: number): Result {
    const hidden = (columns: readonly ResultColumn[]): ResultColumn[] =>
      this.positions(index).map((callerOf) => ({
        label: `${columns[callerOf]?.label ?? ""} caller`,
        type: CALLER,
        callerOf,
      }));
    const open = (columns: readonly OpenColumn[]): OpenColumn[] => {
      const values = this.callers(index, columns.map(valueOf), undefined);
      return hidden(columns).map((column, i) => ({ ...column, value: values[i] ?? NONE }));
    };
    switch (result.kind) {
      case "groups":
        return { ...result, keys: [...result.keys, ...hidden(result.keys)] };
      case "rows":
        return { ...result, columns: [...result.columns, ...hidden(result.columns)] };
      case "openGroups":
        return { ...result, keys: [...result.keys, ...open(result.keys)] };
      case "openRows":
        return { ...result, columns: [...result.columns, ...open(result.columns)] };
      case "line":
        return result;
    }
  }
}

function valueOf({ value }: OpenColumn): Typed {
  return value;
}

function callerField(stack: string): string {
  return `${stack}_caller`;
}
