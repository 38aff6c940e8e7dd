/** The function of Python that compiles a program's C text and attaches its functions. */
import { FOLLOWED, STARTING, type Plan, type TracedProcess } from "../../../plan/plan.js";
import { append } from "../../../lists.js";
import type { MappingProbes } from "../mapping-probes.js";
import { indented, pythonBytes, pythonString } from "../quoting.js";
import { followFunctions } from "../c/emit-c.js";
import type { ProbeFunction } from "../c/probe-function.js";
import type { Program } from "../c/program.js";
import { attachTracepoint } from "./attach.js";
import { attachCalls } from "./attach-calls.js";
import { filled } from "./lines.js";

/** `buffers`: statements that open those of the results. */
export function loadFunction(
  program: Program,
  functions: readonly ProbeFunction[],
  mappings: MappingProbes | undefined,
  buffers: readonly string[],
): readonly string[] {
  const { plan, form, pid, uses } = program;
  const contexts = contextsOf(functions);
  const isNarrowed = functions.some(({ attachment }) => attachment.isNarrowed);
  return [
    `def load(${form === "text" ? "options" : ""}):`,
    ...indented([
      ...(isNarrowed ? [`pid = ${pid ?? "-1"}`] : []),
      ...numberedFunctions(program, functions),
      ...markers(functions, contexts, program),
      ...filled("cflags = [", flags(program), "]"),
      ...filled(
        `bpf = ${uses.ofBcc("BPF")}(`,
        [
          functions.some(({ attachment }) => attachment.numbered) ? "text=program" : "text=PROGRAM",
          "cflags=cflags",
          ...(contexts.size > 0 ? [`usdt_contexts=[${[...contexts.values()].join(", ")}]`] : []),
        ],
        ")",
      ),
      ...(plan.process?.followed ? followed(plan, plan.process) : []),
      ...(mappings?.start ?? []),
      ...functions.flatMap(({ attachment: { numbered } }) =>
        numbered ? [`for found, function in ${numbered.fn}:`, ...indented(numbered.attach)] : [],
      ),
      ...attachCalls(functions.flatMap(({ attachment }) => attachment.call ?? [])),
      ...functions.flatMap(({ attachment }) => attachment.lines),
      ...buffers,
      "return bpf",
    ]),
  ];
}

function flags({ plan, form, asksProcess, hasElapsed, globals, dialect, uses }: Program): readonly string[] {
  const clock = dialect.can("bootClock") ? "" : `${uses.module("time")}.CLOCK_MONOTONIC`;
  return [
    '"-w"',
    form === "text" ? '"-DMAX_ENTRIES=%d" % options.max_entries' : `"-DMAX_ENTRIES=${plan.maxEntries}"`,
    ...(asksProcess ? ['"-DONLY_PID=%d" % (options.pid or 0)'] : []),
    ...(hasElapsed ? [`"-DSTARTED=%dULL" % ${uses.of("nanoseconds")}(${clock})`] : []),
    ...[...globals].map(
      (name) =>
        `"-DADDRESS_OF_${name.toUpperCase()}=%dULL" % ${uses.of("kernel_address")}(${pythonString(name)})`,
    ),
  ];
}

/** Makes the functions for the probes of wildcards: `program` has them, too. Names are bytes for BCC. */
function numberedFunctions({ uses }: Program, functions: readonly ProbeFunction[]): readonly string[] {
  const numbered = functions.flatMap(({ attachment }) => attachment.numbered ?? []);
  if (numbered.length === 0) return [];
  return [
    "program = PROGRAM",
    ...numbered.flatMap(({ find, prefix, fn, context }) => [
      ...filled(
        `${fn}, text_of_${fn} = ${uses.of("numbered")}(`,
        ["PROBES", find, pythonString(prefix), pythonString(fn), pythonString(context)],
        ")",
      ),
      `program += text_of_${fn}`,
    ]),
  ];
}

/** By the path of a program: the variable for its markers. */
function contextsOf(functions: readonly ProbeFunction[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { attachment } of functions)
    if (attachment.usdt && !paths.has(attachment.usdt.path))
      paths.set(attachment.usdt.path, paths.size === 0 ? "markers" : `markers_${paths.size + 1}`);
  return paths;
}

function markers(
  functions: readonly ProbeFunction[],
  contexts: ReadonlyMap<string, string>,
  { pid, uses }: Program,
): readonly string[] {
  const lines: string[] = [];
  for (const [path, name] of contexts) {
    const usdt = uses.ofBcc("USDT");
    const all = `${usdt}(path=${pythonString(path)})`;
    const one = `${usdt}(pid=pid, path=${pythonString(path)})`;
    lines.push(pid === undefined ? `${name} = ${all}` : `${name} = ${one} if pid > 0 else ${all}`);
  }
  for (const { attachment } of functions) {
    const { path = "", lines: [first = "", ...rest] = [] } = attachment.usdt ?? {};
    if (first !== "") append(lines, [`${contexts.get(path) ?? ""}.${first}`, ...rest]);
  }
  return lines;
}

/** The command that is traced, and what it starts. */
function followed(plan: Plan, { pid, execs }: TracedProcess): readonly string[] {
  const [table, value] = execs === undefined ? [FOLLOWED, 1] : [STARTING, execs];
  return [
    // What the command is to the kernel is not known in a PID namespace, before it runs.
    ...(plan.numbering
      ? []
      : [
          `${table} = bpf[${pythonString(table)}]`,
          `${table}[${table}.Key(${pid})] = ${table}.Leaf(${value})`,
        ]),
    ...followFunctions(plan).flatMap(({ point, fn }) => attachTracepoint(point, pythonBytes(fn))),
  ];
}
