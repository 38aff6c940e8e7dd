/**
 * Functions that report to the runner what code a process maps, as those of the bpftrace script do, through a buffer of
 * their own. See `tracers/script.ts`.
 */
import { showsUserStacks } from "../../plan/user-stacks.js";
import { FOLLOWED } from "../../plan/plan.js";
import {
  AT_BASE,
  AUXILIARY_PAIRS,
  DIRECTORIES,
  LIBRARY_PURPOSE,
  NOTICE_PURPOSE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  PROGRAM_PURPOSE,
  PROT_EXEC,
} from "../mapped-code.js";
import { MARKS, type AddedProbe } from "../script.js";
import { attachTracepoint } from "./python/attach.js";
import { numberHere } from "./c/number-here.js";
import { bufferText, openBuffer } from "./c/buffer.js";
import { struct } from "./layout/fields.js";
import type { Program } from "./c/program.js";
import { indented, pythonBytes } from "./quoting.js";
import { ownStruct, type FindTracepoint } from "./c/tracepoint.js";

/** The offset of a nested member in its struct, in bytes; undefined if the kernel's types do not include it. */
export type FindMember = (struct: string, path: readonly string[]) => number | undefined;

export interface MappingProbes {
  /** Their buffer, and the tables in which they remember. */
  readonly tables: string;
  /** Statements that report only the process `pid`. */
  notice(pid: string, context: string): readonly string[];
  readonly functions: string;
  readonly added: readonly AddedProbe[];
  /** Definitions at the top level of Python. */
  readonly constants: readonly string[];
  /** Python statements that read the reports, and attach the functions. */
  readonly start: readonly string[];
}

/** The size of the buffer: a program with its directories and libraries takes a dozen messages. */
const RING_PAGES = 128;
const BUFFER = "mapped_code_buffer";

const MEMBERS = [
  "s32 mark;",
  "u32 pid;",
  "u64 inode;",
  "u64 start;",
  "u64 extent; /* program: end of its code; library: length of the mapping */",
  "u64 base; /* program: address of its interpreter; library: offset in its file */",
  "u64 root;",
  "u64 device;",
  "char name[256];",
];

const WORD = `\
static __always_inline u64 kernel_word(u64 address)
{
    u64 word = 0;
    bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
    return word;
}`;

/** A message does not fit on the stack of a function. */
const ROOM = [
  "u32 zero = 0;",
  "struct mapped_code *code = mapped_code_room.lookup(&zero);",
  "if (!code)",
  "    return 0;",
];

/** Leaves `pid` the number by which the runner knows the process. */
function onlyFollowed(program: Program): string[] {
  const { lines, number } = numberHere(program);
  return [
    "u32 pid = bpf_get_current_pid_tgid() >> 32;",
    ...(program.plan.process ? [`if (!${FOLLOWED}.lookup(&pid))`, "    return 0;"] : []),
    // In a block, for what follows has names of its own.
    ...(program.plan.numbering ? ["{", ...indented([...lines, `pid = ${number};`]), "}"] : []),
  ];
}

/** Reports only the process, so that it is inspected at once. */
function noticeLines(pid: string, context: string, program: Program): string[] {
  return [...ROOM, `code->mark = ${MARKS.process};`, `code->pid = ${pid};`, tell(program, context)];
}

/** A lost message shows in the result: a stack without names. */
function tell(program: Program, context: string): string {
  return program.dialect.can("ringBuffer")
    ? `${BUFFER}.ringbuf_output(code, sizeof(*code), 0);`
    : `${BUFFER}.perf_submit(${context}, code, sizeof(*code));`;
}

export function mappingProbes(
  program: Program,
  memberAt: FindMember,
  tracepoint: FindTracepoint,
): MappingProbes {
  const isOfStacks = showsUserStacks(program.plan);
  const place = isOfStacks ? placesOf(program, memberAt) : undefined;
  const mmap = tracepoint("syscalls", "sys_enter_mmap");
  const [onProgram, onLibrary] = [
    program.names.take("on_mapped_program"),
    program.names.take("on_mapped_library"),
  ];
  const purpose = isOfStacks ? PROGRAM_PURPOSE : NOTICE_PURPOSE;
  const head = `/* ${sentence(purpose)} */\nint ${onProgram}(void *ctx)\n{`;
  const isTyped = place !== undefined && mmap !== undefined;
  const lines = isTyped ? programLines(program, place) : noticeLines("pid", "ctx", program);
  const functions = [
    ...(isTyped ? [WORD] : []),
    [head, ...indented([...onlyFollowed(program), ...lines, "return 0;"]), "}"].join("\n"),
  ];
  const attached = [{ place: "sched:sched_process_exec", fn: onProgram, purpose }];
  if (isTyped) {
    const { struct: own, text } = ownStruct(mmap, mmap.fields.length, onLibrary);
    functions.push(
      text,
      [
        `/* ${sentence(LIBRARY_PURPOSE)} */\nint ${onLibrary}(struct ${own} *args)\n{`,
        ...indented([...libraryLines(program, place), "return 0;"]),
        "}",
      ].join("\n"),
    );
    attached.push({ place: "syscalls:sys_enter_mmap", fn: onLibrary, purpose: LIBRARY_PURPOSE });
  }
  return {
    tables: [
      "/* Reports of the code that processes map, so that stacks can be symbolized after the process has ended. */",
      struct("mapped_code", MEMBERS),
      "BPF_PERCPU_ARRAY(mapped_code_room, struct mapped_code, 1);",
      bufferText(BUFFER, RING_PAGES, program.dialect),
      ...(isTyped
        ? ["BPF_HASH(mapped_programs, u64, u8, MAX_ENTRIES); /* programs whose directories were reported */"]
        : []),
    ].join("\n"),
    notice: (pid, context) => noticeLines(pid, context, program),
    functions: functions.join("\n\n"),
    constants: [
      "# The number of values in each kind of report about code.",
      `CODE_FACTS = {${MARKS.process}: 0, ${MARKS.program}: 7, ${MARKS.directory}: 1, ${MARKS.library}: 5}`,
    ],
    start: [
      ...openBuffer(
        BUFFER,
        (event) => `${program.uses.of("send_code")}(${event}, CODE_FACTS)`,
        "None",
        program.dialect,
      ),
      ...attached.flatMap(({ place, fn }) => attachTracepoint(place, pythonBytes(fn))),
    ],
    added: attached.map(({ place, purpose }) => ({ point: `tracepoint:${place}`, purpose })),
  };
}

