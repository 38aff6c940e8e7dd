/** Topics of `faultline help` and sections of the manual, generated from the tables of the code. */
import { CONCEPTS } from "../../explain/concepts.js";
import { bundledKernel, bundledNames, standardLibrary } from "../../index.js";
import { AGGREGATE_NAMES, definitionOf } from "../../aggregates/aggregates.js";
import { FUNCTION_NAMES, givenBy } from "../../semantics/expression/functions.js";
import { DEEPEST } from "../../semantics/expression/stack-depth.js";
import { COMMON_FIELDS, type CommonField } from "../../semantics/typed.js";
import { UNITS } from "../../types/units.js";
import { LEVELS, type LevelName, type PrecedenceLevel } from "../../syntax/precedence.js";
import { CLAUSE_WORDS, CLAUSES } from "../../syntax/clauses.js";
import { FORMAT_NAMES, formatRow } from "../../view/formats.js";
import { EXIT } from "../exit.js";
import { sourceNames, toolNames } from "./library-words.js";

export interface Topic {
  readonly name: string;
  /** One line. */
  readonly about: string;
  /** Paragraphs, which are wrapped, and rows of a word and its description. */
  readonly parts: () => readonly (string | readonly TopicRow[])[];
}

export type TopicRow = readonly [word: string, about: string];

const FIELDS: Readonly<Record<CommonField, string>> = {
  time: "when, as a time of day",
  elapsed: "the time since the trace began",
  pid: "the process; below 0: outside this PID namespace, by the number of the host",
  tid: "the thread",
  host_pid: "the process as the host numbers it, in the initial PID namespace",
  host_tid: "the thread as the host numbers it",
  ns_pid: "the process as the PID namespace that it is in numbers it",
  ns_tid: "the thread as that namespace numbers it",
  uid: "the user, by name where this machine has one: `where uid == postgres`, `uid == 999`",
  gid: "the group, likewise",
  cpu: "the processor",
  cgroup: "the control group, by its path",
  container: "the container, by the id or name in the path of its control group",
  pod: "the pod of Kubernetes, by the id in that path",
  comm: "the name of the thread, of 15 bytes at most",
  probe: "the probe that saw it",
  ustack: "the stack of the program",
  kstack: "the stack of the kernel",
  process: "the name of the process, which is that of its first thread: of 15 bytes at most, too",
  ppid: "the process that made it, or has taken it over",
  parent: "the name of that process",
  exe: "the name of the program's file, whole and without folders; empty for threads of the kernel",
  cmdline: "the program with its arguments, which faultline reads from /proc while it runs",
};

const STATUS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done, also after Ctrl-C",
  tracerFailed: "the tracer failed, or the results could not be written",
  usage: "the query or the usage is wrong",
  machineCannot: "this machine cannot: no tracer, no privilege, or a probe that its kernel lacks",
};

const ENVIRONMENT: readonly TopicRow[] = [
  [
    "NO_COLOR",
    "no colours, where it is set and not empty; the options --color and --no-color count before it",
  ],
  ["FORCE_COLOR", "colours also where the output is no terminal; 0 is no colours; NO_COLOR counts before it"],
  ["TERM", "`dumb` is a terminal without colours and without tables that are drawn in place"],
  ["TMPDIR", "where a run keeps its script; where that cannot be, /tmp, /var/tmp or /dev/shm"],
  ["PATH", "where bpftrace, python3 and the command of -c are"],
];

/** The operators of a level; membership is not among those of the table. */
export function operatorsOf({ infix = [], prefix = [], comparison }: PrecedenceLevel): readonly string[] {
  return [...prefix, ...infix, ...(comparison ? ["in"] : [])];
}

/** In order of increasing precedence. */
function operatorRows(): readonly TopicRow[] {
  return LEVELS.map((level): TopicRow => [operatorsOf(level).join(" "), OPERATOR_NOTES[level.name]]);
}

const OPERATOR_NOTES: Readonly<Record<LevelName, string>> = {
  Or: "one of the two",
  And: "both",
  Not: "the opposite of a condition",
  Comparison:
    "comparisons; `~` matches a glob (`*`, `?`, `[...]`), `has` tests flags, `in (…)` is one of several",
  Sum: "sums, and of bits",
  Product: "products, shifts, and of bits",
  Unary: "`-` is the opposite of a number, `~` has all its bits the other way",
};

function unitRows(): readonly TopicRow[] {
  return Object.values(UNITS).flatMap(({ spellings, heading }): TopicRow[] =>
    heading === undefined ? [] : [[Object.keys(spellings).join(" "), heading]],
  );
}

