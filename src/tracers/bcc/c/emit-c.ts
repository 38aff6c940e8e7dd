/** The C text of a program: structs, tables, and a function for each probe. */
import { greatest } from "../../../lists.js";
import { FOLLOWED, STARTING, type Plan, type TracedProcess } from "../../../plan/plan.js";
import { aggregatesOf, roomOf } from "../../../plan/columns.js";
import { allSteps } from "../../../plan/needs.js";
import { STEPS_OF_GROUP } from "../../../plan/running.js";
import { stateText } from "../../../plan/words.js";
import { FORK, RENAME } from "../../followed-processes.js";
import type { AddedProbe, ScriptParts } from "../../script.js";
import { bufferText } from "./buffer.js";
import { C_HELPERS, inOrder } from "./c-helpers.js";
import { declaration, numberType, struct, stackTable } from "../layout/fields.js";
import type { MappingProbes } from "../mapping-probes.js";
import { numberHere } from "./number-here.js";
import type { ProbeFunction } from "./probe-function.js";
import type { Program } from "./program.js";
import {
  groupKeyType,
  groupNumber,
  groupValueType,
  keepsNumber,
  type GroupsLayout,
  type RowsLayout,
} from "../layout/result-layout.js";
import { keyType, valueNumber, valueType, type StateTable } from "../layout/state-table.js";
import { filled } from "../python/lines.js";
import { changeText } from "./change.js";
import { routineText } from "./routine-text.js";
import { cComment, indented } from "../quoting.js";
import { ownStruct, type FindTracepoint } from "./tracepoint.js";

/** Room for many events, at a modest cost of memory. */
const RING_PAGES = 256;

/** The kernel walks no further than an entry has room. */
function stackTableText(depth: number | undefined): string {
  const name = stackTable(depth);
  if (depth === undefined) return `BPF_STACK_TRACE(${name}, MAX_ENTRIES);`;
  return [
    `struct ${name}_entry { u64 ip[${depth}]; };`,
    `BPF_TABLE("stacktrace", int, struct ${name}_entry, ${name}, roundup_pow_of_two(MAX_ENTRIES));`,
  ].join("\n");
}

export function programText(
  program: Program,
  functions: readonly ProbeFunction[],
  mappings: MappingProbes | undefined,
  { release, tracepoint }: { readonly release: string; readonly tracepoint: FindTracepoint },
): string {
  const { plan } = program;
  const changes = [...program.changes.keys()].map((result) => changeText(result, program));
  const helpers = inOrder(program.helpers);
  const inTurns = program.results.findLastIndex((_, i) => program.takesTurns(i)) + 1;
  // Structs and tables use types of helpers, and helpers use tables.
  const first = helpers.filter((h) => h === "stack_of");
  const rest = helpers.filter((h) => h !== "stack_of");
  // It counts problems, so the table for them is needed.
  const follow = followText(program, mappings, tracepoint);
  const sections = [
    includes(program),
    offsets(program, release),
    [...program.stackDepths].map(stackTableText).join("\n"),
    program.countsProblems ? problemsText(program) : "",
    ...first.map((h) => C_HELPERS[h]),
    inTurns > 0 ? turnsText(inTurns) : "",
    ...stateParts(program).map(({ text }) => text),
    followTables(plan),
    mappings?.tables ?? "",
    ...resultParts(program).map(({ text }) => text),
    ...rest.map((h) => C_HELPERS[h]),
    ...[...program.patterns.values()].map((p) => p.text),
    follow,
    mappings?.functions ?? "",
    ...changes,
    ...program.sharing.routines.map((routine) => routineText(routine, program)),
    ...paragraphs(functions),
  ];
  return sections.filter((s) => s !== "").join("\n\n");
}

/** Functions of a line or two that follow each other stand together. */
function paragraphs(functions: readonly ProbeFunction[]): readonly string[] {
  const texts: string[] = [];
  functions.forEach(({ text, isShort }, i) => {
    if (isShort && functions[i - 1]?.isShort === true) texts.push(`${texts.pop() ?? ""}\n${text}`);
    else texts.push(text);
  });
  return texts;
}

/** The tables through which probes pass values to each other. */
export function stateParts({ states, plan }: Program): ScriptParts["maps"] {
  return states.map((table) => ({
    holds: table.states.map(({ name }) => name),
    text: tableText(table, plan),
  }));
}

/** The tables and buffers of the results. */
export function resultParts(program: Program): ScriptParts["maps"] {
  return program.results.flatMap((layout, i) => {
    const result = program.plan.results[i];
    if (layout.kind === "open" || !result) return [];
    const query = cComment(result.query);
    const holds = aggregatesOf(result).map(({ map }) => map);
    const text = layout.kind === "rows" ? rowsText(layout, query, program) : groupsText(layout, query);
    return [{ holds, text }];
  });
}

