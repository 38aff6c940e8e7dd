/** The review form: a program for people to read, and to run by hand. */
import { append } from "../../../lists.js";
import { oneLine } from "../../one-line.js";
import { PROBLEMS } from "../c/c-helpers.js";
import { consume, openBuffer, poll } from "../c/buffer.js";
import type { ProbeFunction } from "../c/probe-function.js";
import type { RowsLayout } from "../layout/result-layout.js";
import { indented, pythonString } from "../quoting.js";
import { filled, textCall } from "./lines.js";
import { loadFunction } from "./load-function.js";
import type { PythonContext } from "./python-values.js";
import { hasIntervals } from "../../../results/batch-times.js";
import { hasRate } from "../../../plan/columns.js";
import { TRACING } from "../../../plan/words.js";
import { reportPrinter, rowPrinter } from "./text-results.js";

/** The query's own part, by its functions. */
export function textForm(
  context: PythonContext,
  functions: readonly ProbeFunction[],
  release: string,
): readonly (readonly string[])[] {
  const { program, uses } = context;
  const { plan, dialect } = program;
  const buffers: string[] = [];
  const printers: (readonly string[])[] = [];
  const headers: string[] = [];
  const timers: string[] = [];
  const last: string[] = [];
  plan.results.forEach((result, index) => {
    if (result.kind === "rows") {
      const layout = program.results[index] as RowsLayout;
      const { name, lines, header } = rowPrinter(result, layout, context);
      printers.push(lines);
      if (plan.results.length === 1) headers.push(header);
      const lost = dialect.can("ringBuffer")
        ? ""
        : `${warn(context)}("warning: %d ${PROBLEMS.LOST_EVENT}", count)`;
      append(
        buffers,
        openBuffer(`${layout.name}_buffer`, (event) => `${name}(bpf, ${event})`, lost, dialect),
      );
      return;
    }
    const { name, lines, timer } = reportPrinter(result, index, context);
    if (timer !== undefined) timers.push(timer);
    printers.push(lines);
    if (hasIntervals(result)) last.push(`${uses.of("write")}("(partial)")`);
    last.push(`${name}(bpf, options)`);
    if (result.every !== undefined) {
      const every = `${Number(result.every) / 1e9}`;
      timers.push(`(options.interval or ${every}, lambda: ${name}(bpf, options))`);
    }
  });
  const isPolled = buffers.length > 0;
  const wait = isPolled ? [`lambda seconds: ${poll("int(seconds * 1000) + 1", dialect)}`] : [];
  const isSimple = timers.length === 0 && !isPolled;
  const main = [
    ...optionLines(context),
    ...(program.offsets.size === 0 ? [] : otherKernel(release, context)),
    `bpf = ${uses.of("start")}(load, options)`,
    `${warn(context)}("${TRACING}")`,
    ...headers,
    // From here on it is counted.
    ...plan.results.flatMap((result, i) => (hasRate(result) ? [`${uses.of("seconds_since")}(${i})`] : [])),
    ...(isSimple
      ? [`${uses.of("stopping")}.wait(options.duration)`]
      : filled(`${uses.of("run")}(`, ["options.duration", `[${timers.join(", ")}]`, ...wait], ")")),
    ...(isPolled && dialect.can("ringBuffer") ? [`${consume(dialect)}()`] : []),
    ...last,
    ...(program.countsProblems ? problemLines(context) : []),
  ];
  return [
    loadFunction(program, functions, undefined, buffers),
    ...printers,
    ["def main():", ...indented(main)],
  ];
}

function problemLines({ program, uses }: PythonContext): readonly string[] {
  const words = program.countedProblems.map((kind) => pythonString(PROBLEMS[kind]));
  return filled(`${uses.of("print_problems")}(bpf, [`, words, "])");
}

/** Writes a line to stderr; where that fails, `logging` lets the program go on. */
function warn({ uses }: PythonContext): string {
  return `${uses.module("logging")}.getLogger().warning`;
}

function otherKernel(release: string, context: PythonContext): readonly string[] {
  const words = `warning: structs are read as in Linux ${release.replace(/[^\w.+-]/g, "?")}`;
  return [
    `if ${context.uses.module("os")}.uname().release != ${pythonString(release)}:`,
    ...indented(textCall(`${warn(context)}(`, words, ")", 8)),
  ];
}

/** Statements that read the options of the program: `options`. */
function optionLines({ program, uses }: PythonContext): readonly string[] {
  const { plan } = program;
  const queries = plan.results.map((r) => oneLine(r.query)).join("; ");
  // A description is a format for argparse where this is in it.
  const described = queries.includes("%(prog)") ? queries.replaceAll("%", "%%") : queries;
  const add = (...words: string[]): readonly string[] => filled("parser.add_argument(", words, ")");
  const ranked = plan.results.some((r) => r.kind === "groups" || r.kind === "openGroups");
  const every = plan.results.find((r) => r.every !== undefined)?.every;
  const seconds = (value: bigint | undefined): string => `${Number(value ?? 0n) / 1e9}`;
  const duration = plan.duration === undefined ? [] : [`default=${seconds(plan.duration)}`];
  return [
    ...textCall(`parser = ${uses.module("argparse")}.ArgumentParser(description=`, described, ")"),
    ...(program.takesPid ? add('"-p"', '"--pid"', "type=int", 'help="trace only this process"') : []),
    ...(every === undefined
      ? []
      : add('"-i"', '"--interval"', "type=float", `help="seconds between reports (${seconds(every)})"`)),
    ...add('"-d"', '"--duration"', "type=float", ...duration, 'help="stop after this many seconds"'),
    ...(ranked ? add('"--top"', "type=int", 'metavar="N"', 'help="print only the N largest groups"') : []),
    ...add('"--max-entries"', "type=int", `default=${plan.maxEntries}`, 'help="size of each table"'),
    "options = parser.parse_args()",
    "if not all(value is None or value > 0 for value in vars(options).values()):",
    '    parser.error("the value of an option must be above 0")',
  ];
}
