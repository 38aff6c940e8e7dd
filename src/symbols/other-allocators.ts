/** The C libraries and allocators of all processes, of which machine-wide queries see those of this machine alone. */
import { basename } from "node:path";
import { remembered } from "../lazy.js";
import { allocatorsOf, type Allocators } from "./allocators.js";
import { readMappings, type Mapping } from "./mappings.js";
import { fileOf, identityOf } from "./process-files.js";
import { allProcesses, namedProcess, type NamedProcess } from "./processes.js";

/** An allocator that processes have. */
export interface OtherAllocator {
  /** Where it can be opened from here. */
  readonly file: string;
  /** As one of its processes has it. */
  readonly mapping: Mapping;
  readonly allocators: Allocators;
  readonly processes: readonly NamedProcess[];
}

/** Libraries that may have an allocator, by their names. Programs are looked at whatever their names are. */
const LIBRARY = /^(lib)?c[-.]|^ld-musl|alloc|hoard|scudo|^lib[amt]san|^libuclibc/i;

/** `known`: the files whose processes are seen anyway. */
export function otherAllocators(
  known: ReadonlySet<string>,
  prefixes: readonly string[],
  pids: readonly number[] = allProcesses(),
): readonly OtherAllocator[] {
  const found = new Map<string, OtherAllocator & { processes: NamedProcess[] }>();
  const read = remembered((file: string) => {
    const identity = identityOf(file);
    return { identity, allocators: allocatorsOf(file, prefixes) };
  });
  for (const pid of pids) {
    if (pid === process.pid) continue;
    const mappings = candidates(readMappings(pid) ?? []);
    for (const mapping of mappings) {
      const file = fileOf(pid, mapping);
      if (file === undefined) continue;
      const { identity, allocators } = read(file);
      if (identity === undefined || !allocators || known.has(identity)) continue;
      // An operator of C++ alone calls malloc of another file.
      if (allocators.names.length === 0) continue;
      const one = found.get(identity);
      const who = namedProcess(pid);
      if (one) one.processes.push(who);
      else
        found.set(identity, {
          file,
          mapping,
          allocators,
          processes: [who],
        });
    }
  }
  return [...found.values()];
}

/** The first mapping of each file that may have an allocator: the program, and libraries by their names. */
function candidates(mappings: readonly Mapping[]): readonly Mapping[] {
  const byPath = new Map<string, Mapping>();
  for (const mapping of mappings) if (!byPath.has(mapping.path)) byPath.set(mapping.path, mapping);
  return [...byPath.values()].filter(
    ({ path }) => !/\.so\b/.test(basename(path)) || LIBRARY.test(basename(path)),
  );
}