function includes(program: Program): string {
  const types = new Set(program.plan.probes.map((p) => p.point.type));
  const isTimed = ["software", "hardware", "profile", "interval"].some((t) => types.has(t as "software"));
  return [
    "#include <uapi/linux/ptrace.h>",
    "#include <linux/types.h>",
    ...(program.stackDepths.size > 0 ? ["#include <linux/errno.h>"] : []),
    // Its header includes so much that compiling would take four times as long.
    ...(isTimed ? ["struct bpf_perf_event_data;  /* its fields are never read */"] : []),
  ].join("\n");
}

function problemsText({ countedProblems }: Program): string {
  return `\
/* How often each kind of problem occurred. */
enum { ${countedProblems.join(", ")}, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);`;
}

function offsets(program: Program, release: string): string {
  if (program.offsets.size === 0) return "";
  const lines = [...program.offsets].map(([name, bytes]) => `#define ${name} ${bytes}`);
  return [`/* Offsets in bytes of the members read here, in Linux ${cComment(release)}. */`, ...lines].join(
    "\n",
  );
}

function tableText(table: StateTable, plan: Plan): string {
  const kinds = [...table.kinds.values()];
  return [
    `/* ${cComment(`${tableComment(table)}${kept(table)}`)} */`,
    ...(kinds.length > 0 ? filled("enum { ", kinds, " };", 0) : []),
    ...(numberType(table.key) === undefined ? [struct(`${table.name}_key`, table.key.map(declaration))] : []),
    ...(valueNumber(table.fields) === undefined ? [struct(table.name, table.fields.map(declaration))] : []),
    declaredTable(table, plan),
  ].join("\n");
}

function tableComment({ states, kinds }: StateTable): string {
  const [first, ...others] = states;
  if (kinds.size === 0) return stateText(first);
  const span = [first, ...others].map((state) => state.span).join(", ");
  return `${stateText({ ...first, span })}, kind`;
}

/** A large table takes memory as it fills, where no probe may run in a context that cannot get any. */
function declaredTable(table: StateTable, plan: Plan): string {
  const names = table.states.map(({ name }) => name);
  const types = `${keyType(table)}, ${valueType(table)}`;
  const room = greatest(names.map((name) => roomOf(plan, name)));
  if (room <= plan.maxEntries) return `BPF_HASH(${table.name}, ${types}, MAX_ENTRIES);`;
  const entries = `MAX_ENTRIES > ${room} ? MAX_ENTRIES : ${room}`;
  const storing = plan.probes.filter((probe) =>
    allSteps([probe]).some((step) => step.do === "store" && names.includes(step.state)),
  );
  const isOfUsers = storing.every(({ point }) => point.type === "uprobe" || point.type === "uretprobe");
  return isOfUsers
    ? `BPF_F_TABLE("hash", ${types}, ${table.name}, ${entries}, BPF_F_NO_PREALLOC);`
    : `BPF_HASH(${table.name}, ${types}, ${entries});`;
}

/** The content of a table whose values are no struct, as a comment. */
function kept({ fields }: StateTable): string {
  const [only] = fields;
  return only && numberType(fields) !== undefined ? `: its ${only.name}` : "";
}

function followTables({ process }: Plan): string {
  if (process?.followed !== true) return "";
  const table = (name: string): string => `BPF_HASH(${name}, u32, u8, MAX_ENTRIES);`;
  const lines = ["/* The processes of the traced command. */", table(FOLLOWED)];
  if (process.execs !== undefined)
    lines.push(
      "/* Those that become it, and how many programs each has to execute until then. */",
      table(STARTING),
    );
  return lines.join("\n");
}

/** The functions that follow the processes of the traced command. */
const FOLLOW = { fn: "follow_new_process", ...FORK } as const;
const FOLLOW_EXEC = { fn: "follow_command", ...RENAME } as const;

/** Their functions are in the C text, and Python attaches them. */
export function followFunctions({ process }: Plan): readonly (typeof FOLLOW | typeof FOLLOW_EXEC)[] {
  if (process?.followed !== true) return [];
  return process.execs === undefined ? [FOLLOW] : [FOLLOW, FOLLOW_EXEC];
}

export function followProbes(plan: Plan): readonly AddedProbe[] {
  return followFunctions(plan).map(({ point, purpose }) => ({ point: `tracepoint:${point}`, purpose }));
}

/** What the command is to the kernel is not known in a PID namespace, before it runs. */
function firstSeen(program: Program, { pid, execs = 0 }: TracedProcess): readonly string[] {
  const { lines, number } = numberHere(program);
  return [
    `u8 execs = ${execs};`,
    `if (!left && !${FOLLOWED}.lookup(&pid)) {`,
    ...indented([
      ...lines,
      `if (${number} != ${pid})`,
      "    return 0;",
      `${STARTING}.update(&pid, &execs);`,
      `left = ${STARTING}.lookup(&pid);`,
    ]),
    "}",
  ];
}

