/** Which allocators a query about the heap follows, and what its reader must know of them. */
import { firstFew } from "../few.js";
import { basename } from "node:path";
import { OF_C_LIBRARY } from "../plan/binaries.js";
import { allocatorsOf, type Allocators } from "./allocators.js";
import { ElfFile } from "./elf.js";
import type { Traced } from "./traced.js";
import { readMappings, type Mapping } from "./mappings.js";
import { filesOfCommand } from "./needed-libraries.js";
import { otherAllocators, type OtherAllocator } from "./other-allocators.js";
import { fileOf, identityOf } from "./process-files.js";
import { processList } from "./processes.js";

/** In place of a library: those of all processes. */
export const ALL_LIBRARIES = "all";
/** How many of a list are named. */
const MOST_NAMED = 4;

interface FollowedFile {
  /** As the tracer is told. */
  readonly file: string;
  readonly functions: Allocators["functions"];
}

export interface FollowedAllocators {
  readonly places: readonly FollowedFile[];
  /** Which they are, in a sentence. */
  readonly taken?: string;
  readonly notes: readonly string[];
}

/** `locate` and `pathOf`: the file for the name of a library, for the tracer and as a path. */
export function followedAllocators(
  traced: Traced,
  locate: (name: string) => string,
  pathOf: (name: string) => string,
): FollowedAllocators {
  const { pid, program, words = [], library, prefixes = [] } = traced;
  if (library !== undefined && library !== ALL_LIBRARIES) return ofFile(locate("libc"), pathOf, prefixes);
  if (pid !== undefined) return ofProcess(pid, locate, prefixes);
  if (program !== undefined) {
    const files = filesOfCommand(program, words);
    const found = ofFiles(files, prefixes);
    // A program that is no file of this machine: the tracer looks for the C library.
    return found.places.length > 0 ? found : ofFile(locate("libc"), pathOf, prefixes);
  }
  return ofMachine(traced, pathOf);
}

function ofFile(
  file: string,
  pathOf: (name: string) => string,
  prefixes: readonly string[],
): FollowedAllocators {
  const path = pathOf(file);
  if (!path.includes("/")) return { places: [unknownFile(file)], notes: [] };
  const found = allocatorsOf(path, prefixes);
  if (!found) return { places: [], notes: [`${path} has none of the functions of an allocator`] };
  const taken = takenText([{ path, names: found.names }]);
  return { places: [{ file, functions: found.functions }], taken, notes: [] };
}

/** A library that only the tracer finds is taken to have what every C library has. */
function unknownFile(file: string): FollowedFile {
  return { file, functions: new Map([...OF_C_LIBRARY].map((name) => [name, [name]])) };
}

function ofProcess(
  pid: number,
  locate: (name: string) => string,
  prefixes: readonly string[],
): FollowedAllocators {
  const mappings = readMappings(pid);
  // What is wrong with the process is told as for any library.
  if (!mappings) locate("libc");
  const files = new Map<string, string>();
  const names = new Map<string, string>();
  for (const mapping of mappings ?? []) {
    const file = files.has(mapping.path) ? undefined : fileOf(pid, mapping);
    if (file === undefined) continue;
    files.set(mapping.path, file);
    names.set(file, mappedName(mapping));
  }
  return ofFiles([...files.values()], prefixes, (file) => names.get(file) ?? file);
}

/** `nameOf`: what a file is called for the reader. */
function ofFiles(
  files: readonly string[],
  prefixes: readonly string[],
  nameOf: (file: string) => string = (file) => file,
): FollowedAllocators {
  const seen = new Set<string>();
  const places: FollowedFile[] = [];
  const named: NamedFile[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const identity = identityOf(file) ?? file;
    if (seen.has(identity)) continue;
    seen.add(identity);
    if (isGo(file))
      notes.push(
        `${nameOf(file)} is a Go program: its own heap is not seen, which the Go runtime manages, but what its C code allocates`,
      );
    const found = allocatorsOf(file, prefixes);
    if (!found) continue;
    places.push({ file, functions: found.functions });
    if (found.names.length > 0) named.push({ path: nameOf(file), names: found.names });
  }
  const throws = places.some(({ functions }) => functions.has("operator_new"));
  return {
    places,
    ...(named.length > 0 ? { taken: `${takenText(named)}${throws ? `; ${THROWS}` : ""}` } : {}),
    notes: [...notes, ...missedPrefixes(prefixes, named)],
  };
}

/** No unwinder finds its way past the place at which the kernel catches a return. */
const THROWS =
  "a program that catches std::bad_alloc of its own operator new is ended there, because a probe waits for the return";

function missedPrefixes(prefixes: readonly string[], named: readonly NamedFile[]): readonly string[] {
  const known = named.flatMap(({ names }) => names);
  return prefixes
    .filter((prefix) => !known.some((name) => name.endsWith(` ${prefix}`)))
    .map((prefix) => `no program or library here has ${prefix}malloc and ${prefix}free`);
}

interface NamedFile {
  readonly path: string;
  readonly names: readonly string[];
}

function takenText(all: readonly NamedFile[]): string {
  const each = all.flatMap(({ path, names }) => names.map((name) => `${name} (${path})`));
  return `the heap is that of ${each.join(", and of ")}`;
}

// ---------------------------------------------------------------- the whole machine

function ofMachine(
  { library, prefixes = [], looksAround }: Traced,
  pathOf: (name: string) => string,
): FollowedAllocators {
  const path = pathOf("libc");
  const own = allocatorsOf(path, prefixes);
  const places = [own ? { file: "libc", functions: own.functions } : unknownFile("libc")];
  if (looksAround !== true && library !== ALL_LIBRARIES) return { places, notes: [] };
  const others = otherAllocators(new Set([identityOf(path) ?? path]), prefixes);
  if (library !== ALL_LIBRARIES)
    return { places, notes: others.length > 0 ? [`${unseen(others)}; --library all follows those too`] : [] };
  return {
    places: [...places, ...others.map(({ file, allocators: { functions } }) => ({ file, functions }))],
    taken: takenText([...(own ? [{ path, names: own.names }] : []), ...others.map(described)]),
    notes: [],
  };
}

function described({ mapping, allocators, processes }: OtherAllocator): NamedFile {
  return { path: `${mappedName(mapping)}, of ${processList(processes)}`, names: allocators.names };
}

/** The path as the process has it, which need not lead to the file any more. */
function mappedName({ path, isDeleted }: Mapping): string {
  return isDeleted ? `${path}, deleted` : path;
}

function unseen(others: readonly OtherAllocator[]): string {
  const processes = new Set(others.flatMap((other) => other.processes.map(({ pid }) => pid)));
  const each = others.map(described).flatMap(({ path, names }) => names.map((name) => `${name} (${path})`));
  const what = processes.size === 1 ? "1 process" : `${processes.size} processes`;
  return `not seen: the heap of ${what} with another C library or allocator: ${firstFew(each, MOST_NAMED, "", "; ")}`;
}

/** Programs of Go have a section that says how they were built. */
function isGo(file: string): boolean {
  if (/\.so\b/.test(basename(file))) return false;
  return ElfFile.tryRead(file, (elf) => elf.has(".go.buildinfo")) === true;
}
