/** Writes a plan as one Python program that loads its own C text with BCC. */
import type { Plan } from "../../plan/plan.js";
import { noteText, numbersText, processText, purposeText } from "../../plan/words.js";
import type { Script, ScriptForm } from "../script.js";
import { followProbes, programText, resultParts, stateParts } from "./c/emit-c.js";
import { probeFunction, type ProbeFunction } from "./c/probe-function.js";
import { Program } from "./c/program.js";
import type { FindTracepoint } from "./c/tracepoint.js";
import { refuseRunnerOnly } from "../runner-only.js";
import { chosenPoints } from "./chosen-points.js";
import { mappingProbes, type FindMember } from "./mapping-probes.js";
import { Names } from "./names.js";
import { filled, wrappedWords } from "./python/lines.js";
import { NamedSets, type PythonContext } from "./python/python-values.js";
import { RUNTIME_NAMES } from "./python/runtime.js";
import { streamForm } from "./python/stream-form.js";
import { textForm } from "./python/text-form.js";
import { pythonLine, pythonString } from "./quoting.js";
import { dialectOf } from "./versions.js";

export interface BccOptions {
  /** The version of BCC: `0.31.0`. */
  readonly version: string;
  readonly form: ScriptForm;
  /** The target, for the header: `debian12 (6.1.0-50-cloud-amd64)`. */
  readonly target: string;
  /** The release of the target's kernel. */
  readonly release: string;
  readonly tracepoint: FindTracepoint;
  readonly memberAt: FindMember;
  /** The tool that the queries belong to, with its arguments, which are fixed in the program. */
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, string>> };
  /** The members of an enum, or the bits of a set of flags, by name. */
  readonly names: (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined;
}

/** The comment between the query's own part and the runtime. */
export const RUNTIME_LINE = "# ---- What follows is the same for every query. ----";

const INTERPRETER = "#!/usr/bin/python3 -I";

/** The top-level names of Python, besides those of the runtime. */
const OWN_NAMES = ["program", "probes", "problems", "code_facts", "load", "parse_options", "main", "bpf"];

export function emitBcc(plan: Plan, options: BccOptions): Script {
  refuseRunnerOnly(plan, options.form);
  const dialect = dialectOf(options.version, options.release);
  const program = new Program(plan, dialect, options.form);
  const functions = plan.probes.map((probe) => probeFunction(probe, program, options.tracepoint));
  const mappings = program.tellsCode
    ? mappingProbes(program, options.memberAt, options.tracepoint)
    : undefined;
  const c = programText(program, functions, mappings, options);
  const names = new Names([...RUNTIME_NAMES, ...OWN_NAMES]);
  const sets = new NamedSets(options.names, names);
  const context: PythonContext = { program, uses: program.uses, sets, names };
  const own =
    options.form === "text"
      ? textForm(context, functions, options.release)
      : streamForm(context, functions, mappings, options.release);
  const constants = [...sets.lines(), ...probeNames(program, functions)];
  const head = header(plan, options);
  const sections = [
    [INTERPRETER, head, ...program.uses.imports(), "", ...importOfBcc(program)],
    [`PROGRAM = r"""\n${c}\n"""`],
    ...(constants.length > 0 ? [constants] : []),
    ...own,
    [`${RUNTIME_LINE}\n${paragraphs(program.uses.definitions())}`],
    ["main()"],
  ];
  return {
    form: options.form,
    text: `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`,
    header: head,
    plan,
    maps: new Map(),
    environment: {},
    parts: {
      probes: functions.map(({ part }, i) => ({
        purpose: purposeText(plan.probes[i]?.purposes ?? []),
        text: part,
      })),
      maps: [...resultParts(program), ...stateParts(program)],
      added: [...followProbes(plan), ...(mappings?.added ?? [])],
    },
  };
}

/** The shared definitions; constants are not separated by empty lines. */
function paragraphs(definitions: readonly string[]): string {
  return definitions
    .map((text) => text + (text.includes("\n") ? "\n\n" : "\n"))
    .join("")
    .trimEnd();
}

function header(plan: Plan, options: BccOptions): string {
  const lines = plan.results.flatMap((r) => wrappedWords(pythonLine(r.query)));
  lines.push("");
  const add = (text: string): void => {
    for (const line of wrappedWords(text)) lines.push(line);
  };
  const { version } = dialectOf(options.version, options.release);
  const tool = options.tool ? `${pythonLine(toolText(options.tool))} ` : "";
  add(`Compiled by Faultline ${tool}for ${pythonLine(options.target)}, BCC ${version}.`);
  const process = processText(plan);
  if (process !== undefined) add(process);
  const numbers = options.form === "text" ? numbersText(plan) : undefined;
  if (numbers !== undefined) add(numbers);
  for (const { sources, points, passedOver } of chosenPoints(plan)) {
    add(pythonLine(`${sources.join(", ")}: ${points.join(", ")}`));
    for (const other of passedOver) add(`  not ${pythonLine(other.point)}: ${pythonLine(other.why)}`);
  }
  for (const note of plan.notes) add(`Note: ${pythonLine(noteText(note))}`);
  return `"""${lines.join("\n")}\n"""`;
}

function toolText({ name, arguments: given }: NonNullable<BccOptions["tool"]>): string {
  const values = Object.entries(given).map(([option, value]) => `${option} = ${value}`);
  return `from the tool ${name}${values.length > 0 ? ` with ${values.join(", ")}` : ""}`;
}

/** For the runner, failures are reported as they are. */
function importOfBcc({ form, uses }: Program): readonly string[] {
  const line = `from bcc import ${uses.bccNames().join(", ")}`;
  if (form === "text") return [`${line}  # package python3-bpfcc or python3-bcc`];
  return [
    "# Ctrl-C ends the program at once while BCC is being loaded.",
    "signal.signal(signal.SIGINT, signal.SIG_DFL)",
    "try:",
    `    ${line}`,
    "except ImportError as error:",
    '    sys.exit("BCC is not installed: %s" % error)',
  ];
}

/** By their numbers in the C text; those of wildcards are added when the program runs. */
function probeNames(program: Program, functions: readonly ProbeFunction[]): readonly string[] {
  const isUsed = program.probeNames.length > 0 || functions.some((f) => f.attachment.numbered);
  return isUsed ? filled("PROBES = [", program.probeNames.map(pythonString), "]", 0) : [];
}
