/** One probe of the plan as a block of script: predicate, guards, steps. */
import type { PlanProbe, Step } from "../../../plan/plan.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import { c, type Code, type Test } from "../../code.js";
import type { Dialect } from "../versions.js";
import { condition, writeKept, writeValue, type Writer } from "./bpftrace-expression.js";
import { quote, comment } from "./quoting.js";
import { append } from "../../../lists.js";

/** How a result's events are sent or kept; text and stream differ in it. */
export interface ResultWriter {
  /** How this form asks for the stack of user code. */
  readonly userStack: string;
  emit(result: number, values: readonly Code[]): readonly string[];
  /** The function as this form keeps it, and helper maps beside it. */
  aggregate(result: number, aggregate: number, key: string, value: string | undefined): readonly string[];
  /** What stores a span's begin: a full map takes no more, and what it does not take is counted. */
  storeBegin(map: string, key: string, store: string): readonly string[];
  /** What stores more of the span that has begun there. */
  storeMore(begun: Begun, store: string): readonly string[];
  /** After an entry has been taken out. */
  removed(map: string): readonly string[];
}

/** Where the begin of a span is. */
export interface Begun {
  readonly map: string;
  readonly key: string;
}

export function newWriter(
  dialect: Dialect,
  point: ProbePoint | undefined,
  locals: Readonly<Record<string, string>> = {},
  userStack = "ustack",
): Writer {
  const used = new Map<string, number>();
  return {
    dialect,
    point,
    userStack,
    prelude: [],
    fresh: (stem) => {
      const n = (used.get(stem) ?? 0) + 1;
      used.set(stem, n);
      return n === 1 ? `$${stem}` : `$${stem}${n}`;
    },
    local: (name) => locals[name] ?? `$${name}`,
  };
}

/** `kprobe:f`, with quotes where a path needs them and the names this version knows. */
export function attachPoint(point: ProbePoint, dialect: Dialect): string {
  const type =
    !dialect.can("fentryName") && point.type === "fentry"
      ? "kfunc"
      : !dialect.can("fentryName") && point.type === "fexit"
        ? "kretfunc"
        : point.type;
  const parts = point.parts.map((part, i) => {
    const path = i === 0 && ["uprobe", "uretprobe", "usdt"].includes(point.type);
    if (path) return /^[\w./+-]+$/.test(part) ? part : quote(part);
    return /^[\w.*?[\]!:+-]+$/.test(part) ? part : quote(part);
  });
  // Without a count bpftrace takes one event in a hundred (or a million), which is not what was asked.
  if ((point.type === "software" || point.type === "hardware") && parts.length === 1) parts.push("1");
  return [type, ...parts].join(":");
}

/** Why this version cannot attach to a probe, in a few words; undefined when it can. */
export function attachGap(point: ProbePoint, dialect: Dialect): string | undefined {
  if (point.type === "rawtracepoint" && !dialect.can("rawTracepoint"))
    return `bpftrace ${dialect.version} cannot attach to raw tracepoints`;
  return undefined;
}

/** Without the comment that says what it is there for. */
export function probeBlock(probe: PlanProbe, writers: ResultWriter, dialect: Dialect): string {
  const writer = newWriter(dialect, probe.point, {}, writers.userStack);
  const predicates: Test[] = [];
  const lines: string[] = [];
  let depth = 0;
  let open = true;
  const indent = (): string => "  ".repeat(depth + 1);
  for (const test of probe.filter) {
    const tested = condition(test, writer);
    const prelude = writer.prelude.splice(0);
    if (prelude.length === 0 && open) {
      predicates.push(tested);
      continue;
    }
    open = false;
    append(lines, [...prelude.map((p) => indent() + p), `${indent()}if (${tested.holds.text}) {`]);
    depth++;
  }
  append(
    lines,
    stepLines(probe.steps, writer, writers).map((l) => indent() + l),
  );
  while (depth > 0) {
    depth--;
    lines.push(`${indent()}}`);
  }
  const predicate = predicates.length > 0 ? `\n/${c.all(predicates).holds.text}/` : "";
  return `${attachPoint(probe.point, dialect)}${predicate}\n{\n${lines.join("\n")}\n}`;
}

function stepLines(steps: readonly Step[], writer: Writer, writers: ResultWriter): string[] {
  let begun: Begun | undefined;
  return steps.flatMap((step) => {
    if (step.do === "store") {
      const place = keyText(step.key, writer);
      const stored = `@${step.map}[${place}] = ${writeKept(step.value, writer).text};`;
      const prelude = writer.prelude.splice(0);
      if (step.begins) begun = { map: step.map, key: place };
      if (step.begins) return [...prelude, ...writers.storeBegin(step.map, place, stored)];
      return [...prelude, ...(begun?.key === place ? writers.storeMore(begun, stored) : [stored])];
    }
    return stepLine(step, writer, writers);
  });
}

function keyText(values: readonly Typed[], writer: Writer): string {
  return values.map((each) => writeKept(each, writer).text).join(", ");
}

function stepLine(step: Exclude<Step, { do: "store" }>, writer: Writer, writers: ResultWriter): string[] {
  const before = (text: string[]): string[] => [...writer.prelude.splice(0), ...text];
  switch (step.do) {
    case "let":
      return before([`$${step.name} = ${writeKept(step.value, writer).text};`]);
    case "when": {
      const tested = c.all(step.all.map((t) => condition(t, writer)));
      const prelude = writer.prelude.splice(0);
      return [
        ...(step.purpose === undefined ? [] : [`// ${comment(step.purpose)}`]),
        ...prelude,
        `if (${tested.holds.text}) {`,
        ...stepLines(step.then, writer, writers).map((l) => `  ${l}`),
        "}",
      ];
    }
    case "remove":
      return [remove(step.map, step.key, writer), ...writers.removed(step.map)];
    case "aggregate": {
      const text = step.key.length > 0 ? `[${keyText(step.key, writer)}]` : "";
      const value = step.value && writeValue(step.value, writer).text;
      return before([...writers.aggregate(step.result, step.aggregate, text, value)]);
    }
    case "emit": {
      const values = step.values.map((v) => writeValue(v, writer));
      return before([...writers.emit(step.result, values)]);
    }
  }
}

/** Newer versions warn of a result that is thrown away, and older ones have none. */
function remove(map: string, key: readonly Typed[], writer: Writer): string {
  const text = keyText(key, writer);
  if (!writer.dialect.can("deleteIsValue")) return `delete(@${map}[${text}]);`;
  return `if (delete(@${map}, ${key.length > 1 ? `(${text})` : text})) { }`;
}
