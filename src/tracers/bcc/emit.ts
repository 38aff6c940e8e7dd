/** Writes a plan as one Python program that loads its own C text with BCC. */
import { FOLLOWED } from "../../plan/plan.js";
import type { Plan, Result } from "../../plan/plan.js";
import { noteText, purposeText } from "../../plan/words.js";
import { pointText } from "../../semantics/source/probe-points.js";
import { tellsMappedCode } from "../mapped-code.js";
import type { Script, ScriptForm } from "../script.js";
import { attachTracepoint } from "./python/attach.js";
import { consume, openBuffer, poll } from "./c/buffer.js";
import { dialectOf, type Dialect } from "./versions.js";
import { FOLLOW, programText, resultParts, stateParts } from "./c/emit-c.js";
import { mappingProbes, type FindMember, type MappingProbes } from "./mapping-probes.js";
import { Program } from "./c/program.js";
import { isOfProcess, probeFunction, type ProbeFunction } from "./c/probe-function.js";
import { neededHelpers, PYTHON_HELPERS } from "./python/python-helpers.js";
import { assigned, oneLine, resultFunctions } from "./python/python-results.js";
import { NamedSets } from "./python/python-values.js";
import type { FindTracepoint } from "./c/tracepoint.js";
import { indented, pythonBytes, pythonLine, pythonString } from "./quoting.js";
import { append } from "../../lists.js";

export interface EmitOptions {
  /** Of BCC: `0.31.0`. */
  readonly version: string;
  readonly form: ScriptForm;
  /** For the header: `debian12 (6.1.0-50-cloud-amd64)`. */
  readonly target: string;
  /** Of the target's kernel. */
  readonly release: string;
  readonly tracepoint: FindTracepoint;
  readonly memberAt: FindMember;
  /** The tool that the queries are of, and what it was given: its own parameters are fixed in the program. */
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, string>> };
  /** The members of an enum, or the bits of a set of flags, by name. */
  readonly names: (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined;
}

export function emitBcc(plan: Plan, options: EmitOptions): Script {
  const dialect = dialectOf(options.version, options.release);
  const program = new Program(plan, dialect, tellsMappedCode(plan, options.form));
  const functions = plan.probes.map((probe) => probeFunction(probe, program, options.tracepoint));
  const mappings = program.tellsCode
    ? mappingProbes(program, options.memberAt, options.tracepoint)
    : undefined;
  const c = programText(program, functions, mappings, options);
  const sets = new NamedSets(options.names);
  const results = resultFunctions(plan, program, sets);
  const start = startLines(plan, program, functions, mappings, options);
  const body = [...results, ...start].join("\n");
  const helpers = neededHelpers(`${body}\n${argumentLines(plan).join("\n")}`).map(
    (h) => PYTHON_HELPERS[h] ?? "",
  );
  const constants = [
    `CLOCK = time.${dialect.can("bootClock") ? "CLOCK_BOOTTIME" : "CLOCK_MONOTONIC"}`,
    ...sets.lines(),
    ...probeNames(program, functions),
  ];
  const sections = [
    [...constants].join("\n"),
    `PROGRAM = r"""\n${c}\n"""`,
    ...helpers,
    ...results,
    start.join("\n"),
  ];
  const code = sections.join("\n\n\n");
  return {
    form: options.form,
    text: [header(plan, options, dialect), imports(code), "", code, ""].join("\n"),
    plan,
    maps: new Map(),
    environment: {},
    parts: {
      probes: functions.map(({ part }, i) => ({
        purpose: purposeText(plan.probes[i]?.purposes ?? []),
        text: part,
      })),
      maps: [...resultParts(program), ...stateParts(program)],
    },
  };
}

// ---------------------------------------------------------------- the head

function header(plan: Plan, options: EmitOptions, dialect: Dialect): string {
  const lines = plan.results.map((r) => pythonLine(r.query));
  lines.push("", `Compiled by Faultline for ${pythonLine(options.target)}, BCC ${dialect.version}.`);
  if (options.tool) {
    const given = Object.entries(options.tool.arguments).map(([name, value]) => `${name} = ${value}`);
    const told = given.length > 0 ? `, compiled with ${given.join(", ")}` : "";
    lines.push(`The tool ${pythonLine(`${options.tool.name}${told}`)}.`);
  }
  for (const choice of plan.choices) {
    lines.push(`${pythonLine(choice.source)}: ${pythonLine(pointText(choice.point))}`);
    for (const other of choice.passedOver)
      lines.push(`  not ${pythonLine(other.point)}: ${pythonLine(other.why)}`);
  }
  for (const note of plan.notes) lines.push(`Note: ${pythonLine(noteText(note))}`);
  return `#!/usr/bin/python3 -I\n"""${lines.join("\n")}\n"""`;
}

