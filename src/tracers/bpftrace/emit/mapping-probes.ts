/**
 * Probes that tell the runner what code a process maps, so that stacks of one that is gone by the time it
 * could be asked have names too: its program when it starts, its libraries as they are mapped. See `tracers/script.ts`.
 */
import {
  AT_BASE,
  AUXILIARY_PAIRS,
  DIRECTORIES,
  LIBRARY_PURPOSE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  PROGRAM_PURPOSE,
  PROT_EXEC,
} from "../../mapped-code.js";
import { MARKS, type AddedProbe } from "../../script.js";
import type { Dialect } from "../versions.js";
import type { RunningProcess } from "./running-process.js";

/** Programs by inode whose directories were told: a message costs several microseconds. */
export const PROGRAMS = "faultline_programs";

/** `filter` is a condition, or empty. */
export function mappingProbes(
  dialect: Dialect,
  filter: string,
  { pid: number, isNumbered }: RunningProcess,
): AddedBlock[] {
  // It takes long to load where it is worked out anew for each message.
  const [pid, known] = isNumbered ? ["$pid", [`$pid = ${number};`]] : [number, []];
  const args = `args${dialect.can("argsDot") ? "." : "->"}`;
  // A number in between, or some versions do not know the type's members and others warn about the cast.
  const entry = (pointer: string): string => `(struct dentry *)(uint64)${pointer}`;
  const base = Array.from(
    { length: AUXILIARY_PAIRS.last - AUXILIARY_PAIRS.first + 1 },
    (_, i) => 2 * (AUXILIARY_PAIRS.first + i),
  ).map((at) => `if ($mm->saved_auxv[${at}] == (uint64)${AT_BASE}) { $base = $mm->saved_auxv[${at + 1}]; }`);
  const program = [
    ...known,
    "$mm = curtask->mm;",
    "$file = $mm->exe_file;",
    `$entry = ${entry("$file->f_path.dentry")};`,
    `$root = ${entry("curtask->fs->root.dentry")};`,
    "$base = (uint64)0;",
    ...base,
    `print((${MARKS.program}, ${pid}, str($entry->d_name.name), $file->f_inode->i_ino, $mm->start_code, $mm->end_code, $base, $root->d_inode->i_ino, $root->d_sb->s_dev));`,
    `if (@${PROGRAMS}[$file->f_inode->i_ino] == 0) {`,
    `  @${PROGRAMS}[$file->f_inode->i_ino] = 1;`,
    `  unroll (${DIRECTORIES}) {`,
    `    $entry = ${entry("$entry->d_parent")};`,
    `    if ((uint64)$entry != (uint64)$entry->d_parent) { print((${MARKS.directory}, ${pid}, str($entry->d_name.name))); }`,
    "  }",
    "}",
  ];
  const library = [
    ...known,
    "$task = curtask;",
    `$file = *($task->files->fdt->fd + ${args}fd);`,
    `$entry = ${entry("$file->f_path.dentry")};`,
    `print((${MARKS.library}, ${pid}, str($entry->d_name.name), $file->f_inode->i_ino, ${args}addr, ${args}len, ${args}off));`,
  ];
  const maps = `(${args}prot & (uint64)${PROT_EXEC}) != 0 && (${args}flags & (uint64)${MAP_FIXED | MAP_ANONYMOUS}) == ${MAP_FIXED}`;
  return [
    probe(PROGRAM_PURPOSE, "sched:sched_process_exec", filter, program),
    probe(
      LIBRARY_PURPOSE,
      "syscalls:sys_enter_mmap",
      [maps, filter].filter((each) => each !== "").join(" && "),
      library,
    ),
  ];
}

/** Where the kernel does not give its types: only which process it is, so that someone looks at once. */
export function noticeProbes(filter: string, purpose: string, { pid }: RunningProcess): AddedBlock[] {
  return [probe(purpose, "sched:sched_process_exec", filter, [`print((${MARKS.process}, ${pid}));`])];
}

/** A probe that the plan does not have, with its text. */
export interface AddedBlock extends AddedProbe {
  readonly text: string;
}

function probe(purpose: string, place: string, filter: string, lines: readonly string[]): AddedBlock {
  const condition = filter === "" ? "" : `\n/${filter}/`;
  const point = `tracepoint:${place}`;
  const text = `// ${purpose}\n${point}${condition}\n{\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
  return { point, purpose, text };
}
