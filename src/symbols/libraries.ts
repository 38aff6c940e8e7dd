/**
 * Locates a library named in a query (`libc`) in the traced process, which may run in a container, or be
 * a static program that contains the library's functions.
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { isOfAllocators, type Binaries } from "../plan/binaries.js";
import type { ProbePoint } from "../semantics/typed.js";
import { lazy, remembered } from "../lazy.js";
import { ALL_LIBRARIES, followedAllocators } from "./followed-allocators.js";
import { conventionOf, functionsOf, libraryFile, missingIn, probesOf } from "./binary-probes.js";
import { ElfError, ElfFile } from "./elf.js";
import { isPattern } from "./function-names.js";
import { readMappings } from "./mappings.js";
import { filesOfCommand } from "./needed-libraries.js";
import { fileOf as fileOfMapping } from "./process-files.js";
import type { Traced } from "./traced.js";
import { isOfSystemCall } from "../plan/unseen-programs.js";
import { unseenProcesses, whyUnseen } from "./unseen-system-calls.js";

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

const C_LIBRARY = "libc";

/** Returns functions that throw a `LibraryLookupError`. */
export function findBinaries(traced: Traced): Binaries {
  const fileOf = remembered((name: string) => (name.includes("/") ? name : (libraryFile(name) ?? name)));
  const probes = remembered(probesOf);
  const followed = lazy(() => followedAllocators(traced, (name) => locate(name, traced), fileOf));
  const unseen = lazy(() => whyUnseen(traced));
  const { pid, program, looksAround } = traced;
  const others = lazy(() =>
    looksAround === true && pid === undefined && program === undefined ? unseenProcesses() : undefined,
  );
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
    unseen: (point) => (isOfSystemCall(point) ? unseen() : undefined),
    locate: remembered((name) => locate(name, traced)),
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
    allocators: (name) =>
      followed().places.flatMap(({ file, functions }) =>
        (functions.get(name) ?? []).map((symbol) => ({ file, symbol })),
      ),
    allocatorsTaken: () => followed().taken,
    lacks: (point) => {
      if (isOfAllocators(point)) return followed().notes;
      const text = isOfSystemCall(point) ? others() : undefined;
      return text === undefined ? [] : [text];
    },
  };
}

function locate(asked: string, { pid, program, words = [], library }: Traced): string {
  const isOther = asked === C_LIBRARY && library !== undefined && library !== ALL_LIBRARIES;
  const name = isOther ? library : asked;
  if (name.includes("/")) {
    // A path given with --library must exist; a path in a query is checked by the tracer.
    if (name === library && !existsSync(name)) throw new LibraryLookupError(`there is no library ${name}`);
    return name;
  }
  if (pid !== undefined) return locateIn(pid, name);
  return program === undefined ? name : (ofProgram(program, words, name) ?? name);
}

function locateIn(pid: number, name: string): string {
  const mappings = readMappings(pid);
  if (!mappings)
    throw new LibraryLookupError(
      `there is no process ${pid}, or it has no program`,
      "`ps` lists the processes",
    );
  const found = mappings.find(({ path }) => isLibrary(path, name));
  const file = found && fileOfMapping(pid, found);
  if (file !== undefined) return file;
  const program = `/proc/${pid}/exe`;
  if (isProgram(mappings[0]?.path, name) || interpreterOf(program) === undefined) return program;
  const libraries = [...new Set(mappings.map(({ path }) => basename(path)))].filter((each) =>
    each.includes(".so"),
  );
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

/** Whether the program itself is what is named: `python3.11` is `python`. */
function isProgram(path: string | undefined, name: string): boolean {
  const file = basename(path ?? "");
  return file.startsWith(name) && /^[-.\d]*$/.test(file.slice(name.length));
}

/** Returns the library of a program, or the program itself; undefined if the tracer is to find the library. */
function ofProgram(program: string, words: readonly string[], name: string): string | undefined {
  if (name !== C_LIBRARY)
    return filesOfCommand(program, words).find((file) => isLibrary(file, name) || isProgram(file, name));
  // Of a script, the interpreter is not known here.
  return ElfFile.tryRead(program, ({ interpreter }) => {
    if (interpreter === undefined) return program;
    return isLibrary(interpreter, name) ? interpreter : undefined;
  });
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