const MODULES = [
  "argparse",
  "ctypes",
  "datetime",
  "json",
  "os",
  "re",
  "signal",
  "socket",
  "sys",
  "threading",
  "time",
];

/** What the text names, and no more. */
function imports(code: string): string {
  const lines = MODULES.filter((m) => new RegExp(`\\b${m}\\.`).test(code)).map((m) => `import ${m}`);
  const names = ["BPF", "PerfHWConfig", "PerfSWConfig", "PerfType", "USDT"].filter((n) =>
    new RegExp(`\\b${n}\\b[.(]`).test(code),
  );
  return [
    ...lines,
    "",
    "# Ctrl-C before there is anything to end in order: at once, and without a trace.",
    "signal.signal(signal.SIGINT, signal.SIG_DFL)",
    "try:",
    `    from bcc import ${names.join(", ")}`,
    "except ImportError as error:",
    '    sys.exit("the package python3-bpfcc is not installed, on some distributions python3-bcc: %s" % error)',
  ].join("\n");
}

/** By the numbers that the C text has for them; those of wildcards are added when the program runs. */
function probeNames(program: Program, functions: readonly ProbeFunction[]): string[] {
  const isUsed = program.probeNames.length > 0 || functions.some((f) => f.attachment.numbered);
  if (!isUsed) return [];
  return [`PROBES = [${program.probeNames.map(pythonString).join(", ")}]`];
}

// ---------------------------------------------------------------- the start

function argumentLines(plan: Plan): string[] {
  const queries = plan.results.map((r) => oneLine(r.query)).join("; ");
  // A description is a format for argparse where this is in it.
  const described = queries.includes("%(prog)") ? queries.replaceAll("%", "%%") : queries;
  const add = (names: string, rest: string): string => `parser.add_argument(${names}, ${rest})`;
  const process = !takesProcess(plan)
    ? []
    : [
        add(
          '"-p", "--pid"',
          `type=whole_number("the number of a process: \`pgrep NAME\` tells it"), default=0, help="only this process"`,
        ),
      ];
  const every = plan.results.find((r) => r.every !== undefined)?.every;
  const interval = plan.results.some((r) => r.kind !== "rows")
    ? [
        add(
          '"-i", "--interval"',
          `type=seconds, metavar="SECONDS", help="print every so many seconds${every === undefined ? "" : ` (${Number(every) / 1e9})`}"`,
        ),
      ]
    : [];
  const top = plan.results.some((r) => r.kind === "groups" || r.kind === "openGroups")
    ? [
        add(
          '"--top"',
          `type=whole_number("a number above 0: 10"), metavar="N", help="print the N largest groups alone"`,
        ),
      ]
    : [];
  const duration = plan.duration === undefined ? "" : `default=${Number(plan.duration) / 1e9}, `;
  return [
    `parser = argparse.ArgumentParser(description=${pythonString(described)})`,
    ...process,
    ...interval,
    add('"-d", "--duration"', `type=seconds, metavar="SECONDS", ${duration}help="end after so many seconds"`),
    ...top,
    add(
      '"--max-entries"',
      `type=whole_number("a number of entries above 0: ${plan.maxEntries}"), metavar="N", default=${plan.maxEntries}, help="room of each table (%(default)s)"`,
    ),
    add('"--json"', 'action="store_true", help="print a line of JSON for each result"'),
    "arguments = parser.parse_args()",
  ];
}

/** Whether who runs the program may narrow it to a process. */
function takesProcess(plan: Plan): boolean {
  return !plan.process && plan.probes.some(isOfProcess);
}