function sentence(phrase: string): string {
  return `${phrase.slice(0, 1).toUpperCase()}${phrase.slice(1)}.`;
}

const PLACES = {
  mm: ["task_struct", "mm"],
  fs: ["task_struct", "fs"],
  files: ["task_struct", "files"],
  exeFile: ["mm_struct", "exe_file"],
  startCode: ["mm_struct", "start_code"],
  endCode: ["mm_struct", "end_code"],
  auxiliary: ["mm_struct", "saved_auxv"],
  fileEntry: ["file", "f_path", "dentry"],
  fileInode: ["file", "f_inode"],
  rootEntry: ["fs_struct", "root", "dentry"],
  name: ["dentry", "d_name", "name"],
  parent: ["dentry", "d_parent"],
  entryInode: ["dentry", "d_inode"],
  fileSystem: ["dentry", "d_sb"],
  inode: ["inode", "i_ino"],
  device: ["super_block", "s_dev"],
  descriptors: ["files_struct", "fdt"],
  descriptor: ["fdtable", "fd"],
} as const;

type Places = Readonly<Record<keyof typeof PLACES, string>>;

/** The constants for the offsets of members; undefined if the kernel lacks some of these types. */
function placesOf(program: Program, memberAt: FindMember): Places | undefined {
  const found = Object.entries(PLACES).map(([name, [of, ...path]]) => ({
    name,
    of,
    path,
    at: memberAt(of, path),
  }));
  if (found.some(({ at }) => at === undefined)) return undefined;
  return Object.fromEntries(
    found.map(({ name, of, path, at }) => [name, program.offset(of, path, at ?? 0)]),
  ) as Places;
}

function readName(place: Places): string {
  return `bpf_probe_read_kernel_str(&code->name, sizeof(code->name), (void *)kernel_word(entry + ${place.name}));`;
}

function programLines(program: Program, place: Places): string[] {
  return [
    ...ROOM,
    "u64 task = bpf_get_current_task();",
    `u64 mm = kernel_word(task + ${place.mm});`,
    `u64 file = kernel_word(mm + ${place.exeFile});`,
    `u64 entry = kernel_word(file + ${place.fileEntry});`,
    `u64 root = kernel_word(kernel_word(task + ${place.fs}) + ${place.rootEntry});`,
    `u64 inode = kernel_word(kernel_word(file + ${place.fileInode}) + ${place.inode});`,
    "u32 device = 0;",
    `bpf_probe_read_kernel(&device, sizeof(device), (void *)(kernel_word(root + ${place.fileSystem}) + ${place.device}));`,
    `code->mark = ${MARKS.program};`,
    "code->pid = pid;",
    "code->inode = inode;",
    `code->start = kernel_word(mm + ${place.startCode});`,
    `code->extent = kernel_word(mm + ${place.endCode});`,
    "code->base = 0;",
    "#pragma unroll",
    `for (int pair = ${AUXILIARY_PAIRS.first}; pair <= ${AUXILIARY_PAIRS.last}; pair++)`,
    `    if (kernel_word(mm + ${place.auxiliary} + 16 * pair) == ${AT_BASE})`,
    `        code->base = kernel_word(mm + ${place.auxiliary} + 16 * pair + 8);`,
    `code->root = kernel_word(kernel_word(root + ${place.entryInode}) + ${place.inode});`,
    "code->device = device;",
    readName(place),
    tell(program, "ctx"),
    "u8 yes = 1;",
    "if (mapped_programs.lookup(&inode))",
    "    return 0;",
    "mapped_programs.update(&inode, &yes);",
    `code->mark = ${MARKS.directory};`,
    "#pragma unroll",
    `for (int level = 0; level < ${DIRECTORIES}; level++) {`,
    `    entry = kernel_word(entry + ${place.parent});`,
    `    if (entry == kernel_word(entry + ${place.parent}))`,
    "        return 0;",
    `    ${readName(place)}`,
    `    ${tell(program, "ctx")}`,
    "}",
  ];
}

function libraryLines(program: Program, place: Places): string[] {
  return [
    `if (!(args->prot & ${PROT_EXEC}) || (args->flags & ${MAP_FIXED | MAP_ANONYMOUS}) != ${MAP_FIXED})`,
    "    return 0;",
    ...onlyFollowed(program),
    ...ROOM,
    `u64 files = kernel_word(bpf_get_current_task() + ${place.files});`,
    `u64 descriptors = kernel_word(kernel_word(files + ${place.descriptors}) + ${place.descriptor});`,
    "u64 file = kernel_word(descriptors + 8 * (u64)(u32)args->fd);",
    `u64 entry = kernel_word(file + ${place.fileEntry});`,
    `code->mark = ${MARKS.library};`,
    "code->pid = pid;",
    `code->inode = kernel_word(kernel_word(file + ${place.fileInode}) + ${place.inode});`,
    "code->start = args->addr;",
    "code->extent = args->len;",
    "code->base = args->off;",
    readName(place),
    tell(program, "args"),
  ];
}
