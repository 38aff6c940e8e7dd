/** The stream form: a program for the runner, which reads what it sends (`../read.ts`). */
import { append } from "../../../lists.js";
import { PROBLEMS, type Problem } from "../c/c-helpers.js";
import { consume, openBuffer, poll } from "../c/buffer.js";
import type { ProbeFunction } from "../c/probe-function.js";
import type { RowsLayout } from "../layout/result-layout.js";
import type { MappingProbes } from "../mapping-probes.js";
import { indented, pythonString } from "../quoting.js";
import { filled, textCall } from "./lines.js";
import { loadFunction } from "./load-function.js";
import type { PythonContext } from "./python-values.js";
import { groupSender, rowSender } from "./stream-results.js";

/** The query's own part, by its functions. */
export function streamForm(
  context: PythonContext,
  functions: readonly ProbeFunction[],
  mappings: MappingProbes | undefined,
  release: string,
): readonly (readonly string[])[] {
  const { program, uses } = context;
  const { plan, dialect, tellsCode } = program;
  const buffers: string[] = [];
  const senders: (readonly string[])[] = [];
  const timers: string[] = [];
  const last: string[] = [];
  const waits = plan.results.some((result) => result.kind === "rows" && program.tellsCodeOf(result));
  plan.results.forEach((result, index) => {
    if (result.kind === "rows") {
      const layout = program.results[index] as RowsLayout;
      const { name, lines } = rowSender(result, index, layout, context);
      senders.push(lines);
      const lost = dialect.can("ringBuffer") ? "" : `${uses.of("send")}({"lost": count})`;
      append(
        buffers,
        openBuffer(`${layout.name}_buffer`, (event) => `${name}(bpf, ${event})`, lost, dialect),
      );
      return;
    }
    const { name, lines, timer } = groupSender(result, index, context);
    if (timer !== undefined) timers.push(timer);
    senders.push(lines);
    last.push(`${name}(bpf, final=True)`);
    if (result.every !== undefined) timers.push(`(${Number(result.every) / 1e9}, lambda: ${name}(bpf))`);
  });
  const problems = program.countsProblems ? [`${uses.of("send_problems")}(bpf, PROBLEMS)`] : [];
  const sendWaiting = waits ? [`${uses.of("send_waiting_rows")}(${consume(dialect)})`] : [];
  const isPolled = buffers.length > 0 || tellsCode;
  const milliseconds = "int(seconds * 1000) + 1";
  const wait = isPolled
    ? poll(waits ? `0 if ${uses.of("waiting_rows")} else ${milliseconds}` : milliseconds, dialect)
    : `${uses.of("stopping")}.wait(seconds)`;
  const main = [
    `bpf = ${uses.of("start")}(load)`,
    `${uses.of("send")}({"attached": ${plan.probes.length}})`,
    ...(program.offsets.size === 0 ? [] : otherKernel(release, context)),
    "",
    "def wait(seconds):",
    ...indented([wait, ...sendWaiting, ...problems]),
    "",
    `${uses.of("run")}(${plan.duration === undefined ? "None" : Number(plan.duration) / 1e9}, [${timers.join(", ")}], wait)`,
    ...(buffers.length > 0 && (waits || dialect.can("ringBuffer")) ? [`${consume(dialect)}()`] : []),
    ...(waits ? [`while ${uses.of("waiting_rows")}:`, ...indented(sendWaiting)] : []),
    ...last,
    ...problems,
  ];
  const words = (Object.keys(PROBLEMS) as Problem[]).map((kind) => pythonString(PROBLEMS[kind]));
  const constants = [
    ...(program.countsProblems ? filled("PROBLEMS = [", words, "]", 0) : []),
    ...(mappings?.constants ?? []),
  ];
  return [
    ...(constants.length > 0 ? [constants] : []),
    loadFunction(program, functions, mappings, buffers),
    ...senders,
    ["def main():", ...indented(main)],
  ];
}

function otherKernel(release: string, { uses }: PythonContext): readonly string[] {
  const words = `structs are read as in Linux ${release.replace(/[^\w.+-]/g, "?")}`;
  return [
    `if ${uses.module("os")}.uname().release != ${pythonString(release)}:`,
    ...indented(textCall(`${uses.of("send")}({"warning": `, words, "})", 8)),
  ];
}