function startLines(
  plan: Plan,
  program: Program,
  functions: readonly ProbeFunction[],
  mappings: MappingProbes | undefined,
  options: EmitOptions,
): string[] {
  const hasLayout = program.offsets.size > 0;
  const rows = plan.results.flatMap((r, i) => (r.kind === "rows" ? [i] : []));
  const reports = plan.results.flatMap((r, i) => (r.kind === "rows" ? [] : [{ i, every: r.every }]));
  const pid =
    plan.process || !takesProcess(plan)
      ? !plan.process || plan.process.followed
        ? "0"
        : `${plan.process.pid}`
      : "arguments.pid";
  const lines = [
    ...argumentLines(plan),
    "if sys.stdout is None:",
    '    fail("there is nowhere to write: standard output is closed")',
    'sys.stdout.reconfigure(errors="backslashreplace")',
    "stopping = threading.Event()",
    "",
    "",
    "def stop(_signal, _frame):",
    '    """The first asks for the last results, the second ends it at once."""',
    "    if stopping.is_set():",
    "        os._exit(1)",
    "    stopping.set()",
    "",
    "",
    "signal.signal(signal.SIGINT, stop)",
    "signal.signal(signal.SIGTERM, stop)",
    "# With nohup it outlives its terminal. A shell may send it once more, and that insists on nothing.",
    "if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:",
    "    signal.signal(signal.SIGHUP, lambda _signal, _frame: stopping.set())",
    "if os.geteuid() != 0:",
    '    fail("tracing the kernel needs root: run it with sudo")',
  ];
  if (hasLayout)
    lines.push(
      `if os.uname().release != ${pythonString(options.release)}:`,
      `    warn("compiled for Linux ${options.release.replace(/[^\w.+-]/g, "?")}: on another kernel members may be elsewhere")`,
    );
  append(lines, loadLines(plan, program, functions, mappings, pid));
  lines.push(
    "if arguments.json:",
    `    say({"attached": ${plan.probes.length}})`,
    "else:",
    '    note("Tracing... Hit Ctrl-C to end.")',
  );
  const [onlyRows] = rows;
  if (plan.results.length === 1 && onlyRows !== undefined)
    lines.push(
      `    write(aligned([name for name, _, _ in COLUMNS_${onlyRows}], COLUMNS_${onlyRows}, WIDTHS_${onlyRows}))`,
    );
  append(lines, loopLines(rows, reports, program));
  return lines;
}

function loadLines(
  plan: Plan,
  program: Program,
  functions: readonly ProbeFunction[],
  mappings: MappingProbes | undefined,
  pid: string,
): string[] {
  const flags = ['"-w"', '"-DMAX_ENTRIES=%d" % arguments.max_entries'];
  if (takesProcess(plan)) flags.push('"-DONLY_PID=%d" % arguments.pid');
  if (program.hasElapsed) flags.push('"-DSTARTED=%dULL" % boot_time()');
  for (const name of program.globals)
    flags.push(`"-DADDRESS_OF_${name.toUpperCase()}=%dULL" % address_of(${pythonString(name)})`);
  const needsPid = functions.some(
    (f) =>
      f.attachment.lines.some((l) => l.includes("only_pid")) ||
      f.attachment.numbered?.attach.includes("only_pid") ||
      f.attachment.usdt,
  );
  const numbered = functions.flatMap((f) => f.attachment.numbered ?? []);
  const usdts = functions.flatMap((f) => f.attachment.usdt ?? []);
  const lines = ["try:"];
  const inner: string[] = [];
  if (needsPid) inner.push(`only_pid = ${pid === "0" ? "-1" : `${pid} or -1`}`);
  if (numbered.length > 0) inner.push("program = PROGRAM", "made = []");
  // Names are text in some versions of BCC, and bytes in others.
  for (const { find, prefix, fn, context } of numbered) {
    inner.push(
      `for found in sorted(${find}):`,
      `    each = "${fn}_%d" % len(PROBES)`,
      `    program += "int %s(${context} *ctx) { return ${fn}(ctx, %d); }\\n" % (each, len(PROBES))`,
      `    made.append((${pythonString(fn)}, found, each.encode()))`,
      `    PROBES.append(${pythonString(prefix)} + os.fsdecode(found))`,
    );
  }
  const contexts: string[] = [];
  const paths = new Map<string, string>();
  for (const { path, lines: enable } of usdts) {
    let name = paths.get(path);
    if (name === undefined) {
      name = paths.size === 0 ? "markers" : `markers_${paths.size + 1}`;
      paths.set(path, name);
      contexts.push(name);
      const where = `path=${pythonString(path)}`;
      inner.push(`${name} = USDT(pid=only_pid, ${where}) if only_pid > 0 else USDT(${where})`);
    }
    append(
      inner,
      enable.map((l) => `${name ?? ""}.${l}`),
    );
  }
  const text = numbered.length > 0 ? "program" : "PROGRAM";
  const usdt = contexts.length > 0 ? `, usdt_contexts=[${contexts.join(", ")}]` : "";
  append(inner, [...assigned("cflags", "[", flags, "]"), `bpf = BPF(text=${text}, cflags=cflags${usdt})`]);
  if (plan.process?.followed)
    inner.push(
      `bpf[${pythonString(FOLLOWED)}][bpf[${pythonString(FOLLOWED)}].Key(${plan.process.pid})] = bpf[${pythonString(FOLLOWED)}].Leaf(1)`,
      attachTracepoint("sched:sched_process_fork", pythonBytes(FOLLOW)),
    );
  append(inner, mappings?.start ?? []);
  for (const { fn, attach } of numbered)
    inner.push(`for of, found, each in made:`, `    if of == ${pythonString(fn)}:`, `        ${attach}`);
  append(
    inner,
    functions.flatMap((f) => f.attachment.lines),
  );
  for (const [i, result] of plan.results.entries()) {
    const layout = program.results[i];
    if (result.kind !== "rows" || layout?.kind !== "rows") continue;
    const lost = 'tell(0, count, "events were lost")';
    inner.push(openBuffer(`${layout.name}_buffer`, `show_${i}`, lost, program.dialect));
  }
  append(lines, [...indented(inner), "except Exception as error:", '    fail("cannot trace: %s" % error)']);
  return lines;
}

