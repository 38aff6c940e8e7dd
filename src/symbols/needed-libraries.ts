/** The files that a command maps, as far as they are known before it runs: as the dynamic linker will find them. */
import { basename, dirname, join } from "node:path";
import { findCommand } from "../files/programs.js";
import { statusOf, UntrustedFile } from "../files/untrusted-file.js";
import { ElfFile } from "./elf.js";
import { libraryDirectories } from "./file-finder.js";

/** Programs that a script or a shell starts in turn, at most. */
const DEEPEST = 8;
const MOST_FILES = 2000;
/** As long as the kernel takes the first line of a script. */
const LONGEST_LINE = 256;

interface LinkerEnvironment {
  readonly [name: string]: string | undefined;
}

/** `words`: of the command, the programs among which are looked at as well, as in `sh -c 'a; b'`. */
export function filesOfCommand(
  program: string,
  words: readonly string[],
  environment: LinkerEnvironment = process.env,
): readonly string[] {
  const pieces = words.flatMap((word) => word.split(/[\s;|&()'"`]+/)).filter((word) => word !== "");
  const set = (name: string): readonly string[] => [
    environment[name] ?? "",
    ...pieces.flatMap((word) => (word.startsWith(`${name}=`) ? [word.slice(name.length + 1)] : [])),
  ];
  const found = new FoundLibraries([...set("LD_LIBRARY_PATH").flatMap((paths) => paths.split(":"))]);
  found.program(program);
  for (const word of pieces) {
    const path = findCommand(word, { PATH: environment["PATH"] });
    if (path !== undefined) found.program(path);
  }
  for (const name of set("LD_PRELOAD").flatMap((names) => names.split(/[ :]/)))
    if (name !== "") found.library(name, "/", []);
  return [...found.files];
}

class FoundLibraries {
  readonly files = new Set<string>();
  private readonly directories = [...libraryDirectories()];

  constructor(private readonly first: readonly string[]) {}

  program(path: string, depth = 0): void {
    if (depth > DEEPEST || this.files.has(path)) return;
    if (this.add(path)) return;
    const [interpreter, argument] = scriptInterpreter(path);
    if (interpreter === undefined) return;
    this.program(interpreter, depth + 1);
    if (argument !== undefined && basename(interpreter) === "env") {
      const named = findCommand(argument, process.env);
      if (named !== undefined) this.program(named, depth + 1);
    }
  }

  /** Adds a library by its name, or by its path. */
  library(name: string, origin: string, searched: readonly string[]): void {
    const own = searched.map((each) => each.replace(/\$\{?ORIGIN\}?/g, origin));
    const places = name.includes("/")
      ? [name]
      : [...own, ...this.first, ...this.directories].map((each) => join(each, name));
    for (const place of places) if (this.files.has(place) || this.add(place)) return;
  }

  /** Returns whether it is a program or a library. */
  private add(path: string): boolean {
    if (statusOf(path)?.isFile() !== true || this.files.size >= MOST_FILES) return false;
    const found = ElfFile.tryRead(path, ({ dynamic, interpreter }) => ({ ...dynamic, interpreter }));
    if (!found) return false;
    const { needed, searched, interpreter } = found;
    this.files.add(path);
    if (interpreter !== undefined && !this.files.has(interpreter)) this.add(interpreter);
    for (const name of needed) this.library(name, dirname(path), searched);
    return true;
  }
}

/** What the first line of a script names. */
function scriptInterpreter(path: string): readonly (string | undefined)[] {
  try {
    const file = UntrustedFile.open(path, { largest: Number.MAX_SAFE_INTEGER });
    const text = file.read(0, Math.min(LONGEST_LINE, file.size)).toString("utf8");
    file.close();
    const [, line] = /^#![ \t]*([^\n]*)/.exec(text) ?? [];
    return line === undefined ? [] : line.trim().split(/\s+/);
  } catch {
    return [];
  }
}
