/** `trace`: one line per event, with arguments and a condition. */
import type { Plan } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import { onlyProbe, ownFilter, tracedPoint, type Command } from "./command.js";
import { c } from "../../code.js";
import { toolExpression, toolTest, type ToolNames } from "./oneliner-expression.js";

const NAMES: ToolNames = { argument: (index) => `arg${index + 1}`, returned: "retval" };

/** The columns with which each line of `trace` begins. */
const ALWAYS = ["pid", "tid", "comm", "probe"];

export function trace(plan: Plan): Command | string | undefined {
  const [result, ...others] = plan.results;
  if (result?.kind !== "rows" || others.length > 0) return undefined;
  const probe = onlyProbe(plan);
  if (!probe) return `\`trace\` would need ${plan.probes.length} probes at once, with nothing between them`;
  if (plan.process?.followed) return "`trace` does not follow what a command starts";
  if (result.limit !== undefined && plan.duration !== undefined)
    return "`trace` ends after lines, and not after a time";
  const point = tracedPoint(probe.point);
  if (point === undefined) return `\`trace\` does not take ${probe.point.type} events`;
  const [emit, ...more] = probe.steps;
  if (emit?.do !== "emit" || more.length > 0) return "`trace` shows an event and does nothing else";

  const options = plan.process ? ["-p", `${plan.process.pid}`] : [];
  const notes: string[] = [];
  const formats: string[] = [];
  const values: string[] = [];
  for (const [i, value] of emit.values.entries()) {
    const label = result.columns[i]?.label ?? "";
    if (value.op === "common" && ALWAYS.includes(value.name)) continue;
    if (value.op === "common" && value.name === "time") {
      notes.push("`-T` adds the time of day to each line");
      continue;
    }
    if (result.columns[i]?.callerOf !== undefined) {
      notes.push(
        "its stacks lack the function that called the one that is traced, unless the kernel adds it",
      );
      continue;
    }
    if (value.op === "common" && value.depth !== undefined)
      return "`trace` cannot limit the depth of a stack";
    if (value.op === "common" && value.name === "ustack") options.push("-U");
    else if (value.op === "common" && value.name === "kstack") options.push("-K");
    else if (value.op === "common" && value.name === "cpu") options.push("-C");
    else {
      const shown = shownValue(value);
      if (shown === undefined) return `\`trace\` cannot show ${label}`;
      formats.push(`${label.replaceAll(/["\\%]/g, "")}=${shown.format}`);
      values.push(shown.text);
    }
  }
  const wanted = ownFilter(probe, plan);
  const filter = wanted.flatMap((test) => toolTest(test, NAMES) ?? []);
  if (filter.length < wanted.length) return "`trace` cannot test this condition";
  const condition = filter.length > 0 ? ` (${c.all(filter).holds.text})` : "";
  const format = formats.length > 0 ? ` "${formats.join(" ")}", ${values.join(", ")}` : "";
  // The tool's own shorthand for the entry of a kernel function.
  const what = condition === "" && format === "" ? point.replace(/^p::/, "") : point;
  notes.push("each line has PID, TID, COMM and FUNC");
  if (formats.length > 0) notes.push("numbers have no units, and flags no names");
  if (plan.duration !== undefined) notes.push("it runs until Ctrl-C");
  return { words: ["trace", ...options, `${what}${condition}${format}`], notes };
}

function shownValue(value: Typed): { readonly format: string; readonly text: string } | undefined {
  if (value.op === "text") {
    const text = toolExpression(value.pointer, NAMES)?.text;
    return text === undefined || value.length ? undefined : { format: "%s", text };
  }
  const text = toolExpression(value, NAMES)?.text;
  if (text === undefined) return undefined;
  switch (value.type.kind) {
    case "address":
    case "flags":
      return { format: "0x%lx", text };
    case "symbol":
      return { format: value.type.space === "kernel" ? "%K" : "%U", text };
    case "number":
    case "enum":
      return { format: value.type.signed ? "%ld" : "%lu", text };
    case "bool":
      return { format: "%d", text };
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stack":
    case "stats":
    case "string":
      return undefined;
  }
}