/** Waits for events and for what is due, until it is told to end. */
function loopLines(
  rows: readonly number[],
  reports: readonly { readonly i: number; readonly every: bigint | undefined }[],
  program: Program,
): string[] {
  const { dialect, tellsCode } = program;
  const wait = rows.length > 0 || tellsCode ? poll("int(wait * 1000) + 1", dialect) : "stopping.wait(wait)";
  const keeps = rows.some((i) => program.tellsCodeOf(program.plan.results[i] as Result));
  const sayKept = `say_kept(${consume(dialect)})`;
  const told = program.helpers.has("problem") ? ["tell_problems()"] : [];
  const lines = ["started = time.monotonic()"];
  if (reports.length > 0) {
    lines.push("due = []");
    for (const { i, every } of reports) {
      const add = `due.append([started + interval, interval, report_${i}])`;
      const own = `interval = arguments.interval${every === undefined ? "" : ` or ${Number(every) / 1e9}`}`;
      append(lines, [own, ...(every === undefined ? ["if interval:", `    ${add}`] : [add])]);
    }
  }
  const last = [
    ...(rows.length > 0 && (keeps || dialect.can("ringBuffer")) ? [`${consume(dialect)}()`] : []),
    ...(keeps ? ["while kept:", `    ${sayKept}`] : []),
    ...reports.map(({ i }) => `report_${i}(final=True)`),
    ...told,
  ];
  append(lines, [
    "while not stopping.is_set():",
    "    now = time.monotonic()",
    "    wait = 1.0",
    "    if arguments.duration is not None:",
    "        if now >= started + arguments.duration:",
    "            break",
    "        wait = min(wait, started + arguments.duration - now)",
    ...(reports.length > 0
      ? [
          "    for timer in due:",
          "        if now >= timer[0]:",
          "            timer[2]()",
          "            timer[0] = max(timer[0] + timer[1], now)",
          "        wait = min(wait, max(timer[0] - now, 0))",
        ]
      : []),
    ...(keeps ? ["    if kept:", "        wait = 0"] : []),
    `    ${wait}`,
    ...(keeps ? [`    ${sayKept}`] : []),
    ...indented(told),
    ...(last.length > 0 ? ["if not unwritten:", ...indented(last)] : []),
    // Who reads no further needs no word of it.
    "if unwritten and not isinstance(unwritten[0], BrokenPipeError):",
    '    fail("cannot write the results: %s" % unwritten[0].strerror)',
  ]);
  return lines;
}
