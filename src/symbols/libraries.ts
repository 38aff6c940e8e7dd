/**
 * Locates a library named in a query (`libc`) in the traced process, which may run in a container, or be
 * a static program that contains the library's functions.
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Binaries, MissingProbe } from "../plan/binaries.js";
import type { ProbePoint } from "../semantics/typed.js";
import { lazy, remembered } from "../lazy.js";
import { conventionOf, functionsOf, libraryFile, missingIn, probesOf } from "./binary-probes.js";
import { ElfError, ElfFile, type Build } from "./elf.js";
import { isPattern } from "./function-names.js";
import { readMappings } from "./mappings.js";

/** Thrown if the traced process does not fit the query; the message is for the user. */
export class LibraryLookupError extends Error {
  override readonly name = "LibraryLookupError";
  readonly exitCode = 2;

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export interface Traced {
  readonly pid?: number;
  /** The executable of the command that is started. */
  readonly program?: string;
  /** The library used instead of the C library: a name, such as `jemalloc`, or a path. */
  readonly library?: string;
}

const C_LIBRARY = "libc";

/** The tracepoints of single system calls are those of 64-bit programs. */
const UNSEEN: MissingProbe = {
  why: "the traced program is a 32-bit one, whose system calls do not reach the tracepoints of `syscalls`",
  hint: "`syscall count() by call` sees them, as `ia32_…`",
  similar: [],
};

function isOfSystemCall({ type, parts: [category] }: ProbePoint): boolean {
  return type === "tracepoint" && category === "syscalls";
}

/** What is traced; undefined if that is not one program, or cannot be read. */
function buildOf({ pid, program }: Traced): Build | undefined {
  const file = pid === undefined ? program : `/proc/${pid}/exe`;
  try {
    return file === undefined ? undefined : ElfFile.read(file, ({ build }) => build);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

/** Returns functions that throw a `LibraryLookupError`. */
export function findBinaries(traced: Traced): Binaries {
  const located = new Map<string, string>();
  const fileOf = remembered((name: string) => (name.includes("/") ? name : (libraryFile(name) ?? name)));
  const probes = remembered(probesOf);
  const build = lazy(() => buildOf(traced));
  /** Of the file of a probe, if that is known. */
  const probesAt = ({ parts: [name = ""] }: ProbePoint): ReturnType<typeof probesOf> => {
    const file = isPattern(name) ? "" : fileOf(name);
    return file.includes("/") && existsSync(file) ? probes(file) : undefined;
  };
  return {
    functions: (point) => {
      const found = probesAt(point);
      return found ? functionsOf(found, point) : [point.parts[1] ?? ""];
    },
    convention: (point) => {
      const found = probesAt(point);
      return found && conventionOf(found);
    },
    unseen: (point) => (isOfSystemCall(point) && build()?.machine === "ia32" ? UNSEEN : undefined),
    locate: (name) => {
      const known = located.get(name) ?? locate(name, traced);
      located.set(name, known);
      return known;
    },
    file: fileOf,
    missing: (point) => {
      const [name = ""] = point.parts;
      // A pattern may name several files.
      if (isPattern(name)) return undefined;
      const file = fileOf(name);
      if (!file.includes("/")) return undefined;
      if (!existsSync(file)) return { why: `there is no file ${file}`, similar: [] };
      const found = probes(file);
      return found
        ? missingIn(found, file, point)
        : { why: `${file} is not a program or a library`, similar: [] };
    },
  };
}

function locate(asked: string, { pid, program, library }: Traced): string {
  const name = asked === C_LIBRARY && library !== undefined ? library : asked;
  if (name.includes("/")) {
    // A path given with --library must exist; a path in a query is checked by the tracer.
    if (name === library && !existsSync(name)) throw new LibraryLookupError(`there is no library ${name}`);
    return name;
  }
  if (pid !== undefined) return locateIn(pid, name);
  return program === undefined ? name : (ofProgram(program, name) ?? name);
}

function locateIn(pid: number, name: string): string {
  const mappings = readMappings(pid);
  if (!mappings)
    throw new LibraryLookupError(
      `there is no process ${pid}, or it has no program`,
      "`ps` lists the processes",
    );
  const paths = [...new Set(mappings.map(({ path }) => path))].filter((path) => path.startsWith("/"));
  const found = paths.find((path) => isLibrary(path, name));
  if (found !== undefined) return `/proc/${pid}/root${found}`;
  const program = `/proc/${pid}/exe`;
  if (interpreterOf(program) === undefined) return program;
  const libraries = paths.map((path) => basename(path)).filter((file) => file.includes(".so"));
  throw new LibraryLookupError(
    `process ${pid} has no library \`${name}\``,
    `it has ${libraries.join(", ")}: choose one with --library`,
  );
}

/** Whether a path is the library of this name: `libc.so.6`, `libc-2.31.so` and musl's linker are `libc`. */
function isLibrary(path: string, name: string): boolean {
  const file = basename(path);
  if (name === C_LIBRARY && /^ld-musl-.*\.so/.test(file)) return true;
  const stem = name.startsWith("lib") ? name : `lib${name}`;
  return file.startsWith(stem) && /^[-.\d]*\.so\b/.test(file.slice(stem.length));
}

/** Returns the C library of a program; undefined if the tracer is to find the library. */
function ofProgram(program: string, name: string): string | undefined {
  if (name !== C_LIBRARY) return undefined;
  try {
    const interpreter = ElfFile.read(program, (file) => file.interpreter);
    if (interpreter === undefined) return program;
    return isLibrary(interpreter, name) ? interpreter : undefined;
  } catch (error) {
    // A script, whose interpreter is not known here.
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function interpreterOf(program: string): string | undefined {
  try {
    return ElfFile.read(program, (file) => file.interpreter);
  } catch (error) {
    if (error instanceof ElfError)
      throw new LibraryLookupError(`${program} cannot be read: ${error.message}`);
    throw error;
  }
}