const rowsOf = (names: readonly string[], about: Readonly<Record<string, string>>): readonly TopicRow[] =>
  names.map((name) => [name, about[name] ?? ""]);

const listed = (words: readonly { readonly value: string; readonly about?: string }[]): readonly TopicRow[] =>
  words.map(({ value, about }) => [value, about ?? ""]);

export const TOPICS: readonly Topic[] = [
  {
    name: "query",
    about: "what a query says",
    parts: () => [
      "A query is a source and clauses in any order, each at most once. Without an aggregate and without `show` events are counted. For example: `malloc sum(size) as total by ustack where size > 4KB top 10 by total`.",
      CLAUSE_WORDS.map((word): TopicRow => [word, CLAUSES[word].about]),
      "`open SPAN` asks for what has begun and not ended. A query that begins with `every` and `show` has no source: its columns name those they are about, as in `every 1s show count(faults)`.",
    ],
  },
  {
    name: "sources",
    about: "what can be asked about",
    parts: () => [
      '`faultline doc NAME` lists the fields of each. A probe of the kernel or of a program is a source, too: `tracepoint:vmscan:*`, `kprobe:vfs_read`, `uprobe:"/usr/bin/app":parse`.',
      listed(sourceNames()),
    ],
  },
  {
    name: "tools",
    about: "queries with names and options",
    parts: () => ["`faultline help NAME` lists the options of each.", listed(toolNames())],
  },
  {
    name: "aggregates",
    about: "how many events become one figure",
    parts: () => [
      AGGREGATE_NAMES.map((name): TopicRow => [name, definitionOf(name).words.help]),
      "`as` gives a figure a name, `in` a unit: `sum(size) in MB as total`.",
    ],
  },
  {
    name: "fields",
    about: "what every source has",
    parts: () => [
      rowsOf(COMMON_FIELDS, FIELDS),
      "In a span they are those of its end; `begin.comm` and `end.comm` name a side. `faultline doc NAME` lists the other fields of a source.",
    ],
  },
  {
    name: "operators",
    about: "conditions and arithmetic",
    parts: () => [
      "From those that bind least to those that bind most:",
      operatorRows(),
      'A string is bytes, as names are shown: `"bad\\xff.so"`; `\\\\` is a backslash, `\\u{ff}` a character. In a pattern `\\\\*` is a star.',
    ],
  },
  {
    name: "functions",
    about: "what an expression may call",
    parts: () => [
      FUNCTION_NAMES.map((name): TopicRow => [`${name}(…)`, givenBy(name) ?? ""]),
      `\`ustack(5)\` and \`kstack(5)\` are stacks of so many frames at most, the innermost first; ${DEEPEST} is the most.`,
    ],
  },
  {
    name: "units",
    about: "times, sizes and pages",
    parts: () => [
      "A number that is a time or a size has its unit behind it, without a blank: `10ms`, `4KB`. `in` shows a figure in a unit.",
      unitRows(),
    ],
  },
  {
    name: "spans",
    about: "a begin and an end, with the time between",
    parts: () => [
      "A span has a `latency`. `open` in front of it asks for those that have not ended, which have an `age`.",
      listed(sourceNames().filter(({ value }) => standardLibrary().find(value)?.definition.kind === "span")),
    ],
  },
  {
    name: "formats",
    about: "how results are written",
    parts: () => [
      "`--format` names one; `-o FILE` takes the one that the file's name ends in.",
      FORMAT_NAMES.map((name): TopicRow => [name, `${formatRow(name).about}; ${formatRow(name).extension}`]),
    ],
  },
  {
    name: "kernels",
    about: "what can be compiled for",
    parts: () => [
      "`--kernel` names one. A file that `faultline profile capture` made is one, too.",
      [
        ["live", "the one that runs here"],
        ...bundledNames.map((name): TopicRow => [name, `kernel ${bundledKernel(name).release}`]),
      ],
    ],
  },
  {
    name: "concepts",
    about: "lessons on BPF",
    parts: () => [
      "`faultline help NAME` is a lesson on one.",
      CONCEPTS.map(({ id, gloss }): TopicRow => [id, gloss]),
    ],
  },
  {
    name: "exit-codes",
    about: "what the exit status says",
    parts: () => [
      Object.entries(STATUS).map(([name, about]): TopicRow => [
        String(EXIT[name as keyof typeof EXIT]),
        about,
      ]),
    ],
  },
  { name: "environment", about: "environment variables", parts: () => [ENVIRONMENT] },
];