/** Processes started by a followed one are followed too; the shell that starts the command is not. */
function followText(program: Program, mappings: MappingProbes | undefined, find: FindTracepoint): string {
  const { process } = program.plan;
  if (process?.followed !== true) return "";
  const { execs = 0 } = process;
  const fork = find("sched", "sched_process_fork");
  // BCC defines its struct for one function only, and a query may have a probe at the same place.
  const own = fork && ownStruct(fork, fork.fields.length, FOLLOW.fn);
  const keep = (table: string, pid: string, value: string): readonly string[] => [
    `if (${table}.update(&${pid}, ${value}))`,
    `    ${program.count("UNTRACED")}`,
  ];
  const follow = [
    ...(own ? [own.text, ""] : []),
    "/* Also trace the processes that the traced command starts. */",
    `int ${FOLLOW.fn}(struct ${own?.struct ?? "tracepoint__sched__sched_process_fork"} *args)`,
    "{",
    ...indented([
      "u32 parent = bpf_get_current_pid_tgid() >> 32;",
      "u32 child = args->child_pid;",
      "u8 yes = 1;",
      ...(execs > 1
        ? [
            "/* The shell of the command is not traced, but what it starts. */",
            `u8 *left = ${STARTING}.lookup(&parent);`,
            `if (left && ${STARTING}.update(&child, left))`,
            `    ${program.count("UNTRACED")}`,
          ]
        : []),
      `if (!${FOLLOWED}.lookup(&parent))`,
      "    return 0;",
      ...keep(FOLLOWED, "child", "&yes"),
      // The runner knows processes by the numbers of its own namespace, which a fork does not give.
      ...(program.plan.numbering ? [] : (mappings?.notice("child", "args") ?? [])),
      "return 0;",
    ]),
    "}",
  ];
  const begin = [
    "/* Trace a process from when it executes the command. */",
    `int ${FOLLOW_EXEC.fn}(void *ctx)`,
    "{",
    ...indented([
      "u32 pid = bpf_get_current_pid_tgid() >> 32;",
      "u8 yes = 1;",
      `u8 *left = ${STARTING}.lookup(&pid);`,
      ...(program.plan.numbering ? firstSeen(program, process) : []),
      "if (!left || *left == 0 || --*left > 0)",
      "    return 0;",
      ...keep(FOLLOWED, "pid", "&yes"),
      "return 0;",
    ]),
    "}",
  ];
  return [follow, ...(execs > 0 ? [begin] : [])].map((lines) => lines.join("\n")).join("\n\n");
}

/**
 * Reading a table and clearing it are two operations, and events counted in between would be lost. So the probes fill the
 * entries of one turn while the program reads those of the other.
 */
function turnsText(results: number): string {
  return `\
/* The set of entries (0 or 1) that each result updates, while the other one is read. */
BPF_ARRAY(turns, u32, ${results});

static __always_inline u32 turn_of(int result)
{
    u32 *turn = turns.lookup(&result);
    return turn ? *turn : 0;
}`;
}

function groupsText(layout: GroupsLayout, query: string): string {
  const { name, keys, scalars, histograms, values, takesTurns, hasSteps } = layout;
  const isKeyed = keys.length > 0;
  const sets = takesTurns ? 2 : 1;
  const times = (takesTurns ? 2 : 1) * (hasSteps ? STEPS_OF_GROUP : 1);
  const room = times > 1 ? `${times} * MAX_ENTRIES` : "MAX_ENTRIES";
  const members = [...scalars.values()].flatMap((s) => [
    `s64 ${s.name};`,
    ...(s.count === undefined ? [] : [`u64 ${s.count};`]),
  ]);
  const lines = [`/* ${query} */`];
  if (isKeyed && groupNumber(layout) === undefined)
    lines.push(struct(`${name}_key`, [...keys.map(declaration), ...(takesTurns ? ["u32 turn;"] : [])]));
  if (members.length > 0) {
    if (!keepsNumber(layout)) lines.push(struct(`${name}_value`, members));
    lines.push(
      isKeyed
        ? `BPF_PERCPU_HASH(${name}_groups, ${groupKeyType(layout)}, ${groupValueType(layout)}, ${room});`
        : `BPF_PERCPU_ARRAY(${name}_groups, ${groupValueType(layout)}, ${sets});`,
    );
  }
  for (const { table, most } of histograms.values()) {
    if (!isKeyed) lines.push(`BPF_PERCPU_ARRAY(${table}, u64, ${sets * most});`);
    else
      lines.push(
        struct(table, [`${groupKeyType(layout)} group;`, "u32 number;"]),
        `BPF_PERCPU_HASH(${table}, struct ${table}, u64, ${room});`,
      );
  }
  for (const { table, value } of values.values()) {
    const group = isKeyed ? [`${groupKeyType(layout)} group;`] : takesTurns ? ["u32 turn;"] : [];
    lines.push(
      struct(table, [declaration(value), ...group]),
      `BPF_HASH(${table}, struct ${table}, u8, ${room});`,
    );
  }
  return lines.join("\n");
}

function rowsText({ name, columns }: RowsLayout, query: string, program: Program): string {
  const buffer = bufferText(`${name}_buffer`, RING_PAGES, program.dialect);
  return [`/* ${query} */`, struct(name, columns.map(declaration)), buffer].join("\n");
}
