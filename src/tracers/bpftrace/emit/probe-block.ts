/** One probe of the plan as a block of script: predicate, guards, steps. */
import { isOfBinary } from "../../../plan/binaries.js";
import { allSteps, partsOf } from "../../../plan/needs.js";
import type { ChangeStep, PlanProbe, Step } from "../../../plan/plan.js";
import { purposeText } from "../../../plan/words.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import { c, missed, type Code, type Test } from "../../code.js";
import type { Dialect } from "../versions.js";
import type { RecordMaps } from "../records.js";
import { condition, writeKept, writeValue, write } from "./bpftrace-expression.js";
import type { ResultWriter } from "./result-writer.js";
import { isUserMemory } from "../../../plan/user-memory.js";
import { ReadOnce, usesIn } from "./once.js";
import {
  addToRecord,
  begunTest,
  changeOf,
  keepOnce,
  readField,
  removeRecord,
  storeRecord,
  type RecordWriter,
} from "./record-access.js";
import { quote, comment } from "./quoting.js";
import { append } from "../../../lists.js";
import { block, ifLines } from "./layout.js";
import { timesLines } from "./times.js";

/** In a walk over a map: its variable, and what the names of the plan are there. */
export interface Walk {
  readonly entry: string;
  readonly locals: Readonly<Record<string, string>>;
}

export function newWriter(
  dialect: Dialect,
  records: RecordMaps,
  stackMode: string | undefined,
  { point, uses = new Map(), walk, writers }: WriterPlace,
): RecordWriter {
  const used = new Map<string, number>();
  const writer: RecordWriter = {
    dialect,
    point,
    stackMode,
    records,
    entry: walk?.entry,
    once: new ReadOnce(uses),
    prelude: [],
    fresh: (wanted) => {
      const stem = wanted.replace(/\W+/g, "_");
      const n = (used.get(stem) ?? 0) + 1;
      used.set(stem, n);
      return n === 1 ? `$${stem}` : `$${stem}${n}`;
    },
    local: (name) => walk?.locals[name] ?? `$${name}`,
    readField: (value) => readField(value, writer),
    begunTest: (value) => begunTest(value, writer),
    isUserMemory: (value) =>
      point !== undefined && writers !== undefined && isUserMemory(value, { point, plan: writers.plan }),
    countUnknown: (why) => writers?.countUnknown(why) ?? "",
    write: (value) => write(value, writer),
    readOnce: (value, stem, read) => keepOnce(value, stem, read, writer),
  };
  return writer;
}

export interface WriterPlace {
  readonly point?: ProbePoint;
  /** What is read there more than once. */
  readonly uses?: ReadonlyMap<string, number>;
  readonly writers?: ResultWriter;
  readonly walk?: Walk;
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
    const path = i === 0 && isOfBinary(point);
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

/** What a script adds to a probe of the plan: statements to begin with, and a test after all others. */
export interface Around {
  readonly first?: readonly string[];
  readonly last?: Test;
}

/** Without the comment that says what it is there for. */
export function probeBlock(
  probe: PlanProbe,
  writers: ResultWriter,
  records: RecordMaps,
  dialect: Dialect,
  { first = [], last }: Around = {},
): string {
  const writer = newWriter(dialect, records, writers.stackMode, {
    point: probe.point,
    uses: usesIn(probe),
    writers,
  });
  // The names that the planner gave are taken.
  for (const step of allSteps([probe])) if (step.do === "let") writer.fresh(step.name);
  const predicates: Test[] = [];
  const guards: string[] = [];
  for (const test of probe.filter) {
    const tested = condition(test, writer);
    const prelude = writer.prelude.splice(0);
    // What needs statements of its own, and all that is tested after it, cannot stand before the block.
    if (prelude.length === 0 && guards.length === 0) predicates.push(tested);
    else append(guards, [...prelude, `if (${missed(tested).text}) { return; }${patternComment(test)}`]);
  }
  if (last) predicates.push(last);
  const predicate = predicates.length > 0 ? `\n/${c.all(predicates).holds.text}/` : "";
  const lines = [...first, ...guards, ...stepLines(probe.steps, writer, writers)];
  return block(`${attachPoint(probe.point, dialect)}${predicate}`, lines);
}

/** The pattern beside the tests of its bytes. */
function patternComment(test: Typed): string {
  const patterns = partsOf(test).flatMap((part) => (part.op === "glob" ? [quote(part.glob.text)] : []));
  return patterns.length === 0 ? "" : ` // ${comment(patterns.join(", "))}`;
}

function stepLines(steps: readonly Step[], writer: RecordWriter, writers: ResultWriter): string[] {
  return steps.flatMap((step) => {
    const lines = stepLine(step, writer, writers);
    return [...writer.prelude.splice(0), ...lines];
  });
}

/** In the review form nobody else could name the caller of a stack. */
function shown(value: Typed, code: Code, { names }: ResultWriter): Code {
  const isCaller = value.type.kind === "address" && value.type.isCaller === true;
  return isCaller && names === "tracer" ? c.call("usym", code) : code;
}

function stepLine(step: Step, writer: RecordWriter, writers: ResultWriter): readonly string[] {
  switch (step.do) {
    case "let":
      return [`$${step.name} = ${writeKept(step.value, writer).text};`];
    case "when": {
      const tested = c.all(step.all.map((t) => condition(t, writer)));
      const prelude = writer.prelude.splice(0);
      const then = writer.once.block(() => stepLines(step.then, writer, writers));
      return [
        ...(step.purposes === undefined ? [] : [`// ${comment(purposeText(step.purposes))}`]),
        ...prelude,
        ...ifLines(tested.holds.text, then),
      ];
    }
    case "times":
      return timesLines(step, writer, writers, () => stepLines(step.then, writer, writers));
    case "store":
      return writers.storeBegin(storeRecord(step, writer, (change) => changeLines(change, writer, writers)));
    case "change":
      return changeLines(step, writer, writers);
    case "add":
      return addToRecord(step, writer);
    case "unmatched":
      return writers.unmatched(step.state, writeKept(step.value, writer).text);
    case "unseen":
      return writers.unseen();
    case "remove":
      return [...removeRecord(step, writer), ...writers.removed(step.state)];
    case "aggregate": {
      const parts = step.key.map((each) => shown(each, writeKept(each, writer), writers).text);
      const key = parts.length > 0 ? `[${parts.join(", ")}]` : "";
      return step.updates.flatMap(({ aggregate, value }) =>
        writers.aggregate(step.result, aggregate, key, value && writeKept(value, writer).text),
      );
    }
    case "emit":
      return writers.emit(
        step.result,
        step.values.map((v) => shown(v, writeValue(v, writer), writers)),
      );
  }
}

function changeLines(step: ChangeStep, writer: RecordWriter, writers: ResultWriter): readonly string[] {
  const change = changeOf(step, writers.result(step.result), writer);
  return [...writer.prelude.splice(0), ...writers.change(change)];
}
